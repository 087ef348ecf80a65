use vana_types::{Finding, Severity};

use super::checked::about;
use super::message::count;
use super::{Check, Checked};

/// A killed run is in the study's folder, but not in the study.
pub(super) struct Unfinished;

impl Check for Unfinished {
    fn name(&self) -> &'static str {
        "unfinished-run"
    }

    fn about(&self) -> &'static str {
        "vana was killed while it made a run; what it had written may be salvaged."
    }

    fn source(&self) -> &'static str {
        "METHODOLOGY.md, Salvage"
    }

    fn find(&self, study: &Checked<'_>, out: &mut Vec<Finding>) {
        for unfinished in study.unfinished {
            let identity = &unfinished.run.identity;
            let (folder, requests) = (unfinished.folder.display(), unfinished.requests);
            let message = if requests == 0 {
                format!(
                    "A run was killed before its first full row group: nothing of it can be salvaged. The next change \
                     of the study removes {folder}."
                )
            } else {
                format!(
                    "A run was killed. {} can be salvaged: vana ingest {folder} --study STUDY. Until then it is in no \
                     number; to forget it, remove the folder.",
                    count(requests as usize, "request")
                )
            };
            let finding =
                Finding::new(self.name(), Severity::Warning, message).with_value(requests as f64, None);
            let finding = about(finding, &identity.workload, Some(&identity.system), identity.clients);
            out.push(Finding { repetition: Some(identity.repetition), ..finding });
        }
    }
}
