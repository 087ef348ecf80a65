//! Requests in columns, on their way to disk.

use vana_types::Outcome;

/// No time: null in a column of nanoseconds or bytes.
pub const NO_TIME: i64 = i64::MIN;
/// No status.
pub const NO_STATUS: u16 = 0;
/// No worker.
pub const NO_WORKER: u16 = u16::MAX;
/// No connection.
pub const NO_CONNECTION: u32 = u32::MAX;

/// Requests in columns of equal length, 61 bytes a request. Nulls are the `NO_…` constants, so that a column is
/// one plain vector; stamps (`sent_ns`, `due_ns`) count from any origin, which the writer moves to the first request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns are documented at Column")]
pub struct Rows {
    pub sent_ns: Vec<i64>,
    pub service_ns: Vec<i64>,
    pub due_ns: Vec<i64>,
    pub first_byte_ns: Vec<i64>,
    pub operation: Vec<u32>,
    pub outcome: Vec<Outcome>,
    pub status: Vec<u16>,
    pub bytes_sent: Vec<i64>,
    pub bytes_received: Vec<i64>,
    pub worker: Vec<u16>,
    pub connection: Vec<u32>,
}

/// Does one thing to every column.
macro_rules! each_column {
    ($rows:expr, $column:ident => $body:expr) => {{
        {
            let $column = &mut $rows.sent_ns;
            $body
        }
        {
            let $column = &mut $rows.service_ns;
            $body
        }
        {
            let $column = &mut $rows.due_ns;
            $body
        }
        {
            let $column = &mut $rows.first_byte_ns;
            $body
        }
        {
            let $column = &mut $rows.operation;
            $body
        }
        {
            let $column = &mut $rows.outcome;
            $body
        }
        {
            let $column = &mut $rows.status;
            $body
        }
        {
            let $column = &mut $rows.bytes_sent;
            $body
        }
        {
            let $column = &mut $rows.bytes_received;
            $body
        }
        {
            let $column = &mut $rows.worker;
            $body
        }
        {
            let $column = &mut $rows.connection;
            $body
        }
    }};
}

impl Rows {
    /// Number of requests.
    pub fn len(&self) -> usize {
        self.sent_ns.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.sent_ns.is_empty()
    }

    /// Adds a request of which nothing else is known; the caller may fill in the last element of further columns.
    pub fn push(&mut self, sent_ns: i64, service_ns: i64, operation: u32, outcome: Outcome) {
        self.sent_ns.push(sent_ns);
        self.service_ns.push(service_ns);
        self.due_ns.push(NO_TIME);
        self.first_byte_ns.push(NO_TIME);
        self.operation.push(operation);
        self.outcome.push(outcome);
        self.status.push(NO_STATUS);
        self.bytes_sent.push(NO_TIME);
        self.bytes_received.push(NO_TIME);
        self.worker.push(NO_WORKER);
        self.connection.push(NO_CONNECTION);
    }

    /// Moves all requests of `other` to the end of these.
    pub fn append(&mut self, mut other: Self) {
        if self.is_empty() {
            *self = other;
            return;
        }
        self.sent_ns.append(&mut other.sent_ns);
        self.service_ns.append(&mut other.service_ns);
        self.due_ns.append(&mut other.due_ns);
        self.first_byte_ns.append(&mut other.first_byte_ns);
        self.operation.append(&mut other.operation);
        self.outcome.append(&mut other.outcome);
        self.status.append(&mut other.status);
        self.bytes_sent.append(&mut other.bytes_sent);
        self.bytes_received.append(&mut other.bytes_received);
        self.worker.append(&mut other.worker);
        self.connection.append(&mut other.connection);
    }

    /// Takes the first `count` requests out.
    #[must_use]
    pub fn take_front(&mut self, count: usize) -> Self {
        let mut front = std::mem::take(self);
        if count >= front.len() {
            return front;
        }
        *self = Self {
            sent_ns: front.sent_ns.split_off(count),
            service_ns: front.service_ns.split_off(count),
            due_ns: front.due_ns.split_off(count),
            first_byte_ns: front.first_byte_ns.split_off(count),
            operation: front.operation.split_off(count),
            outcome: front.outcome.split_off(count),
            status: front.status.split_off(count),
            bytes_sent: front.bytes_sent.split_off(count),
            bytes_received: front.bytes_received.split_off(count),
            worker: front.worker.split_off(count),
            connection: front.connection.split_off(count),
        };
        front
    }

    /// Orders by `sent_ns`; requests sent at the same time keep their order.
    pub fn sort(&mut self) {
        if self.sent_ns.is_sorted() {
            return;
        }
        let mut order: Vec<u32> = (0..self.len() as u32).collect();
        order.sort_by_key(|&row| self.sent_ns[row as usize]);
        each_column!(self, column => {
            *column = order.iter().map(|&row| column[row as usize]).collect();
        });
    }

    /// Moves the origin of all stamps: subtracts `base` from them.
    pub fn rebase(&mut self, base: i64) {
        for sent in &mut self.sent_ns {
            *sent -= base;
        }
        for due in self.due_ns.iter_mut().filter(|due| **due != NO_TIME) {
            *due -= base;
        }
    }

    /// Copies request `row` of `other` to the end of these.
    pub(crate) fn push_from(&mut self, other: &Self, row: usize) {
        self.sent_ns.push(other.sent_ns[row]);
        self.service_ns.push(other.service_ns[row]);
        self.due_ns.push(other.due_ns[row]);
        self.first_byte_ns.push(other.first_byte_ns[row]);
        self.operation.push(other.operation[row]);
        self.outcome.push(other.outcome[row]);
        self.status.push(other.status[row]);
        self.bytes_sent.push(other.bytes_sent[row]);
        self.bytes_received.push(other.bytes_received[row]);
        self.worker.push(other.worker[row]);
        self.connection.push(other.connection[row]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(sent: &[i64]) -> Rows {
        let mut rows = Rows::default();
        for (index, &at) in sent.iter().enumerate() {
            rows.push(at, index as i64, index as u32, Outcome::Ok);
        }
        rows
    }

    #[test]
    fn sorting_keeps_the_order_of_equal_stamps() {
        let mut rows = rows(&[5, 1, 5, 1]);
        rows.sort();
        assert_eq!(rows.sent_ns, [1, 1, 5, 5]);
        assert_eq!(rows.operation, [1, 3, 0, 2]);
    }

    #[test]
    fn taking_the_front_leaves_the_rest() {
        let mut all = rows(&[1, 2, 3]);
        let front = all.take_front(2);
        assert_eq!((front.sent_ns, all.sent_ns.clone()), (vec![1, 2], vec![3]));
        assert_eq!(all.take_front(9).len(), 1);
        assert!(all.is_empty());
    }
}
