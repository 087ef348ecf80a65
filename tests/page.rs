//! Pages in a real browser: `tests/page/check.py` opens them in Debian's Chromium and says what is wrong with them.

mod support;

use std::path::Path;
use std::process::Command;

use serde_json::json;
use support::resources::add_resources;
use support::{Desk, files, repository, samples, skip};
use vana_testkit::StudyPlan;
use vana_types::{Run, Tool};

const DATASETS: [&str; 5] = [
    "eurosys21-nginx",
    "loopback-mariadb-2026",
    "loopback-nginx-2026",
    "loopback-systems-2026",
    "mavridis-karatza-2019",
];

/// Names that would be markup, script, template, too long, from right to left, or nothing at all.
const HOSTILE: [&str; 7] = [
    "<img src=x onerror=alert(1)></script>",
    "\"><svg onload=alert(2)>",
    "{{7*7}}${7*7}",
    "مرحبا بالعالم \u{202E}gnp.exe",
    "",
    "a & b &lt;c&gt; 'd' \"e\" `f`",
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmn",
];

/// What the browser says of a page's folder; `None`, and said so, where there is no browser.
fn browse(folder: &Path, arguments: &[&str]) -> Option<String> {
    let Some(python) = std::env::var_os("VANA_TEST_PYTHON") else {
        skip("VANA_TEST_PYTHON is not set");
        return None;
    };
    if Command::new("chromium").arg("--version").output().is_err() {
        skip("there is no chromium");
        return None;
    }
    let script = repository().join("tests/page/check.py");
    let output = Command::new(python).arg(script).arg(folder).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    Some(text(&output.stdout))
}

/// Asserts that nothing is wrong with a page.
#[track_caller]
fn is_sound(folder: &Path, arguments: &[&str]) {
    if let Some(said) = browse(folder, arguments) {
        assert_eq!(said, "", "{}", folder.display());
    }
}

fn write_page(desk: &Desk, study: &str, out: &str) {
    desk.prints(&["--quiet", "report", study, "--html", "--out", out]);
}

/// Traces with names that break what does not expect them, and one system whose last run is missing; file names, an operation,
/// the title, claims and a command are such as well.
fn write_hostile(desk: &Desk) {
    for (name, number) in HOSTILE.into_iter().zip(10..) {
        for repetition in 1..=3 {
            if number == 11 && repetition == 3 {
                continue;
            }
            let file = format!("{number}-{repetition} {}.jtl", HOSTILE[1]);
            let jtl = samples::JTL.replace(",12,", &format!(",{number}{repetition},"));
            desk.write(&file, jtl.replace("GET /", HOSTILE[0]));
            desk.prints(&["ingest", &file, "--study", "study", "--system", name, "--workload", HOSTILE[0]]);
        }
    }
    desk.write("study/study.toml", format!("title = {:?}\n", HOSTILE[1]));
    let claims = HOSTILE.into_iter().zip(1..).filter(|(name, _)| !name.is_empty()).map(|(name, number)| {
        let text = name.replace('\u{202e}', "\\u202e").replace('"', "\\\"");
        format!(
            "[[claims]]\nid = \"{text} {number}\"\nstatement = \"{text}\"\nquery = \"SELECT MIN(value) FROM cells\"\n\
             expect = {{ min = 0 }}\n"
        )
    });
    desk.write("study/claims.toml", claims.collect::<String>());
    for run in files(&desk.path("study")).iter().filter(|name| name.ends_with("run.json")) {
        let path = desk.path("study").join(run);
        let mut sheet: Run = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        sheet.tool = Some(Tool { command: Some(HOSTILE[2].to_owned()), ..sheet.tool.unwrap_or_default() });
        std::fs::write(&path, serde_json::to_string(&sheet).unwrap()).unwrap();
    }
    std::fs::remove_file(desk.path("study/SHA256SUMS")).unwrap();
}

