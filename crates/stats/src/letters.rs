//! Compact letter displays: systems that share a letter are not different.

/// The letters of each of `count` systems, by index: two share one exactly when `is_different` says no of them. The
/// system that comes first in `order` has `a`; letters are given in the order in which they are first needed, and no
/// letter can be left out. `order` names each system from 0 to `count` − 1 once, best first; systems it leaves out have
/// no letter, what it names twice or beyond `count` is ignored. `is_different` is asked for each pair once and taken
/// as symmetric. After 26 letters come `A` to `Z`, then `a'` and so on.
///
/// Insert and absorb: Piepho, "An Algorithm for a Letter-Based Representation of All-Pairwise Comparisons", Journal of
/// Computational and Graphical Statistics 13 (2004) 456–466, with his sweep done on whole letters. The number of
/// letters may grow exponentially in the worst case; with systems on a line it is at most their number.
pub fn letters(order: &[usize], is_different: impl Fn(usize, usize) -> bool, count: usize) -> Vec<String> {
    let mut known = Vec::new();
    for &system in order {
        if system < count && !known.contains(&system) {
            known.push(system);
        }
    }
    let places = known.len();
    let mut differs = vec![vec![false; places]; places];
    for first in 0..places {
        for second in first + 1..places {
            let different = is_different(known[first], known[second]);
            (differs[first][second], differs[second][first]) = (different, different);
        }
    }
    let mut columns = groups(&differs);
    columns.sort();
    drop_redundant(&mut columns, places);
    let mut found = vec![String::new(); count];
    for (letter, column) in columns.iter().enumerate() {
        for &place in column {
            found[known[place]].push_str(&letter_name(letter));
        }
    }
    found
}

/// The largest sets of systems none of which differ, as ascending places in the order.
fn groups(differs: &[Vec<bool>]) -> Vec<Vec<usize>> {
    let places = differs.len();
    let mut columns: Vec<Vec<usize>> = if places > 0 { vec![(0..places).collect()] } else { Vec::new() };
    for (first, row) in differs.iter().enumerate() {
        for (second, &different) in row.iter().enumerate().skip(first + 1) {
            if different {
                insert(&mut columns, first, second);
            }
        }
    }
    columns
}

/// Splits each column that holds both in one without the first and one without the second, and absorbs what is part of
/// another column.
fn insert(columns: &mut Vec<Vec<usize>>, first: usize, second: usize) {
    let (both, mut kept): (Vec<_>, Vec<_>) =
        columns.drain(..).partition(|column| column.contains(&first) && column.contains(&second));
    let halves = both.iter().flat_map(|column| {
        [first, second].map(|left_out| column.iter().copied().filter(|&place| place != left_out).collect())
    });
    let halves: Vec<Vec<usize>> = halves.collect();
    for half in halves {
        let is_part = |column: &Vec<usize>| half.iter().all(|place| column.contains(place));
        if !kept.iter().any(is_part) {
            kept.retain(|column| !column.iter().all(|place| half.contains(place)));
            kept.push(half);
        }
    }
    *columns = kept;
}

/// Leaves out, from the last on, each column all of whose pairs (and single systems) another column shows too.
fn drop_redundant(columns: &mut Vec<Vec<usize>>, places: usize) {
    let mut shown = vec![vec![0u32; places]; places];
    let pairs = |column: &[usize]| {
        let column = column.to_vec();
        column.clone().into_iter().flat_map(move |a| column.clone().into_iter().map(move |b| (a, b)))
    };
    for column in columns.iter() {
        pairs(column).for_each(|(a, b)| shown[a][b] += 1);
    }
    for index in (0..columns.len()).rev() {
        if pairs(&columns[index]).all(|(a, b)| shown[a][b] > 1) {
            pairs(&columns[index]).for_each(|(a, b)| shown[a][b] -= 1);
            columns.remove(index);
        }
    }
}

fn letter_name(index: usize) -> String {
    let alphabet: Vec<char> = ('a'..='z').chain('A'..='Z').collect();
    let marks = "'".repeat(index / alphabet.len());
    format!("{}{marks}", alphabet[index % alphabet.len()])
}

#[cfg(test)]
mod tests {
    use vana_types::Seed;

    use super::*;
    use crate::Random;

    #[test]
    fn neighbours_that_overlap_share_letters() {
        // 0 and 2 differ, 1 is like both.
        assert_eq!(letters(&[2, 1, 0], |a, b| a.abs_diff(b) > 1, 3), ["b", "ab", "a"]);
    }

    #[test]
    fn all_alike_share_one_letter_and_all_different_have_their_own() {
        assert_eq!(letters(&[0, 1, 2], |_, _| false, 3), ["a", "a", "a"]);
        assert_eq!(letters(&[1, 0, 2], |_, _| true, 3), ["b", "a", "c"]);
        assert_eq!(letters(&[], |_, _| true, 0), [] as [&str; 0]);
        assert_eq!(letters(&[0], |_, _| true, 1), ["a"]);
    }

    #[test]
    fn systems_left_out_have_no_letter() {
        assert_eq!(letters(&[2, 0, 2, 9], |_, _| true, 3), ["b", "", "a"]);
    }

    #[test]
    fn two_systems_share_a_letter_exactly_when_they_do_not_differ() {
        let mut random = Random::new(Seed(4), 0);
        for case in 0..400 {
            let count = 1 + case % 9;
            let odds = 1 + random.below(9);
            let differs: Vec<Vec<bool>> =
                (0..count).map(|_| (0..count).map(|_| random.below(10) < odds).collect()).collect();
            let is_different = |a: usize, b: usize| differs[a.min(b)][a.max(b)];
            let order: Vec<usize> = (0..count).rev().collect();
            let found = letters(&order, is_different, count);
            let all: String = found.concat();
            for a in 0..count {
                assert!(!found[a].is_empty());
                for b in a + 1..count {
                    let share = found[a].chars().any(|letter| found[b].contains(letter));
                    assert_eq!(share, !is_different(a, b), "{a} {b} {found:?}");
                }
            }
            for letter in all.chars() {
                let without: Vec<String> = found.iter().map(|own| own.replace(letter, "")).collect();
                let is_lost = (0..count).any(|a| {
                    without[a].is_empty()
                        || (a + 1..count).any(|b| {
                            !is_different(a, b)
                                && !without[a].chars().any(|letter| without[b].contains(letter))
                        })
                });
                assert!(is_lost, "{letter} is superfluous in {found:?}");
            }
        }
    }

    #[test]
    fn the_thirtieth_letter_is_a_capital() {
        assert_eq!([25, 26, 51, 52].map(letter_name), ["z", "A", "Z", "a'"]);
    }
}
