//! Colour, dash and marker of each series. Nothing depends on colour alone.

/// Colours of Okabe and Ito (Color Universal Design, 2008), ordered so that neighbours differ in luminance; their
/// yellow and purple are darker here, and there is a grey.
const COLOURS: [&str; 9] =
    ["#000000", "#E69F00", "#0072B2", "#56B4E9", "#D55E00", "#8C3F75", "#009E73", "#6A6A6A", "#B39B00"];

/// Lengths of strokes and gaps, in points; empty is a full line.
const DASHES: [&[f64]; 8] = [
    &[],
    &[4.0, 1.6],
    &[1.2, 1.2],
    &[5.0, 1.4, 1.0, 1.4],
    &[7.0, 2.0],
    &[2.4, 1.4],
    &[6.0, 1.3, 1.0, 1.3, 1.0, 1.3],
    &[0.8, 2.0],
];

/// The sign at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    /// ●
    Circle,
    /// ■
    Square,
    /// ▲
    Up,
    /// ◆
    Diamond,
    /// ▼
    Down,
    /// ⬟
    Pentagon,
    /// ×
    Cross,
    /// +
    Plus,
    /// ✳
    Asterisk,
    /// ◀
    Left,
    /// ▶
    Right,
}

/// As many as are coprime with the number of colours, so that pairs repeat late.
const MARKERS: [Marker; 11] = [
    Marker::Circle,
    Marker::Square,
    Marker::Up,
    Marker::Diamond,
    Marker::Down,
    Marker::Pentagon,
    Marker::Cross,
    Marker::Plus,
    Marker::Asterisk,
    Marker::Left,
    Marker::Right,
];

impl Marker {
    /// Whether it encloses nothing, so that it can not be drawn hollow.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Cross | Self::Plus | Self::Asterisk)
    }

    /// The marker, or a circle where a hollow one is wanted and this one can not be hollow.
    #[must_use]
    pub const fn hollow(self) -> Self {
        if self.is_open() { Self::Circle } else { self }
    }
}

/// How a series looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    /// `#RRGGBB`.
    pub colour: &'static str,
    /// Strokes and gaps in points.
    pub dash: &'static [f64],
    /// The sign at its points.
    pub marker: Marker,
}

/// The style of a series' index; distinct for the first 99.
pub fn style(index: usize) -> Style {
    let count = COLOURS.len();
    Style {
        colour: COLOURS[index % count],
        dash: DASHES[(index + index / count) % DASHES.len()],
        marker: MARKERS[index % MARKERS.len()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance as WCAG 2.1 defines it.
    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let c = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    #[test]
    fn no_two_series_look_alike() {
        for a in 0..99 {
            for b in 0..a {
                assert_ne!((style(a).colour, style(a).marker), (style(b).colour, style(b).marker), "{a} {b}");
            }
        }
        for a in 0..16 {
            for b in 0..a {
                assert_ne!((style(a).colour, style(a).dash), (style(b).colour, style(b).dash), "{a} {b}");
            }
        }
    }

    #[test]
    fn neighbours_differ_in_grey_and_none_vanishes_on_white() {
        for index in 0..COLOURS.len() {
            let grey = luminance(COLOURS[index]);
            assert!(grey < 0.5, "{} is too pale", COLOURS[index]);
            if index > 0 {
                assert!((grey - luminance(COLOURS[index - 1])).abs() > 0.05, "{index}");
            }
        }
    }
}
