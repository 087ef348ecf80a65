//! Figures as SVG, one column of a paper wide. One point is one user unit.

mod bars;
mod forest;
mod ink;
mod legend;
mod lines;
mod ranks;

use super::{Document, OutputFile, RenderError};
use crate::figure::{Axis, Figure, Shape};
use crate::font;
use ink::{Anchor, Ink};

/// Which characters a drawing may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Letters {
    /// All: browsers look for another font where `DejaVu Sans` lacks one.
    Any,
    /// Those of `DejaVu Sans`; others become ASCII.
    Font,
}

/// Width of every figure: a column of a two-column paper.
const WIDTH: f64 = 252.0;
/// Height of the plot without legend and labels.
const PLOT_HEIGHT: f64 = 144.0;
/// The same of the first of several plots and of those under it, and what is between them.
const UPPER_HEIGHT: f64 = 96.0;
const LOWER_HEIGHT: f64 = 54.0;
const BETWEEN: f64 = 8.0;
/// Sizes of letters.
const TEXT: f64 = 7.0;
const TITLE: f64 = 7.5;
const EDGE: f64 = 2.0;

/// Writes `figures/<name>.svg`.
#[expect(clippy::unnecessary_wraps, reason = "the signature of a renderer")]
pub fn render(document: &Document<'_, '_>, progress: &dyn Fn(&str)) -> Result<Vec<OutputFile>, RenderError> {
    let files = document.figures.iter().map(|figure| {
        let path = format!("figures/{}.svg", figure.name);
        progress(&path);
        OutputFile::text(path, draw(figure, Letters::Any))
    });
    Ok(files.collect())
}

/// The rectangle of the plot; `y` grows downwards.
#[derive(Clone, Copy, Debug)]
struct Frame {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Frame {
    /// Horizontal place of a number; `None` where it is not finite.
    fn x(&self, axis: &Axis, value: f64) -> Option<f64> {
        let place = axis.place(value);
        place.is_finite().then(|| self.left + place.clamp(-9.0, 9.0) * (self.right - self.left))
    }

