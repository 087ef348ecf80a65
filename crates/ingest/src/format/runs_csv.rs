//! A table with one row per run and one number per cell.

use std::collections::{BTreeMap, BTreeSet};

use vana_types::{Fidelity, Finding, Scale, Severity, Unit, metric};

use super::printed::{self, PER_SECOND, SECONDS};
use super::text_table::{self, Row, Table};
use super::{Detection, Format};
use crate::{ColumnMap, Draft, Input, ReadError, ReadOptions, Result};

/// One run per row: a column or more of results, and columns that say whose they are.
#[derive(Debug)]
pub struct RunsCsv;

impl Format for RunsCsv {
    fn name(&self) -> &'static str {
        "runs-csv"
    }

    fn about(&self) -> &'static str {
        "table with one run per row; columns named with --map, or one column with a known name"
    }

    fn source(&self) -> &'static str {
        "CSV (RFC 4180), also with tabs or semicolons, with a header"
    }

    fn fidelity(&self) -> Fidelity {
        Fidelity::Summary
    }

    fn takes(&self, map: &[ColumnMap]) -> bool {
        !super::table::is_of_requests(map)
    }

    fn detect(&self, input: &Input) -> Detection {
        let mut lines = input.head_text().lines();
        let header = lines.next().unwrap_or_default();
        let second = lines.next().unwrap_or_default();
        if known_column(header).is_some() && SECONDS.to_base(second.trim()).is_some() {
            return Detection::Yes;
        }
        let delimiter = char::from(text_table::delimiter(header));
        let count = header.matches(delimiter).count();
        let is_table = count > 0
            && second.matches(delimiter).count() >= count
            && !header.starts_with(['{', '[', '<', '#']);
        if is_table { Detection::Unsure } else { Detection::No }
    }

    fn read(&self, input: &Input, options: &ReadOptions) -> Result<Vec<Draft>> {
        let table = Table::read(input)?;
        let plan = if options.map.is_empty() {
            Plan::of_known_column(&table)?
        } else {
            Plan::of(&table, &options.map)?
        };
        let mut drafts = table.rows.iter().map(|row| plan.draft(row)).collect::<Result<Vec<Draft>>>()?;
        if drafts.is_empty() {
            return Err(ReadError::at(1, "a table without rows"));
        }
        flag_mixed_identities(&mut drafts, &plan, &table);
        Ok(drafts)
    }
}

/// Metric and scale of a column that names both.
fn known_column(header: &str) -> Option<(&'static str, Scale)> {
    let name = header.trim().trim_matches('"').trim().to_lowercase().replace([' ', '-'], "_");
    let per_second = [
        "throughput_reqs",
        "rps",
        "req/s",
        "reqs/s",
        "requests/s",
        "requests/sec",
        "req/sec",
        "reqs_per_sec",
        "req_per_sec",
        "requests_per_sec",
        "requests_per_second",
        "request_rate",
        "throughput_rps",
    ];
    if per_second.contains(&name.as_str()) {
        return Some((metric::REQUEST_RATE, PER_SECOND));
    }
    let (name, unit) = name.rsplit_once('_')?;
    let metric = match name {
        "latency" | "mean_latency" | "avg_latency" => metric::LATENCY,
        "run_time" | "runtime" | "elapsed" | "wall_time" | "time" | "duration" => metric::RUN_TIME,
        "boot_time" | "boottime" => metric::BOOT_TIME,
        _ => return None,
    };
    let unit = if unit == "seconds" { "s" } else { unit };
    unit.parse().ok().filter(|scale: &Scale| scale.unit == Unit::Seconds).map(|scale| (metric, scale))
}

/// What each column of a table is.
struct Plan {
    /// Place, metric, scale.
    metrics: Vec<(usize, String, Scale)>,
    system: Option<usize>,
    workload: Option<usize>,
    clients: Option<usize>,
    repetition: Option<usize>,
    /// Place and name of the others.
    rest: Vec<(usize, String)>,
}

impl Plan {
    fn of_known_column(table: &Table) -> Result<Self> {
        let [column] = table.header.as_slice() else {
            return Err(ReadError::at(
                1,
                format!("{} columns and no word on what they are", table.header.len()),
            )
            .hint("say it with --map, for example --map system=name --map run_time=duration:s"));
        };
        let (metric, scale) = known_column(column).ok_or_else(|| {
            ReadError::at(1, format!("the column \"{column}\" is not known"))
                .hint(format!("say what it is with --map, for example --map \"latency={column}:ms\""))
        })?;
        let metrics = vec![(0, metric.to_owned(), scale)];
        Ok(Self { metrics, system: None, workload: None, clients: None, repetition: None, rest: Vec::new() })
    }

