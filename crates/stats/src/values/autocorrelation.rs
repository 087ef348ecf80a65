//! How many independent values a series in time is worth.

use rustfft::FftPlanner;
use rustfft::num_complex::Complex;

/// Lags that are summed directly, before a Fourier transform pays.
const DIRECT_LAGS: usize = 32;
/// Of them, how many in one pass over the values.
pub(super) const GROUP: usize = 8;
/// By how much the number of lags grows when the sum has not ended yet.
const GROWTH: usize = 16;
/// Lags of one Fourier transform: what bounds its memory, to some 8 MB, in a run that drifts from end to end.
const LAGS_AT_ONCE: usize = if cfg!(test) { 1 << 10 } else { 1 << 16 };

/// n / (1 + 2 Σ ρₖ) by Geyer's initial positive sequence, in (0, n]; `None` for a constant series or n < 4.
///
/// Memory depends neither on n nor on where the correlation ends; time is n log n, and n² / 2¹⁶ at worst.
pub(super) fn effective_size(values: &[i64], mean: f64) -> Option<f64> {
    let count = values.len();
    if count < 4 {
        return None;
    }
    let origin = mean.floor();
    let center = Center { whole: origin as i64, rest: mean - origin };
    let mut sum = PairSum::default();
    let mut variance = 0.0;
    for first in (0..DIRECT_LAGS).step_by(GROUP) {
        let products = lagged_products(values, center, first);
        if first == 0 {
            variance = products[0];
        }
        if variance <= 0.0 {
            return None;
        }
        if !sum.add_all(&products, variance) {
            return Some(sum.effective_size(count));
        }
    }
    let mut from = DIRECT_LAGS;
    while from < count {
        let lags = ((GROWTH - 1) * from).min(LAGS_AT_ONCE).min((count - from).next_multiple_of(2));
        if !sum.add_all(&many_lagged_products(values, center, from, lags), variance) {
            return Some(sum.effective_size(count));
        }
        from += lags;
    }
    Some(sum.effective_size(count))
}

/// Σ (ρ₂ₖ + ρ₂ₖ₊₁), as long as the pairs are positive.
#[derive(Default)]
struct PairSum(f64);

impl PairSum {
    /// Adds pair by pair; whether the sequence goes on.
    fn add_all(&mut self, products: &[f64], variance: f64) -> bool {
        products.chunks_exact(2).all(|pair| {
            let pair = (pair[0] + pair[1]) / variance;
            let positive = pair > 0.0;
            self.0 += if positive { pair } else { 0.0 };
            positive
        })
    }

    fn effective_size(&self, count: usize) -> f64 {
        // ρ₀ = 1 is part of the first pair. A series that swings around its mean can be worth more than n; say n.
        let inflation = 2.0 * self.0 - 1.0;
        if inflation <= 1.0 { count as f64 } else { count as f64 / inflation }
    }
}

/// The mean as a whole number and a rest, so that large values keep their digits when it is subtracted.
#[derive(Clone, Copy)]
pub(super) struct Center {
    pub(super) whole: i64,
    pub(super) rest: f64,
}

impl Center {
    fn distance(self, value: i64) -> f64 {
        value.saturating_sub(self.whole) as f64 - self.rest
    }

    /// Fills `into`; with 0 after the last value, so that nothing is added there.
    fn distances(self, values: &[i64], into: &mut [f64]) {
        let known = values.len().min(into.len());
        for (cell, &value) in into.iter_mut().zip(values) {
            *cell = self.distance(value);
        }
        into[known..].fill(0.0);
    }
}

/// Σ (xᵢ − x̄)(xᵢ₊ₗ − x̄) for [`GROUP`] lags l from `first` on; 0 for a lag of n or more.
pub(super) fn lagged_products(values: &[i64], center: Center, first: usize) -> [f64; GROUP] {
    const BLOCK: usize = 1024;
    let mut totals = [0.0; GROUP];
    let mut here = [0.0; BLOCK];
    let mut later = [0.0; BLOCK + GROUP];
    for start in (0..values.len().saturating_sub(first)).step_by(BLOCK) {
        center.distances(&values[start..], &mut here);
        center.distances(&values[start + first..], &mut later);
        for (lag, total) in totals.iter_mut().enumerate() {
            *total += dot(&here, &later[lag..lag + BLOCK]);
        }
    }
    totals
}

/// Eight sums at once: one sum would wait for each addition.
fn dot(first: &[f64], second: &[f64]) -> f64 {
    let mut lanes = [0.0; 8];
    for (a, b) in first.chunks_exact(8).zip(second.chunks_exact(8)) {
        for lane in 0..8 {
            lanes[lane] += a[lane] * b[lane];
        }
    }
    lanes.iter().sum()
}

/// [`lagged_products`] for the lags from `first` on, `lags` of them, by Fourier transforms of blocks.
pub(super) fn many_lagged_products(values: &[i64], center: Center, first: usize, lags: usize) -> Vec<f64> {
    // Long blocks waste less of each transform; for many lags memory counts more.
    let factor = if lags < LAGS_AT_ONCE / 2 { 4 } else { 2 };
    let size = (factor * lags).next_power_of_two();
    let block = size - lags;
    let mut planner = FftPlanner::<f64>::new();
    let forward = planner.plan_fft_forward(size);
    let mut scratch = vec![Complex::default(); forward.get_inplace_scratch_len()];
    let mut series = vec![Complex::default(); size];
    let mut spectrum = vec![Complex::default(); size];
    let distance = |index: usize| values.get(index).map_or(0.0, |&value| center.distance(value));
    for start in (0..values.len().saturating_sub(first)).step_by(block) {
        // One transform serves two real series: the block as real part, what follows `first` later as imaginary part.
        for (index, cell) in series.iter_mut().enumerate() {
            let here = if index < block { distance(start + index) } else { 0.0 };
            *cell = Complex::new(here, distance(start + first + index));
        }
        forward.process_with_scratch(&mut series, &mut scratch);
        for (index, cell) in spectrum.iter_mut().enumerate() {
            let (here, mirror) = (series[index], series[(size - index) % size].conj());
            let real = (here + mirror) * 0.5;
            let imaginary = (here - mirror) * Complex::new(0.0, -0.5);
            *cell += real.conj() * imaginary;
        }
    }
    drop((series, forward));
    let inverse = planner.plan_fft_inverse(size);
    inverse.process_with_scratch(&mut spectrum, &mut scratch);
    spectrum.iter().take(lags).map(|cell| cell.re / size as f64).collect()
}
