//! The subcommands, one file each.

mod check;
mod claims;
mod compare;
mod completions;
mod export;
mod ingest;
mod list;
mod load;
mod man;
mod plan;
mod reduce;
mod replay;
mod report;
mod run;
mod schema;
mod summarize;
mod verify;

use clap::Subcommand;

use crate::failure::Failure;

/// What vana does.
#[derive(Subcommand)]
pub(crate) enum Command {
    Ingest(ingest::Ingest),
    Run(run::RunPlan),
    Load(load::Load),
    Replay(replay::Replay),
    Summarize(summarize::Summarize),
    Compare(compare::Compare),
    Check(check::CheckStudy),
    Claims(claims::Claims),
    Plan(plan::Plan),
    Report(report::Report),
    Export(export::Export),
    Verify(verify::Verify),
    Reduce(reduce::Reduce),
    List(list::List),
    Schema(schema::Schema),
    Completions(completions::Completions),
    Man(man::Man),
}

impl Command {
    /// Whether its `--threads` is about the load that it makes.
    pub const fn has_threads_of_load(&self) -> bool {
        matches!(self, Self::Load(_) | Self::Replay(_))
    }

    pub fn run(&self, quiet: bool) -> Result<(), Failure> {
        match self {
            Self::Ingest(command) => command.run(quiet),
            Self::Run(command) => command.run(quiet),
            Self::Load(command) => command.run(quiet),
            Self::Replay(command) => command.run(quiet),
            Self::Summarize(command) => command.run(quiet),
            Self::Compare(command) => command.run(quiet),
            Self::Check(command) => command.run(quiet),
            Self::Claims(command) => command.run(quiet),
            Self::Plan(command) => command.run(quiet),
            Self::Report(command) => command.run(quiet),
            Self::Export(command) => command.run(quiet),
            Self::Verify(command) => command.run(quiet),
            Self::Reduce(command) => command.run(),
            Self::List(command) => command.run(),
            Self::Schema(command) => command.run(),
            Self::Completions(command) => command.run(),
            Self::Man(command) => command.run(),
        }
    }
}
