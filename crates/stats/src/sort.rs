//! Many floats in order.

/// Below this, comparing is faster than counting.
const SMALL: usize = 1 << 14;
/// Bits of one digit, and digits that are counted; the bits below decide only within groups of equal digits.
const DIGIT: u32 = 12;
const DIGITS: u32 = 3;
const LOWEST: u32 = u64::BITS - DIGIT * DIGITS;

/// Sorts as `total_cmp` does, in place. A million values whose highest 36 bits differ cost a third of comparing them;
/// the worst case costs as much as comparing does.
///
/// Radix sort by counted digits, from the lowest of the three to the highest (Knuth, The Art of Computer Programming 3,
/// 5.2.5).
pub(crate) fn sort(values: &mut [f64]) {
    if values.len() < SMALL || u32::try_from(values.len()).is_err() {
        values.sort_unstable_by(f64::total_cmp);
        return;
    }
    let mut counts = vec![[0u32; 1 << DIGIT]; DIGITS as usize];
    for value in &*values {
        for (place, counts) in (0..).zip(&mut counts) {
            counts[digit(key(*value), place)] += 1;
        }
    }
    for counts in &mut counts {
        let mut begin = 0;
        for count in counts.iter_mut() {
            begin += std::mem::replace(count, begin);
        }
    }
    // Keys go to and fro between new memory and that of the values, where they stand as the floats of their bits.
    let mut keys = vec![0; values.len()];
    if let [lowest, middle, highest] = counts.as_mut_slice() {
        for value in &*values {
            let key = key(*value);
            keys[next(lowest, digit(key, 0))] = key;
        }
        for key in &keys {
            values[next(middle, digit(*key, 1))] = f64::from_bits(*key);
        }
        for value in &*values {
            let key = value.to_bits();
            keys[next(highest, digit(key, 2))] = key;
        }
    }
    for group in keys.chunk_by_mut(|one, other| one >> LOWEST == other >> LOWEST) {
        if group.len() > 1 {
            group.sort_unstable();
        }
    }
    for (value, key) in values.iter_mut().zip(keys) {
        *value = unkey(key);
    }
}

/// Where the next key of a digit goes.
fn next(places: &mut [u32; 1 << DIGIT], digit: usize) -> usize {
    let place = places[digit];
    places[digit] += 1;
    place as usize
}

fn digit(key: u64, place: u32) -> usize {
    (key >> (LOWEST + DIGIT * place)) as usize & ((1 << DIGIT) - 1)
}

/// A whole number that is ordered as the float is: negative ones upside down, below the others.
fn key(value: f64) -> u64 {
    let bits = value.to_bits();
    if value.is_sign_negative() { !bits } else { bits | 1 << 63 }
}

fn unkey(key: u64) -> f64 {
    f64::from_bits(if key >> 63 == 0 { !key } else { key & !(1 << 63) })
}

#[cfg(test)]
mod tests {
    use vana_types::Seed;

    use super::*;
    use crate::Random;

    fn agrees(values: &[f64]) -> bool {
        let (mut sorted, mut compared) = (values.to_vec(), values.to_vec());
        sort(&mut sorted);
        compared.sort_by(f64::total_cmp);
        sorted.iter().map(|value| value.to_bits()).eq(compared.iter().map(|value| value.to_bits()))
    }

    #[test]
    fn any_bits_are_sorted_as_comparing_sorts_them() {
        let mut random = Random::new(Seed(5), 0);
        let any: Vec<f64> = (0..50_000).map(|_| f64::from_bits(random.bits())).collect();
        assert!(agrees(&any));
        assert!(agrees(&any[..SMALL - 1]) && agrees(&any[..SMALL]) && agrees(&[]));
    }

    #[test]
    fn equal_and_nearly_equal_values_are_sorted_too() {
        let mut random = Random::new(Seed(6), 0);
        let zeros = [0.0, -0.0, 1.0].repeat(20_000);
        assert!(agrees(&zeros));
        let near: Vec<f64> =
            (0..40_000).map(|_| f64::from_bits(1f64.to_bits() + random.below(1 << 20))).collect();
        assert!(agrees(&near));
    }
}
