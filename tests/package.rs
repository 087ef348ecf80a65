//! `vana export`, and every command on what it made.

mod support;

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use support::resources::add_resources;
use support::{Desk, assert_same, files, repository, skip, tree};
use vana_package::{Container, PackedFile, write};
use vana_testkit::{CleanStudy, Load, StudyPlan};
use vana_types::Run;

const EVERYTHING: [&str; 2] = ["--as", "ro-crate,data-package,croissant"];
const CONTAINERS: [&str; 3] = ["p.zip", "p.tar.zst", "p"];
const MAVRIDIS: &str = "mavridis-karatza-2019";

/// A study of some requests, with claims.
fn with_study() -> Desk {
    let desk = Desk::new();
    let plan = StudyPlan { systems: 2, clients: vec![1, 10], repetitions: 3, requests: 6000, seed: 1 };
    plan.write(&desk.path("study")).unwrap();
    let claim = "[[claims]]\nid = \"fast\"\nstatement = \"system-1 | is *fast* <b>.\"\nquery = \"SELECT MIN(value) FROM cells WHERE \
                 metric = 'request_rate' AND statistic = 'mean'\"\nexpect = { min = 1 }\n";
    desk.write("study/claims.toml", claim);
    std::fs::remove_file(desk.path("study/SHA256SUMS")).unwrap();
    desk
}

fn export(desk: &Desk, out: &str, further: &[&str]) {
    desk.prints(&[&["--quiet", "export", "study", "--out", out], further].concat());
}

#[test]
fn every_command_reads_a_package_as_it_reads_the_study() {
    let desk = with_study();
    let commands: [&[&str]; 6] = [
        &["summarize"],
        &["compare", "--metric", "request_rate"],
        &["check"],
        &["claims"],
        &["plan"],
        &["verify", "--all"],
    ];
    let said = |place: &str| {
        commands.map(|words| {
            let (code, stdout, stderr) =
                desk.vana(&[&words[..1], &[place], &words[1..], &["--format", "json"]].concat());
            // A study without checksums is told so; in the package it has some.
            (code, stdout, if words[0] == "verify" { String::new() } else { stderr })
        })
    };
    let of_study = said("study");
    assert!(of_study.iter().all(|(code, stdout, _)| *code == Some(0) && stdout.len() > 20));
    desk.prints(&["--quiet", "report", "study", "--out", "report"]);
    for container in CONTAINERS {
        export(&desk, container, &EVERYTHING);
        assert_eq!(said(container), of_study, "{container}");
        desk.prints(&["--quiet", "report", container, "--out", "again"]);
        let mut again = tree(&desk.path("again"));
        let mut report = tree(&desk.path("report"));
        // It says where the study lies.
        assert!(again.remove("verify.json").is_some() && report.remove("verify.json").is_some());
        assert_same(&again, &report);
    }
    assert!(desk.path("p/data/study/claims.toml").exists());
}

#[test]
fn the_same_study_gives_the_same_bytes_on_one_thread_and_on_two() {
    let desk = with_study();
    for options in [&EVERYTHING[..], &["--thin", "7"], &["--without-traces"]] {
        for container in CONTAINERS {
            let made = ["1", "2"].map(|threads| {
                let out = format!("{threads}/{container}");
                std::fs::create_dir_all(desk.path(threads)).unwrap();
                export(&desk, &out, &[&["--threads", threads], options].concat());
                tree(&desk.path(threads))
            });
            assert_same(&made[0], &made[1]);
            for threads in ["1", "2"] {
                std::fs::remove_dir_all(desk.path(threads)).unwrap();
            }
        }
    }
}

/// Exit code, and what is said about files.
fn verdict(desk: &Desk, place: &str) -> (Option<i32>, Vec<String>) {
    let (code, _, stderr) = desk.vana(&["--quiet", "verify", place]);
    (code, stderr.lines().map(str::to_owned).collect())
}

