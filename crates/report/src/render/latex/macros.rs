//! One macro per number, so that a text can cite it.

use std::fmt::Write as _;

use vana_types::{Cell, Comparison, Status};

use crate::label;
use crate::quantity::{Shown, p_value, ratio};
use crate::slug::{Distinct, macro_part, spell};
use crate::table::Digits;
use crate::tex::flatten;
use crate::view::{Prefixes, View, statistics_of, value_of};

/// `macros.tex`: workload, system, clients, metric, statistic make the name.
pub fn draw(view: &View<'_>) -> String {
    let mut out =
        String::from("% One macro per number of this report, with the digits and the prefix of its table.\n");
    let mut names = Distinct::default();
    for workload in &view.workloads {
        for metric in view.metrics() {
            let cells = view.cells_of(&workload.id, metric);
            let prefixes = Prefixes::choose(&cells);
            for statistic in statistics_of(&cells) {
                let group: Vec<&Cell> =
                    cells.iter().copied().filter(|cell| cell.key.statistic == statistic).collect();
                for system in view.all_systems() {
                    let own = group.iter().filter(|cell| cell.key.system == system.id);
                    for cell in own {
                        let digits = Digits::choose(prefixes.of(cell), group.iter().copied());
                        draw_cell(&mut out, cell, digits, &mut names);
                    }
                }
            }
        }
    }
    for comparison in &view.results.judgement.comparisons {
        draw_comparison(&mut out, comparison, &mut names);
    }
    out
}

/// Ratio, ends of its interval and p: the adjusted one where there is one.
fn draw_comparison(out: &mut String, comparison: &Comparison, names: &mut Distinct) {
    let c = comparison;
    let finite = |value: Option<f64>| value.filter(|value| value.is_finite()).map(ratio);
    let p = c.p_adjusted.or(c.p).and_then(p_value).map(|text| text.replace(' ', ""));
    let numbers = [
        ("Ratio", finite(c.ratio)),
        ("RatioLow", finite(c.ratio_low)),
        ("RatioHigh", finite(c.ratio_high)),
        ("P", p),
    ];
    let clients = c.clients.map(spell).unwrap_or_default();
    let [workload, system, baseline] = [&c.workload, &c.system, &c.baseline].map(|name| macro_part(name));
    let (metric, statistic) = (macro_part(&c.metric), macro_part(&c.statistic));
    let wanted = format!("vana{workload}{system}Against{baseline}{clients}{metric}{statistic}");
    let at = c.clients.map(|clients| format!(", {}", label::clients(clients))).unwrap_or_default();
    let [workload, system, baseline, metric, statistic] =
        [&c.workload, &c.system, &c.baseline, &c.metric, &c.statistic].map(|name| flatten(name));
    _ = writeln!(out, "% {workload}, {system} against {baseline}{at}, {metric}, {statistic}: {}", c.verdict);
    for (what, number) in numbers {
        let Some(number) = number else { continue };
        let name = names.claim(&format!("{wanted}{what}"), |count| format!("No{}", spell(count)));
        _ = writeln!(out, "\\newcommand{{\\{name}}}{{\\num{{{number}}}}}");
    }
}

fn draw_cell(out: &mut String, cell: &Cell, digits: Digits, names: &mut Distinct) {
    let Some(value) = value_of(cell) else { return };
    let key = &cell.key;
    let clients = key.clients.map(spell).unwrap_or_default();
    let wanted = format!(
        "vana{}{}{clients}{}{}",
        macro_part(&key.workload),
        macro_part(&key.system),
        macro_part(&key.metric),
        macro_part(&key.statistic)
    );
    let interval = cell.estimate.interval.filter(|i| i.low.is_finite() && i.high.is_finite());
    let name = names.claim(&wanted, |count| format!("No{}", spell(count)));
    let at = key.clients.map(|clients| format!(", {}", label::clients(clients))).unwrap_or_default();
    let doubt = match (cell.status, &cell.note) {
        (Status::Read, None) => String::new(),
        (status, note) => format!(
            " [{status}{}]",
            note.as_ref().map(|note| format!(": {}", flatten(note))).unwrap_or_default()
        ),
    };
    _ = writeln!(
        out,
        "% {}, {}{at}, {}, {}{doubt}",
        flatten(&key.workload),
        flatten(&key.system),
        flatten(&key.metric),
        flatten(&key.statistic)
    );
    _ = writeln!(out, "\\newcommand{{\\{name}}}{{{}}}", quantity(value, digits));
    if let Some(interval) = interval {
        for (end, value) in [("Low", interval.low), ("High", interval.high)] {
            let name = names.claim(&format!("{name}{end}"), |count| format!("No{}", spell(count)));
            _ = writeln!(out, "\\newcommand{{\\{name}}}{{{}}}", quantity(value, digits));
        }
    }
}

/// Siunitx has no prefix without a unit, so rates carry a power of ten.
fn quantity(value: f64, digits: Digits) -> String {
    let number = digits.text(value);
    let Shown { exponent, si, .. } = digits.shown;
    match si {
        "" => format!("\\num{{{number}}}"),
        "k/s" | "M/s" if number.contains('e') => format!("\\qty{{{value:e}}}{{\\per\\second}}"),
        "k/s" | "M/s" => format!("\\qty{{{number}e{exponent}}}{{\\per\\second}}"),
        _ => format!("\\qty{{{number}}}{{{si}}}"),
    }
}
