//! How a load goes, while it goes: one line on the terminal that is written over and over.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use vana_collect::Glance;
use vana_types::Unit;

use crate::quantity::show;

/// The line; it goes when this is dropped.
pub(crate) struct Progress {
    /// Which run it is.
    about: String,
    /// What is counted, in the plural.
    noun: &'static str,
    is_shown: bool,
}

impl Progress {
    /// Shown on a terminal only.
    pub fn new(about: String, noun: &'static str, quiet: bool) -> Self {
        Self { about, noun, is_shown: !quiet && std::io::stderr().is_terminal() }
    }

    /// Writes it.
    pub fn show(&self, elapsed: Duration, glance: &Glance) {
        if !self.is_shown {
            return;
        }
        let time = |time: Option<Duration>| match time {
            Some(time) => show(time.as_secs_f64(), Unit::Seconds, false),
            None => "-".to_owned(),
        };
        // A terminal that is gone is no reason to end the load.
        let _ = write!(
            std::io::stderr(),
            "\r\x1b[K{}, {:.0} s: {} {}/s, p50 {}, p99 {}, {} failed",
            self.about,
            elapsed.as_secs_f64(),
            (glance.answered as f64 / glance.since.as_secs_f64().max(1e-3)).round(),
            self.noun,
            time(glance.p50),
            time(glance.p99),
            glance.failed,
        );
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.is_shown {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}
