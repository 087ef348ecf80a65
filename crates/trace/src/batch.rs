//! Some consecutive rows of a trace, as a scan hands them out.

use arrow_array::cast::AsArray;
use arrow_array::types::{ArrowPrimitiveType, Int32Type, Int64Type, UInt16Type, UInt32Type};
use arrow_array::{Array, ArrayRef, Int64Array, UInt16Array, UInt32Array};
use vana_types::Outcome;

use crate::rows::{NO_CONNECTION, NO_STATUS, NO_TIME, NO_WORKER};
use crate::{Column, Rows};

/// Some consecutive rows of a trace, in columns of the canonical types.
#[derive(Debug)]
pub struct Batch {
    pub(crate) rows: usize,
    pub(crate) first_row: u64,
    pub(crate) columns: Vec<(Column, ArrayRef)>,
    /// The outcome of all rows, where the column was not decoded.
    pub(crate) outcome: Option<Outcome>,
    /// The outcome of each row otherwise.
    pub(crate) outcomes: Vec<Outcome>,
}

impl Batch {
    /// Number of rows.
    pub const fn len(&self) -> usize {
        self.rows
    }

    /// Whether it has none.
    pub const fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Row of the file on which the batch begins, counted from 0.
    pub const fn first_row(&self) -> u64 {
        self.first_row
    }

    /// The same rows without the first `count`, at most all.
    pub(crate) fn without_first(&self, count: usize) -> Self {
        let count = count.min(self.rows);
        let rest = |array: &ArrayRef| array.slice(count, self.rows - count);
        Self {
            rows: self.rows - count,
            first_row: self.first_row + count as u64,
            columns: self.columns.iter().map(|(column, array)| (*column, rest(array))).collect(),
            outcome: self.outcome,
            outcomes: self.outcomes.get(count..).unwrap_or_default().to_vec(),
        }
    }

    fn array(&self, column: Column) -> Option<&ArrayRef> {
        self.columns.iter().find(|(found, _)| *found == column).map(|(_, array)| array)
    }

    /// A column of whole numbers that is never null ([`Column::Sent`], [`Column::Service`]); empty if not scanned.
    pub fn i64s(&self, column: Column) -> &[i64] {
        self.array(column).map_or(&[], |array| array.as_primitive::<Int64Type>().values())
    }

    /// A column of whole numbers with nulls; `None` if the file lacks it or it was not scanned.
    pub fn nullable(&self, column: Column) -> Option<&Int64Array> {
        self.array(column).map(AsArray::as_primitive)
    }

    /// One value of a column of whole numbers; `None` if it is null or the column was not scanned.
    pub fn time(&self, column: Column, row: usize) -> Option<i64> {
        let array = self.nullable(column)?;
        array.is_valid(row).then(|| array.value(row))
    }

    /// The workers; `None` if the file does not know them.
    pub fn workers(&self) -> Option<&UInt16Array> {
        self.array(Column::Worker).map(AsArray::as_primitive)
    }

    /// The statuses; `None` if the file does not know them or they were not scanned.
    pub fn statuses(&self) -> Option<&UInt16Array> {
        self.array(Column::Status).map(AsArray::as_primitive)
    }

    /// The connections; `None` if the file does not know them.
    pub(crate) fn connections(&self) -> Option<&UInt32Array> {
        self.array(Column::Connection).map(AsArray::as_primitive)
    }

    /// The outcome of one row.
    pub fn outcome(&self, row: usize) -> Outcome {
        self.outcome.unwrap_or_else(|| self.outcomes[row])
    }

    /// The outcome of all rows, if it is the same for all and was known without decoding.
    pub const fn only_outcome(&self) -> Option<Outcome> {
        self.outcome
    }

    /// Numbers of the operations of all rows, and their names.
    pub fn operations(&self) -> (&[i32], Vec<&str>) {
        self.array(Column::Operation).map_or((&[], Vec::new()), |array| {
            let array = array.as_dictionary::<Int32Type>();
            let names = array.values().as_string::<i32>().iter().map(Option::unwrap_or_default).collect();
            (array.keys().values(), names)
        })
    }

    /// A column as a plain vector with `none` for null.
    fn known<T: ArrowPrimitiveType>(&self, column: Column, none: T::Native) -> Vec<T::Native> {
        let Some(array) = self.array(column) else { return vec![none; self.rows] };
        array.as_primitive::<T>().iter().map(|value| value.unwrap_or(none)).collect()
    }

    /// All columns as plain vectors with `NO_…` for null.
    pub fn to_rows(&self, mut number: impl FnMut(&str) -> u32) -> Rows {
        let times = |column| self.known::<Int64Type>(column, NO_TIME);
        let (keys, names) = self.operations();
        let ids: Vec<u32> = names.into_iter().map(&mut number).collect();
        Rows {
            sent_ns: self.i64s(Column::Sent).to_vec(),
            service_ns: self.i64s(Column::Service).to_vec(),
            due_ns: times(Column::Due),
            first_byte_ns: times(Column::FirstByte),
            operation: keys.iter().map(|&key| ids[key as usize]).collect(),
            outcome: (0..self.rows).map(|row| self.outcome(row)).collect(),
            status: self.known::<UInt16Type>(Column::Status, NO_STATUS),
            bytes_sent: times(Column::BytesSent),
            bytes_received: times(Column::BytesReceived),
            worker: self.known::<UInt16Type>(Column::Worker, NO_WORKER),
            connection: self.known::<UInt32Type>(Column::Connection, NO_CONNECTION),
        }
    }
}