#[test]
fn the_pages_of_the_repository_are_sound() {
    for name in DATASETS {
        is_sound(&repository().join("reports").join(name), &[]);
    }
}

#[test]
fn a_page_of_hostile_names_is_sound() {
    let desk = Desk::new();
    write_hostile(&desk);
    write_page(&desk, "study", "out");
    is_sound(&desk.path("out"), &[]);
}

#[test]
fn a_page_with_traces_shows_runs_over_time_and_distributions() {
    let desk = Desk::new();
    let plan = StudyPlan { systems: 3, clients: vec![1, 4, 16], repetitions: 3, requests: 60_000, seed: 7 };
    plan.write(&desk.path("study")).unwrap();
    write_page(&desk, "study", "out");
    is_sound(&desk.path("out"), &["--traces"]);
}

#[test]
fn what_was_used_is_drawn_under_its_run() {
    let desk = Desk::new();
    let plan = StudyPlan { systems: 2, clients: vec![4], repetitions: 2, requests: 60_000, seed: 11 };
    plan.write(&desk.path("study")).unwrap();
    add_resources(&desk.path("study"));
    write_page(&desk, "study", "out");
    is_sound(&desk.path("out"), &["--traces", "--resources"]);
}

#[test]
fn one_system_one_run_and_nothing_to_compare_make_a_page() {
    let desk = Desk::with_study();
    write_page(&desk, "study", "out");
    is_sound(&desk.path("out"), &[]);
}

/// Adds five repetitions of what a tool printed, each somewhat above the one before.
fn add_printed(desk: &Desk, system: &str, clients: Option<u32>, numbers: &[(&str, &str, f64, &str)]) {
    for repetition in 1..=5 {
        let reported = numbers.iter().map(|(metric, statistic, value, unit)| {
            let value = value * (1.0 + f64::from(repetition) / 100.0);
            json!({ "metric": metric, "statistic": statistic, "value": value, "unit": unit, "printed": value.to_string() })
        });
        let run = json!({
            "format": 1, "system": system, "workload": "http", "clients": clients, "repetition": repetition,
            "fidelity": "summary", "reported": reported.collect::<Vec<_>>(),
        });
        let place = clients.map_or("_".to_owned(), |count| count.to_string());
        let folder =
            format!("study/runs/system={system}/workload=http/clients={place}/repetition={repetition}");
        desk.write(&format!("{folder}/run.json"), run.to_string());
    }
}

#[test]
fn a_page_of_few_clients_some_of_them_not_known_counts_in_whole_numbers() {
    let desk = Desk::new();
    for (system, rate) in [("one", 1000.0), ("two", 800.0), ("three", 900.0)] {
        for clients in [Some(1), Some(2), Some(3), Some(4), None] {
            add_printed(&desk, system, clients, &[("request_rate", "mean", rate, "1/s")]);
        }
    }
    write_page(&desk, "study", "out");
    is_sound(&desk.path("out"), &[]);
}

#[test]
fn numbers_that_a_logarithmic_axis_has_no_place_for_are_counted() {
    let desk = Desk::new();
    let long = "share_of_everything_that_has_ever_been_asked_for";
    for (system, rate, failed) in [("one", 1000.0, 0.0), ("two", 0.0, 1.0)] {
        for clients in [1, 8] {
            let numbers = [
                ("request_rate", "mean", rate, "1/s"),
                ("error_ratio", "mean", failed, "1"),
                ("memory", "used", 0.0, "B"),
                (long, "p99.9", 0.5, "s"),
            ];
            add_printed(&desk, system, Some(clients), &numbers);
        }
    }
    write_page(&desk, "study", "out");
    is_sound(&desk.path("out"), &[]);
}

