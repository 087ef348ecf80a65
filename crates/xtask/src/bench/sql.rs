//! `bench sql`: transactions by `vana load sql` and by sysbench, against the same MariaDB.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::contender::TIME;
use super::mariadb::Mariadb;
use super::table::{self, Spread};
use crate::command::{command, run as run_command, shown};
use crate::options::Options;
use crate::workspace::target;

const ASKED: &str = "
The same tables, the same statements, prepared, and the same distribution of ids. vana writes every statement and every
transaction to Parquet and measures what it wrote, while sysbench counts. CPU is the client's, of the whole process from start
to end, for each statement; ratios are of neighbours in turn. Each number is the median over the rounds (least to most).";

const HEAD: &str = "
| workload | clients | transactions/s, vana | sysbench | vana : sysbench | client CPU per query, vana, µs | sysbench, µs | vana : sysbench | bytes on disk a row |
|---|--:|--:|--:|--:|--:|--:|--:|--:|";

/// What one run of a client came to.
struct Cost {
    transactions_per_s: f64,
    cpu_us_per_query: f64,
    /// Statements and transactions.
    rows: f64,
    /// Size of the trace, 0 without one.
    bytes: f64,
}

/// Both clients and what they have in common.
struct Race {
    vana: PathBuf,
    trace: PathBuf,
    port: u16,
    rows: String,
    seconds: u64,
}

/// Builds vana, fills the tables with sysbench, and lets both go in turn.
pub(crate) fn run(options: &Options) -> Result<()> {
    let (seconds, rounds) = (options.count("--seconds", 10), options.count("--rounds", 5));
    let rows = options.count("--rows", 500_000).to_string();
    if !Path::new(TIME).exists() {
        bail!("{TIME} is missing: apt-get install time");
    }
    run_command(&mut command("cargo", ["build", "--release", "-p", "vana", "--bin", "vana"]))?;
    let server = Mariadb::start(&options.folder().join("mariadb"))?;
    let trace = options.folder().join("sql.parquet");
    let race = Race { vana: target().join("release/vana"), trace, port: server.port, rows, seconds };
    let prepare = race.sysbench("oltp_read_write", 1, "prepare").join(" ");
    run_command(&mut command("sh", ["-c", &format!("{prepare} > /dev/null")]))?;
    table::print_machine("SQL", &format!("cargo run --release -p xtask -- bench sql {}", options.text()));
    println!("{ASKED}\n{HEAD}");
    for workload in ["oltp_read_only", "oltp_read_write"] {
        for clients in [1, 8] {
            let mut pairs = Vec::new();
            for round in 0..rounds {
                // Who goes first changes, so that what drifts is shared.
                pairs.push(if round % 2 == 0 {
                    let ours = race.by_vana(workload, clients)?;
                    (ours, race.by_sysbench(workload, clients)?)
                } else {
                    let theirs = race.by_sysbench(workload, clients)?;
                    (race.by_vana(workload, clients)?, theirs)
                });
            }
            print(workload, clients, &pairs);
        }
    }
    Ok(())
}

fn print(workload: &str, clients: u32, pairs: &[(Cost, Cost)]) {
    let spread = |decimals, value: fn(&(Cost, Cost)) -> f64| {
        Spread::of(pairs.iter().map(value).collect()).shown(decimals)
    };
    println!(
        "| {workload} | {clients} | {} | {} | {} | {} | {} | {} | {} |",
        spread(0, |(ours, _)| ours.transactions_per_s),
        spread(0, |(_, theirs)| theirs.transactions_per_s),
        spread(2, |(ours, theirs)| ours.transactions_per_s / theirs.transactions_per_s),
        spread(2, |(ours, _)| ours.cpu_us_per_query),
        spread(2, |(_, theirs)| theirs.cpu_us_per_query),
        spread(2, |(ours, theirs)| ours.cpu_us_per_query / theirs.cpu_us_per_query),
        spread(2, |(ours, _)| ours.bytes / ours.rows),
    );
}

impl Race {
    fn sysbench(&self, script: &str, clients: u32, action: &str) -> Vec<String> {
        let words = [
            "sysbench".to_owned(),
            script.to_owned(),
            "--mysql-host=127.0.0.1".to_owned(),
            format!("--mysql-port={}", self.port),
            "--mysql-user=root".to_owned(),
            "--mysql-db=sbtest".to_owned(),
            "--tables=1".to_owned(),
            format!("--table-size={}", self.rows),
            format!("--threads={clients}"),
            format!("--time={}", self.seconds),
            "--rand-type=special".to_owned(),
            action.to_owned(),
        ];
        words.to_vec()
    }