#[test]
fn what_changed_in_a_package_is_named() {
    let desk = with_study();
    export(&desk, "p", &EVERYTHING);
    assert_eq!(verdict(&desk, "p"), (Some(0), vec![]));
    let run = "data/study/runs/system=system-1/workload=http/clients=1/repetition=1";
    let change = |name: &str, bytes: Option<&[u8]>, lines: &[String]| {
        let path = desk.path("p").join(name);
        let before = std::fs::read(&path).ok();
        match bytes {
            Some(bytes) => std::fs::write(&path, bytes).unwrap(),
            None => std::fs::remove_file(&path).unwrap(),
        }
        assert_eq!(verdict(&desk, "p"), (Some(1), lines.to_vec()), "{name}");
        match before {
            Some(bytes) => std::fs::write(&path, bytes).unwrap(),
            None => std::fs::remove_file(&path).unwrap(),
        }
    };
    let one = || "error: 1 file is not what the study says".to_owned();
    let said = |code: &str, name: &str, what: &str| format!("error: {code}: {name}: {what}");
    for name in ["README.md", "tables/cells.csv", ".zenodo.json", "verify.py"] {
        change(name, Some(b"x"), &[said("checksum-differs", name, "not the file that was packed"), one()]);
        change(name, None, &[said("file-missing", name, "was packed, but is not there"), one()]);
    }
    for name in ["added.txt", ".hidden", "tables/more.csv"] {
        change(name, Some(b"x"), &[said("file-added", name, "was not packed"), one()]);
    }
    let resources = format!("{run}/resources.parquet");
    let below = resources.trim_start_matches("data/study/").to_owned();
    let lines = [
        said("file-added", &resources, "was not packed"),
        format!("warning: file-unlisted: {below}: not listed in SHA256SUMS"),
    ];
    // What an added file would do to the numbers is not the question here.
    let path = desk.path("p").join(&resources);
    std::fs::write(&path, "x").unwrap();
    let (code, said_here) = verdict(&desk, "p");
    assert_eq!((code, &said_here[..2]), (Some(1), &lines[..]));
    std::fs::remove_file(&path).unwrap();
    let trace = format!("{run}/trace.parquet");
    let mut bytes = std::fs::read(desk.path("p").join(&trace)).unwrap();
    bytes[40] ^= 1;
    std::fs::write(desk.path("p").join(&trace), bytes).unwrap();
    let (code, lines) = verdict(&desk, "p");
    assert_eq!(
        (code, lines[0].as_str()),
        (Some(1), said("checksum-differs", &trace, "not the file that was packed").as_str())
    );
    let below = trace.trim_start_matches("data/study/");
    assert_eq!(lines[1], said("checksum-differs", below, "not the file that SHA256SUMS lists"));
}

/// Packs a folder's files as they are, in order.
fn pack(desk: &Desk, folder: &str, out: &str) {
    let file = |name: &String| {
        PackedFile::bytes(name.as_str(), std::fs::read(desk.path(folder).join(name)).unwrap())
    };
    let files: Vec<PackedFile> = files(&desk.path(folder)).iter().map(file).collect();
    write(&files, &desk.path(out), Container::of(Path::new(out)), true, &|_| {}).unwrap();
}

#[test]
fn damage_to_what_vouches_for_the_files_is_named() {
    let desk = with_study();
    export(&desk, "p", &EVERYTHING);
    let marker = "vana-package.json";
    for (name, bytes, word) in [
        ("SHA256SUMS", &b"no sums\n"[..], "checksums-unreadable: SHA256SUMS:1: "),
        ("SHA256SUMS", b"\xff\xfe", "checksums-unreadable: SHA256SUMS: "),
        ("data/study/SHA256SUMS", b"no sums\n", "checksum-differs: data/study/SHA256SUMS: "),
        ("data/study/SHA256SUMS", b"\xff\xfe", "checksum-differs: data/study/SHA256SUMS: "),
        (marker, b"{", "vana-package.json: "),
        (marker, b"\xff\xfe", "vana-package.json: "),
        (marker, b"{\"format\": 1, \"study\": \"data/other\"}", "checksum-differs: vana-package.json: "),
    ] {
        let path = desk.path("p").join(name);
        let before = std::fs::read(&path).unwrap();
        std::fs::write(&path, bytes).unwrap();
        pack(&desk, "p", "q.zip");
        pack(&desk, "p", "q.tar.zst");
        for place in ["p", "q.zip", "q.tar.zst"] {
            let (code, lines) = verdict(&desk, place);
            assert!(
                code == Some(1) && lines.iter().any(|line| line.contains(word)),
                "{name} {place}: {lines:?}"
            );
        }
        std::fs::write(&path, before).unwrap();
    }
    std::fs::remove_file(desk.path("p").join(marker)).unwrap();
    pack(&desk, "p", "q.zip");
    for place in ["p", "q.zip"] {
        let words = format!("error: {place}/{marker}: listed in SHA256SUMS, but not there");
        assert_eq!(verdict(&desk, place), (Some(1), vec![words]));
    }
}

