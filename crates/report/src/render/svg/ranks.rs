//! Mean ranks on an axis, systems named at both sides, bars that join what does not differ.

use super::ink::{Anchor, Ink};
use super::{EDGE, Frame, Letters, TEXT, WIDTH};
use crate::figure::{Figure, Guide, Series};
use crate::font;
use crate::quantity::format;
use crate::style::style;

/// Height of the axis below the upper edge: above it are its numbers and the critical difference.
const AXIS: f64 = 16.0;
/// More above it for the critical difference.
const LENGTH: f64 = 22.0;
const JOIN: f64 = 5.0;
/// From what the axis shows to the axis.
const BESIDE: f64 = 8.0;
/// Height of a name of one line, and of another line.
const ROW: f64 = 10.0;
const LINE: f64 = 7.6;
/// Widest name at either side.
const SIDE: f64 = 0.29 * WIDTH;

/// Draws everything and returns the height of the figure.
pub fn draw(ink: &mut Ink, figure: &Figure, letters: Letters) -> f64 {
    let half = figure.series.len().div_ceil(2);
    let has_length = figure.guides.iter().any(|guide| matches!(guide, Guide::Length(_)));
    let axis = if has_length { AXIS + LENGTH } else { AXIS };
    let labels: Vec<Vec<String>> = figure.series.iter().map(|series| label(series, letters)).collect();
    let row = ROW + if labels.iter().any(|lines| lines.len() > 1) { LINE } else { 0.0 };
    let widest = |labels: &[Vec<String>]| {
        labels.iter().flatten().map(|line| font::width(line, TEXT)).fold(0.0, f64::max)
    };
    let (left, right) = labels.split_at(half);
    let before = font::width(&figure.x.label, TEXT) + BESIDE;
    let frame = Frame {
        left: EDGE + before.max(widest(left) + 12.0),
        top: axis,
        right: WIDTH - EDGE - widest(right) - 12.0,
        bottom: axis,
    };
    draw_axis(ink, figure, frame);
    let mut y = axis;
    for guide in &figure.guides {
        if let Guide::Join(low, high) = *guide
            && let (Some(low), Some(high)) = (frame.x(&figure.x, low), frame.x(&figure.x, high))
        {
            y += JOIN;
            ink.stroke((low - 2.0, y), (high + 2.0, y), "#333333", 2.2);
        }
    }
    let top = y + 0.5 * row + 4.0;
    for (index, (series, label)) in figure.series.iter().zip(&labels).enumerate() {
        let Some(x) = series.points.first().and_then(|point| frame.x(&figure.x, point.x)) else { continue };
        let look = style(series.style);
        let is_left = index < half;
        // The outermost name comes first on each side, so that no line crosses another.
        let place = if is_left { index } else { figure.series.len() - 1 - index };
        let y = top + place as f64 * row;
        let end = if is_left { frame.left - 7.0 } else { frame.right + 7.0 };
        ink.stroke((x, axis), (x, y), look.colour, 0.8);
        ink.stroke((x, y), (end, y), look.colour, 0.8);
        ink.marker((x, axis), look, false);
        ink.marker((end, y), look, false);
        let (at, anchor) = if is_left { (end - 4.0, Anchor::End) } else { (end + 4.0, Anchor::Start) };
        let above = (label.len() - 1) as f64 * LINE / 2.0;
        for (index, line) in label.iter().enumerate() {
            ink.text((at, y - above + index as f64 * LINE + TEXT * 0.36), line, TEXT, anchor);
        }
    }
    top + half as f64 * row
}

/// Name and rank, in one line or two.
fn label(series: &Series, letters: Letters) -> Vec<String> {
    let rank = series.points.first().map(|point| format!(" ({})", format(point.x, 2))).unwrap_or_default();
    let name = if letters == Letters::Font { font::within(&series.label) } else { series.label.clone() };
    font::two_lines(&name, &rank, TEXT, SIDE)
}

fn draw_axis(ink: &mut Ink, figure: &Figure, frame: Frame) {
    let axis = frame.bottom;
    ink.rule((frame.left, axis), (frame.right, axis));
    let room = (frame.right - frame.left) / figure.x.ticks.len().max(1) as f64;
    let every = (10.0 / room.max(0.1)).ceil() as usize;
    for (index, tick) in figure.x.ticks.iter().enumerate() {
        let Some(x) = frame.x(&figure.x, tick.at) else { continue };
        ink.rule((x, axis - 3.0), (x, axis));
        if index.is_multiple_of(every.max(1)) {
            ink.text((x, axis - 5.0), &tick.label, TEXT, Anchor::Middle);
        }
    }
    ink.text((frame.left - BESIDE, axis - 5.0), &figure.x.label, TEXT, Anchor::End);
    for guide in &figure.guides {
        if let Guide::Length(length) = *guide
            && let Some(end) = frame.x(&figure.x, figure.x.low + length)
        {
            let y = axis - 17.0;
            ink.stroke((frame.left, y), (end, y), "#333333", 1.0);
            for x in [frame.left, end] {
                ink.stroke((x, y - 2.0), (x, y + 2.0), "#333333", 1.0);
            }
            let text = format!("critical difference {}", format(length, 2));
            let half = font::width(&text, TEXT) / 2.0;
            let x = f64::midpoint(frame.left, end).clamp(EDGE + half, WIDTH - EDGE - half);
            ink.text((x, y - 4.0), &text, TEXT, Anchor::Middle);
        }
    }
}