    fn by_sysbench(&self, workload: &str, clients: u32) -> Result<Cost> {
        measure(&self.sysbench(workload, clients, "run"), sysbench_counts)
    }

    fn by_vana(&self, workload: &str, clients: u32) -> Result<Cost> {
        if self.trace.exists() {
            std::fs::remove_file(&self.trace)?;
        }
        let words = [
            self.vana.display().to_string(),
            "--quiet".to_owned(),
            "load".to_owned(),
            "sql".to_owned(),
            format!("mysql://root@127.0.0.1:{}/sbtest", self.port),
            format!("--workload={workload}"),
            format!("--clients={clients}"),
            format!("--duration={}s", self.seconds),
            format!("--trace={}", self.trace.display()),
            "--format=csv".to_owned(),
        ];
        let cost = measure(&words, vana_counts)?;
        Ok(Cost { bytes: std::fs::metadata(&self.trace)?.len() as f64, ..cost })
    }
}

/// What a client says of its run.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Counts {
    transactions: f64,
    queries: f64,
    seconds: f64,
}

/// The table of the run as a whole.
fn vana_counts(text: &str) -> Option<Counts> {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next()?.split(',').collect();
    let place = |name: &str| header.iter().position(|column| *column == name);
    let places = [place("metric")?, place("statistic")?, place("value")?, place("operation")?];
    let rows: Vec<[Option<&str>; 4]> = lines
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            places.map(|place| cells.get(place).copied())
        })
        .collect();
    let of = |name: &str, what: &str| {
        let wanted = [Some(name), Some(what)];
        let row = rows.iter().find(|[metric, statistic, _, operation]| {
            [*metric, *statistic] == wanted && *operation == Some("")
        })?;
        row[2]?.parse::<f64>().ok()
    };
    let seconds = of("duration", "total")?;
    Some(Counts {
        transactions: of("requests", "count")?,
        queries: of("query_rate", "mean")? * seconds,
        seconds,
    })
}

/// The first number after a name that begins a line.
fn sysbench_counts(text: &str) -> Option<Counts> {
    let number = |name: &str| {
        let rest = text.lines().find_map(|line| line.trim().strip_prefix(name))?;
        rest.split_whitespace().next()?.trim_end_matches('s').parse::<f64>().ok()
    };
    Some(Counts {
        transactions: number("transactions:")?,
        queries: number("queries:")?,
        seconds: number("total time:")?,
    })
}

/// Runs a client and asks the kernel for its processor time.
fn measure(words: &[String], counts: fn(&str) -> Option<Counts>) -> Result<Cost> {
    let mut timed = command(TIME, ["-f", "%U %S"]);
    timed.args(words);
    let output = timed.output().with_context(|| shown(&timed))?;
    let (said, cpu) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if !output.status.success() {
        bail!("{} ended with {}: {cpu}", shown(&timed), output.status);
    }
    let counts = counts(&said).with_context(|| format!("cannot read: {said}"))?;
    let cpu = cpu.lines().next_back().unwrap_or_default();
    let cpu_s: f64 = cpu.split_whitespace().filter_map(|part| part.parse::<f64>().ok()).sum();
    Ok(Cost {
        transactions_per_s: counts.transactions / counts.seconds,
        cpu_us_per_query: cpu_s / counts.queries * 1e6,
        rows: counts.transactions + counts.queries,
        bytes: 0.0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_from_what_each_client_prints() {
        let expected = Some(Counts { transactions: 20.0, queries: 320.0, seconds: 1.25 });
        let sysbench = "    queries performed:\n        total:   320\n    transactions:   20     (16.0 per sec.)\n    \
                        queries:   320   (256 per sec.)\nGeneral statistics:\n    total time:      1.2500s\n";
        assert_eq!(sysbench_counts(sysbench), expected);
        let vana = "system,metric,statistic,value,operation\nm,requests,count,999,commit\nm,requests,count,20,\n\
                    m,duration,total,1.25,\nm,query_rate,mean,256,\n";
        assert_eq!(vana_counts(vana), expected);
        assert_eq!(vana_counts("system,metric,statistic,value,operation\n"), None);
    }
}