#[test]
fn what_lies_behind_the_end_of_a_zip_is_told() {
    let desk = with_study();
    export(&desk, "p.zip", &[]);
    let mut bytes = std::fs::read(desk.path("p.zip")).unwrap();
    let end = bytes.len();
    bytes[end - 2] = 1;
    bytes.push(b'x');
    std::fs::write(desk.path("p.zip"), bytes).unwrap();
    let (code, lines) = verdict(&desk, "p.zip");
    let words = "error: container-differs: p.zip: not as vana export wrote it: its list of entries, or what lies behind it";
    let verdict = "error: 1 file is not what the study says";
    assert_eq!((code, lines), (Some(1), vec![words.to_owned(), verdict.to_owned()]));
}

#[test]
fn a_package_lies_in_no_study_and_a_report_in_no_package() {
    let desk = with_study();
    export(&desk, "p", &[]);
    let words = |out: &str, what: &str, name: &str| {
        format!(
            "error: {out} lies in the {what}, and would become a part of it\nhint: choose a place beside it, such as \
             --out ../{name}\n"
        )
    };
    desk.refuses(&["export", "study", "--out", "study/p.zip"], 2, &words("study/p.zip", "study", "p.zip"));
    desk.refuses(&["report", "p", "--out", "p/report"], 2, &words("p/report", "package", "report"));
    // As its README says, in the unpacked package.
    let readme = std::fs::read_to_string(desk.path("p/README.md")).unwrap();
    let line = readme.lines().find_map(|line| line.split_once("`vana report ")?.1.split_once('`')).unwrap().0;
    let words: Vec<&str> = ["--quiet", "report"].into_iter().chain(line.split(' ')).collect();
    let mut vana = desk.command(&words);
    let done = vana.current_dir(desk.path("p")).output().unwrap();
    assert!(done.status.success() && desk.path("report/index.html").exists());
    assert_eq!(verdict(&desk, "p"), (Some(0), vec![]));
}

#[test]
fn a_name_that_no_package_takes_is_refused_before_anything_is_written() {
    let desk = with_study();
    desk.write("study/raw/a\\b.txt", "x");
    for out in CONTAINERS {
        let words = "error: \"data/study/raw/a\\\\b.txt\": cannot be packed: not a relative path\nhint: rename the file in \
                     the study\n";
        desk.refuses(&["--quiet", "export", "study", "--out", out], 2, words);
    }
}

