//! What the user says about a file that the file does not say itself.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use vana_types::Scale;

/// Options of one reading.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// Named columns of a generic table: `latency=elapsed_ms:ms`.
    pub map: Vec<ColumnMap>,
    /// Unit of the values of a histogram file that does not state it.
    pub value_unit: Option<Scale>,
    /// Folder for traces in the making; they are renamed into the study when the whole command is done.
    pub staging: PathBuf,
    /// Set from outside to stop; what was read so far is thrown away.
    pub cancel: Arc<AtomicBool>,
}

impl ReadOptions {
    /// An error once the user wants to stop.
    pub(crate) fn check(&self) -> crate::Result<()> {
        if self.cancel.load(Ordering::Relaxed) { Err(crate::ReadError::Cancelled) } else { Ok(()) }
    }
}

/// One column of a generic table and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnMap {
    /// vana's name: a trace column (`sent`, `latency`, `operation`, …), an identity (`system`, …) or a metric.
    pub target: String,
    /// The column's name in the file.
    pub column: String,
    /// Unit it is printed in.
    pub unit: Option<Scale>,
}

impl std::str::FromStr for ColumnMap {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (target, rest) =
            text.split_once('=').ok_or_else(|| format!("\"{text}\" is not TARGET=COLUMN[:UNIT]"))?;
        // A column name may hold colons; only a known unit after the last one is a unit.
        let (column, unit) = match rest.rsplit_once(':') {
            Some((column, unit)) => match unit.parse::<Scale>() {
                Ok(scale) => (column, Some(scale)),
                Err(error) if column.is_empty() => return Err(error.to_string()),
                Err(_) => (rest, None),
            },
            None => (rest, None),
        };
        if target.is_empty() || column.is_empty() {
            return Err(format!("\"{text}\" is not TARGET=COLUMN[:UNIT]"));
        }
        Ok(Self { target: target.to_owned(), column: column.to_owned(), unit })
    }
}
