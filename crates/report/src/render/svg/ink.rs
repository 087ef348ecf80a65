//! The few strokes that figures are made of.

use std::fmt::Write as _;

use super::Letters;
use crate::font;
use crate::slug::letters;
use crate::style::{Marker, Style};
use crate::tex::flatten;

/// Where a text begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

type At = (f64, f64);

const AXIS: &str = "#333333";
const GRID: &str = "#E4E4E4";

/// The body of an SVG document that grows.
#[derive(Debug)]
pub struct Ink {
    body: String,
    letters: Letters,
    clips: usize,
}

impl Ink {
    pub fn new(letters: Letters) -> Self {
        Self { body: String::new(), letters, clips: 0 }
    }

    /// The finished document; `title` is what a screen reader says.
    pub fn document(self, width: f64, height: f64, title: &str) -> String {
        let (width, height, title) = (number(width), number(height), self.letter(title));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}pt\" height=\"{height}pt\" \
             viewBox=\"0 0 {width} {height}\" font-family=\"{}, sans-serif\" role=\"img\">\n<title>{title}</title>\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"#FFFFFF\"/>\n{}</svg>\n",
            font::FAMILY,
            self.body
        )
    }

    fn letter(&self, text: &str) -> String {
        let text = flatten(text);
        escape(&if self.letters == Letters::Font { font::within(&text) } else { text })
    }

    /// A text that may be shortened to `most` points, in the letters of this drawing.
    pub fn shorten(&self, text: &str, size: f64, most: f64) -> String {
        shorten(text, size, most, self.letters)
    }

    pub fn text(&mut self, (x, y): At, text: &str, size: f64, anchor: Anchor) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let (x, y, size, text) = (number(x), number(y), number(size), self.letter(text));
        self.push(&format!(
            "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" text-anchor=\"{anchor}\">{text}</text>"
        ));
    }

    /// A text that reads upwards, centred at a point of its base line.
    pub fn upright(&mut self, (x, y): At, text: &str, size: f64) {
        let (x, y, size, text) = (number(x), number(y), number(size), self.letter(text));
        self.push(&format!(
            "<text transform=\"translate({x} {y}) rotate(-90)\" font-size=\"{size}\" text-anchor=\"middle\">{text}</text>"
        ));
    }

    pub fn rule(&mut self, from: At, to: At) {
        self.stroke(from, to, AXIS, 0.6);
    }

    pub fn grid(&mut self, from: At, to: At) {
        self.stroke(from, to, GRID, 0.5);
    }

    pub fn stroke(&mut self, from: At, to: At, colour: &str, width: f64) {
        self.push(&format!(
            "<path d=\"M{} {}L{} {}\" stroke=\"{colour}\" stroke-width=\"{}\" fill=\"none\"/>",
            number(from.0),
            number(from.1),
            number(to.0),
            number(to.1),
            number(width)
        ));
    }

    pub fn line(&mut self, points: &[At], style: Style, width: f64) {
        if points.len() < 2 {
            return;
        }
        let mut path = String::new();
        for (index, (x, y)) in points.iter().enumerate() {
            _ = write!(path, "{}{} {}", if index == 0 { 'M' } else { 'L' }, number(*x), number(*y));
        }
        let dash: Vec<String> = style.dash.iter().map(|length| number(*length)).collect();
        let dash =
            if dash.is_empty() { String::new() } else { format!(" stroke-dasharray=\"{}\"", dash.join(" ")) };
        self.push(&format!(
            "<path d=\"{path}\" stroke=\"{}\" stroke-width=\"{}\" stroke-linejoin=\"round\" fill=\"none\"{dash}/>",
            style.colour,
            number(width)
        ));
    }

    pub fn rectangle(&mut self, (x, y): At, (width, height): At, fill: &str, edge: &str) {
        let [x, y, width, height] = [x, y, width, height].map(number);
        self.push(&format!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\" stroke=\"{edge}\" stroke-width=\"0.6\"/>"
        ));
    }

    pub fn marker(&mut self, (x, y): At, style: Style, hollow: bool) {
        let fill = if hollow { "#FFFFFF" } else { style.colour };
        let marker = if hollow { style.marker.hollow() } else { style.marker };
        if marker == Marker::Circle {
            let (x, y) = (number(x), number(y));
            self.push(&format!(
                "<circle cx=\"{x}\" cy=\"{y}\" r=\"1.9\" fill=\"{fill}\" stroke=\"{}\" stroke-width=\"0.8\"/>",
                style.colour
            ));
            return;
        }
        let (path, is_open) = (outline(marker), marker.is_open());
        let path: Vec<String> = path.iter().map(|stroke| trace(stroke, (x, y), is_open)).collect();
        let (fill, width) = if is_open { ("none", "1.1") } else { (fill, "0.8") };
        self.push(&format!(
            "<path d=\"{}\" fill=\"{fill}\" stroke=\"{}\" stroke-width=\"{width}\"/>",
            path.concat(),
            style.colour
        ));
    }

    /// Everything until [`Ink::end`] is cut off outside a rectangle.
    pub fn begin_clip(&mut self, (x, y): At, (width, height): At) {
        let [x, y, width, height] = [x, y, width, height].map(number);
        self.clips += 1;
        let id = if self.clips == 1 { "plot".to_owned() } else { format!("plot{}", letters(self.clips - 1)) };
        self.push(&format!(
            "<clipPath id=\"{id}\"><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/></clipPath><g clip-path=\"url(#{id})\">"
        ));
    }

    pub fn end(&mut self) {
        self.push("</g>");
    }

    fn push(&mut self, element: &str) {
        self.body.push_str(element);
        self.body.push('\n');
    }
}