#[test]
fn a_changed_byte_in_a_container_is_named() {
    let desk = with_study();
    export(&desk, "p.zip", &[]);
    let mut bytes = std::fs::read(desk.path("p.zip")).unwrap();
    let at = bytes.windows(9).position(|nine| nine == b"# study\n\n").unwrap();
    bytes[at + 2] ^= 1;
    std::fs::write(desk.path("p.zip"), bytes).unwrap();
    let words = "error: p.zip: README.md: damaged (Invalid checksum)".to_owned();
    assert_eq!(verdict(&desk, "p.zip"), (Some(1), vec![words]));
    export(&desk, "p.tar.zst", &[]);
    let mut bytes = std::fs::read(desk.path("p.tar.zst")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(desk.path("p.tar.zst"), bytes).unwrap();
    let (code, lines) = verdict(&desk, "p.tar.zst");
    let is_named =
        |line: &String| line.contains(": not the file that was packed") || line.contains(": damaged (");
    assert!(code == Some(1) && lines.iter().any(is_named), "{lines:?}");
    // Whoever does not compare files must not take them for whole.
    let (code, stdout, stderr) = desk.vana(&["summarize", "p.tar.zst"]);
    assert!(code == Some(2) && stdout.is_empty() && stderr.contains(": damaged ("), "{stderr}");
}

#[test]
fn requests_can_be_left_out_or_thinned_and_the_package_says_so() {
    let desk = with_study();
    let run = "data/study/runs/system=system-1/workload=http/clients=1/repetition=1";
    for (out, options, words, kept) in [
        ("none", &["--without-traces"][..], "**Requests were left out.**", &["run.json"][..]),
        (
            "thin",
            &["--thin", "10"],
            "only the first and every 10th after it is kept",
            &["run.json", "thinned.parquet"],
        ),
    ] {
        export(&desk, out, options);
        let readme = std::fs::read_to_string(desk.path(out).join("README.md")).unwrap();
        assert!(readme.contains(words), "{readme}");
        assert_eq!(files(&desk.path(out).join(run)), kept);
        assert_eq!(verdict(&desk, out), (Some(0), vec![]));
        let (_, stdout, _) = desk.vana(&["check", out, "--code", "trace-not-packed", "--format", "csv"]);
        assert!(stdout.contains("packed") && stdout.contains("12 runs"), "{stdout}");
        let measurements =
            |place: &str| std::fs::read(desk.path(place).join("tables/measurements.csv")).unwrap();
        export(&desk, "all", &[]);
        assert_eq!(measurements(out), measurements("all"));
        std::fs::remove_dir_all(desk.path("all")).unwrap();
    }
    let thinned = vana_trace_rows(&desk.path("thin").join(run).join("thinned.parquet"));
    let whole = vana_trace_rows(
        &desk.path("study").join(run.trim_start_matches("data/study/")).join("trace.parquet"),
    );
    assert_eq!(thinned, whole.div_ceil(10));
}

fn vana_trace_rows(path: &Path) -> u64 {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    let reader = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
    reader.metadata().file_metadata().num_rows().unsigned_abs()
}

#[test]
fn nothing_is_overwritten_unasked() {
    let desk = with_study();
    desk.write("p.zip", "mine");
    desk.write("p/mine.txt", "mine");
    let hint = "hint: choose another --out, or replace a file with --force\n";
    for out in ["p.zip", "p"] {
        let words = format!("error: {out}: exists already\n{hint}");
        desk.refuses(&["--quiet", "export", "study", "--out", out], 2, &words);
    }
    desk.refuses(
        &["--quiet", "export", "study", "--out", "p", "--force"],
        2,
        &format!("error: p: exists already\n{hint}"),
    );
    export(&desk, "p.zip", &["--force"]);
    assert_eq!(verdict(&desk, "p.zip"), (Some(0), vec![]));
    std::fs::create_dir(desk.path("empty")).unwrap();
    export(&desk, "empty", &[]);
    assert_eq!(verdict(&desk, "empty"), (Some(0), vec![]));
}

#[test]
fn a_study_that_changed_is_not_packed_under_new_checksums() {
    let desk = Desk::with_study();
    let run = files(&desk.path("study")).into_iter().find(|name| name.ends_with("run.json")).unwrap();
    let mut bytes = std::fs::read(desk.path("study").join(&run)).unwrap();
    bytes.push(b'\n');
    std::fs::write(desk.path("study").join(&run), bytes).unwrap();
    let words = format!(
        "error: {run}: not the file that SHA256SUMS lists\nhint: vana verify says what else differs\n"
    );
    desk.refuses(&["--quiet", "export", "study", "--out", "p.zip"], 2, &words);
}

#[test]
fn a_file_that_is_no_package_is_refused_by_all_commands() {
    let desk = Desk::new();
    desk.write("x.zip", "no zip at all");
    let words = "error: x.zip: neither a folder nor a package (zip, tar.zst)\n\
                 hint: a study is a folder, or a package that vana export made of one\n";
    for command in ["summarize", "check", "claims", "plan", "verify", "report", "compare"] {
        desk.refuses(&[command, "x.zip"], 2, words);
    }
    desk.refuses(&["export", "x.zip", "--out", "y"], 2, words);
}

#[test]
fn the_validators_of_others_accept_the_descriptions() {
    let Some(python) = std::env::var_os("VANA_TEST_PYTHON") else {
        return skip("VANA_TEST_PYTHON is not set");
    };
    let desk = with_study();
    let about = ["--license", "CC-BY-4.0", "--author", "Carberry, Josiah (0000-0002-1825-0097)"];
    export(&desk, "requests", &[EVERYTHING, [about[0], about[1]], [about[2], about[3]]].concat());
    export(&desk, "unnamed", &EVERYTHING);
    let dataset = repository().join("datasets").join(MAVRIDIS);
    desk.prints(
        &[&["--quiet", "export", dataset.to_str().unwrap(), "--out", "cells"], &EVERYTHING[..]].concat(),
    );
    for package in ["requests", "unnamed", "cells"] {
        let script = repository().join("tests/package/validate.py");
        let output = Command::new(&python).arg(script).arg(desk.path(package)).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            (output.status.code(), String::from_utf8_lossy(&output.stdout).trim()),
            (Some(0), "valid"),
            "{package}: {said}"
        );
    }
}

