//! Mean ranks on an axis, systems named at both sides, bars that join what does not differ.

use super::ink::{Anchor, Ink};
use super::{EDGE, Frame, TEXT, TITLE, WIDTH};
use crate::figure::{Figure, Guide};
use crate::font;
use crate::quantity::format;
use crate::style::style;

/// Height of the axis below the upper edge: above it are its numbers and the critical difference.
const AXIS: f64 = 40.0;
const JOIN: f64 = 5.0;
const ROW: f64 = 11.0;
/// Widest name at either side.
const SIDE: f64 = 0.34 * WIDTH;

/// Draws everything and returns the height of the figure.
pub fn draw(ink: &mut Ink, figure: &Figure) -> f64 {
    let half = figure.series.len().div_ceil(2);
    let labels: Vec<String> = figure.series.iter().map(|s| ink.shorten(&s.label, TEXT, SIDE)).collect();
    let widest = |labels: &[String]| labels.iter().map(|label| font::width(label, TEXT)).fold(0.0, f64::max);
    let (left, right) = labels.split_at(half);
    let frame = Frame {
        left: EDGE + widest(left) + 12.0,
        top: AXIS,
        right: WIDTH - EDGE - widest(right) - 12.0,
        bottom: AXIS,
    };
    draw_axis(ink, figure, frame);
    let mut y = AXIS;
    for guide in &figure.guides {
        if let Guide::Join(low, high) = *guide
            && let (Some(low), Some(high)) = (frame.x(&figure.x, low), frame.x(&figure.x, high))
        {
            y += JOIN;
            ink.stroke((low - 2.0, y), (high + 2.0, y), "#333333", 2.2);
        }
    }
    let top = y + ROW;
    for (index, (series, label)) in figure.series.iter().zip(&labels).enumerate() {
        let Some(x) = series.points.first().and_then(|point| frame.x(&figure.x, point.x)) else { continue };
        let look = style(series.style);
        let is_left = index < half;
        // The outermost name comes first on each side, so that no line crosses another.
        let row = if is_left { index } else { figure.series.len() - 1 - index };
        let y = top + row as f64 * ROW;
        let end = if is_left { frame.left - 7.0 } else { frame.right + 7.0 };
        ink.stroke((x, AXIS), (x, y), look.colour, 0.8);
        ink.stroke((x, y), (end, y), look.colour, 0.8);
        ink.marker((x, AXIS), look, false);
        ink.marker((end, y), look, false);
        let (at, anchor) = if is_left { (end - 4.0, Anchor::End) } else { (end + 4.0, Anchor::Start) };
        ink.text((at, y + TEXT * 0.36), label, TEXT, anchor);
    }
    top + half as f64 * ROW
}

fn draw_axis(ink: &mut Ink, figure: &Figure, frame: Frame) {
    ink.rule((frame.left, AXIS), (frame.right, AXIS));
    let room = (frame.right - frame.left) / figure.x.ticks.len().max(1) as f64;
    let every = (10.0 / room.max(0.1)).ceil() as usize;
    for (index, tick) in figure.x.ticks.iter().enumerate() {
        let Some(x) = frame.x(&figure.x, tick.at) else { continue };
        ink.rule((x, AXIS - 3.0), (x, AXIS));
        if index.is_multiple_of(every.max(1)) {
            ink.text((x, AXIS - 5.0), &tick.label, TEXT, Anchor::Middle);
        }
    }
    ink.text((EDGE, EDGE + TITLE), &figure.x.label, TITLE, Anchor::Start);
    for guide in &figure.guides {
        if let Guide::Length(length) = *guide
            && let Some(end) = frame.x(&figure.x, figure.x.low + length)
        {
            let y = AXIS - 17.0;
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
