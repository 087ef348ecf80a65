//! The programs that make the load, and what each says of itself.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::contender::TIME;
use crate::command::{answer, command, shown};

/// The core of the client.
const CORE: &str = "0";

/// Which program it is, and so how it is called and understood.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Vana,
    Wrk,
    H2load,
    Oha,
}

/// A program that makes load.
pub(super) struct Client {
    pub name: &'static str,
    kind: Kind,
    program: String,
    /// Further words.
    words: Vec<&'static str>,
    /// The trace, where there is one.
    trace: PathBuf,
}

/// What one run cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cost {
    pub requests: f64,
    pub rate_per_s: f64,
    pub user_s: f64,
    pub system_s: f64,
    /// Peak of resident memory.
    pub peak_bytes: u64,
    /// Size of the trace, 0 for none.
    pub disk_bytes: u64,
}

impl Cost {
    /// Processor time, user and system, over requests.
    pub fn cpu_per_request_s(&self) -> f64 {
        (self.user_s + self.system_s) / self.requests
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cpu_us = self.cpu_per_request_s() * 1e6;
        write!(f, "{:.0} requests/s, {cpu_us:.2} us each, {} MiB", self.rate_per_s, self.peak_bytes >> 20)
    }
}

impl Client {
    fn new(name: &'static str, kind: Kind, program: &str) -> Self {
        Self { name, kind, program: program.to_owned(), words: Vec::new(), trace: PathBuf::new() }
    }

    /// vana, with a trace in `folder`.
    pub fn vana(program: &Path, folder: &Path, is_spinning: bool) -> Self {
        let name = if is_spinning { "vana --busy-poll" } else { "vana" };
        let client = Self::new(name, Kind::Vana, &program.display().to_string());
        let words = if is_spinning { vec!["--busy-poll"] } else { Vec::new() };
        Self { words, trace: folder.join("http.parquet"), ..client }
    }

    /// wrk.
    pub fn wrk() -> Self {
        Self::new("wrk", Kind::Wrk, "wrk")
    }

    /// h2load, where it is installed.
    pub fn h2load() -> Option<Self> {
        answer("h2load", &["--version"]).map(|_| Self::new("h2load", Kind::H2load, "h2load"))
    }

    /// oha, where it is installed.
    pub fn oha() -> Option<Self> {
        answer("oha", &["--version"]).map(|_| Self::new("oha", Kind::Oha, "oha"))
    }

    fn arguments(&self, url: &str, clients: u32, seconds: u64) -> Vec<String> {
        let (clients, seconds, trace) =
            (clients.to_string(), format!("{seconds}s"), self.trace.display().to_string());
        let words: Vec<&str> = match self.kind {
            Kind::Vana => vec![
                "--quiet",
                "load",
                "http",
                url,
                "--clients",
                &clients,
                "--duration",
                &seconds,
                "--trace",
                &trace,
                "--format",
                "csv",
            ],
            Kind::Wrk => vec!["--threads", "1", "--connections", &clients, "--duration", &seconds, url],
            Kind::H2load => vec!["--h1", "--threads=1", "-c", &clients, "-D", &seconds, url],
            Kind::Oha => vec!["--no-tui", "--output-format", "json", "-c", &clients, "-z", &seconds, url],
        };
        words.iter().chain(&self.words).map(|&word| word.to_owned()).collect()
    }

    /// Whether it says that a request failed.
    fn has_errors(&self, text: &str) -> bool {
        match self.kind {
            Kind::Vana => value(text, "error_ratio", "mean") != Some(0.0),
            Kind::Wrk => text.contains("Socket errors:") || text.contains("Non-2xx"),
            Kind::H2load => before(text, " failed") != Some(0.0),
            Kind::Oha => after(text, "\"successRate\":") != Some(1.0),
        }
    }

