//! One request on its way from a thread of load to the trace.

use vana_trace::{NO_CONNECTION, NO_STATUS, NO_TIME, Rows};
use vana_types::Outcome;

use crate::queue::Next;

/// One request, 64 bytes; absent values are those of [`Rows`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub sent_ns: i64,
    pub service_ns: i64,
    pub due_ns: i64,
    pub first_byte_ns: i64,
    pub bytes_sent: i64,
    pub bytes_received: i64,
    pub connection: u32,
    pub worker: u16,
    /// Which of the load's requests it was.
    pub request: u32,
    pub status: u16,
    pub outcome: Outcome,
}

impl Record {
    /// A request of which nothing came back.
    pub const fn failed(outcome: Outcome, worker: u16, sent_ns: i64, next: Next) -> Self {
        Self {
            sent_ns,
            service_ns: 0,
            due_ns: next.due_ns,
            first_byte_ns: NO_TIME,
            bytes_sent: 0,
            bytes_received: 0,
            connection: NO_CONNECTION,
            worker,
            request: next.request,
            status: NO_STATUS,
            outcome,
        }
    }

    /// Puts it at the end of `rows`, under the number that its operation has there.
    pub fn add_to(&self, rows: &mut Rows, operation: u32) {
        rows.sent_ns.push(self.sent_ns);
        rows.service_ns.push(self.service_ns);
        rows.due_ns.push(self.due_ns);
        rows.first_byte_ns.push(self.first_byte_ns);
        rows.operation.push(operation);
        rows.outcome.push(self.outcome);
        rows.status.push(self.status);
        rows.bytes_sent.push(self.bytes_sent);
        rows.bytes_received.push(self.bytes_received);
        rows.worker.push(self.worker);
        rows.connection.push(self.connection);
    }
}
