//! Work on the workspace that is more than one cargo command: `cargo run -p xtask -- test` sets up what is missing and
//! runs every check, `cargo run --release -p xtask -- bench …` times vana against other programs.

mod bench;
mod command;
mod guest;
mod options;
mod setup;
mod test;
mod workspace;

use std::process::ExitCode;

use options::Options;

const USAGE: &str = "\
usage: cargo run -p xtask -- test
           set up what is missing, then format, lint, document, test and audit the workspace
       cargo run -p xtask -- guest [--out DIR]
           make the guest that is compared on every system: server, container image, kernels, initramfs
       cargo run --release -p xtask -- bench analysis [--rows 100M] [--rounds 3] [--keep DIR]
           time summarize against DuckDB and Polars
       cargo run --release -p xtask -- bench ingest [--csv-rows 5M] [--json-rows 3M] [--rounds 3] [--keep DIR]
           time ingest against DuckDB
       cargo run --release -p xtask -- bench http [--seconds 5] [--rounds 5] [--keep DIR]
           time load against wrk and, where they are, h2load and oha
       cargo run --release -p xtask -- bench sql [--seconds 10] [--rows 500k] [--rounds 5]
           time load sql against sysbench on a MariaDB of its own
       cargo run --release -p xtask -- bench report [--rounds 5] [--keep DIR]
           time report and export of a study of 880 runs
       cargo run --release -p xtask -- bench stats [--rounds 5]
           time bootstrap intervals and tests against SciPy
--keep is where generated data lie and are found again; without it, bench in the target folder.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["test"] => return test::run(),
        ["guest", rest @ ..] => guest::make(rest),
        ["bench", "analysis", rest @ ..] => {
            Options::parse(rest, &["--rows"]).and_then(|o| bench::analysis(&o))
        }
        ["bench", "ingest", rest @ ..] => {
            Options::parse(rest, &["--csv-rows", "--json-rows"]).and_then(|o| bench::ingest(&o))
        }
        ["bench", "http", rest @ ..] => Options::parse(rest, &["--seconds"]).and_then(|o| bench::http(&o)),
        ["bench", "sql", rest @ ..] => {
            Options::parse(rest, &["--seconds", "--rows"]).and_then(|o| bench::sql(&o))
        }
        ["bench", "report", rest @ ..] => Options::parse(rest, &[]).and_then(|o| bench::report(&o)),
        ["bench", "stats", rest @ ..] => Options::parse(rest, &[]).and_then(|o| bench::stats(&o)),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
