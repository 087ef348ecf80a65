//! `bench analysis`: statistics of every run of a study, by vana, `DuckDB` and Polars.

use std::path::Path;

use anyhow::{Context, Result};

use super::contender::{Contender, race};
use super::values::Values;
use super::{Programs, data, programs, table};
use crate::options::Options;

const ALL: &str = "count,mean,stdev,min,max,p50,p90,p95,p99,p99.9,within_stdev";
const QUANTILES: &str = "p50,p90,p95,p99,p99.9";

/// Makes the study, checks that all agree, and times them.
pub(crate) fn run(options: &Options) -> Result<()> {
    let (rows, rounds) = (options.count("--rows", 100_000_000), options.count("--rounds", 3));
    let programs = programs()?;
    let study = data::provide(&programs, &options.folder(), "study", rows)?;
    let questions = [("all", "All eleven statistics", ALL), ("quantiles", "Quantiles alone", QUANTILES)];
    let mut answers = Vec::new();
    for (what, title, statistics) in questions {
        let contenders = contenders(&programs, &study, what, statistics);
        let count = agree(&contenders)?;
        println!("{title}: {count} numbers of each program agree");
        answers.push((title, race(&contenders, rounds)?, contenders));
    }
    let title = format!("Statistics of {rows} requests in 440 runs");
    let command = format!("cargo run --release -p xtask -- bench analysis {}", options.text());
    table::print_head(&title, &command, &programs.python.to_string_lossy(), rounds);
    for (question, costs, contenders) in &answers {
        table::print(question, contenders, costs);
    }
    Ok(())
}

fn contenders(programs: &Programs, study: &Path, what: &str, statistics: &str) -> Vec<Contender> {
    let out = |name: &str| study.with_file_name(format!("out-{name}.csv"));
    let path = study.to_string_lossy();
    let wanted = ["--metric", "service_time", "--statistic", statistics, "--format", "csv"];
    let words = [&["summarize", &path], &wanted[..]].concat();
    let mut contenders = vec![Contender::vana_printing(programs, &words, out("vana"))];
    for (name, file) in [("DuckDB", "duckdb_analysis.py"), ("Polars", "polars_analysis.py")] {
        for (how, asked) in [("together", "one query"), ("each", "run by run")] {
            let title = format!("{name}, {asked}");
            let out = out(&format!("{name}-{how}"));
            contenders.push(Contender::python(programs, &title, file, study, &[what, how], out));
        }
    }
    contenders
}

/// Lets each answer once, which also fills the page cache; the number of numbers.
fn agree(contenders: &[Contender]) -> Result<usize> {
    let mut first: Option<Values> = None;
    for contender in contenders {
        contender.run()?;
        let values = Values::read(&contender.out)?;
        match &first {
            Some(first) => {
                first.agree(&values).with_context(|| format!("{} disagrees with vana", contender.name))?;
            }
            None => first = Some(values),
        }
    }
    Ok(first.map_or(0, |values| values.len()))
}
