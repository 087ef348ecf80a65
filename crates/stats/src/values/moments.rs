//! Mean and spread of whole numbers in exact arithmetic, one block at a time.

/// First pass: number, sum and extremes. Exact.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    pub count: u64,
    pub sum: i128,
    pub min: i64,
    pub max: i64,
}

impl Extent {
    pub(crate) const EMPTY: Self = Self { count: 0, sum: 0, min: i64::MAX, max: i64::MIN };

    pub(crate) fn add(&mut self, values: &[i64]) {
        let (mut min, mut max) = (self.min, self.max);
        for block in values.chunks(1 << 16) {
            // Halves of 32 bits cannot overflow within a block, and add faster than 128-bit numbers.
            let (mut high, mut low) = (0i64, 0u64);
            for &value in block {
                min = min.min(value);
                max = max.max(value);
                high += value >> 32;
                low += value as u64 & 0xffff_ffff;
            }
            self.sum += (i128::from(high) << 32) + i128::from(low);
        }
        (self.min, self.max) = (min, max);
        self.count += values.len() as u64;
    }

    /// The sum divided once, so the only rounding is the last.
    pub(crate) fn mean(&self) -> f64 {
        let count = i128::from(self.count);
        let whole = self.sum.div_euclid(count);
        let rest = self.sum.rem_euclid(count);
        whole as f64 + rest as f64 / self.count as f64
    }

    /// The whole number nearest to the mean.
    pub(crate) fn center(&self) -> i64 {
        let count = i128::from(self.count);
        (2 * self.sum + count).div_euclid(2 * count) as i64
    }

    /// Whether max − min fits in 32 bits.
    pub(crate) fn is_narrow(&self) -> bool {
        u32::try_from(self.max.abs_diff(self.min)).is_ok()
    }
}

/// Second pass: squared distances from a whole number near the mean. Exact: a 192-bit sum.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Squares {
    extent: Extent,
    center: i64,
    low: u128,
    high: u64,
}

impl Squares {
    pub(crate) fn around(extent: Extent) -> Self {
        Self { extent, center: extent.center(), low: 0, high: 0 }
    }

    pub(crate) fn add(&mut self, values: &[i64]) {
        if self.extent.is_narrow() {
            for block in values.chunks(1 << 16) {
                self.add_narrow(block);
            }
        } else {
            for &value in values {
                let distance = u128::from(value.abs_diff(self.center));
                self.carry(distance * distance);
            }
        }
    }

    /// Distances below 2³²: a square fits in 64 bits, and 2¹⁶ of its halves do.
    fn add_narrow(&mut self, block: &[i64]) {
        let (mut high, mut low) = (0u64, 0u64);
        for &value in block {
            let distance = value.wrapping_sub(self.center);
            let square = distance.wrapping_mul(distance) as u64;
            high += square >> 32;
            low += square & 0xffff_ffff;
        }
        self.carry((u128::from(high) << 32) + u128::from(low));
    }

    fn carry(&mut self, square: u128) {
        let (low, over) = self.low.overflowing_add(square);
        self.low = low;
        self.high += u64::from(over);
    }

    /// Sample standard deviation; `None` for fewer than two values.
    ///
    /// Σ(x−c)² − (Σ(x−c))²/n loses nothing: with c the whole number nearest to the mean, |Σ(x−c)| ≤ n/2, so the second
    /// term is at most half of the first.
    pub(crate) fn stdev(&self) -> Option<f64> {
        let count = self.extent.count;
        if count < 2 {
            return None;
        }
        let rest = (self.extent.sum - i128::from(self.center) * i128::from(count)) as f64;
        let squares = self.high as f64 * 2f64.powi(128) + self.low as f64;
        Some(((squares - rest * rest / count as f64) / (count - 1) as f64).sqrt())
    }
}

/// How many values lie in [low, high].
pub(crate) fn count_within(values: &[i64], low: i64, high: i64) -> u64 {
    if high < low {
        return 0;
    }
    let width = high.abs_diff(low);
    values.iter().map(|&value| u64::from((value as u64).wrapping_sub(low as u64) <= width)).sum()
}
