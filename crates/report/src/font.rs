//! Widths of text in `DejaVu Sans`, the font of the figures.

use std::sync::OnceLock;

use ttf_parser::Face;

use crate::tex::transliterate;

/// Its name in SVG.
pub const FAMILY: &str = "DejaVu Sans";

/// Where a text would be wider than allowed, it ends with this.
const ELLIPSIS: char = '…';

fn face() -> Option<&'static Face<'static>> {
    static FACE: OnceLock<Option<Face<'static>>> = OnceLock::new();
    FACE.get_or_init(|| Face::parse(dejavu::sans::regular(), 0).ok()).as_ref()
}

/// Width of a text in points. Characters that the font does not have count as one em, as another font will show them.
pub fn width(text: &str, size: f64) -> f64 {
    let Some(face) = face() else { return text.chars().count() as f64 * size };
    let advance = |c: char| match face.glyph_index(c).and_then(|glyph| face.glyph_hor_advance(glyph)) {
        Some(units) => f64::from(units) / f64::from(face.units_per_em()),
        None => 1.0,
    };
    text.chars().map(advance).sum::<f64>() * size
}

/// The text, shortened with an ellipsis where it is wider than `most` points.
pub fn shorten(text: &str, size: f64, most: f64) -> String {
    if width(text, size) <= most {
        return text.to_owned();
    }
    let mut kept = text.to_owned();
    while kept.pop().is_some() {
        let shortened = format!("{}{ELLIPSIS}", kept.trim_end());
        if width(&shortened, size) <= most {
            return shortened;
        }
    }
    ELLIPSIS.to_string()
}

/// A name and what belongs to it, in one line or two of at most `most` points, broken between words.
pub fn two_lines(name: &str, behind: &str, size: f64, most: f64) -> Vec<String> {
    let whole = format!("{name}{behind}");
    if width(&whole, size) <= most {
        return vec![whole];
    }
    let room = most - width(behind, size);
    let breaks = name.match_indices(' ').map(|(at, _)| (name[..at].trim_end(), name[at..].trim_start()));
    let widest = |(first, second): &(&str, &str)| {
        f64::max(width(first, size), width(second, size) + width(behind, size))
    };
    let best = breaks.min_by(|a, b| widest(a).total_cmp(&widest(b)));
    let (first, second) = best.unwrap_or((name, ""));
    vec![
        shorten(first, size, most),
        format!("{}{behind}", shorten(second, size, room)).trim_start().to_owned(),
    ]
}

/// The text with only characters that `DejaVu Sans` has, others as the nearest ASCII.
pub fn within(text: &str) -> String {
    let has = |c: char| face().is_some_and(|face| face.glyph_index(c).is_some());
    text.chars().map(|c| if has(c) { c.to_string() } else { transliterate(c) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_ends_with_an_ellipsis_within_its_width() {
        let short = shorten("Container on VM-Virtio", 7.0, 50.0);
        assert_eq!(short, "Container o…");
        assert!(width(&short, 7.0) <= 50.0);
        assert_eq!(shorten("OSv", 7.0, 50.0), "OSv");
        assert_eq!(shorten("OSv", 7.0, 1.0), "…");
    }

    #[test]
    fn a_long_name_is_broken_between_words() {
        let lines = |name| two_lines(name, " (1.25)", 7.0, 75.0);
        assert_eq!(lines("OSv"), ["OSv (1.25)"]);
        assert_eq!(lines("Container on VM-Virtio"), ["Container on", "VM-Virtio (1.25)"]);
        assert_eq!(lines("Containeronbaremetalhere"), ["Containeronbarem…", "(1.25)"]);
    }

    #[test]
    fn characters_that_the_font_lacks_are_transliterated() {
        assert_eq!(within("Łódź 北京 🚀"), "Łódź Bei Jing  rocket ");
    }
}
