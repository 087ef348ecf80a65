use std::collections::BTreeSet;

use vana_types::Seed;

use super::*;
use crate::Random;

/// The cases of `reference/groups.py`: number of values, offset and spread of each system.
fn samples(case: &str) -> Vec<Sample> {
    let systems: &[(u64, f64, f64)] = match case {
        "small" => &[(3, 0.0, 1.0), (3, 4.0, 1.0), (3, 9.0, 1.0)],
        "unequal" => &[(2, 0.0, 1.0), (5, 1.0, 3.0), (9, 30.0, 0.2), (30, 2.0, 1.0)],
        "pair" => &[(6, 0.0, 1.0), (7, 3.0, 2.0)],
        "large" => {
            &[(40, 1e6, 1.0), (50, 1e6 + 4.0, 1.0), (60, 1e6, 1.0), (5, 1e6 - 30.0, 1.0), (12, 1e6, 4.0)]
        }
        _ => &[(8, 0.0, 1.0), (9, 5.0, 1.0), (10, 10.0, 1.0)],
    };
    let sample = |(system, &(count, offset, spread)): (usize, &(u64, f64, f64))| {
        let value = |i: u64| {
            let value = offset + spread * ((7919 * (i + 31 * system as u64) % 1009) as f64).sqrt();
            if case == "ties" { (value / 5.0).floor() } else { value }
        };
        Sample::new((1..=count).map(value).collect()).unwrap()
    };
    systems.iter().enumerate().map(sample).collect()
}

/// 1e-9 relative; p values of the studentized range below 1e-4 are not known better to `SciPy` than 1e-12.
fn near(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 1e-9 * expected.abs() + 1e-12
}

/// From `reference/groups.py`.
#[test]
fn tests_agree_with_scipy_and_scikit_posthocs() {
    let mut seen = BTreeSet::new();
    for line in include_str!("../../reference/groups.tsv").lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let numbers: Vec<f64> = fields[2..].iter().map(|field| field.parse().unwrap()).collect();
        let found = if fields[0] == "friedman" {
            friedman_case(fields[1])
        } else {
            parse_group_test(fields[0]).unwrap().compare(&samples(fields[1])).unwrap()
        };
        assert!(near(found.statistic, numbers[0]) && near(found.p, numbers[1]), "{line}: {found:?}");
        assert_eq!(found.pairs.len(), numbers.len() - 2);
        for (pair, &expected) in found.pairs.iter().zip(&numbers[2..]) {
            assert!(near(pair.p, expected), "{line}: {pair:?}, not {expected}");
        }
        seen.insert(fields[0]);
    }
    let names: Vec<&str> = GROUP_TESTS.iter().map(|test| test.name()).chain(["friedman"]).collect();
    assert_eq!(seen, names.into_iter().collect());
}

fn friedman_case(case: &str) -> GroupOutcome {
    let (systems, blocks) = case.split_once(' ').unwrap();
    let (systems, blocks): (u64, u64) = (systems.parse().unwrap(), blocks.parse().unwrap());
    let value = |i: u64, system: u64| (7919 * (i * systems + system) % 101 / 4 + 2 * system) as f64;
    let data: Vec<Vec<f64>> =
        (1..=blocks).map(|i| (0..systems).map(|system| value(i, system)).collect()).collect();
    let found = friedman(&data).unwrap();
    let p = |a: usize, b: usize| {
        nemenyi_p(found.mean_ranks[a] - found.mean_ranks[b], systems as usize, blocks as usize).unwrap()
    };
    GroupOutcome { statistic: found.statistic, p: found.p, pairs: pairs(systems as usize, p) }
}

