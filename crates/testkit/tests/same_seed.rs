//! What is built is the same each time, and is what its readers take it for.

use std::collections::BTreeMap;

use vana_testkit::{Load, StudyPlan, write_jtl, write_k6};
use vana_trace::{Column, Study, TraceReader, hash_file};

fn plan() -> StudyPlan {
    StudyPlan { systems: 2, clients: vec![1, 10], repetitions: 3, requests: 6_001, seed: 7 }
}

#[test]
fn the_same_seed_gives_the_same_study() {
    let folder = tempfile::tempdir().unwrap();
    let digest = |name: &str, seed| {
        let root = folder.path().join(name);
        StudyPlan { seed, ..plan() }.write(&root).unwrap();
        hash_file(&root.join("SHA256SUMS")).unwrap()
    };
    assert_eq!(digest("one", 7), digest("again", 7));
    assert_ne!(digest("one more", 7), digest("other", 8));
}

#[test]
fn a_study_has_the_runs_and_requests_of_its_plan() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("study");
    plan().write(&root).unwrap();
    let study = Study::open(&root).unwrap();
    let mut found = BTreeMap::new();
    for run in &study.runs {
        let identity = &run.run.identity;
        let reader = TraceReader::open(&run.trace()).unwrap();
        assert!(Column::ALL.into_iter().all(|column| reader.has_values(column) == (column != Column::Due)));
        found.insert((identity.system.clone(), identity.clients, identity.repetition), reader.row_count());
    }
    let mut planned = BTreeMap::new();
    for system in ["system-1", "system-2"] {
        for clients in [1, 10] {
            for repetition in 1..=3 {
                planned.insert((system.to_owned(), Some(clients), repetition), 500);
            }
        }
    }
    // 6001 requests in twelve runs: the first has one more.
    planned.insert(("system-1".to_owned(), Some(1), 1), 501);
    assert_eq!(found, planned);
}

#[test]
fn the_same_seed_gives_the_same_lines_of_jmeter() {
    let text = |seed| {
        let mut text = Vec::new();
        write_jtl(&mut text, Load { seed, ..Load::default() }.requests().take(1_000)).unwrap();
        String::from_utf8(text).unwrap()
    };
    assert_eq!(text(3), text(3));
    assert_ne!(text(3), text(4));
    assert!(text(3).lines().all(|line| line.split(',').count() == 17));
}

#[test]
fn the_same_seed_gives_the_same_lines_of_k6() {
    let text = |seed| {
        let mut text = Vec::new();
        write_k6(&mut text, Load { seed, ..Load::default() }.requests().take(1_000)).unwrap();
        String::from_utf8(text).unwrap()
    };
    assert_eq!(text(3), text(3));
    assert_ne!(text(3), text(4));
    let bytes_a_line = text(3).len() / 1_000;
    assert!((280..=300).contains(&bytes_a_line), "{bytes_a_line} bytes a line");
}
