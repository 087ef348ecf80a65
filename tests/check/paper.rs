//! What is found in the tables of publications.

use serde_json::Value;
use vana_analysis::CHECKS;
use vana_types::Finding;

use super::findings;
use super::support::{Desk, repository};

/// The findings of the paper's tables, as the binary prints them.
fn paper(further: &[&str]) -> Vec<Finding> {
    let dataset = repository().join("datasets/mavridis-karatza-2019");
    let mut arguments = vec!["check", dataset.to_str().unwrap(), "--format", "json"];
    arguments.extend(further);
    let printed: Value = serde_json::from_str(&Desk::new().prints(&arguments)).unwrap();
    assert_eq!(printed["schema_version"], 1);
    serde_json::from_value(printed["findings"].clone()).unwrap()
}

/// System, clients, and value and expectation to three digits, of all findings of a code.
fn numbers(found: &[Finding], code: &str) -> Vec<(String, Option<u32>, String)> {
    let of_code = found.iter().filter(|finding| finding.code == code);
    let round = |number: Option<f64>| number.map_or_else(|| "-".to_owned(), |number| format!("{number:.2e}"));
    of_code
        .map(|finding| {
            let system = finding.system.clone().unwrap_or_default();
            (system, finding.clients, format!("{} {}", round(finding.value), round(finding.expected)))
        })
        .collect()
}

fn row(system: &str, clients: Option<u32>, numbers: &str) -> (String, Option<u32>, String) {
    (system.to_owned(), clients, numbers.to_owned())
}

#[test]
fn littles_law_holds_for_one_system_of_the_paper_and_two_of_them_starve() {
    let found = paper(&[]);
    let expected = [
        row("Container on Bare Metal", None, "3.43e1 7.00e1"),
        row("Container on VM", None, "8.15e1 3.00e1"),
        row("Container on VM-Virtio", None, "1.90e1 6.00e1"),
        row("MirageOS", Some(1), "8.44e1 1.00e0"),
        row("OSv", Some(1), "4.77e-1 1.00e0"),
    ];
    assert_eq!(numbers(&found, "littles-law"), expected);
    let expected = [row("IncludeOS", None, "2.76e1 1.00e2"), row("Rumprun", None, "9.54e0 1.00e2")];
    assert_eq!(numbers(&found, "starved-connections"), expected);
    let bare_metal = found.iter().find(|one| one.code == "littles-law").unwrap();
    let wanted = "It gives 1.1 at 1, 14 at 20, 49 at 30, 56 at 40, 36 at 50, 40 at 60, 34 at 70, 121 at 80 and 87 at 100.";
    assert!(bare_metal.message.contains(wanted), "{}", bare_metal.message);
}

#[test]
fn the_maxima_of_the_paper_lie_on_the_ladder_and_at_the_ceiling() {
    let found = paper(&[]);
    let expected = [
        row("Container on Bare Metal", None, "1.67e0 1.60e0"),
        row("Container on VM", None, "1.74e0 1.60e0"),
        row("Container on VM-Virtio", None, "1.69e0 1.60e0"),
        row("LinuxKit", None, "1.74e0 1.60e0"),
        row("OSv", None, "8.71e-1 8.00e-1"),
    ];
    assert_eq!(numbers(&found, "retransmission-ladder"), expected);
    assert_eq!(numbers(&found, "common-ceiling"), [row("", None, "5.08e3 -")]);
    let ceiling = found.iter().find(|one| one.code == "common-ceiling").unwrap();
    let wanted =
        "The highest rates of 4 systems lie within 1 % of each other, between 5030 and 5080 requests/s";
    assert!(ceiling.message.starts_with(wanted), "{}", ceiling.message);
    let wanted =
        "(\"LinuxKit or OSv\" is one of two systems, and nobody knows which; --assume takes it for one)";
    assert!(ceiling.message.ends_with(wanted), "{}", ceiling.message);
}

#[test]
fn the_slipped_point_and_the_one_window_in_twenty_of_the_paper_are_found() {
    let found = paper(&[]);
    assert_eq!(numbers(&found, "suspect-value"), [row("OSv", Some(40), "9.74e-2 9.74e-3")]);
    assert_eq!(numbers(&found, "impossible-summary"), [row("OSv", Some(1), "2.24e0 2.18e0")]);
    let summary = found.iter().find(|one| one.code == "impossible-summary").unwrap();
    let wanted = "request rate: mean 0.5/s, stdev 2.24/s, max 10/s is exactly what 20 windows give, 1 of 10 and 19 of 0 (95 % \
                  within one stdev): one window in 20 had anything. That is no distribution: do not compare its mean or its \
                  stdev.";
    assert_eq!(summary.message, wanted);
}

#[test]
fn the_stdev_of_every_system_stands_to_its_peers_under_either_reading() {
    for (reading, ranges) in [
        ("OSv", ["OSv 1.99 × (0.0113 to 2.74)", "LinuxKit 1.53 ×"]),
        ("LinuxKit", ["LinuxKit 1.99 × (1.24 to 2.74)", "OSv 0.0113 ×"]),
    ] {
        let found = paper(&["--assume", &format!("LinuxKit or OSv={reading}"), "--code", "spread-outlier"]);
        let of_rate = |one: &&Finding| one.message.starts_with("The stdev of the request rate over that of");
        let message = &found.iter().find(of_rate).unwrap().message;
        for range in ranges {
            assert!(message.contains(range), "{range}: {message}");
        }
        let assumed = format!("(assumed: \"LinuxKit or OSv\" is {reading})");
        assert!(message.ends_with(&assumed), "{message}");
        assert_eq!(numbers(&found, "spread-outlier")[0].0, "Rumprun");
    }
}

#[test]
fn a_reading_adds_its_system_to_littles_law() {
    let systems = |reading: &str| -> Vec<String> {
        let found = paper(&["--assume", &format!("LinuxKit or OSv={reading}"), "--code", "littles-law"]);
        found.into_iter().map(|one| format!("{} {:?}", one.system.unwrap(), one.clients)).collect()
    };
    assert!(systems("OSv").contains(&"OSv None".to_owned()), "{:?}", systems("OSv"));
    let linuxkit = systems("LinuxKit");
    assert!(linuxkit.contains(&"LinuxKit None".to_owned()), "{linuxkit:?}");
    assert!(linuxkit.contains(&"OSv Some(1)".to_owned()), "{linuxkit:?}");
}

#[test]
fn wrk_opens_fewer_connections_than_it_was_asked_for() {
    let dataset = repository().join("datasets/eurosys21-nginx");
    let found = findings(&dataset, CHECKS);
    let expected = [
        row("osv-qemu", Some(30), "3.09e3 2.80e1"),
        row("rump-qemu", Some(30), "1.08e2 2.80e1"),
        row("", Some(30), "2.80e1 3.00e1"),
    ];
    assert_eq!(numbers(&found, "littles-law"), expected);
}
