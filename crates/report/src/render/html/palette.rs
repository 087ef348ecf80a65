//! Colours and dashes of the systems on a page; each pair belongs to one of the first 72 systems.

/// On white and on [`DARK_GROUND`].
pub const LIGHT: [&str; 9] =
    ["#0b5cad", "#b34700", "#00705a", "#8a2f74", "#6b5900", "#b3261e", "#00647d", "#555555", "#4646c8"];
/// The same hues for a dark ground.
pub const DARK: [&str; 9] =
    ["#6cb6ff", "#ff9e64", "#4fd6a8", "#e69ad9", "#d9c34a", "#ff8f8f", "#5fd0e6", "#b8b8b8", "#a5b4ff"];
/// Strokes and gaps in pixels; empty is a full line. Neighbours differ at a glance.
pub const DASHES: [&[u8]; 8] =
    [&[], &[9, 4], &[2, 3], &[10, 3, 2, 3], &[14, 4], &[5, 3], &[10, 3, 2, 3, 2, 3], &[2, 6]];

#[cfg(test)]
mod tests {
    use super::*;

    const LIGHT_GROUND: &str = "#ffffff";
    const DARK_GROUND: &str = "#171b21";

    /// Relative luminance as WCAG 2.1 defines it.
    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let c = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_colour_could_be_text_on_its_ground() {
        for (colours, ground) in [(LIGHT, LIGHT_GROUND), (DARK, DARK_GROUND)] {
            for colour in colours {
                assert!(contrast(colour, ground) >= 4.5, "{colour} on {ground}");
            }
        }
    }

    #[test]
    fn the_grounds_are_those_of_the_style() {
        let style = super::super::assets::style();
        for ground in [LIGHT_GROUND, DARK_GROUND] {
            assert!(style.contains(&format!("--ground: {ground};")), "{ground}");
        }
    }

    #[test]
    fn no_two_dashes_are_alike() {
        for (index, dash) in DASHES.iter().enumerate() {
            assert!(!DASHES[..index].contains(dash), "{dash:?}");
        }
    }
}
