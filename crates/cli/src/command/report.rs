//! `vana report`

use std::path::PathBuf;

use clap::Args;

use crate::failure::Failure;

/// Draw the tables and figures of a paper.
#[derive(Args)]
pub(crate) struct Report {
    /// The study.
    study: PathBuf,
}

impl Report {
    pub fn run(&self, _quiet: bool) -> Result<(), Failure> {
        let _ = &self.study;
        Ok(())
    }
}
