use std::path::Path;

use vana_trace::{ROW_GROUP_ROWS, RunBody, StudyError, TraceWriter, UnfinishedRun};
use vana_types::{Finding, Identity, Run, Severity};

use super::{IngestError, IngestedRun, Session};
use crate::ReadError;

impl Session<'_> {
    /// Adds what a killed vana left of a run, under the identity that it had.
    pub(super) fn salvage(&mut self, unfinished: &UnfinishedRun, path: &Path) -> Result<(), IngestError> {
        if unfinished.requests == 0 {
            let error = ReadError::at(
                0,
                "nothing can be salvaged: the run was killed before its first full row group",
            );
            let source = error.hint("remove the folder");
            return Err(IngestError::Read { path: path.to_owned(), source });
        }
        let mut writer = TraceWriter::create(self.transaction.staging()).map_err(StudyError::from)?;
        unfinished.rows(&mut writer).map_err(StudyError::from)?;
        let trace = writer.stage().map_err(StudyError::from)?;
        let summary = trace.summary();
        let Identity { system, workload, clients, repetition } = unfinished.run.identity.clone();
        let asked = &self.options.identity;
        let (system, workload) =
            (asked.system.clone().unwrap_or(system), asked.workload.clone().unwrap_or(workload));
        let clients = asked.clients.or(clients);
        let free = self.transaction.next_repetition(&system, &workload, clients);
        let repetition = asked.repetition.or(free).unwrap_or(repetition);
        // Two row groups are held back to be sorted; the one that is filled may have an eighth of the rows before it.
        let lost = 2 * ROW_GROUP_ROWS as u64 + summary.rows / 8;
        let message = format!(
            "vana was killed while it made this run. These are the {} requests of its full row groups; what came after \
             them, up to {lost} requests, is lost, and the run was to be longer.",
            summary.rows
        );
        let finding = Finding::new("salvaged", Severity::Warning, message);
        let mut run = Run {
            identity: Identity { system, workload, clients, repetition },
            duration_s: Some(summary.duration_ns as f64 / 1e9),
            outcomes: summary.outcomes.clone(),
            ..unfinished.run.clone()
        };
        run.attributes.insert("truncated".to_owned(), "true".to_owned());
        run.findings.push(finding.with_value(summary.rows as f64, None));
        let requests = Some(summary.rows);
        self.transaction.add_run(&run, RunBody::Trace(Box::new(trace)))?;
        self.runs.push(IngestedRun { run, file: path.to_owned(), format: "unfinished", requests });
        Ok(())
    }
}
