//! The order of the runs of one command, and their seeds.

use vana_stats::Random;
use vana_types::Seed;

/// Each number of clients once a block, one block a repetition, in an order drawn anew for each block: what drifts
/// while the runs go on is then shared by all. With one repetition the order is random as well.
pub(super) fn blocks(clients: &[u32], repetitions: u32, seed: Seed) -> Vec<u32> {
    let mut order = Vec::new();
    for block in 0..repetitions {
        let mut random = Random::new(seed, u64::from(block));
        let mut left = clients.to_vec();
        while !left.is_empty() {
            order.push(left.remove(random.below(left.len() as u64) as usize));
        }
    }
    order
}

/// The seed of each run, in that order: the first has the one that was given, and no two have the same arrivals.
pub(super) fn seeds(first: Seed) -> impl Iterator<Item = Seed> {
    (0..).map(move |run| Seed(first.0.wrapping_add(run)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_block_has_every_number_of_clients_once_in_an_order_of_its_own() {
        let clients: Vec<u32> = (1..=20).collect();
        let order = blocks(&clients, 3, Seed(1));
        assert_eq!(order, blocks(&clients, 3, Seed(1)));
        assert_ne!(order, blocks(&clients, 3, Seed(2)));
        assert_ne!(order[..20], order[20..40]);
        for block in order.chunks(20) {
            let mut sorted = block.to_vec();
            sorted.sort_unstable();
            assert_eq!(sorted, clients);
        }
    }
}
