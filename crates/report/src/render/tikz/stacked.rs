//! Plots over one horizontal axis: an axis of pgfplots each, at places of their own, with one legend above the first.

use std::fmt::Write as _;

use super::{LOOK, axis_options, colour_name, draw_points, legend_entry, legend_options, marks};
use crate::figure::{Axis, Figure};
use crate::style::style;

/// Heights of the first plot and of those under it, and what is between them, in centimetres.
const UPPER: f64 = 3.4;
const LOWER: f64 = 1.9;
const BETWEEN: f64 = 0.28;

/// Draws all plots of a figure.
pub fn draw(out: &mut String, figure: &Figure) {
    let plots = figure.plots();
    let legend = figure.legend();
    for (place, plot) in plots.iter().enumerate() {
        let is_last = place + 1 == plots.len();
        let height = if place == 0 { UPPER } else { LOWER };
        let at = place as f64 * (LOWER + BETWEEN);
        _ = writeln!(
            out,
            "\\begin{{axis}}[\n{LOOK}  width=0.78\\linewidth, height={height}cm, at={{(0cm,-{at:.2}cm)}},"
        );
        if is_last {
            axis_options(out, 'x', &plot.x, true);
        } else {
            axis_options(out, 'x', &Axis { label: String::new(), ..plot.x.clone() }, true);
            out.push_str("  xticklabels={},\n");
        }
        axis_options(out, 'y', &plot.y, true);
        if place == 0 {
            legend_options(out, &legend);
        }
        out.push_str("]\n");
        for series in &plot.series {
            draw_points(out, plot, series);
            if place == 0 {
                _ = writeln!(out, "\\addlegendentry{{{}}}", legend_entry(series));
            }
        }
        // What is drawn further down stands in the legend above too.
        for series in legend.iter().filter(|_| place == 0).skip(plot.series.len()) {
            let colour = colour_name(series);
            let look = marks(plot, series, style(series.style), &colour);
            _ = writeln!(
                out,
                "\\addlegendimage{{{colour}, thick, {look}}}\n\\addlegendentry{{{}}}",
                legend_entry(series)
            );
        }
        out.push_str("\\end{axis}\n");
    }
}
