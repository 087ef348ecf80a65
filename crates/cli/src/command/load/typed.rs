//! A load that was not typed but stands in a plan.

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use clap::Parser;
use vana_collect::Target;
use vana_trace::StagedTrace;
use vana_types::{Identity, ResourceSample, Run, Seed};

use super::session::{self, Loading};
use super::{LoadHttp, sql::LoadSql};
use crate::failure::Failure;

/// What may stand after `vana load`.
#[derive(Parser)]
#[command(
    name = "vana load",
    no_binary_name = true,
    disable_help_flag = true,
    disable_help_subcommand = true
)]
pub(in crate::command) enum Typed {
    Http(LoadHttp),
    Sql(LoadSql),
}

impl Typed {
    /// The words that may come first.
    pub const KINDS: [&str; 2] = ["http", "sql"];

    /// Reads words as the command line would; what is wrong with them in one line.
    pub fn read(words: &[String]) -> Result<Self, String> {
        Self::try_parse_from(words).map_err(|error| {
            let text = error.to_string();
            let lines = text.lines().map(str::trim).filter(|line| {
                !line.is_empty() && !line.starts_with("Usage:") && !line.starts_with("For more information")
            });
            lines.map(|line| line.strip_prefix("error: ").unwrap_or(line)).collect::<Vec<_>>().join("; ")
        })
    }

    /// Refuses what cannot be meant, as far as that can be said without a server.
    pub fn check(&self) -> Result<(), Failure> {
        match self {
            Self::Http(options) => options.load(1, Seed(1)).map(drop),
            Self::Sql(options) => options.check(),
        }
    }

    /// What is asked for, where it is a path.
    pub fn path(&self) -> Option<String> {
        match self {
            Self::Http(options) => Target::parse(&options.url).ok().map(|target| target.path),
            Self::Sql(_) => None,
        }
    }

    /// When it ends, and how much is due in a second, where that is said.
    pub fn size(&self) -> (Option<u64>, Option<Duration>, Option<f64>) {
        match self {
            Self::Http(options) => options.size(),
            Self::Sql(options) => options.size(),
        }
    }

    /// Makes what has to be there before the first run against a system that has just started.
    pub fn prepare(&self, cancel: &AtomicBool) -> Result<(), Failure> {
        match self {
            Self::Http(_) => Ok(()),
            Self::Sql(options) => options.prepare(cancel),
        }
    }

    /// Makes one run; what the client used is on the clock of its trace.
    pub fn collect(
        &self,
        identity: Identity,
        folder: &Path,
        cancel: &AtomicBool,
        shown: (bool, (usize, usize)),
    ) -> Result<(Run, StagedTrace, Vec<ResourceSample>), Failure> {
        match self {
            Self::Http(options) => session::collect(options, identity, folder, cancel, shown),
            Self::Sql(options) => session::collect(&options.ready(cancel)?, identity, folder, cancel, shown),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_load_of_which_only_the_address_is_said_lasts_ten_seconds() {
        let size = |further: &[&str]| {
            let words = [&["http", "http://127.0.0.1:1/"], further].concat();
            Typed::read(&words.into_iter().map(str::to_owned).collect::<Vec<_>>()).unwrap().size()
        };
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(size(&[]), (None, seconds(10), None));
        assert_eq!(size(&["--warmup", "2s"]), (None, seconds(12), None));
        assert_eq!(size(&["--requests", "5"]), (Some(5), None, None));
    }
}
