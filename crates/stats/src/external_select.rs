//! Exact order statistics of a stream that does not fit in memory.

/// Why a stream gave no order statistics.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SelectError<E> {
    /// The stream itself failed.
    #[error("the values could not be read")]
    Scan(#[source] E),
    /// A pass brought other values than the one before.
    #[error("the values changed between two passes")]
    Changed,
    /// A rank that no value has.
    #[error("rank {rank} of {count} values")]
    Rank {
        /// The rank asked for.
        rank: u64,
        /// How many values there are.
        count: u64,
    },
}

/// The values of the given ranks (1 for the smallest) among `count` streamed values, in the order of `ranks`.
///
/// `scan` replays the whole stream, in blocks of any size and order, into the function it is given; it is called four
/// times. Each pass counts the next 16 bits of those values whose leading bits still can hold a wanted rank, so memory
/// is 512 KiB per rank, whatever the count.
pub fn external_select<E>(
    count: u64,
    ranks: &[u64],
    mut scan: impl FnMut(&mut dyn FnMut(&[i64])) -> Result<(), E>,
) -> Result<Vec<i64>, SelectError<E>> {
    let mut refinement = Refinement::new(count, i64::MIN, i64::MAX, ranks)
        .map_err(|rank| SelectError::Rank { rank, count })?;
    while !refinement.is_done() {
        scan(&mut |block| refinement.count(block)).map_err(SelectError::Scan)?;
        refinement.refine().ok_or(SelectError::Changed)?;
    }
    Ok(refinement.values().into_iter().map(|(_, value)| value).collect())
}

const DIGIT_BITS: u32 = 16;

/// The state between two passes: which leading bits the wanted ranks have.
pub(crate) struct Refinement {
    /// Subtracted from every value, so that a narrow range needs fewer passes.
    base: i64,
    /// Bits of a value that are not counted yet in this pass.
    shift: u32,
    done: bool,
    /// Ascending by prefix.
    groups: Vec<Group>,
}

/// Values that share their leading bits.
struct Group {
    prefix: u64,
    size: u64,
    /// Rank within the group, and where it stands in the list asked for. Ascending by rank.
    wanted: Vec<(u64, usize)>,
    counts: Vec<u64>,
}

impl Group {
    fn new(prefix: u64, size: u64) -> Self {
        Self { prefix, size, wanted: Vec::new(), counts: vec![0; 1 << DIGIT_BITS] }
    }
}

impl Refinement {
    /// For values within [min, max]. The error is the rank that does not exist.
    pub(crate) fn new(count: u64, min: i64, max: i64, ranks: &[u64]) -> Result<Self, u64> {
        if let Some(&rank) = ranks.iter().find(|&&rank| rank < 1 || rank > count) {
            return Err(rank);
        }
        let bits = u64::BITS - max.abs_diff(min).leading_zeros();
        let shift = bits.div_ceil(DIGIT_BITS).max(1) * DIGIT_BITS - DIGIT_BITS;
        let mut first = Group::new(0, count);
        first.wanted = ranks.iter().enumerate().map(|(slot, &rank)| (rank, slot)).collect();
        first.wanted.sort_unstable();
        Ok(Self { base: min, shift, done: ranks.is_empty(), groups: vec![first] })
    }

    pub(crate) fn is_done(&self) -> bool {
        self.done
    }

    pub(crate) fn count(&mut self, block: &[i64]) {
        if self.done {
            return;
        }
        let (base, shift) = (self.base as u64, self.shift);
        let split = |value: i64| {
            let digits = (value as u64).wrapping_sub(base) >> shift;
            (digits >> DIGIT_BITS, (digits & 0xffff) as usize)
        };
        if let [only] = self.groups.as_mut_slice() {
            for &value in block {
                let (prefix, digit) = split(value);
                only.counts[digit] += u64::from(prefix == only.prefix);
            }
            return;
        }
        for &value in block {
            let (prefix, digit) = split(value);
            if let Ok(at) = self.groups.binary_search_by_key(&prefix, |group| group.prefix) {
                self.groups[at].counts[digit] += 1;
            }
        }
    }

