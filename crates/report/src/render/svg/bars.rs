//! Horizontal bars, grouped by category.

use super::ink::{Anchor, Ink, shorten};
use super::{Frame, Letters, TEXT, WIDTH};
use crate::figure::Figure;
use crate::font;
use crate::quantity::{decimals, format, group};
use crate::style::style;

/// Height of one bar.
pub const BAR: f64 = 7.4;
/// Space between categories.
pub const BETWEEN: f64 = 5.0;
const SMALL: f64 = 6.0;

/// Height of the plot.
pub fn height(figure: &Figure) -> f64 {
    figure.y.ticks.len() as f64 * (figure.series.len() as f64 * BAR + BETWEEN)
}

/// Width of the widest category, up to two fifths of the figure.
pub fn label_width(figure: &Figure, letters: Letters) -> f64 {
    let labels = figure.y.ticks.iter().map(|tick| shorten(&tick.label, TEXT, 0.4 * WIDTH, letters));
    labels.map(|label| font::width(&label, TEXT)).fold(0.0, f64::max)
}

/// Width of the widest number behind a bar.
pub fn value_width(figure: &Figure) -> f64 {
    let decimals = value_decimals(figure);
    let points = figure.series.iter().flat_map(|series| &series.points);
    points.map(|point| font::width(&value_text(point.x, decimals), SMALL)).fold(0.0, f64::max)
}

fn value_decimals(figure: &Figure) -> usize {
    let values: Vec<f64> =
        figure.series.iter().flat_map(|series| series.points.iter().map(|p| p.x)).collect();
    decimals(&values)
}

fn value_text(value: f64, decimals: usize) -> String {
    group(&format(value, decimals), "\u{2009}", "\u{2212}")
}

/// Draws categories and bars; each bar is followed by its number, so that short ones can be read.
pub fn draw(ink: &mut Ink, figure: &Figure, frame: Frame) {
    let row = (frame.bottom - frame.top) / figure.y.ticks.len().max(1) as f64;
    for (index, tick) in figure.y.ticks.iter().enumerate() {
        let y = frame.top + (index as f64 + 0.5) * row + TEXT * 0.36;
        let label = ink.shorten(&tick.label, TEXT, 0.4 * WIDTH);
        ink.text((frame.left - 4.0, y), &label, TEXT, Anchor::End);
    }
    let decimals = value_decimals(figure);
    for (index, series) in figure.series.iter().enumerate() {
        for point in &series.points {
            let y = frame.top + point.y * row + BETWEEN / 2.0 + index as f64 * BAR;
            let (Some(zero), Some(end)) = (frame.x(&figure.x, 0.0), frame.x(&figure.x, point.x)) else {
                continue;
            };
            let look = style(series.style);
            let fill = if point.doubtful { "#FFFFFF" } else { look.colour };
            ink.rectangle((zero.min(end), y + 0.5), ((end - zero).abs(), BAR - 1.0), fill, look.colour);
            let mut after = end;
            if let Some((low, high)) = point.interval {
                let (Some(low), Some(high)) = (frame.x(&figure.x, low), frame.x(&figure.x, high)) else {
                    continue;
                };
                let middle = y + BAR / 2.0;
                for (from, to) in [
                    ((low, middle), (high, middle)),
                    ((low, middle - 1.8), (low, middle + 1.8)),
                    ((high, middle - 1.8), (high, middle + 1.8)),
                ] {
                    ink.stroke(from, to, "#FFFFFF", 1.6);
                    ink.stroke(from, to, "#333333", 0.7);
                }
                after = after.max(high);
            }
            let text = value_text(point.x, decimals);
            ink.text((after + 2.5, y + BAR / 2.0 + SMALL * 0.36), &text, SMALL, Anchor::Start);
        }
    }
    ink.rule((frame.left, frame.top), (frame.left, frame.bottom));
}
