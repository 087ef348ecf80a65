//! Series of points and lines.

use super::Frame;
use super::ink::Ink;
use crate::figure::{Figure, Point, Series, Shape};
use crate::style::{Style, style};

/// How many markers a line through many points has.
const MARKERS: usize = 6;

/// Draws all series; the first one comes last, on top.
pub fn draw(ink: &mut Ink, figure: &Figure, frame: Frame) {
    ink.begin_clip(
        (frame.left - 3.0, frame.top - 3.0),
        (frame.right - frame.left + 6.0, frame.bottom - frame.top + 6.0),
    );
    let count = figure.series.len();
    for (index, series) in figure.series.iter().enumerate().rev() {
        draw_series(ink, figure, series, frame, (index, count));
    }
    ink.end();
}

fn draw_series(
    ink: &mut Ink,
    figure: &Figure,
    series: &Series,
    frame: Frame,
    (index, count): (usize, usize),
) {
    let look = style(series.style);
    let place = |point: &Point| Some((frame.x(&figure.x, point.x)?, frame.y(&figure.y, point.y)?));
    let placed: Vec<((f64, f64), &Point)> =
        series.points.iter().filter_map(|point| Some((place(point)?, point))).collect();
    let path: Vec<(f64, f64)> = placed.iter().map(|(at, _)| *at).collect();
    ink.line(&path, look, 1.1);
    if figure.shape == Shape::Line && placed.len() > MARKERS {
        for at in spread(&path, index as f64 / count.max(1) as f64) {
            ink.marker(at, look, series.hollow);
        }
        return;
    }
    for (at, point) in placed {
        draw_interval(ink, figure, point, at, frame, look);
        ink.marker(at, look, series.hollow || point.doubtful);
    }
}

fn draw_interval(
    ink: &mut Ink,
    figure: &Figure,
    point: &Point,
    (x, y): (f64, f64),
    frame: Frame,
    look: Style,
) {
    let Some((low, high)) = point.interval else { return };
    // On a logarithmic axis an interval that reaches zero goes down to the frame.
    let end = |value| frame.y(&figure.y, value).map(|y| y.clamp(frame.top, frame.bottom));
    let (below, above) = (end(low).unwrap_or(frame.bottom), end(high).unwrap_or(y));
    ink.stroke((x, below), (x, above), look.colour, 0.7);
    for y in [below, above] {
        ink.stroke((x - 1.8, y), (x + 1.8, y), look.colour, 0.7);
    }
}

/// Points of a path at even distances along it, moved by a share of the distance so that the markers of several
/// lines do not meet.
fn spread(path: &[(f64, f64)], share: f64) -> Vec<(f64, f64)> {
    let lengths: Vec<f64> =
        path.windows(2).map(|pair| (pair[1].0 - pair[0].0).hypot(pair[1].1 - pair[0].1)).collect();
    let step = lengths.iter().sum::<f64>() / MARKERS as f64;
    let mut next = step * (0.1 + 0.8 * share);
    let mut passed = 0.0;
    let mut places = Vec::new();
    for (pair, length) in path.windows(2).zip(lengths) {
        while step > 0.0 && next < passed + length && places.len() < MARKERS {
            let part = (next - passed) / length;
            places.push((
                pair[0].0 + part * (pair[1].0 - pair[0].0),
                pair[0].1 + part * (pair[1].1 - pair[0].1),
            ));
            next += step;
        }
        passed += length;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_spread_evenly_along_a_line() {
        let places = spread(&[(0.0, 0.0), (30.0, 0.0), (30.0, 30.0)], 0.5);
        assert_eq!(places, [(5.0, 0.0), (15.0, 0.0), (25.0, 0.0), (30.0, 5.0), (30.0, 15.0), (30.0, 25.0)]);
    }
}
