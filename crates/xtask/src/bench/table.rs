//! Costs as a Markdown table.

use super::THREADS;
use super::contender::{Contender, Cost};
use crate::command::answer;

/// Prints who answered a question at what cost. The first contender is what the others are compared with: pair by pair,
/// each with the answer of the first in the same round, and without the start of an interpreter.
pub(super) fn print(question: &str, contenders: &[Contender], costs: &[Vec<Cost>]) {
    println!("\n### {question}\n");
    println!(
        "| program | process, s | query, s | processor, s | peak memory, MiB | query time over vana's |"
    );
    println!("|---|--:|--:|--:|--:|--:|");
    let Some(first) = costs.first() else { return };
    for (contender, costs) in contenders.iter().zip(costs) {
        let of = |value: fn(&Cost) -> f64| costs.iter().map(value).collect();
        let wall = Spread::of(of(|cost| cost.wall_s)).shown(2);
        let query = Spread::of(of(|cost| cost.query_s)).shown(2);
        let cpu = Spread::of(of(|cost| cost.cpu_s)).shown(2);
        let peak = Spread::of(of(|cost| (cost.peak_bytes >> 20) as f64)).shown(0);
        let ratio = costs.iter().zip(first).map(|(cost, first)| cost.query_s / first.query_s).collect();
        println!(
            "| {} | {wall} | {query} | {cpu} | {peak} | {} |",
            contender.name,
            Spread::of(ratio).shown(2)
        );
    }
    println!();
    for contender in contenders {
        println!("    {}", contender.shown());
    }
}

/// Says what made the tables that follow, and on which machine.
pub(super) fn print_head(title: &str, command: &str, python: &str, rounds: u64) {
    let modules =
        "import duckdb, polars; print('DuckDB', duckdb.__version__ + ', Polars', polars.__version__)";
    let versions = answer(python, &["-c", modules]).unwrap_or_default();
    print_machine(title, command);
    println!(
        "{versions}; {THREADS} threads each; {rounds} rounds in turn after one that is not \
         counted: median (least to most). A process is timed from start to end, a query without the start of \
         Python; processor time is that of all threads. Files are in the page cache. Peak memory is the resident set as the kernel \
         counts it, file pages that are mapped included."
    );
}

/// Prints a heading, the command below it, and the processor and compiler.
pub(super) fn print_machine(title: &str, command: &str) {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown processor", |(_, model)| model);
    let rust = answer("rustc", &["--version"]).unwrap_or_default();
    println!("\n## {title}\n");
    println!("`{}`\n", command.trim_end());
    println!("{cores} × {model}; {rust}.");
}

/// Median and range of rounds.
pub(super) struct Spread {
    low: f64,
    median: f64,
    high: f64,
}

impl Spread {
    pub fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let at = |place: usize| values.get(place).copied().unwrap_or(f64::NAN);
        let count = values.len();
        let median = f64::midpoint(at(count.saturating_sub(1) / 2), at(count / 2));
        Self { low: at(0), median, high: at(count.saturating_sub(1)) }
    }

    pub const fn median(&self) -> f64 {
        self.median
    }

    pub fn shown(&self, decimals: usize) -> String {
        format!("{:.decimals$} ({:.decimals$} to {:.decimals$})", self.median, self.low, self.high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_lies_in_the_middle_of_odd_and_even_numbers_of_rounds() {
        assert_eq!(Spread::of(vec![3.0, 1.0, 2.0]).shown(1), "2.0 (1.0 to 3.0)");
        assert_eq!(Spread::of(vec![4.0, 1.0, 2.0, 3.0]).shown(1), "2.5 (1.0 to 4.0)");
    }
}
