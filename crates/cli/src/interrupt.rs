//! What an interrupt does: the first one asks for an end, the second one is it.

use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use vana_trace::{StudyError, Transaction};

use crate::failure::{Failure, say};

/// A terminal that goes away sends several signals, and means one thing.
const SAME_WISH: Duration = Duration::from_millis(500);
/// As shells say it of a program that an interrupt ended.
const INTERRUPTED: i32 = 130;
/// Waiting for another vana becomes worth a word after this time.
const SILENCE: Duration = Duration::from_secs(3);

/// A flag that an interrupt sets; who does not want to wait until it is seen interrupts once more.
pub(crate) fn cancel_flag() -> Result<Arc<AtomicBool>, Failure> {
    let cancel = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&cancel);
    let mut first = None;
    ctrlc::set_handler(move || {
        flag.store(true, Ordering::Relaxed);
        if first.get_or_insert_with(Instant::now).elapsed() > SAME_WISH {
            std::process::exit(INTERRUPTED);
        }
    })
    .map_err(|error| Failure::machine(error.to_string()))?;
    Ok(cancel)
}

/// Begins a change of a study; waits for another one of the same study to end, unless it is interrupted.
pub(crate) fn begin(
    root: &Path,
    force: bool,
    cancel: &AtomicBool,
    quiet: bool,
) -> Result<Transaction, StudyError> {
    Transaction::begin_while(root, force, patience(root, cancel, quiet))
}

/// Whether to go on waiting, which it says once.
pub(crate) fn patience(
    root: &Path,
    cancel: impl Deref<Target = AtomicBool>,
    quiet: bool,
) -> impl FnMut() -> bool {
    let (begun, mut is_said) = (Instant::now(), quiet);
    move || {
        if !is_said && begun.elapsed() > SILENCE {
            say(&format!("info: another vana is at work in {}; waiting for it to end", root.display()));
            is_said = true;
        }
        !cancel.load(Ordering::Relaxed)
    }
}