#[test]
fn starts_have_no_clients_and_stand_system_by_system() {
    let desk = Desk::new();
    for (system, time) in [("process", 0.003), ("container", 0.4), ("virtual-machine-with-a-card", 3.0)] {
        add_printed(&desk, system, None, &[("boot_time", "used", time, "s"), ("memory", "used", 1e7, "B")]);
    }
    write_page(&desk, "study", "out");
    is_sound(&desk.path("out"), &[]);
}

#[test]
fn the_size_of_a_page_does_not_depend_on_the_number_of_requests() {
    let desk = Desk::new();
    let mut sizes = Vec::new();
    for requests in [20_000, 200_000] {
        let (study, out) = (format!("study-{requests}"), format!("out-{requests}"));
        let plan = StudyPlan { systems: 2, clients: vec![1, 8], repetitions: 2, requests, seed: 3 };
        plan.write(&desk.path(&study)).unwrap();
        write_page(&desk, &study, &out);
        sizes.push(std::fs::metadata(desk.path(&out).join("index.html")).unwrap().len());
    }
    assert!(sizes[1] < sizes[0] + sizes[0] / 10, "{sizes:?}");
}

#[test]
fn a_page_of_many_runs_is_thinned_below_its_limit() {
    let desk = Desk::new();
    let clients = std::iter::once(1).chain((10..=100).step_by(10)).collect();
    let plan = StudyPlan { systems: 16, clients, repetitions: 5, requests: 440_000, seed: 5 };
    plan.write(&desk.path("study")).unwrap();
    write_page(&desk, "study", "out");
    let page = std::fs::read_to_string(desk.path("out/index.html")).unwrap();
    assert!(page.len() <= 2_000_000, "{}", page.len());
    assert!(page.contains("880 of 880 runs, 5 of each"));
    assert!(page.contains("This page holds less than the study"));
}

/// The page of a study with claims of long sentences.
fn page_of_claims(desk: &Desk, count: usize, letters: usize) -> String {
    let claim = |number| {
        format!(
            "[[claims]]\nid = \"c{number}\"\nstatement = \"{}\"\nquery = \"SELECT MIN(value) FROM cells\"\n\
             expect = {{ min = 0 }}\n",
            "a long sentence ".repeat(letters / 16)
        )
    };
    desk.write("study/claims.toml", (0..count).map(claim).collect::<String>());
    let _ = std::fs::remove_file(desk.path("study/SHA256SUMS"));
    write_page(desk, "study", "out");
    std::fs::read_to_string(desk.path("out/index.html")).unwrap()
}

#[test]
fn a_page_of_many_claims_is_thinned_and_one_that_is_still_too_large_says_so() {
    let desk = Desk::with_study();
    let page = page_of_claims(&desk, 100, 30_000);
    assert!(page.len() <= 2_000_000, "{}", page.len());
    assert!(page.contains("50 of 100 claims are shown; claims.csv has all."));
    let page = page_of_claims(&desk, 60, 60_000);
    assert!(page.len() > 2_000_000 && page.contains("has more than two million bytes all the same"));
}

#[test]
fn the_check_of_pages_can_fail() {
    let desk = Desk::new();
    let plan = StudyPlan { systems: 2, clients: vec![1, 4], repetitions: 3, requests: 6000, seed: 13 };
    plan.write(&desk.path("study")).unwrap();
    write_page(&desk, "study", "out");
    // Each fault, and the word that must be said about it.
    for (fault, word) in [
        ("request", "request"),
        ("onerror", "dialog"),
        ("console", "console"),
        ("contrast", "contrast"),
        ("unlabelled", "axe"),
        ("number", "measurements.csv"),
        ("cell", "cells.csv"),
        ("interval", "cells.csv"),
        ("tile", "tiles"),
        // A part that fails says so, and leaves the others as they are.
        ("packed", "console"),
    ] {
        let Some(said) = browse(&desk.path("out"), &["--fault", fault]) else { return };
        assert!(said.lines().any(|line| line.starts_with(word)), "{fault}: {said}");
        assert!(fault != "packed" || !said.contains("overview"), "{said}");
    }
}
