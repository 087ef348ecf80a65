//! The command `vana`: server benchmarks become evidence.
//!
//! One file per subcommand under `command/`. This crate alone prints, exits and reads the environment.

mod cell_row;
mod command;
mod computed;
mod failure;
mod interrupt;
mod output;
mod progress;
mod quantity;
mod study;

use std::process::ExitCode;

use clap::Parser;

use crate::command::Command;
use crate::failure::Failure;

/// Server benchmarks become evidence: ingest raw results, recompute every number, draw the tables and figures.
#[derive(Parser)]
#[command(name = "vana", version, propagate_version = true, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 done; 1 a gate asked for on the command line failed; 2 bad usage or bad input; \
                        3 could not do it, or was interrupted before it was done; 130 ended by a second interrupt."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Say nothing but results and errors.
    #[arg(long, short, global = true)]
    quiet: bool,
    /// Number of threads; all processors without it. Results do not depend on it.
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
}

fn main() -> ExitCode {
    // Systems are started through this program, which then becomes theirs.
    if let Some(code) = vana_launch::become_child(std::env::args_os()) {
        return code;
    }
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    if let Some(threads) = arguments.threads {
        // Threads of load have the same option; what is computed from one run needs one thread, not as many.
        let threads = if arguments.command.has_threads_of_load() { 1 } else { threads };
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads.into())
            .build_global()
            .map_err(|error| Failure::machine(error.to_string()))?;
    }
    arguments.command.run(arguments.quiet)
}
