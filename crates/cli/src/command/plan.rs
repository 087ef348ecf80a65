//! `vana plan`

use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::Args;
use vana_analysis::{PlanOptions, measure, plan};
use vana_reduce::{ReduceOptions, Selection};
use vana_types::{PlannedCell, metric, statistic};

use crate::failure::Failure;
use crate::output::{OutputFormat, write_rows, write_table};
use crate::study::open;
use crate::{progress, quantity};

/// Say how many repetitions a wanted precision needs.
///
/// For the mean: until Student's t interval is as narrow as wanted, if the scatter stays as it is. For the median:
/// until the exact interval of order statistics is, on average over subsets of the repetitions there are. Where every
/// request is known, the scatter between runs is told apart from that within them: only the latter shrinks with longer
/// runs.
#[derive(Args)]
pub(crate) struct Plan {
    /// The study, or a package of it.
    study: PathBuf,
    /// Half the width of the interval over the mean: 1% or 0.01.
    #[arg(long, value_name = "SHARE", default_value = "1%", value_parser = quantity::parse_share)]
    precision: f64,
    /// The metrics.
    #[arg(long, value_name = "METRIC", value_delimiter = ',', default_values_t = [metric::REQUEST_RATE.to_owned(), metric::SERVICE_TIME.to_owned()])]
    metric: Vec<String>,
    /// The statistics of each run.
    #[arg(long, value_name = "STATISTIC", value_delimiter = ',', default_values_t = [statistic::MEAN.to_owned()])]
    statistic: Vec<String>,
    /// 1 - level of the intervals; the study's without it.
    #[arg(long)]
    alpha: Option<f64>,
    /// How to write the plan.
    #[arg(long, value_enum, default_value = "text")]
    format: OutputFormat,
}

impl Plan {
    pub fn run(&self, quiet: bool) -> Result<(), Failure> {
        let study = open(&self.study)?;
        let alpha = self.alpha.unwrap_or(study.config.alpha);
        if !(alpha > 0.0 && alpha < 1.0) {
            return Err(Failure::input(format!("alpha is {alpha}; it must lie between 0 and 1, as 0.05")));
        }
        if self.precision <= 0.0 {
            return Err(Failure::input("the precision must be above 0, as 1%"));
        }
        let bar = progress::bar(quiet, study.runs.len() as u64, "summarizing");
        let reduce = ReduceOptions { metrics: Selection(self.metric.clone()), ..ReduceOptions::default() };
        let measured = measure(&study, &reduce, &[], || bar.inc(1))?;
        bar.finish_and_clear();
        let options = PlanOptions { precision: self.precision, alpha, seed: study.config.seed };
        let cells = plan(&measured.measurements, &options, |metric, statistic| {
            self.metric.iter().any(|name| name == metric)
                && self.statistic.iter().any(|name| name == statistic)
        });
        if cells.is_empty() {
            let message =
                format!("no repetitions of {} {}", self.metric.join(", "), self.statistic.join(", "));
            let hint =
                "vana summarize shows what there is; published cells do not say how often they were measured";
            return Err(Failure::input(message).hint(Some(hint)));
        }
        match self.format {
            OutputFormat::Text => self.write_text(&cells),
            format => write_rows(format, "plan", &cells),
        }
    }

    fn write_text(&self, cells: &[PlannedCell]) -> Result<(), Failure> {
        let mut out = BufWriter::new(std::io::stdout().lock());
        writeln!(out, "repetitions for an interval within ±{} of the mean or median", share(self.precision))?;
        let header = [
            "system",
            "workload",
            "clients",
            "metric",
            "statistic",
            "n",
            "mean",
            "now",
            "for mean",
            "for median",
            "between runs",
            "",
        ];
        let mut rows = vec![header.map(str::to_owned).to_vec()];
        rows.extend(cells.iter().map(line));
        write_table(&mut out, &rows)?;
        if cells.iter().any(|cell| cell.is_extrapolated == Some(true)) {
            writeln!(out, "* more than there are, so extrapolated: the interval shrinks as 1/√n")?;
        }
        Ok(out.flush()?)
    }
}

fn share(value: f64) -> String {
    format!("{} %", (value * 1e5).round() / 1e3)
}

fn line(cell: &PlannedCell) -> Vec<String> {
    let absent = || "--".to_owned();
    let count = |count: Option<u64>| count.map_or_else(absent, |count| count.to_string());
    let mark = if cell.is_extrapolated == Some(true) { "*" } else { "" };
    vec![
        cell.system.clone(),
        cell.workload.clone(),
        cell.clients.map_or_else(|| "-".to_owned(), |clients| clients.to_string()),
        cell.metric.clone(),
        cell.statistic.clone(),
        cell.n.to_string(),
        cell.mean.map_or_else(absent, |mean| quantity::show(mean, cell.unit, false)),
        cell.half_width.map_or_else(absent, |half| format!("±{}", share(half))),
        count(cell.repetitions_for_mean),
        format!("{}{mark}", count(cell.repetitions_for_median)),
        cell.between_runs.map_or_else(absent, share),
        cell.note.clone().unwrap_or_default(),
    ]
}