    /// Ends a pass; `None` when it brought other values than the one before.
    pub(crate) fn refine(&mut self) -> Option<()> {
        if self.done {
            return Some(());
        }
        let mut next: Vec<Group> = Vec::new();
        for group in &self.groups {
            if group.counts.iter().sum::<u64>() != group.size {
                return None;
            }
            let mut digits = (0u64..).zip(&group.counts);
            let (mut below, mut digit, mut size) = (0, 0, 0);
            for &(rank, slot) in &group.wanted {
                while below + size < rank {
                    below += size;
                    let (next_digit, &next_size) = digits.next()?;
                    (digit, size) = (next_digit, next_size);
                }
                let prefix = group.prefix << DIGIT_BITS | digit;
                if next.last().is_none_or(|last| last.prefix != prefix) {
                    next.push(Group::new(prefix, size));
                }
                next.last_mut()?.wanted.push((rank - below, slot));
            }
        }
        self.groups = next;
        self.done = self.shift == 0;
        self.shift = self.shift.saturating_sub(DIGIT_BITS);
        Some(())
    }

    /// The place in the list asked for, and the value. Ascending by place.
    pub(crate) fn values(&self) -> Vec<(usize, i64)> {
        let mut values: Vec<(usize, i64)> = self
            .groups
            .iter()
            .flat_map(|group| {
                let value = (self.base as u64).wrapping_add(group.prefix) as i64;
                group.wanted.iter().map(move |&(_, slot)| (slot, value))
            })
            .collect();
        values.sort_unstable();
        values
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn select(values: &[i64], ranks: &[u64]) -> Result<Vec<i64>, SelectError<Infallible>> {
        external_select(values.len() as u64, ranks, |sink| {
            values.chunks(3).for_each(sink);
            Ok(())
        })
    }

    #[test]
    fn every_rank_of_a_shuffled_stream_is_found() {
        let values: Vec<i64> = (0..1000i64).map(|i| (i * 7_777_777_777_777_777) % 100_003 - 50_000).collect();
        let mut sorted = values.clone();
        sorted.sort_unstable();
        let ranks: Vec<u64> = (1..=1000).rev().collect();
        sorted.reverse();
        assert_eq!(select(&values, &ranks), Ok(sorted));
    }

    #[test]
    fn the_extremes_of_the_type_and_ties_are_found() {
        let values = [i64::MAX, i64::MIN, 0, -1, 0, 1 << 48, i64::MIN];
        let ranks = [1, 2, 3, 4, 5, 6, 7, 4];
        let found = [i64::MIN, i64::MIN, -1, 0, 0, 1 << 48, i64::MAX, 0];
        assert_eq!(select(&values, &ranks), Ok(found.to_vec()));
    }

    #[test]
    fn a_rank_outside_the_stream_is_refused() {
        assert_eq!(select(&[1, 2], &[3]), Err(SelectError::Rank { rank: 3, count: 2 }));
        assert_eq!(select(&[1, 2], &[0]), Err(SelectError::Rank { rank: 0, count: 2 }));
    }

    #[test]
    fn no_rank_needs_no_pass() {
        let never = |_: &mut dyn FnMut(&[i64])| Err("scanned");
        assert_eq!(external_select(5, &[], never), Ok(vec![]));
    }

    #[test]
    fn a_stream_that_changes_is_noticed() {
        let mut pass = 0;
        let found = external_select(3, &[2], |sink| {
            pass += 1;
            sink(&[1, 2, if pass == 4 { 1 << 20 } else { 3 }]);
            Ok::<(), Infallible>(())
        });
        assert_eq!(found, Err(SelectError::Changed));
    }

    #[test]
    fn an_error_of_the_stream_ends_the_selection() {
        let found = external_select(3, &[2], |_| Err("disk"));
        assert_eq!(found, Err(SelectError::Scan("disk")));
    }
}
