//! Published cells.
use std::path::Path;
use vana_types::Measurement;
use crate::StudyError;
pub(crate) fn read_published(_path: &Path) -> Result<Vec<Measurement>, StudyError> { Ok(Vec::new()) }
