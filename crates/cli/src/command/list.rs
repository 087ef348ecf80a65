//! `vana list`

use std::io::Write;

use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::failure::Failure;
use crate::output::{OutputFormat, write_rows, write_table};

/// List what this vana knows.
#[derive(Args)]
pub(crate) struct List {
    /// Of what.
    what: What,
    /// How to write it.
    #[arg(long, value_enum, default_value = "text")]
    format: OutputFormat,
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    /// Input formats.
    Formats,
    /// Statistics of one run.
    Statistics,
    /// Tests of two systems, and of all at once.
    Tests,
    /// Validity checks.
    Checks,
    /// Charts of a report.
    Charts,
    /// Kinds of systems that can be started.
    Systems,
}

#[derive(Serialize)]
struct Entry {
    name: String,
    about: String,
    source: String,
}

impl List {
    pub fn run(&self) -> Result<(), Failure> {
        let (list, entries): (&str, Vec<Entry>) = match self.what {
            What::Formats => ("formats", formats()),
            What::Statistics => ("statistics", statistics()),
            What::Tests => ("tests", tests()),
            What::Checks => ("checks", checks()),
            What::Charts => ("charts", charts()),
            What::Systems => ("systems", systems()),
        };
        if self.format != OutputFormat::Text {
            return write_rows(self.format, list, &entries);
        }
        let rows: Vec<Vec<String>> = entries.into_iter().map(|entry| vec![entry.name, entry.about]).collect();
        let mut out = std::io::stdout().lock();
        write_table(&mut out, &rows)?;
        Ok(out.flush()?)
    }
}

fn formats() -> Vec<Entry> {
    let entry = |format: &&dyn vana_ingest::Format| Entry {
        name: format.name().to_owned(),
        about: format!("{} [{}]", format.about(), format.fidelity()),
        source: format.source().to_owned(),
    };
    vana_ingest::FORMATS.iter().map(entry).collect()
}

fn statistics() -> Vec<Entry> {
    let entry = |statistic: &dyn vana_stats::Statistic| Entry {
        name: statistic.name().to_owned(),
        about: statistic.about().to_owned(),
        source: statistic.source().to_owned(),
    };
    vana_stats::STATISTICS.iter().map(|statistic| entry(&**statistic)).collect()
}

fn tests() -> Vec<Entry> {
    let of_two = vana_stats::TESTS.iter().map(|test| entry(test.name(), test.about(), test.source()));
    let of_all = vana_stats::GROUP_TESTS.iter().map(|test| entry(test.name(), test.about(), test.source()));
    of_two.chain(of_all).collect()
}

fn entry(name: &str, about: &str, source: &str) -> Entry {
    Entry { name: name.to_owned(), about: about.to_owned(), source: source.to_owned() }
}

fn checks() -> Vec<Entry> {
    let entry = |check: &&dyn vana_analysis::Check| Entry {
        name: check.name().to_owned(),
        about: check.about().to_owned(),
        source: check.source().to_owned(),
    };
    vana_analysis::CHECKS.iter().map(entry).collect()
}

fn charts() -> Vec<Entry> {
    let entry = |chart: &vana_report::Chart| Entry {
        name: chart.name.to_owned(),
        about: chart.about.to_owned(),
        source: String::new(),
    };
    vana_report::CHARTS.iter().map(entry).collect()
}

fn systems() -> Vec<Entry> {
    vana_launch::SYSTEMS.iter().map(|system| entry(system.name(), system.about(), system.source())).collect()
}