    fn of(table: &Table, map: &[ColumnMap]) -> Result<Self> {
        let mut plan = Self {
            metrics: Vec::new(),
            system: None,
            workload: None,
            clients: None,
            repetition: None,
            rest: Vec::new(),
        };
        let mut used = BTreeSet::new();
        for entry in map {
            let at = table.column(&entry.column).ok_or_else(|| {
                ReadError::at(1, format!("no column \"{}\"", entry.column))
                    .hint(format!("the columns are {}", table.header.join(", ")))
            })?;
            used.insert(at);
            let identity = match entry.target.as_str() {
                "system" => &mut plan.system,
                "workload" => &mut plan.workload,
                "clients" => &mut plan.clients,
                "repetition" => &mut plan.repetition,
                target => {
                    let scale = entry
                        .unit
                        .or((target == metric::REQUEST_RATE).then_some(PER_SECOND))
                        .ok_or_else(|| {
                            ReadError::at(1, format!("no unit for \"{target}\"")).hint(format!(
                                "write it after a colon: --map \"{target}={}:ms\"",
                                entry.column
                            ))
                        })?;
                    plan.metrics.push((at, target.to_owned(), scale));
                    continue;
                }
            };
            if identity.replace(at).is_some() {
                return Err(ReadError::at(1, format!("two columns for \"{}\"", entry.target)));
            }
        }
        if plan.metrics.is_empty() {
            return Err(ReadError::at(1, "no column was named as a result")
                .hint("name one, for example --map run_time=duration:s"));
        }
        let rest =
            table.header.iter().enumerate().filter(|(at, name)| !used.contains(at) && !name.is_empty());
        plan.rest = rest.map(|(at, name)| (at, name.clone())).collect();
        Ok(plan)
    }

    fn draft(&self, row: &Row) -> Result<Draft> {
        let text = |at: Option<usize>| at.map(|at| row.cell(at)).filter(|cell| !cell.is_empty());
        let number = |at: Option<usize>, name: &str| {
            let bad = |cell| ReadError::at(row.line, format!("\"{cell}\" is no number of {name}"));
            text(at).map(|cell| cell.parse::<u32>().map_err(|_| bad(cell))).transpose()
        };
        let mut draft = Draft {
            line: Some(row.line),
            system: text(self.system).map(str::to_owned),
            workload: text(self.workload).map(str::to_owned),
            clients: number(self.clients, "clients")?,
            repetition: number(self.repetition, "repetitions")?,
            ..Draft::default()
        };
        for (at, metric, scale) in &self.metrics {
            let cell = row.cell(*at);
            let number = printed::reported(metric, "mean", *scale, cell)
                .ok_or_else(|| ReadError::at(row.line, format!("\"{cell}\" is no number for {metric}")))?;
            draft.reported.push(number);
        }
        let rest = self.rest.iter().map(|(at, name)| (name.clone(), row.cell(*at).to_owned()));
        draft.attributes = rest.filter(|(_, cell)| !cell.is_empty()).collect();
        Ok(draft)
    }
}

/// Values shown in a finding, and characters of each.
const SHOWN: (usize, usize) = (4, 60);

/// Rows of one identity that differ in another column are probably runs of different things: a command that lost an
/// option, an output that has fewer lines. A column whose every cell differs, such as a time stamp, says nothing.
fn flag_mixed_identities(drafts: &mut [Draft], plan: &Plan, table: &Table) {
    let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (index, draft) in drafts.iter().enumerate() {
        let key = (draft.system.clone(), draft.workload.clone(), draft.clients);
        groups.entry(key).or_default().push(index);
    }
    for indices in groups.values() {
        for (at, name) in &plan.rest {
            let cells = indices.iter().filter_map(|&index| Some(table.rows.get(index)?.cell(*at)));
            let values: Vec<&str> = cells.collect::<BTreeSet<&str>>().into_iter().collect();
            let all_numbers = values.iter().all(|value| value.parse::<f64>().is_ok());
            let differs_by_run = values.len() == indices.len() && (values.len() > 2 || all_numbers);
            if values.len() < 2 || differs_by_run {
                continue;
            }
            let shown: Vec<String> =
                values.iter().take(SHOWN.0).map(|value| format!("\"{}\"", shorten(value))).collect();
            let more = if values.len() > SHOWN.0 { ", …" } else { "" };
            let message = format!(
                "runs of one system, workload and number of clients differ in \"{name}\": {}{more}; they may not have \
                 done the same work",
                shown.join(", ")
            );
            for draft in indices {
                if let Some(draft) = drafts.get_mut(*draft) {
                    draft.findings.push(Finding::new("mixed-identity", Severity::Warning, message.clone()));
                }
            }
        }
    }
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(SHOWN.1) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
