//! Mean ranks as plain `TikZ`: pgfplots has no axis with names at its sides.

use std::fmt::Write as _;

use super::{colour_name, mark, number};
use crate::figure::{Figure, Guide, Series};
use crate::font;
use crate::quantity::format;
use crate::style::style;
use crate::tex::{as_shown, escape, flatten};

/// Width of the axis as a share of the line; the names have the rest.
const AXIS: f64 = 0.38;
/// Widest name in points.
const SIDE: f64 = 60.0;

/// Draws into a picture that has begun; its unit is a rank across, and a line down.
pub fn draw(out: &mut String, figure: &Figure) {
    let span = (figure.x.high - figure.x.low).max(1.0);
    _ = writeln!(
        out,
        "\\begin{{scope}}[x={{{:.5}\\linewidth}}, y=-0.33cm, font=\\scriptsize, every node/.style={{inner sep=2pt}}]",
        AXIS / span
    );
    _ = writeln!(out, "\\draw (0,0) -- ({},0);", number(span));
    for tick in &figure.x.ticks {
        let at = number(tick.at - figure.x.low);
        _ = writeln!(out, "\\draw ({at},0) -- ++(0,2pt) node [above] {{{}}};", escape(&tick.label));
    }
    let mut down = 0.0;
    for guide in &figure.guides {
        match guide {
            Guide::Join(low, high) => {
                down += 0.5;
                let (low, high) = (number(low - figure.x.low), number(high - figure.x.low));
                _ = writeln!(out, "\\draw [line width=2pt, black!80] ({low},{down}) -- ({high},{down});");
            }
            Guide::Length(length) => {
                let (end, text) = (number(*length), format(*length, 2));
                _ = writeln!(
                    out,
                    "\\draw [|-|] (0,-1.7) -- ({end},-1.7);\n\\node [anchor=south west, inner xsep=0pt] at (0,-2.1) {{critical difference {text}}};"
                );
            }
            Guide::Line(_) | Guide::Band(..) => {}
        }
    }
    let half = figure.series.len().div_ceil(2);
    let is_tall = figure.series.iter().any(|s| label(s, 1.0).starts_with("\\shortstack"));
    let height = if is_tall { 2.0 } else { 1.0 };
    for (index, series) in figure.series.iter().enumerate() {
        let is_left = index < half;
        let row = if is_left { index } else { figure.series.len() - 1 - index };
        let end = if is_left { "-4pt".to_owned() } else { format!("{AXIS}\\linewidth+4pt") };
        draw_name(out, figure, series, (down + height * (1 + row) as f64, &end, is_left));
    }
    out.push_str("\\end{scope}\n");
}

/// The line from the axis to the name of a system, which stands at `end`.
fn draw_name(out: &mut String, figure: &Figure, series: &Series, (y, end, is_left): (f64, &str, bool)) {
    let Some(point) = series.points.first() else { return };
    let (name, turned) = mark(style(series.style).marker);
    let (x, colour) = (number(point.x - figure.x.low), colour_name(series));
    let anchor = if is_left { "east" } else { "west" };
    _ = writeln!(
        out,
        "\\draw [{colour}] ({x},0) -- ({x},{y}) -- ({{{end}}},{y});\n\\node [anchor={anchor}] at ({{{end}}},{y}) {{{}}};\n\
         \\path plot [mark={name}, mark size=1.8pt, mark options={{draw={colour}, fill={colour}, rotate={turned}}}] coordinates {{({x},0) ({{{end}}},{y})}};",
        label(series, point.x)
    );
}

/// Name and rank, in one line or two.
fn label(series: &Series, rank: f64) -> String {
    let lines =
        font::two_lines(&as_shown(&flatten(&series.label)), &format!(" ({})", format(rank, 2)), 6.0, SIDE);
    let lines: Vec<String> = lines.iter().map(|line| escape(&line.replace('…', "..."))).collect();
    if let [line] = lines.as_slice() {
        line.clone()
    } else {
        format!("\\shortstack{{{}}}", lines.join("\\\\"))
    }
}
