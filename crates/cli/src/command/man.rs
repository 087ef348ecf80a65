//! `vana man`

use clap::{Args, CommandFactory};

use crate::failure::Failure;

/// Print the manual page.
#[derive(Args)]
pub(crate) struct Man {}

impl Man {
    pub fn run() -> Result<(), Failure> {
        let mut text = Vec::new();
        clap_mangen::Man::new(crate::Arguments::command()).render(&mut text)?;
        Ok(std::io::Write::write_all(&mut std::io::stdout(), &text)?)
    }
}
