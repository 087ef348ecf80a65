//! Two sorted samples merged into groups of equal values: what all rank methods start from.

/// How many of each sample have one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    pub baseline: usize,
    pub system: usize,
}

/// Groups of equal values of two ascending samples, ascending. O(n), without memory.
pub(crate) struct Groups<'a> {
    baseline: &'a [f64],
    system: &'a [f64],
}

impl<'a> Groups<'a> {
    pub fn of(baseline: &'a [f64], system: &'a [f64]) -> Self {
        Self { baseline, system }
    }
}

impl Iterator for Groups<'_> {
    type Item = Group;

    fn next(&mut self) -> Option<Group> {
        let value = match (self.baseline.first(), self.system.first()) {
            (Some(&baseline), Some(&system)) => baseline.min(system),
            (baseline, system) => *baseline.or(system)?,
        };
        Some(Group { baseline: take(&mut self.baseline, value), system: take(&mut self.system, value) })
    }
}

/// Takes the leading values that are `value`.
#[expect(clippy::float_cmp, reason = "ties are equal values, not near ones")]
fn take(values: &mut &[f64], value: f64) -> usize {
    let mut count = 0;
    while let Some((&first, rest)) = values.split_first()
        && first == value
    {
        *values = rest;
        count += 1;
    }
    count
}

/// What ranks say about two samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ranked {
    /// Twice the number of pairs in which the system's value is the greater one, a tie counting half: 2·U.
    pub doubled_u: u128,
    /// Σ (t³ − t) over groups of t equal values.
    pub tie_term: f64,
}

impl Ranked {
    /// In one pass over the groups.
    pub fn of(baseline: &[f64], system: &[f64]) -> Self {
        let mut ranked = Self { doubled_u: 0, tie_term: 0.0 };
        let mut below = 0u64;
        for group in Groups::of(baseline, system) {
            let (here, size) = (group.baseline as u64, group.baseline + group.system);
            ranked.doubled_u += u128::from((2 * below + here) * group.system as u64);
            // Most groups are of one value, and adding nothing takes its time as well.
            if size > 1 {
                let size = size as f64;
                ranked.tie_term += size * (size * size - 1.0);
            }
            below += here;
        }
        ranked
    }

    /// Pairs in which the system's value is the greater one, a tie counting half.
    pub fn u(self) -> f64 {
        self.doubled_u as f64 / 2.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_form_one_group() {
        let groups: Vec<Group> = Groups::of(&[-0.0, 1.0, 1.0], &[0.0, 1.0, 2.0]).collect();
        let group = |baseline, system| Group { baseline, system };
        assert_eq!(groups, [group(1, 1), group(2, 1), group(0, 1)]);
    }

    #[test]
    fn u_counts_pairs_and_ties_half() {
        let ranked = Ranked::of(&[0.0, 1.0, 1.0], &[0.0, 1.0, 2.0]);
        assert_eq!(ranked, Ranked { doubled_u: 1 + 4 + 6, tie_term: 6.0 + 24.0 });
        assert_eq!(ranked.u(), 5.5);
    }

    #[test]
    fn every_pair_counts_once_whatever_is_tied() {
        let mut random = crate::Random::new(vana_types::Seed(3), 0);
        for spread in [2, 5, 50, 5000] {
            let mut draw = |count: u64| -> Vec<f64> {
                let mut values: Vec<f64> = (0..count).map(|_| random.below(spread) as f64).collect();
                values.sort_by(f64::total_cmp);
                values
            };
            let (baseline, system) = (draw(30 + spread % 7), draw(40));
            let pairs =
                |first: f64| system.iter().map(move |second| 1 + i64::from(second.total_cmp(&first) as i8));
            let doubled: i64 = baseline.iter().flat_map(|first| pairs(*first)).sum();
            let ranked = Ranked::of(&baseline, &system);
            let mut all = [baseline.clone(), system.clone()].concat();
            all.sort_by(f64::total_cmp);
            let ties = all
                .chunk_by(|one, other| one == other)
                .map(|group| (group.len() as f64).powi(3) - group.len() as f64);
            assert_eq!(ranked, Ranked { doubled_u: doubled as u128, tie_term: ties.sum() });
        }
    }
}
