//! vana against other programs: the same question on the same data, in turn, several times, believed only when the
//! answers agree.

mod analysis;
mod contender;
mod data;
mod first_chart;
mod http;
mod http_client;
mod http_server;
mod ingest;
mod mariadb;
mod report;
mod sql;
mod stats;
mod table;
mod values;

pub(crate) use analysis::run as analysis;
pub(crate) use http::run as http;
pub(crate) use ingest::run as ingest;
pub(crate) use report::run as report;
pub(crate) use sql::run as sql;
pub(crate) use stats::run as stats;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::command::{command, run};
use crate::setup::python;
use crate::workspace::target;

/// Threads that each program may use.
const THREADS: &str = "2";

/// What benchmarks call.
struct Programs {
    vana: PathBuf,
    generate: PathBuf,
    python: PathBuf,
}

/// Builds and sets up what benchmarks call.
fn programs() -> Result<Programs> {
    let build =
        ["build", "--release", "-p", "vana", "-p", "vana-testkit", "--bin", "vana", "--example", "generate"];
    run(&mut command("cargo", build))?;
    let provision = python::provide();
    println!("setup: Python packages: {provision}");
    if !PathBuf::from(contender::TIME).exists() {
        bail!("{} is missing: apt-get install time", contender::TIME);
    }
    Ok(Programs {
        vana: target().join("release/vana"),
        generate: target().join("release/examples/generate"),
        python: python::interpreter().context("benchmarks need the Python packages")?,
    })
}
