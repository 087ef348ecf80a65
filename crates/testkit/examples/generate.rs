//! Writes what benchmarks read: `generate study DIR REQUESTS`, `generate jtl FILE REQUESTS`, `generate k6 FILE REQUESTS`,
//! and `generate printed DIR RUNS`, a study of which only printed numbers are known.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use vana_testkit::{Load, SplitMix64, StudyPlan, printed_run, write_jtl, write_k6, write_printed_study};
use vana_types::{Run, Unit};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, path, requests] = arguments.as_slice() else {
        return Err("usage: generate study|jtl|k6|printed PATH COUNT".into());
    };
    let (path, requests) = (Path::new(path), requests.parse()?);
    let load = Load { clients: 100, ..Load::default() };
    match kind.as_str() {
        "study" => StudyPlan { requests: requests as u64, ..StudyPlan::default() }.write(path)?,
        "printed" => write_printed_study(path, &printed_runs(requests as u64))?,
        "jtl" => {
            let mut out = BufWriter::new(File::create(path)?);
            write_jtl(&mut out, load.requests().take(requests))?;
            out.flush()?;
        }
        "k6" => {
            let mut out = BufWriter::new(File::create(path)?);
            write_k6(&mut out, load.requests().take(requests))?;
            out.flush()?;
        }
        other => return Err(format!("nothing known to generate as {other}").into()),
    }
    Ok(())
}

/// Runs of 8 systems at 11 numbers of clients, in as many repetitions as it takes, with the numbers that tools print.
fn printed_runs(count: u64) -> Vec<Run> {
    let mut random = SplitMix64::new(1);
    let run = |number: u64| {
        let (system, place, repetition) = (number % 8, number / 8 % 11, number / 88);
        let clients = if place == 0 { 1 } else { 10 * place };
        // Within one part in a hundred of what system and clients make of it.
        let mut near = |value: f64| value * (0.99 + 0.02 * (random.bits() % 10_000) as f64 / 10_000.0);
        let rate = 40_000.0 / (1.0 + 0.15 * system as f64) * (1.0 - 0.8 / clients as f64);
        let mut numbers = vec![("request_rate", "mean", near(rate), Unit::PerSecond)];
        for (name, factor) in [("stdev", 0.05), ("min", 0.8), ("max", 1.2)] {
            numbers.push(("request_rate", name, near(rate * factor), Unit::PerSecond));
        }
        let time = clients as f64 / rate;
        let times = [
            ("mean", 1.0),
            ("stdev", 0.3),
            ("min", 0.5),
            ("p50", 0.95),
            ("p75", 1.2),
            ("p90", 1.5),
            ("p95", 1.8),
            ("p99", 2.5),
            ("p99.9", 4.0),
            ("p99.99", 6.0),
            ("max", 8.0),
        ];
        for (name, factor) in times {
            numbers.push(("latency", name, near(time * factor), Unit::Seconds));
        }
        numbers.push(("memory", "used", near(1e8), Unit::Bytes));
        printed_run(&format!("system-{}", system + 1), clients as u32, repetition as u32 + 1, &numbers)
    };
    (0..count).map(run).collect()
}
