//! A part of the requests of a run: every so manieth.

use std::path::Path;

use vana_trace::{Column, Rows, StudyRun, TraceReader, TraceWriter};

use crate::PackError;

/// Writes every `every`th request of a run, the first included, in their order.
pub(crate) fn thin(run: &StudyRun, every: u64, scratch: &Path, path: &Path) -> Result<(), PackError> {
    let reader = TraceReader::open(&run.trace())?;
    let columns: Vec<Column> = Column::ALL.into_iter().filter(|column| reader.has(*column)).collect();
    let mut writer = TraceWriter::create(scratch)?;
    let mut row = 0;
    reader.try_scan(&columns, |batch| {
        let mut rows = batch.to_rows(|name| writer.operation(name));
        row = keep(&mut rows, row, every);
        writer.write(rows)
    })?;
    writer.stage()?.with_attributes(&run.run.attributes).seal(&run.run.identity, path)?;
    Ok(())
}

/// Keeps the rows whose number, from `first` on, is a multiple of `every`; the number of the row after them.
fn keep(rows: &mut Rows, first: u64, every: u64) -> u64 {
    fn column<T>(values: &mut Vec<T>, first: u64, every: u64) {
        let mut number = first;
        values.retain(|_| {
            let is_kept = number.is_multiple_of(every);
            number += 1;
            is_kept
        });
    }
    let next = first + rows.len() as u64;
    for times in [
        &mut rows.sent_ns,
        &mut rows.service_ns,
        &mut rows.due_ns,
        &mut rows.first_byte_ns,
        &mut rows.bytes_sent,
        &mut rows.bytes_received,
    ] {
        column(times, first, every);
    }
    for numbers in [&mut rows.operation, &mut rows.connection] {
        column(numbers, first, every);
    }
    for numbers in [&mut rows.status, &mut rows.worker] {
        column(numbers, first, every);
    }
    column(&mut rows.outcome, first, every);
    next
}

#[cfg(test)]
mod tests {
    use super::*;
    use vana_types::Outcome;

    #[test]
    fn every_third_row_is_kept_across_batches() {
        let mut kept = Vec::new();
        let mut next = 0;
        for batch in [0..4, 4..5, 5..10] {
            let mut rows = Rows::default();
            batch.for_each(|number| rows.push(number, 1, 0, Outcome::Ok));
            next = keep(&mut rows, next, 3);
            assert_eq!(rows.connection.len(), rows.len());
            kept.extend(rows.sent_ns);
        }
        assert_eq!((next, kept), (10, vec![0, 3, 6, 9]));
    }
}
