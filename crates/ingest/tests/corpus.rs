//! Published files, and the figures that were published from them.

#![expect(clippy::float_cmp, reason = "printed numbers are read exactly")]
#![expect(clippy::type_complexity, reason = "tables of published figures")]

#[path = "corpus/histograms.rs"]
mod histograms;
#[path = "corpus/load.rs"]
mod load;
#[path = "corpus/recordings.rs"]
mod recordings;
mod support;
#[path = "corpus/tables.rs"]
mod tables;

use std::path::Path;

use support::{corpus, detected, files, options, read_file};
use vana_ingest::{Draft, Input};

/// A path of the corpus; where there is none, the test is over.
macro_rules! corpus_or_skip {
    ($path:expr) => {
        match crate::support::corpus($path) {
            Some(path) => path,
            None => return,
        }
    };
}
use corpus_or_skip;

fn plain(name: &str, path: &Path) -> Vec<Draft> {
    read_file(name, path, &options(&[], None))
}

fn rounded(value: f64, decimals: usize) -> String {
    format!("{value:.decimals$}")
}

/// Every file of a format's folder with the formats that are sure of it, other than the format itself.
fn strangers(folder: &str, own: &str) -> Option<Vec<(String, Vec<&'static str>)>> {
    let root = corpus(&format!("corpus/{folder}"))?;
    let name = |path: &Path| path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
    let sure = files(&root).into_iter().map(|path| (name(&path), detected(&Input::open(&path).unwrap()).0));
    Some(sure.filter(|(_, sure)| sure != &[own]).collect())
}

#[test]
fn every_file_is_recognised_by_its_format_alone() {
    for (folder, own) in [
        ("wrk2", "wrk2"),
        ("hgrm", "hgrm"),
        ("hlog", "hlog"),
        ("access-log", "access-log"),
        ("goreplay", "gor"),
        ("arrival-trace", "arrivals-csv"),
    ] {
        let Some(others) = strangers(folder, own) else { return };
        assert_eq!(others, [], "{folder}");
    }
    let sure = |folder, own| strangers(folder, own).unwrap();
    let results = "eurosys21-unikraft/fig_13_nginx-perf/paper";
    let mut expected = vec![(format!("{results}rawdata-mitigationsoff/rump-qemu-nginx.txt"), vec![])];
    for name in ["-mitigationsoff/docker", "-mitigationsoff/osv-qemu", "/docker", "/mirage-solo5", "/native"]
    {
        expected.push((format!("{results}results{name}.csv"), vec!["runs-csv"]));
    }
    for name in ["/osv-qemu", "/rump-qemu", "/unikraft-qemu"] {
        expected.push((format!("{results}results{name}.csv"), vec!["runs-csv"]));
    }
    expected.sort();
    let mut found = sure("wrk", "wrk");
    found.sort();
    assert_eq!(found, expected);
    let tables = sure("redis-benchmark", "redis-benchmark");
    assert!(tables.iter().all(|(name, sure)| name.contains("paperresults") && sure.is_empty()), "{tables:?}");
    let tables = sure("sysbench", "sysbench");
    assert!(tables.iter().all(|(name, sure)| name.contains("results") && sure.is_empty()), "{tables:?}");
    assert_eq!(tables.len(), 4);
}

#[test]
fn no_file_of_another_tool_is_mistaken() {
    let root = corpus_or_skip!("corpus");
    let own = [
        "access-log",
        "gor",
        "arrivals-csv",
        "wrk",
        "wrk2",
        "hgrm",
        "hlog",
        "sysbench",
        "redis-benchmark",
        "runs-csv",
        "published",
    ];
    for path in files(&root) {
        let folder = path.strip_prefix(&root).unwrap().iter().next().unwrap().to_str().unwrap().to_owned();
        if !own.contains(&&*folder) && !["goreplay", "arrival-trace"].contains(&&*folder) {
            let (sure, _) = detected(&Input::open(&path).unwrap());
            let mistaken: Vec<_> = sure.into_iter().filter(|name| own.contains(name)).collect();
            assert_eq!(mistaken, Vec::<&str>::new(), "{}", path.display());
        }
    }
}
