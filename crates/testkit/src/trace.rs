//! A trace of vana's own.

use std::path::Path;

use vana_trace::{ROW_GROUP_ROWS, Rows, StagedTrace, TraceError, TraceWriter};

use crate::Request;

/// Writes requests into a trace that lies in `folder` under a temporary name until it is sealed.
pub fn write_trace(
    folder: &Path,
    requests: impl IntoIterator<Item = Request>,
) -> Result<StagedTrace, TraceError> {
    let mut writer = TraceWriter::create(folder)?;
    let mut rows = Rows::default();
    for request in requests {
        push(&mut rows, &mut writer, &request);
        if rows.len() == ROW_GROUP_ROWS {
            writer.write(std::mem::take(&mut rows))?;
        }
    }
    writer.write(rows)?;
    writer.stage()
}

fn push(rows: &mut Rows, writer: &mut TraceWriter, request: &Request) {
    let operation = writer.operation(request.operation);
    rows.push(request.sent_ns, request.service_ns, operation, request.outcome);
    let last = rows.len() - 1;
    rows.due_ns[last] = request.due_ns;
    rows.first_byte_ns[last] = request.first_byte_ns;
    rows.status[last] = request.status;
    rows.bytes_sent[last] = request.bytes_sent;
    rows.bytes_received[last] = request.bytes_received;
    rows.worker[last] = request.worker;
    rows.connection[last] = request.connection;
}
