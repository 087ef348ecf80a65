//! Tables of runs and of printed cells.

use std::path::Path;

use crate::support::{detected, mean_and_sd, options, read_file, value};
use crate::{corpus_or_skip, plain, rounded};
use vana_ingest::{Body, Draft, Input};

/// Section, name, mean and SD of each row of ripgrep's summary; stars are marks, not names.
fn summary_rows(path: &Path) -> Vec<(String, String, String, String)> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut section = String::new();
    let mut rows = Vec::new();
    for line in text.lines() {
        if let Some((left, right)) = line.split_once(" +/- ") {
            let (name, mean) = left.rsplit_once(' ').unwrap();
            let sd = right.split(' ').next().unwrap();
            rows.push((
                section.clone(),
                name.trim().trim_end_matches('*').to_owned(),
                mean.to_owned(),
                sd.to_owned(),
            ));
        } else if line.contains("(pattern") || !line.starts_with('-') && !line.is_empty() {
            line.split(' ').next().unwrap().clone_into(&mut section);
        }
    }
    rows
}

/// Rows of a summary that its raw runs do not reproduce, and the number of those that they do.
fn unreproduced(folder: &Path, drafts: &[Draft]) -> (Vec<(String, String)>, usize) {
    let rows = summary_rows(&folder.join("summary"));
    let all = rows.len();
    let mut missing = Vec::new();
    for (section, name, mean, sd) in rows {
        let of = |draft: &&Draft| {
            draft.workload.as_deref() == Some(&*section) && draft.system.as_deref() == Some(&*name)
        };
        let times: Vec<f64> =
            drafts.iter().filter(of).map(|draft| value(draft, "run_time", "mean")).collect();
        let same = !times.is_empty() && {
            let (computed_mean, computed_sd) = mean_and_sd(&times);
            (rounded(computed_mean, 3), rounded(computed_sd, 3)) == (mean, sd)
        };
        if !same {
            missing.push((section, name));
        }
    }
    let reproduced = all - missing.len();
    (missing, reproduced)
}

const RIPGREP: [&str; 3] = ["system=name", "workload=benchmark", "run_time=duration:s"];

#[test]
fn ripgrep_2016_reproduces_its_whole_summary() {
    let folder = corpus_or_skip!("corpus/runs-csv/ripgrep-benchsuite/2016-09-20-ubuntu1604-ec2");
    let drafts = read_file("runs-csv", &folder.join("raw.csv"), &options(&RIPGREP, None));
    assert_eq!(drafts.len(), 1610);
    assert_eq!(unreproduced(&folder, &drafts), (vec![], 161));
    assert!(drafts.iter().all(|draft| draft.findings.is_empty()));
}

#[test]
fn ripgrep_2022_reproduces_its_summary_where_it_has_raw_rows() {
    let folder = corpus_or_skip!("corpus/runs-csv/ripgrep-benchsuite/2022-12-16-archlinux-duff");
    let drafts = read_file("runs-csv", &folder.join("raw.csv"), &options(&RIPGREP, None));
    assert_eq!(drafts.len(), 399);
    let mixed: Vec<u64> =
        drafts.iter().filter(|draft| !draft.findings.is_empty()).map(|draft| draft.line.unwrap()).collect();
    // The second block of subtitles_ru_surrounding_words ran ugrep without -a.
    assert_eq!(mixed, [245, 246, 247, 371, 372, 373]);
    let message = "runs of one system, workload and number of clients differ in \"lines\": \"1\", \"278\"; they may \
                   not have done the same work";
    assert_eq!(drafts[243].findings[1].message, message);

    let first_block: Vec<Draft> = drafts
        .into_iter()
        .filter(|draft| {
            draft.line.unwrap() < 365 || draft.workload.as_deref() != Some("subtitles_ru_surrounding_words")
        })
        .collect();
    let (missing, reproduced) = unreproduced(&folder, &first_block);
    let names = ["rg", "grep", "ugrep", "rg (ASCII)", "ag (ASCII)", "grep (ASCII)", "ugrep (ASCII)"];
    // This section has no raw rows at all.
    let expected: Vec<(String, String)> =
        names.iter().map(|name| ("subtitles_en_surrounding_words".to_owned(), (*name).to_owned())).collect();
    assert_eq!((missing, reproduced), (expected, 127));
}

#[test]
fn the_papers_tables_keep_every_cell_and_every_doubt() {
    let path = corpus_or_skip!("paper/tables.csv");
    let input = Input::open(&path).unwrap();
    assert_eq!(detected(&input).0, ["published"]);
    let drafts = plain("published", &path);
    let Body::Published(published) = &drafts[0].body else { panic!("no cells") };
    let cells = &published.cells;
    let count = |status: &str| cells.iter().filter(|cell| cell.status.name() == status).count();
    let by_status = ["read", "ambiguous", "lost", "uncertain", "suspect"].map(count);
    assert_eq!((cells.len(), by_status), (553, [500, 31, 12, 9, 1]));
    assert_eq!(cells.iter().filter(|cell| cell.value.is_none()).count(), 12);
    let within: Vec<_> = cells.iter().filter(|cell| cell.statistic == "within_stdev").collect();
    assert_eq!((within.len(), within[0].value, within[0].unit.symbol()), (15, Some(0.87), "1"));
    let osv = cells.iter().find(|cell| cell.printed.as_deref() == Some("954.29")).unwrap();
    assert_eq!((osv.value, osv.clients, osv.repetition), (Some(0.954_29), Some(1), None));
}
