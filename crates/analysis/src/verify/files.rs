//! Files against `SHA256SUMS`.

use std::path::Path;

use vana_trace::{SUMS_FILE, StudyError, Sums};
use vana_types::{Finding, Severity};

/// Reads every file of a study and compares its digest. Errors are files that changed or are missing; warnings are
/// files that nobody vouches for, or that nobody vouches for any.
pub fn verify_files(root: &Path) -> Result<Vec<Finding>, StudyError> {
    let listed = Sums::read(root)?;
    if listed.0.is_empty() {
        let message = format!("the study has no {SUMS_FILE}, so its files may be any; sha256sum makes one");
        return Ok(vec![Finding::new("no-checksums", Severity::Warning, message)]);
    }
    let found = Sums::of(root)?;
    let mut findings = Vec::new();
    for (name, digest) in &listed.0 {
        match found.0.get(name) {
            Some(same) if same.eq_ignore_ascii_case(digest) => {}
            Some(_) => findings.push(Finding::new(
                "checksum-differs",
                Severity::Error,
                format!("{name}: not the file that {SUMS_FILE} lists"),
            )),
            None => findings.push(Finding::new(
                "file-missing",
                Severity::Error,
                format!("{name}: listed in {SUMS_FILE}, but not there"),
            )),
        }
    }
    for name in found.0.keys().filter(|name| !listed.0.contains_key(*name)) {
        let message = format!("{name}: not listed in {SUMS_FILE}");
        findings.push(Finding::new("file-unlisted", Severity::Warning, message));
    }
    Ok(findings)
}
