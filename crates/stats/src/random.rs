//! Randomness that does not depend on the number of threads: chunk i of a task draws from (seed, i).

use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use vana_types::Seed;

/// The generator xoshiro256++ (Blackman and Vigna, "Scrambled Linear Pseudorandom Number Generators", ACM TOMS 47
/// (2021) 36) of one chunk of a task.
#[derive(Clone, Debug)]
pub struct Random(Xoshiro256PlusPlus);

impl Random {
    /// The generator of chunk `chunk`; chunks of one seed and seeds of one chunk have nothing in common.
    pub fn new(seed: Seed, chunk: u64) -> Self {
        // The seed is spread over all bits, so that (1, 2) and (2, 1) differ; `seed_from_u64` spreads once more.
        let mut spread = Xoshiro256PlusPlus::seed_from_u64(seed.0);
        Self(Xoshiro256PlusPlus::seed_from_u64(spread.next_u64() ^ chunk.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    /// Sixty-four random bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Uniform in [0, 1), a multiple of 2⁻⁵³.
    pub fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Uniform among 0 … `end` − 1, by multiplication; the bias is below `end`·2⁻⁶⁴. `end` must not be 0.
    ///
    /// Lemire, "Fast Random Integer Generation in an Interval", ACM TOMACS 29 (2019) 3.
    pub fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(end)) >> 64) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunk_repeats_itself_and_differs_from_others() {
        let bits = |seed, chunk| Random::new(Seed(seed), chunk).bits();
        assert_eq!(bits(1, 2), bits(1, 2));
        let mut all = vec![bits(1, 2), bits(2, 1), bits(1, 1), bits(2, 2), bits(0, 0)];
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 5);
    }

    #[test]
    fn every_number_below_the_end_comes_up() {
        let mut random = Random::new(Seed(7), 0);
        let mut counts = [0u32; 6];
        for _ in 0..6000 {
            counts[random.below(6) as usize] += 1;
        }
        assert!(counts.iter().all(|count| (850..1150).contains(count)), "{counts:?}");
    }
}
