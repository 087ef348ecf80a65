//! `vana compare --within`: single runs, quantile by quantile.

use std::io::{BufWriter, Write};

use vana_analysis::{Against, ShiftOptions, shifts, single_run};
use vana_trace::Study;
use vana_types::{Fidelity, Identity, Quantile, Shift};

use super::Compare;
use crate::failure::Failure;
use crate::output::{OutputFormat, write_rows, write_table};
use crate::{progress, quantity};

pub(super) fn run(command: &Compare, study: &Study, quiet: bool) -> Result<(), Failure> {
    let mut options = ShiftOptions::of(study);
    if command.all_pairs {
        options.against = Against::Everyone;
    }
    if let Some(baseline) = &command.baseline {
        options.against = Against::Baseline(baseline.clone());
    }
    options.alpha = command.alpha.unwrap_or(options.alpha);
    options.metrics.clone_from(&command.metric);
    options.percentiles.clone_from(&command.statistic);
    let is_percentile = |name: &&String| {
        name.strip_prefix('p').is_some_and(|percent| Quantile::from_percent(percent).is_ok())
    };
    if let Some(name) = command.statistic.iter().find(|name| !is_percentile(name)) {
        let failure = Failure::input(format!("\"{name}\" is no percentile, as p50 or p99.9"));
        return Err(failure.hint(Some("within a run quantiles are compared")));
    }
    let is_wanted = |identity: &Identity| {
        command.workload.as_ref().is_none_or(|workload| *workload == identity.workload)
            && (command.clients.is_empty()
                || identity.clients.is_some_and(|clients| command.clients.contains(&clients)))
            && command.repetition.is_none_or(|repetition| repetition == identity.repetition)
    };
    let bar = progress::bar(quiet, study.runs.len() as u64, "reading");
    let found = shifts(study, &options, is_wanted, || bar.inc(1))?;
    bar.finish_and_clear();
    if found.is_empty() {
        let is_known = study.runs.iter().any(|run| run.run.fidelity == Fidelity::Trace);
        let failure = Failure::input("nothing to compare: no two runs have ten requests in common settings");
        let hint = if is_known {
            "--metric is service_time, response_time or first_byte_time, of runs with the same workload and clients"
        } else {
            "the study has no run whose requests are known"
        };
        return Err(failure.hint(Some(hint)));
    }
    match command.format {
        OutputFormat::Text => write_text(&found, options.alpha),
        format => write_rows(format, "shifts", &found),
    }
}

/// One table a pair.
fn write_text(found: &[Shift], alpha: f64) -> Result<(), Failure> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    let is_pair = |a: &Shift, b: &Shift| {
        (&a.metric, &a.workload, a.clients, &a.baseline, &a.system)
            == (&b.metric, &b.workload, b.clients, &b.baseline, &b.system)
    };
    for pair in found.chunk_by(is_pair) {
        let Some(first) = pair.first() else { continue };
        let clients = first.clients.map_or_else(String::new, |clients| format!(", {clients} clients"));
        writeln!(out, "{}, {}{clients}", first.metric, first.workload)?;
        writeln!(
            out,
            "{} repetition {} against {} repetition {}, band at {} %",
            first.system,
            first.system_repetition,
            first.baseline,
            first.baseline_repetition,
            ((1.0 - alpha) * 1e4).round() / 100.0
        )?;
        let header = ["quantile", &first.baseline, &first.system, "shift", "band"];
        let mut rows = vec![header.map(str::to_owned).to_vec()];
        for row in pair {
            let shown = |value| quantity::show(value, row.unit, false);
            rows.push(vec![
                row.statistic.clone(),
                shown(row.baseline_value),
                shown(row.system_value),
                shown(row.shift),
                format!("[{}, {}]", shown(row.shift_low), shown(row.shift_high)),
            ]);
        }
        write_table(&mut out, &rows)?;
        writeln!(out)?;
    }
    let finding = single_run();
    writeln!(out, "{}: {}", finding.code, finding.message)?;
    Ok(out.flush()?)
}