    /// Vertical place of a number; `None` where it is not finite.
    fn y(&self, axis: &Axis, value: f64) -> Option<f64> {
        let place = axis.place(value);
        place.is_finite().then(|| self.bottom - place.clamp(-9.0, 9.0) * (self.bottom - self.top))
    }
}

/// The drawing of a figure.
pub fn draw(figure: &Figure, letters: Letters) -> String {
    let mut ink = Ink::new(letters);
    if figure.shape == Shape::Ranks {
        let height = ranks::draw(&mut ink, figure, letters);
        return ink.document(WIDTH, height, &figure.caption);
    }
    let is_bars = figure.shape == Shape::Bars;
    // A legend of one series repeats what the caption says.
    let legend_bottom =
        if is_bars && figure.series.len() == 1 { EDGE } else { legend::draw(&mut ink, figure) };
    let frame = frame(figure, legend_bottom, letters);
    if !figure.below.is_empty() {
        let bottom = draw_stacked(&mut ink, figure, frame);
        return ink.document(WIDTH, bottom + 24.0, &figure.caption);
    }
    if figure.shape == Shape::Forest {
        forest::draw_guides(&mut ink, figure, frame);
    }
    draw_x_axis(&mut ink, figure, frame);
    match figure.shape {
        Shape::Bars => bars::draw(&mut ink, figure, frame),
        Shape::Forest => {
            forest::draw(&mut ink, figure, frame);
            draw_y_label(&mut ink, &figure.y, frame);
        }
        _ => {
            draw_y_axis(&mut ink, &figure.y, frame);
            lines::draw(&mut ink, figure, frame);
        }
    }
    ink.document(WIDTH, frame.bottom + 24.0, &figure.caption)
}

/// Draws plots over one horizontal axis, the first in the upper part of its frame, and returns the end of the last.
fn draw_stacked(ink: &mut Ink, figure: &Figure, frame: Frame) -> f64 {
    let mut frame = Frame { bottom: frame.top + UPPER_HEIGHT, ..frame };
    let plots = figure.plots();
    for (place, plot) in plots.iter().enumerate() {
        if place > 0 {
            let top = frame.bottom + BETWEEN;
            frame = Frame { top, bottom: top + LOWER_HEIGHT, ..frame };
        }
        if place + 1 < plots.len() {
            draw_x_grid(ink, plot, frame);
        } else {
            draw_x_axis(ink, plot, frame);
        }
        draw_y_axis(ink, &plot.y, frame);
        lines::draw(ink, plot, frame);
    }
    frame.bottom
}

fn frame(figure: &Figure, top: f64, letters: Letters) -> Frame {
    let top = top + 3.0;
    if figure.shape == Shape::Bars {
        let left = EDGE + bars::label_width(figure, letters) + 4.0;
        let right = WIDTH - EDGE - bars::value_width(figure) - 3.0;
        return Frame { left, top, right, bottom: top + bars::height(figure) };
    }
    if figure.shape == Shape::Forest {
        let title = if figure.y.label.is_empty() { 0.0 } else { TITLE + 3.0 };
        let left = EDGE + title + bars::label_width(figure, letters) + 4.0;
        return Frame { left, top, right: WIDTH - 6.0, bottom: top + bars::height(figure) };
    }
    let axes = std::iter::once(&figure.y).chain(figure.below.iter().map(|panel| &panel.y));
    let ticks = axes.flat_map(|axis| &axis.ticks);
    let widest = ticks.map(|tick| font::width(&tick.label, TEXT)).fold(0.0, f64::max);
    Frame { left: EDGE + TITLE + 5.0 + widest + 4.0, top, right: WIDTH - 6.0, bottom: top + PLOT_HEIGHT }
}

/// Lines across a plot at the ticks whose numbers stand under another.
fn draw_x_grid(ink: &mut Ink, figure: &Figure, frame: Frame) {
    let named = figure.x.ticks.iter().filter(|tick| !tick.label.is_empty());
    for x in named.filter_map(|tick| frame.x(&figure.x, tick.at)) {
        ink.grid((x, frame.top), (x, frame.bottom));
    }
    ink.rule((frame.left, frame.bottom), (frame.right, frame.bottom));
}

fn draw_x_axis(ink: &mut Ink, figure: &Figure, frame: Frame) {
    let middle = f64::midpoint(frame.left, frame.right);
    for tick in &figure.x.ticks {
        let Some(x) = frame.x(&figure.x, tick.at) else { continue };
        if tick.label.is_empty() {
            ink.rule((x, frame.bottom), (x, frame.bottom + 1.4));
            continue;
        }
        ink.grid((x, frame.top), (x, frame.bottom));
        ink.rule((x, frame.bottom), (x, frame.bottom + 2.5));
        let half = font::width(&tick.label, TEXT) / 2.0;
        ink.text((x.min(WIDTH - half), frame.bottom + 4.0 + TEXT * 0.75), &tick.label, TEXT, Anchor::Middle);
    }
    let label = ink.shorten(&figure.x.label, TITLE, WIDTH - 2.0 * EDGE);
    let half = font::width(&label, TITLE) / 2.0;
    let x = middle.clamp(EDGE + half, (WIDTH - EDGE - half).max(EDGE + half));
    ink.text((x, frame.bottom + 21.0), &label, TITLE, Anchor::Middle);
    ink.rule((frame.left, frame.bottom), (frame.right, frame.bottom));
}

fn draw_y_axis(ink: &mut Ink, axis: &Axis, frame: Frame) {
    for tick in &axis.ticks {
        let Some(y) = frame.y(axis, tick.at) else { continue };
        if tick.label.is_empty() {
            ink.rule((frame.left - 1.4, y), (frame.left, y));
            continue;
        }
        ink.grid((frame.left, y), (frame.right, y));
        ink.rule((frame.left - 2.5, y), (frame.left, y));
        ink.text((frame.left - 4.0, y + TEXT * 0.36), &tick.label, TEXT, Anchor::End);
    }
    ink.rule((frame.left, frame.top), (frame.left, frame.bottom));
    draw_y_label(ink, axis, frame);
}

fn draw_y_label(ink: &mut Ink, axis: &Axis, frame: Frame) {
    if axis.label.is_empty() {
        return;
    }
    let label = ink.shorten(&axis.label, TITLE, frame.bottom - frame.top);
    ink.upright((EDGE + TITLE * 0.85, f64::midpoint(frame.top, frame.bottom)), &label, TITLE);
}
