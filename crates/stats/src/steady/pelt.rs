/// The ends of the segments of least Σ(x − mean of its segment)² + `penalty`·(segments − 1), each of at least
/// `shortest` values: ascending, from 0 to n. `shortest` ≤ n.
pub(super) fn change_points(series: &[f64], penalty: f64, shortest: usize) -> Vec<usize> {
    let costs = Costs::new(series);
    let count = series.len();
    // best[t]: the least cost of the first t values; from[t]: where their last segment begins.
    let mut best = vec![f64::INFINITY; count + 1];
    let mut from = vec![0; count + 1];
    best[0] = -penalty;
    // Possible beginnings of the last segment, and from which end on each is hopeless.
    let mut starts: Vec<(usize, usize)> = Vec::new();
    for end in shortest..=count {
        // A first segment shorter than allowed has no cost; it is never a beginning.
        starts.push((end - shortest, usize::MAX));
        let total = |start: usize| best[start] + costs.of(start, end) + penalty;
        // The earliest of equally good ones: fewer changes.
        let (start, least) = starts
            .iter()
            .map(|&(start, _)| (start, total(start)))
            .fold((0, f64::INFINITY), |kept, found| if found.1 < kept.1 { found } else { kept });
        // What costs more even without a further penalty never wins again once a segment may begin here.
        let bound = least + penalty;
        let hopeless: Vec<usize> =
            starts.iter().filter(|&&(start, _)| total(start) > bound).map(|&(start, _)| start).collect();
        (best[end], from[end]) = (least, start);
        for (start, until) in &mut starts {
            if hopeless.binary_search(start).is_ok() {
                *until = (*until).min(end + shortest);
            }
        }
        starts.retain(|&(_, until)| until > end + 1);
    }
    let mut ends = vec![count];
    let mut end = count;
    while end > 0 {
        end = from[end];
        ends.push(end);
    }
    ends.reverse();
    ends
}

/// Sums of values and squares up to each place.
struct Costs {
    sums: Vec<f64>,
    squares: Vec<f64>,
}

impl Costs {
    /// Distances from the mean keep the digits that squares of large numbers would drop.
    fn new(series: &[f64]) -> Self {
        let mean = series.iter().sum::<f64>() / series.len() as f64;
        let running = |value: &dyn Fn(f64) -> f64| {
            let mut sum = 0.0;
            let rest = series.iter().map(|&x| {
                sum += value(x - mean);
                sum
            });
            std::iter::once(0.0).chain(rest).collect()
        };
        Self { sums: running(&|x| x), squares: running(&|x| x * x) }
    }

    /// Σ(x − mean)² from `start` to before `end`.
    fn of(&self, start: usize, end: usize) -> f64 {
        let sum = self.sums[end] - self.sums[start];
        (self.squares[end] - self.squares[start] - sum * sum / (end - start) as f64).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use vana_types::Seed;

    use super::*;
    use crate::Random;

    /// Every segmentation, without pruning.
    fn exhaustive(series: &[f64], penalty: f64, shortest: usize) -> Vec<usize> {
        let costs = Costs::new(series);
        let mut best: Vec<Option<(f64, Vec<usize>)>> = vec![None; series.len() + 1];
        best[0] = Some((-penalty, vec![0]));
        for end in shortest..=series.len() {
            for start in 0..=end - shortest {
                let Some((before, ends)) = best[start].clone() else { continue };
                let total = before + costs.of(start, end) + penalty;
                if best[end].as_ref().is_none_or(|(least, _)| total < *least) {
                    best[end] = Some((total, [ends, vec![end]].concat()));
                }
            }
        }
        best[series.len()].take().unwrap().1
    }

    #[test]
    fn pruning_loses_no_segmentation() {
        let mut random = Random::new(Seed(5), 0);
        for case in 0..300 {
            let count = 5 + case % 60;
            let mut level = 0.0;
            let series: Vec<f64> = (0..count)
                .map(|_| {
                    if random.below(8) == 0 {
                        level = 6.0 * random.uniform();
                    }
                    level + random.uniform()
                })
                .collect();
            let penalty = 4.0 * random.uniform();
            let shortest = 1 + case % 4;
            assert_eq!(
                change_points(&series, penalty, shortest),
                exhaustive(&series, penalty, shortest),
                "{penalty} {shortest} {series:?}"
            );
        }
    }

    #[test]
    fn a_step_is_found_where_it_is() {
        let series: Vec<f64> = (0..40).map(|i| if i < 13 { 1e9 } else { 1e9 + 5.0 }).collect();
        assert_eq!(change_points(&series, 1.0, 3), [0, 13, 40]);
        assert_eq!(change_points(&[2.0; 9], 0.0, 3), [0, 9]);
    }
}
