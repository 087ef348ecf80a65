use std::ops::Range;

use crate::Random;

/// Draws one resample of a series of `count` values: blocks of geometric length with mean `length` from uniform places
/// on, as many as fill the series. `visit` gets the places of each block; a block that goes on around the end comes as
/// two. A mean of 1 or less draws single values.
///
/// Politis and Romano, "The Stationary Bootstrap", Journal of the American Statistical Association 89 (1994) 1303–1313.
pub(crate) fn blocks(count: usize, length: f64, random: &mut Random, mut visit: impl FnMut(Range<usize>)) {
    let mut missing = count;
    while missing > 0 {
        let start = random.below(count as u64) as usize;
        let block = geometric(length, random).min(missing);
        missing -= block;
        let until_end = block.min(count - start);
        visit(start..start + until_end);
        if until_end < block {
            visit(0..block - until_end);
        }
    }
}

/// A geometric length, 1 or more, of the given mean.
fn geometric(mean: f64, random: &mut Random) -> usize {
    if mean <= 1.0 {
        return 1;
    }
    let uniform = 1.0 - random.uniform();
    ((uniform.ln() / (-1.0 / mean).ln_1p()) as usize).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use vana_types::Seed;

    use super::*;

    #[test]
    fn a_resample_is_as_long_as_the_series() {
        let mut random = Random::new(Seed(1), 0);
        for length in [1.0, 4.0, 1e9] {
            let mut drawn = 0;
            blocks(37, length, &mut random, |places| {
                assert!(!places.is_empty() && places.end <= 37, "{places:?}");
                drawn += places.len();
            });
            assert_eq!(drawn, 37, "{length}");
        }
    }

    #[test]
    fn blocks_have_the_length_that_was_asked_for() {
        let mut random = Random::new(Seed(1), 0);
        let mut lengths = Vec::new();
        // What goes around the end follows at once from place 0.
        let mut last = 0;
        blocks(1_000_000, 20.0, &mut random, |places| {
            if places.start == 0 && last == 1_000_000 {
                *lengths.last_mut().unwrap() += places.len();
            } else {
                lengths.push(places.len());
            }
            last = places.end;
        });
        let mean = 1e6 / lengths.len() as f64;
        assert!((mean - 20.0).abs() < 0.5, "{mean}");
    }
}