#[test]
fn every_test_is_found_by_its_own_name_and_says_what_it_is() {
    for test in GROUP_TESTS {
        assert_eq!(parse_group_test(test.name()).unwrap().name(), test.name());
        assert!(!test.about().is_empty() && !test.source().is_empty());
    }
    let message = "unknown group test \"anova\" (known: welch-anova kruskal-wallis)";
    assert_eq!(parse_group_test("anova").err().unwrap().to_string(), message);
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let sample = |values: &[f64]| Sample::new(values.to_vec()).unwrap();
    for test in GROUP_TESTS {
        assert_eq!(test.compare(&[]), Err(GroupTestError::TooFewGroups { found: 0 }));
        assert_eq!(test.compare(&[sample(&[1.0, 2.0])]), Err(GroupTestError::TooFewGroups { found: 1 }));
    }
    let [welch, kruskal] = GROUP_TESTS else { panic!("more tests than this test knows") };
    let (two, one, same) = (sample(&[1.0, 2.0]), sample(&[1.0]), sample(&[3.0, 3.0]));
    let few = GroupTestError::TooFew { group: 1, needed: 2, found: 1 };
    assert_eq!(welch.compare(&[two.clone(), one]), Err(few));
    assert_eq!(welch.compare(&[two, same.clone()]), Err(GroupTestError::NoSpread { group: 1 }));
    assert_eq!(kruskal.compare(&[same.clone(), same]), Err(GroupTestError::AllEqual));
}

#[test]
fn equal_systems_have_p_one_and_no_test_gives_nan() {
    let same = Sample::new(vec![1.0, 2.0, 3.0]).unwrap();
    for test in GROUP_TESTS {
        let found = test.compare(&[same.clone(), same.clone(), same.clone()]).unwrap();
        assert_eq!((found.statistic, found.p), (0.0, 1.0), "{}", test.name());
        assert!(found.pairs.iter().all(|pair| pair.p == 1.0), "{}: {found:?}", test.name());
    }
}

#[test]
fn false_positives_are_as_rare_as_alpha_says() {
    for test in GROUP_TESTS {
        let is_positive = |chunk: u64| {
            let mut random = Random::new(Seed(9), chunk);
            let mut draw = |_| Sample::new((0..10).map(|_| random.uniform()).collect()).unwrap();
            let samples: Vec<Sample> = (0..4).map(&mut draw).collect();
            test.compare(&samples).unwrap().p <= 0.05
        };
        // 20 expected of 400, with an error of 4.4.
        let found = (0..400).filter(|&chunk| is_positive(chunk)).count();
        assert!((7..=33).contains(&found), "{}: {found}", test.name());
    }
}

#[test]
fn blocks_that_cannot_be_ranked_are_refused() {
    assert_eq!(friedman(&[]), Err(FriedmanError::TooFewBlocks { found: 0 }));
    assert_eq!(friedman(&[vec![1.0, 2.0], vec![1.0, 2.0]]), Err(FriedmanError::TooFewSystems { found: 2 }));
    let whole = vec![1.0, 2.0, 3.0];
    assert_eq!(friedman(&[whole.clone(), vec![1.0]]), Err(FriedmanError::Incomplete { block: 1 }));
    assert_eq!(friedman(&[vec![f64::NAN; 3], whole]), Err(FriedmanError::NotFinite { block: 0 }));
    assert_eq!(friedman(&[vec![2.0; 3], vec![5.0; 3]]), Err(FriedmanError::AllEqual));
}

#[test]
fn critical_differences_are_those_of_the_tables() {
    // Demšar (2006), table 5: q₀.₀₅ of 2 to 5 systems is 1.960 2.343 2.569 2.728 (over √2).
    for (systems, q) in [(2usize, "1.960"), (3, "2.344"), (4, "2.569"), (5, "2.728")] {
        let size = systems as f64;
        let unit = (size * (size + 1.0) / (6.0 * 14.0)).sqrt();
        let found = nemenyi_critical_difference(systems, 14, 0.05).unwrap();
        assert_eq!(format!("{:.3}", found / unit), q);
        assert!(near(nemenyi_p(found, systems, 14).unwrap(), 0.05));
    }
    assert_eq!(
        (nemenyi_critical_difference(1, 5, 0.05), nemenyi_critical_difference(3, 0, 0.05)),
        (None, None)
    );
    assert_eq!((nemenyi_critical_difference(3, 5, 0.0), nemenyi_p(f64::NAN, 3, 5)), (None, None));
}
