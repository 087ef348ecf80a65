//! Order statistics of one list, each found between those already found.

/// A list that is sorted only as far as it was asked about.
///
/// The first rank costs about 3n steps; each further one only the part between its settled neighbours, so that any
/// number of ranks costs at most as much as sorting.
#[derive(Clone, Debug)]
pub(super) struct Selection<T> {
    values: Vec<T>,
    /// Positions whose value is in its place, ascending.
    settled: Vec<usize>,
}

impl<T: Ord + Copy> Selection<T> {
    pub(super) fn new(values: Vec<T>) -> Self {
        Self { values, settled: Vec::new() }
    }

    /// The value at `index` (from 0, below the length) in sorted order.
    pub(super) fn nth(&mut self, index: usize) -> T {
        if let Err(slot) = self.settled.binary_search(&index) {
            let start = slot.checked_sub(1).map_or(0, |before| self.settled[before] + 1);
            let end = self.settled.get(slot).copied().unwrap_or(self.values.len());
            self.values[start..end].select_nth_unstable(index - start);
            self.settled.insert(slot, index);
        }
        self.values[index]
    }
}
