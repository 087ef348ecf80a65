//! `bench sql`: transactions by vana and by sysbench, against the same MariaDB.

use std::path::Path;

use anyhow::{Context, Result, bail};

use super::contender::TIME;
use super::mariadb::Mariadb;
use super::table::{self, Spread};
use crate::command::{command, run as run_command, shown};
use crate::options::Options;
use crate::workspace::target;

const ASKED: &str = "
The same tables, the same statements, prepared, and the same distribution of ids. vana records every statement and every
transaction. CPU is the client's, of the whole process, for each statement; ratios are of neighbours in turn.";

/// What one run of a client came to.
struct Cost {
    transactions_per_s: f64,
    cpu_us_per_query: f64,
}

/// Builds vana's side, fills the tables with sysbench, and lets both go in turn.
pub(crate) fn run(options: &Options) -> Result<()> {
    let (seconds, rounds) = (options.count("--seconds", 10), options.count("--rounds", 5));
    let rows = options.count("--rows", 500_000).to_string();
    if !Path::new(TIME).exists() {
        bail!("{TIME} is missing: apt-get install time");
    }
    run_command(&mut command("cargo", ["build", "--release", "-p", "vana-collect", "--example", "sql"]))?;
    let vana = target().join("release/examples/sql").display().to_string();
    let server = Mariadb::start(&options.folder().join("mariadb"))?;
    let port = format!("--mysql-port={}", server.port);
    let url = format!("mysql://root@127.0.0.1:{}/sbtest", server.port);
    let size = format!("--table-size={rows}");
    let sysbench = |script: &str, further: &[&str], action: &str| {
        let connection =
            ["--mysql-host=127.0.0.1", &port, "--mysql-user=root", "--mysql-db=sbtest", "--tables=1", &size];
        [&["sysbench", script][..], &connection, further, &[action]].concat().join(" ")
    };
    let prepare = sysbench("oltp_read_write", &[], "prepare");
    run_command(&mut command("sh", ["-c", &format!("{prepare} > /dev/null")]))?;
    table::print_machine("SQL", &format!("cargo run --release -p xtask -- bench sql {}", options.text()));
    println!("{ASKED}\n");
    println!(
        "| workload | clients | transactions/s, vana : sysbench | client CPU per query, vana : sysbench | vana, µs | sysbench, µs |"
    );
    println!("|---|---|---|---|---|---|");
    for workload in ["oltp_read_only", "oltp_read_write"] {
        for clients in [1, 8] {
            let ours = format!("{vana} {url} {workload} {clients} {seconds} {rows}");
            let further = [
                format!("--threads={clients}"),
                format!("--time={seconds}"),
                "--rand-type=special".to_owned(),
            ];
            let further: Vec<&str> = further.iter().map(String::as_str).collect();
            let theirs = sysbench(workload, &further, "run");
            let mut pairs = Vec::new();
            for round in 0..rounds {
                // Who goes first changes, so that what drifts is shared.
                pairs.push(if round % 2 == 0 {
                    let vana = measure(&ours, vana_counts)?;
                    (vana, measure(&theirs, sysbench_counts)?)
                } else {
                    let sysbench = measure(&theirs, sysbench_counts)?;
                    (measure(&ours, vana_counts)?, sysbench)
                });
            }
            let spread =
                |value: fn(&(Cost, Cost)) -> f64| Spread::of(pairs.iter().map(value).collect()).shown(2);
            println!(
                "| {workload} | {clients} | {} | {} | {} | {} |",
                spread(|(ours, theirs)| ours.transactions_per_s / theirs.transactions_per_s),
                spread(|(ours, theirs)| ours.cpu_us_per_query / theirs.cpu_us_per_query),
                spread(|(ours, _)| ours.cpu_us_per_query),
                spread(|(_, theirs)| theirs.cpu_us_per_query),
            );
        }
    }
    Ok(())
}

/// Transactions, statements and seconds, from what a client printed.
type Counts = fn(&str) -> Option<[f64; 3]>;

fn vana_counts(text: &str) -> Option<[f64; 3]> {
    let mut words = text.split_whitespace().map(|word| word.parse().ok());
    Some([words.next()??, words.next()??, words.next()??])
}

/// The first number after a name that begins a line.
fn sysbench_counts(text: &str) -> Option<[f64; 3]> {
    let number = |name: &str| {
        let rest = text.lines().find_map(|line| line.trim().strip_prefix(name))?;
        rest.split_whitespace().next()?.trim_end_matches('s').parse::<f64>().ok()
    };
    Some([number("transactions:")?, number("queries:")?, number("total time:")?])
}

/// Runs a client and asks the kernel for its processor time.
fn measure(words: &str, counts: Counts) -> Result<Cost> {
    let mut timed = command(TIME, ["-f", "%U %S"]);
    timed.args(words.split(' '));
    let output = timed.output().with_context(|| shown(&timed))?;
    let (said, cpu) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if !output.status.success() {
        bail!("{} ended with {}: {cpu}", shown(&timed), output.status);
    }
    let [transactions, queries, seconds] = counts(&said).with_context(|| format!("cannot read: {said}"))?;
    let cpu = cpu.lines().next_back().unwrap_or_default();
    let cpu_s: f64 = cpu.split_whitespace().filter_map(|part| part.parse::<f64>().ok()).sum();
    Ok(Cost { transactions_per_s: transactions / seconds, cpu_us_per_query: cpu_s / queries * 1e6 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_from_what_each_client_prints() {
        let sysbench = "    queries performed:\n        total:   320\n    transactions:   20     (19.5 per sec.)\n    \
                        queries:   320   (312 per sec.)\nGeneral statistics:\n    total time:      1.0231s\n";
        assert_eq!(sysbench_counts(sysbench), Some([20.0, 320.0, 1.0231]));
        assert_eq!(vana_counts("20 320 1.5\n"), Some([20.0, 320.0, 1.5]));
        assert_eq!(vana_counts("20 320\n"), None);
    }
}