    /// Loads once.
    pub fn run(&self, url: &str, clients: u32, seconds: u64) -> Result<Cost> {
        if self.trace.exists() {
            std::fs::remove_file(&self.trace)?;
        }
        let cost_file = std::env::temp_dir().join(format!("vana-bench-{}.cost", std::process::id()));
        let mut timed = command("taskset", ["-c", CORE, TIME, "--format=%M %U %S", "--quiet", "--output"]);
        timed.arg(&cost_file).arg(&self.program).args(self.arguments(url, clients, seconds));
        let output = timed.output().with_context(|| shown(&timed))?;
        let text = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() || self.has_errors(&text) {
            bail!("{} failed:\n{text}{}", shown(&timed), String::from_utf8_lossy(&output.stderr));
        }
        let said = match self.kind {
            Kind::Vana => vana(&text),
            Kind::Wrk => before(&text, " requests in ").zip(after(&text, "Requests/sec:")),
            Kind::H2load => before(&text, " succeeded").zip(before(&text, " req/s")),
            Kind::Oha => after(&text, "\"requestsPerSec\":")
                .zip(after(&text, "\"total\":"))
                .map(|(rate, total)| (rate * total, rate)),
        };
        let (requests, rate_per_s) = said.with_context(|| format!("{} said: {text}", shown(&timed)))?;
        let line = std::fs::read_to_string(&cost_file).with_context(|| cost_file.display().to_string())?;
        let _ = std::fs::remove_file(&cost_file);
        let numbers = line.split_whitespace().map(str::parse).collect::<Result<Vec<f64>, _>>();
        let Ok([peak_kib, user_s, system_s]) = numbers.as_deref() else { bail!("{TIME} wrote: {line}") };
        let disk_bytes = std::fs::metadata(&self.trace).map_or(0, |metadata| metadata.len());
        let peak_bytes = *peak_kib as u64 * 1024;
        Ok(Cost { requests, rate_per_s, user_s: *user_s, system_s: *system_s, peak_bytes, disk_bytes })
    }
}

/// Requests and their rate from vana's table.
fn vana(text: &str) -> Option<(f64, f64)> {
    let of = |metric, statistic| value(text, metric, statistic);
    Some((of("requests", "count")?, of("request_rate", "mean")?))
}

/// A number of vana's table.
fn value(text: &str, name: &str, what: &str) -> Option<f64> {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next()?.split(',').collect();
    let place = |name: &str| header.iter().position(|column| *column == name);
    let (metric, statistic, value) = (place("metric")?, place("statistic")?, place("value")?);
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    let row = rows.iter().find(|row| row.get(metric) == Some(&name) && row.get(statistic) == Some(&what))?;
    row.get(value)?.parse().ok()
}

/// The number just before some words.
fn before(text: &str, words: &str) -> Option<f64> {
    let (head, _) = text.split_once(words)?;
    head.split_whitespace().next_back()?.parse().ok()
}

/// The number after some words, whatever unit it has.
fn after(text: &str, words: &str) -> Option<f64> {
    let (_, tail) = text.split_once(words)?;
    let number: String =
        tail.trim_start().chars().take_while(|letter| letter.is_ascii_digit() || *letter == '.').collect();
    number.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_in_what_programs_say() {
        let wrk = "  12345 requests in 5.00s, 1.2MB read\nRequests/sec:   2469.01\n";
        assert_eq!(
            (before(wrk, " requests in "), after(wrk, "Requests/sec:")),
            (Some(12345.0), Some(2469.01))
        );
        let h2load =
            "finished in 5.01s, 2345.60 req/s, 1MB/s\nrequests: 11728 total, 11728 succeeded, 0 failed";
        assert_eq!((before(h2load, " succeeded"), before(h2load, " req/s")), (Some(11728.0), Some(2345.6)));
        let oha = "{\n  \"summary\": {\n    \"total\": 5.001,\n    \"requestsPerSec\": 100.5\n";
        assert_eq!((after(oha, "\"total\":"), after(oha, "\"requestsPerSec\":")), (Some(5.001), Some(100.5)));
        assert_eq!(before("nothing", " req/s"), None);
    }

    #[test]
    fn vana_says_its_numbers_in_a_table() {
        let text = "system,metric,statistic,value\na,requests,count,10\na,request_rate,mean,2.5\n";
        assert_eq!(vana(text), Some((10.0, 2.5)));
        assert_eq!(vana("system,metric\n"), None);
    }

    #[test]
    fn errors_are_noticed_whoever_had_them() {
        let vana = Client::vana(Path::new("vana"), Path::new("."), false);
        let error_ratio = |ratio: &str| format!("metric,statistic,value\nerror_ratio,mean,{ratio}\n");
        assert_eq!([error_ratio("0"), error_ratio("0.5")].map(|text| vana.has_errors(&text)), [false, true]);
        let wrk = [
            "10 requests in 1s\n",
            "  Socket errors: connect 0, read 9\n",
            "  Non-2xx or 3xx responses: 1\n",
        ];
        assert_eq!(wrk.map(|text| Client::wrk().has_errors(text)), [false, true, true]);
        let h2load = Client::new("h2load", Kind::H2load, "h2load");
        assert_eq!(
            ["9 succeeded, 0 failed", "8 succeeded, 1 failed"].map(|text| h2load.has_errors(text)),
            [false, true]
        );
    }
}
