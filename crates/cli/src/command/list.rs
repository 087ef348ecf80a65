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
    /// Tests of two systems (compare --test), and the one of all at once after which reports give letters.
    Tests,
    /// Validity checks.
    Checks,
    /// Charts of a report.
    Charts,
    /// Kinds of systems that can be started.
    Systems,
    /// Databases that take transactions.
    Databases,
    /// What a transaction consists of.
    SqlWorkloads,
    /// How ids of rows are drawn.
    Distributions,
}

#[derive(Serialize)]
struct Entry {
    name: String,
    about: String,
    source: String,
}

impl What {
    /// The name of the list, and what is in it.
    fn entries(self) -> (&'static str, Vec<Entry>) {
        match self {
            Self::Formats => ("formats", formats()),
            Self::Statistics => ("statistics", statistics()),
            Self::Tests => ("tests", tests()),
            Self::Checks => ("checks", checks()),
            Self::Charts => ("charts", charts()),
            Self::Systems => ("systems", systems()),
            Self::Databases => ("databases", databases()),
            Self::SqlWorkloads => ("sql_workloads", sql_workloads()),
            Self::Distributions => ("distributions", distributions()),
        }
    }
}

impl List {
    pub fn run(&self) -> Result<(), Failure> {
        let (list, entries) = self.what.entries();
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
    let of_all = vana_analysis::letters_test();
    let about = format!("{} [letters of a report]", of_all.about());
    of_two.chain([entry(of_all.name(), &about, of_all.source())]).collect()
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

fn databases() -> Vec<Entry> {
    let entry = |database: &&dyn vana_collect::Database| {
        let engines = match database.engines() {
            [] => String::new(),
            engines => format!(" [engines: {}]", engines.join(", ")),
        };
        entry(database.name(), &format!("{}{engines}", database.about()), database.source())
    };
    vana_collect::DATABASES.iter().map(entry).collect()
}

fn sql_workloads() -> Vec<Entry> {
    let all = vana_collect::SQL_WORKLOADS.iter();
    all.map(|workload| entry(workload.name(), workload.about(), workload.source())).collect()
}

fn distributions() -> Vec<Entry> {
    let all = vana_collect::DISTRIBUTIONS.iter();
    all.map(|distribution| entry(distribution.name(), distribution.about(), distribution.source())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_has_unique_names_and_says_something_of_each() {
        for what in What::value_variants() {
            let (list, entries) = what.entries();
            let mut names: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
            names.sort_unstable();
            names.dedup();
            assert!(names.len() == entries.len() && !entries.is_empty(), "{list}: {names:?}");
            assert!(entries.iter().all(|entry| !entry.about.is_empty()), "{list}");
        }
    }

    #[test]
    fn the_manual_names_every_database_every_workload_and_every_distribution() {
        let manual = include_str!("../../../../METHODOLOGY.md");
        for what in [What::Databases, What::SqlWorkloads, What::Distributions] {
            let (list, entries) = what.entries();
            for Entry { name, .. } in entries {
                assert!(manual.contains(&format!("`{name}`")), "{list}: {name}");
            }
        }
    }
}
