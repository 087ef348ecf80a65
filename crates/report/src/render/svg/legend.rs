//! The legend above a plot, in as many columns as fit.

use super::ink::{Anchor, Ink};
use super::{EDGE, TEXT, WIDTH};
use crate::figure::{Figure, Shape};
use crate::font;
use crate::style::style;

const SAMPLE: f64 = 20.0;
const GAP: f64 = 3.0;
const BETWEEN: f64 = 8.0;
const ROW: f64 = 9.4;

/// Draws the legend at the top and returns its lower end.
pub fn draw(ink: &mut Ink, figure: &Figure) -> f64 {
    // At least two columns, however long the labels.
    let most = (WIDTH - 2.0 * EDGE - BETWEEN) / 2.0 - SAMPLE - GAP;
    let all = figure.legend();
    let labels: Vec<String> = all.iter().map(|series| ink.shorten(&series.label, TEXT, most)).collect();
    let widest = labels.iter().map(|label| font::width(label, TEXT)).fold(0.0, f64::max);
    let column = SAMPLE + GAP + widest + BETWEEN;
    let fitting = ((WIDTH - 2.0 * EDGE + BETWEEN) / column).floor().max(1.0) as usize;
    let rows = labels.len().div_ceil(fitting).max(1);
    let columns = labels.len().div_ceil(rows).max(1);
    let start = f64::midpoint(WIDTH - columns as f64 * column, BETWEEN).max(EDGE);
    for (index, (series, label)) in all.into_iter().zip(&labels).enumerate() {
        let x = start + (index / rows) as f64 * column;
        let y = EDGE + (index % rows) as f64 * ROW + ROW / 2.0;
        let look = style(series.style);
        if figure.shape == Shape::Bars {
            ink.rectangle((x + SAMPLE - 9.0, y - 3.0), (9.0, 6.0), look.colour, look.colour);
        } else {
            ink.line(&[(x, y), (x + SAMPLE, y)], look, 1.1);
            ink.marker((x + SAMPLE / 2.0, y), look, series.hollow);
        }
        ink.text((x + SAMPLE + GAP, y + TEXT * 0.36), label, TEXT, Anchor::Start);
    }
    EDGE + rows as f64 * ROW
}
