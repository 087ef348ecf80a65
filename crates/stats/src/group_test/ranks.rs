/// Ranks of values from 1 on, ties sharing the mean of theirs, and Σ(t³ − t) over the groups of t tied values.
pub(super) fn ranks(values: &[f64]) -> (Vec<f64>, f64) {
    let mut order: Vec<usize> = (0..values.len()).collect();
    // Not by total order: −0 and 0 are tied.
    order.sort_by(|&a, &b| values[a].partial_cmp(&values[b]).unwrap_or(std::cmp::Ordering::Equal));
    let mut ranks = vec![0.0; values.len()];
    let mut ties = 0.0;
    let mut below = 0;
    // Ascending, so at least as large means equal.
    for tied in order.chunk_by(|&a, &b| values[a] >= values[b]) {
        let size = tied.len() as f64;
        for &place in tied {
            ranks[place] = below as f64 + f64::midpoint(size, 1.0);
        }
        ties += size * size * size - size;
        below += tied.len();
    }
    (ranks, ties)
}
