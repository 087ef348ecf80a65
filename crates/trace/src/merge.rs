//! Row groups that are ordered in segments become one order.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::ops::Range;
use std::path::Path;

use crate::writer::ROW_GROUP_ROWS;
use crate::{Rows, TraceError, TraceReader};

/// Rows read ahead per segment.
const AHEAD_ROWS: usize = 4096;

/// Calls `write` with the rows of all segments in the order of `sent_ns`, a row group at a time. Rows with equal
/// stamps keep the order of their segments.
pub(crate) fn merge(
    path: &Path,
    segments: &[Range<usize>],
    operations: &HashMap<String, u32>,
    mut write: impl FnMut(Rows) -> Result<(), TraceError>,
) -> Result<(), TraceError> {
    let reader = TraceReader::open(path)?;
    let mut cursors = Vec::with_capacity(segments.len());
    let mut heap = BinaryHeap::new();
    for (index, groups) in segments.iter().enumerate() {
        let mut batches = reader.rows(groups.clone(), AHEAD_ROWS, operations)?;
        if let Some(rows) = batches.next().transpose()? {
            heap.push(Reverse((rows.sent_ns[0], index)));
            cursors.push((batches, rows, 0));
        }
    }
    let mut merged = Rows::default();
    while let Some(Reverse((_, index))) = heap.pop() {
        let (batches, rows, at) = &mut cursors[index];
        merged.push_from(rows, *at);
        *at += 1;
        if *at == rows.len() {
            match batches.next().transpose()? {
                Some(next) => (*rows, *at) = (next, 0),
                None => *rows = Rows::default(),
            }
        }
        if let Some(&sent) = rows.sent_ns.get(*at) {
            heap.push(Reverse((sent, index)));
        }
        if merged.len() == ROW_GROUP_ROWS {
            write(std::mem::take(&mut merged))?;
        }
    }
    if merged.is_empty() { Ok(()) } else { write(merged) }
}
