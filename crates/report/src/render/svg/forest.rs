//! Markers with horizontal intervals, grouped by category.

use super::bars::{BAR, BETWEEN};
use super::ink::{Anchor, Ink};
use super::{Frame, TEXT, WIDTH};
use crate::figure::{Figure, Guide, Point};
use crate::style::{Style, style};

const SHADE: &str = "#EAEAEA";

/// Draws what stands behind grid and points.
pub fn draw_guides(ink: &mut Ink, figure: &Figure, frame: Frame) {
    for guide in &figure.guides {
        if let Guide::Band(low, high) = *guide
            && let (Some(low), Some(high)) = (inside(figure, frame, low), inside(figure, frame, high))
        {
            ink.rectangle((low.0, frame.top), (high.0 - low.0, frame.bottom - frame.top), SHADE, SHADE);
        }
    }
}

/// Draws categories, lines across, intervals and markers.
pub fn draw(ink: &mut Ink, figure: &Figure, frame: Frame) {
    let row = (frame.bottom - frame.top) / figure.y.ticks.len().max(1) as f64;
    for (index, tick) in figure.y.ticks.iter().enumerate() {
        let top = frame.top + index as f64 * row;
        let label = ink.shorten(&tick.label, TEXT, 0.4 * WIDTH);
        ink.text((frame.left - 4.0, top + 0.5 * row + TEXT * 0.36), &label, TEXT, Anchor::End);
        if index > 0 {
            ink.grid((frame.left, top), (frame.right, top));
        }
    }
    for guide in &figure.guides {
        if let Guide::Line(at) = *guide
            && let Some((x, true)) = inside(figure, frame, at)
        {
            ink.stroke((x, frame.top), (x, frame.bottom), "#555555", 0.8);
        }
    }
    for (index, series) in figure.series.iter().enumerate() {
        for point in &series.points {
            let y = frame.top + point.y * row + BETWEEN / 2.0 + (index as f64 + 0.5) * BAR;
            draw_point(ink, figure, frame, (point, y), style(series.style));
        }
    }
    ink.rule((frame.left, frame.top), (frame.left, frame.bottom));
}

fn draw_point(ink: &mut Ink, figure: &Figure, frame: Frame, (point, y): (&Point, f64), look: Style) {
    let Some((x, _)) = inside(figure, frame, point.x) else { return };
    if let Some((low, high)) = point.interval {
        let (low, high) = (inside(figure, frame, low), inside(figure, frame, high));
        // On a logarithmic axis an end at zero or below is left of everything.
        let (low, high) = (low.unwrap_or((frame.left, false)), high.unwrap_or((frame.right, false)));
        ink.stroke((low.0, y), (high.0, y), look.colour, 0.8);
        for (end, is_inside) in [low, high] {
            if is_inside {
                ink.stroke((end, y - 1.8), (end, y + 1.8), look.colour, 0.8);
            }
        }
    }
    ink.marker((x, y), look, false);
}

/// The place of a number within the frame, and whether it really lies there.
fn inside(figure: &Figure, frame: Frame, value: f64) -> Option<(f64, bool)> {
    let x = frame.x(&figure.x, value)?;
    let clamped = x.clamp(frame.left, frame.right);
    Some((clamped, (x - clamped).abs() < 1e-6))
}