/// What `verify.py` of a package says at its end.
fn proves_itself(python: &OsStr, package: &Path) {
    let output =
        Command::new(python).arg(package.join("verify.py")).env_remove("VANA_STUDY").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.ends_with(" checks\nVERIFIED\n"), "{said}{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_notebook_of_a_package_without_requests_verifies_it() {
    let Some(python) = std::env::var_os("VANA_TEST_PYTHON") else {
        return skip("VANA_TEST_PYTHON is not set");
    };
    let desk = Desk::new();
    let load = Load { median_ns: 4e6, failed_share: 0.01, ..Load::default() };
    let study = CleanStudy { systems: 2, clients: vec![4], repetitions: 3, seconds: 4.0, load };
    let warm_up = |run: &mut Run, _: &mut Vec<_>| {
        run.attributes.insert("warmup_s".to_owned(), "0.5".to_owned());
    };
    study.write(&desk.path("study"), warm_up).unwrap();
    add_resources(&desk.path("study"));
    for (out, options) in [("none", &["--without-traces"][..]), ("thin", &["--thin", "10"]), ("all", &[])] {
        export(&desk, out, options);
        let measurements = std::fs::read_to_string(desk.path(out).join("tables/measurements.csv")).unwrap();
        assert!(measurements.contains(",cpu_per_request,mean,"));
        proves_itself(&python, &desk.path(out));
        // vana itself gives the same number from the package.
        desk.prints(&["--quiet", "report", out, "--markdown", "--out", &format!("{out}-report")]);
        let again = std::fs::read_to_string(desk.path(&format!("{out}-report/measurements.csv"))).unwrap();
        let of = |text: &str| {
            text.lines()
                .filter(|line| line.contains(",cpu_per_request,"))
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(of(&again), of(&measurements), "{out}");
    }
}

#[test]
fn texts_of_a_study_are_no_markup_in_its_package() {
    let desk = Desk::with_study();
    desk.write("study/study.toml", "title = \"\"\nsource = \"<b>&\\u202e\"\n");
    let _ = std::fs::remove_file(desk.path("study/SHA256SUMS"));
    export(&desk, "p", &EVERYTHING);
    let of = |name: &str| std::fs::read_to_string(desk.path("p").join(name)).unwrap();
    assert!(of(".zenodo.json").contains("Source: &lt;b&gt;&amp;."));
    assert!(of("README.md").starts_with("# A study without a title\n\nPublication: &lt;b&gt;&amp;\n\n"));
    for (name, words) in [
        ("CITATION.cff", "title: \"A study without a title\"\n"),
        ("datapackage.json", "\"title\": \"A study without a title\""),
        ("ro-crate-metadata.json", "\"name\": \"A study without a title\""),
    ] {
        assert!(of(name).contains(words), "{name}");
    }
    assert!(!of("croissant.json").contains("example.org"));
}

#[test]
fn the_notebook_of_a_package_verifies_it() {
    let Some(python) = std::env::var_os("VANA_TEST_PYTHON") else {
        return skip("VANA_TEST_PYTHON is not set");
    };
    let desk = with_study();
    export(&desk, "p", &[]);
    proves_itself(&python, &desk.path("p"));
    assert_eq!(verdict(&desk, "p"), (Some(0), vec![]));
}