/// A text that may be shortened to `most` points, in the letters of a drawing.
pub fn shorten(text: &str, size: f64, most: f64, letters: Letters) -> String {
    let text = if letters == Letters::Font { font::within(text) } else { text.to_owned() };
    font::shorten(&text, size, most)
}

/// Strokes of a marker around the origin.
fn outline(marker: Marker) -> &'static [&'static [At]] {
    match marker {
        Marker::Circle => &[],
        Marker::Square => &[&[(-1.7, -1.7), (1.7, -1.7), (1.7, 1.7), (-1.7, 1.7)]],
        Marker::Up => &[&[(0.0, -2.3), (2.1, 1.5), (-2.1, 1.5)]],
        Marker::Down => &[&[(0.0, 2.3), (2.1, -1.5), (-2.1, -1.5)]],
        Marker::Left => &[&[(-2.3, 0.0), (1.5, -2.1), (1.5, 2.1)]],
        Marker::Right => &[&[(2.3, 0.0), (-1.5, -2.1), (-1.5, 2.1)]],
        Marker::Diamond => &[&[(0.0, -2.5), (1.9, 0.0), (0.0, 2.5), (-1.9, 0.0)]],
        Marker::Pentagon => &[&[(0.0, -2.2), (2.1, -0.7), (1.3, 1.8), (-1.3, 1.8), (-2.1, -0.7)]],
        Marker::Cross => &[&[(-1.8, -1.8), (1.8, 1.8)], &[(-1.8, 1.8), (1.8, -1.8)]],
        Marker::Plus => &[&[(0.0, -2.3), (0.0, 2.3)], &[(-2.3, 0.0), (2.3, 0.0)]],
        Marker::Asterisk => {
            &[&[(0.0, -2.3), (0.0, 2.3)], &[(-2.0, -1.15), (2.0, 1.15)], &[(-2.0, 1.15), (2.0, -1.15)]]
        }
    }
}

fn trace(stroke: &[At], (x, y): At, is_open: bool) -> String {
    let mut path = String::new();
    for (index, (dx, dy)) in stroke.iter().enumerate() {
        _ = write!(path, "{}{} {}", if index == 0 { 'M' } else { 'L' }, number(x + dx), number(y + dy));
    }
    if !is_open {
        path.push('Z');
    }
    path
}

/// Two decimals at most: a hundredth of a point is below what paper shows.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // Not allowed in XML at all.
            '\u{FFFE}' | '\u{FFFF}' => {}
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_not_leave_its_text() {
        let mut ink = Ink::new(Letters::Any);
        ink.text((1.0, 2.5), "<img src=x onerror=alert(1)></script>\u{0}&", 7.0, Anchor::Start);
        assert_eq!(
            ink.body,
            "<text x=\"1\" y=\"2.5\" font-size=\"7\" text-anchor=\"start\">&lt;img src=x onerror=alert(1)&gt;&lt;/script&gt; &amp;</text>\n"
        );
    }

    #[test]
    fn numbers_have_two_decimals_at_most() {
        assert_eq!([1.0, -0.001, 2.346, 10.0, 0.5].map(number), ["1", "0", "2.35", "10", "0.5"]);
    }
}
