//! Nothing but the relay: what the tests of this crate start systems through, as `vana` does through itself.

use std::process::ExitCode;

fn main() -> ExitCode {
    vana_launch::become_child(std::env::args_os()).unwrap_or(ExitCode::from(2))
}
