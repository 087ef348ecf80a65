//! Reports: those of the repository again, byte for byte; readings of an ambiguous name; where a report may lie.

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use support::{Desk, assert_same, files, repository, said, skip, tree};

const DATASETS: [&str; 5] = [
    "eurosys21-nginx",
    "loopback-mariadb-2026",
    "loopback-nginx-2026",
    "loopback-systems-2026",
    "mavridis-karatza-2019",
];
const MAVRIDIS: &str = "mavridis-karatza-2019";

fn dataset(name: &str) -> PathBuf {
    repository().join("datasets").join(name)
}

/// Reports on a published study of the repository with further arguments.
fn report(desk: &Desk, name: &str, out: &str, further: &[&str]) {
    let study = dataset(name);
    let arguments =
        ["--quiet", "report", study.to_str().unwrap(), "--latex", "--html", "--markdown", "--out", out];
    assert_eq!(desk.prints(&[&arguments[..], further].concat()), "");
}

#[test]
fn no_dataset_is_left_out_of_these_tests() {
    for folder in ["datasets", "reports"] {
        let entries = std::fs::read_dir(repository().join(folder)).unwrap().map(|entry| entry.unwrap());
        let folders = entries.filter(|entry| entry.path().is_dir());
        let mut names: Vec<String> = folders.map(|entry| entry.file_name().into_string().unwrap()).collect();
        names.sort();
        assert_eq!(names, DATASETS, "{folder}");
    }
}

#[test]
fn the_reports_of_the_repository_are_made_again_byte_for_byte() {
    let desk = Desk::new();
    for name in DATASETS {
        report(&desk, name, name, &[]);
        assert_same(&tree(&desk.path(name)), &tree(&repository().join("reports").join(name)));
    }
}

#[test]
fn every_file_of_a_dataset_has_its_checksum() {
    for name in DATASETS {
        let folder = dataset(name);
        let mut names = files(&folder);
        names.retain(|name| name != "SHA256SUMS");
        let output = Command::new("sha256sum").arg("--").args(names).current_dir(&folder).output();
        let Ok(output) = output else { return skip("there is no sha256sum") };
        let sums = std::fs::read_to_string(folder.join("SHA256SUMS")).unwrap();
        assert_eq!(sums, String::from_utf8(output.stdout).unwrap(), "{name}");
    }
}

#[test]
fn a_report_leaves_its_study_alone() {
    let desk = Desk::with_study();
    let before = tree(&desk.path("study"));
    let (code, stdout, stderr) = desk.vana(&["report", "study", "--latex", "--out", "out"]);
    let words = "26 files in out from 53 numbers, 4 findings; next: cd out && pdflatex main.tex\n";
    assert_eq!((code, stdout.as_str(), stderr.as_str()), (Some(0), "", words));
    assert_eq!(files(&desk.path("out")).len(), 26);
    assert_same(&before, &tree(&desk.path("study")));
}

#[test]
fn a_report_without_a_format_has_everything_in_one_folder() {
    let desk = Desk::with_study();
    let (code, stdout, stderr) = desk.vana(&["report", "study", "--out", "out"]);
    let words = "34 files in out from 53 numbers, 4 findings; next: read out/README.md\n";
    assert_eq!((code, stdout.as_str(), stderr.as_str()), (Some(0), "", words));
    let mut expected = Vec::new();
    for (kind, folder) in [("--latex", "latex/"), ("--html", ""), ("--markdown", ""), ("--notebook", "")] {
        desk.prints(&["--quiet", "report", "study", kind, "--out", &kind[2..]]);
        let names = files(&desk.path(&kind[2..])).into_iter();
        expected.extend(names.map(|name| match name.as_str() {
            "MANIFEST" => name,
            other if other.contains(".csv") => name,
            other => format!("{folder}{other}"),
        }));
    }
    expected.push("README.md".to_owned());
    expected.sort();
    expected.dedup();
    let found = files(&desk.path("out"));
    assert_eq!(found, expected);
    let index = std::fs::read_to_string(desk.path("out/README.md")).unwrap();
    let linked: Vec<&str> =
        index.lines().filter_map(|line| line.strip_prefix("| [")?.split(']').next()).collect();
    assert!(linked.iter().all(|name| found.iter().any(|file| file == name)), "{linked:?}");
    let parts = ["index.html", "latex/main.tex", "verify.ipynb", "summary.md"];
    let tables = ["measurements.csv", "cells.csv", "findings.csv"];
    assert_eq!(linked, [&parts[..], &tables].concat());
}

/// Lines of a report's file, sorted.
fn lines(report: &Path, file: &str) -> Vec<String> {
    let text = std::fs::read_to_string(report.join(file)).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

/// The cells of a report with the ambiguous ones filed under a system.
fn assumed(plain: &[String], system: &str) -> Vec<String> {
    let note = format!("\"assumed: \"\"LinuxKit or OSv\"\" is {system}\"");
    let other = if system == "OSv" { "LinuxKit" } else { "OSv" };
    let change = |line: &String| match line.strip_prefix("LinuxKit or OSv,") {
        Some(rest) => {
            let (rest, _) = rest.split_once(",Table II").unwrap();
            // The other system's value is lost then.
            let mut fields: Vec<&str> = rest.split(',').collect();
            (fields[4], *fields.last_mut().unwrap()) = ("", "lost");
            vec![format!("{system},{rest},{note}"), format!("{other},{},{note}", fields.join(","))]
        }
        None => vec![line.clone()],
    };
    let mut lines: Vec<String> = plain.iter().flat_map(change).collect();
    lines.sort();
    lines
}

/// The rows of ten clients of the means of the published request rates, by system; four systems stand side by side.
fn means(report: &Path) -> BTreeMap<&'static str, String> {
    let table = std::fs::read_to_string(report.join("tables/http-request_rate.tex")).unwrap();
    let panels = table.split("\\textit{Mean (1/s)}").skip(1);
    let rows = panels.map(|panel| panel.lines().find(|line| line.starts_with("10 & ")).unwrap());
    let numbers = rows.flat_map(|row| {
        let fields = row.trim_end_matches(" \\\\").split('&').skip(1);
        fields.step_by(2).map(|field| field.trim().to_owned()).collect::<Vec<_>>()
    });
    let systems = ["Bare", "VM", "Virtio", "LinuxKit", "OSv", "Rumprun", "IncludeOS", "MirageOS"];
    let means: BTreeMap<_, _> = systems.into_iter().zip(numbers).collect();
    assert_eq!(means.len(), systems.len(), "{means:?}");
    means
}

#[test]
fn an_ambiguous_name_is_read_as_the_user_says() {
    let desk = Desk::new();
    report(&desk, MAVRIDIS, "plain", &[]);
    let plain = lines(&desk.path("plain"), "cells.csv");
    assert_eq!(plain.iter().filter(|line| line.starts_with("LinuxKit or OSv,")).count(), 31);
    for (system, other) in [("OSv", "LinuxKit"), ("LinuxKit", "OSv")] {
        report(&desk, MAVRIDIS, system, &["--assume", &format!("LinuxKit or OSv={system}")]);
        assert_eq!(lines(&desk.path(system), "cells.csv"), assumed(&plain, system));
        let means = means(&desk.path(system));
        assert_eq!((means[system].as_str(), means[other].as_str()), ("4370", "--"));
        let table = std::fs::read_to_string(desk.path(system).join("tables/http-request_rate.tex")).unwrap();
        let mut notes: Vec<&str> =
            table.lines().filter_map(|line| Some(line.split_once("vanamark{")?.1)).collect();
        notes.retain(|note| note.contains("assumed"));
        notes.sort_unstable();
        notes.dedup();
        // The columns come in their order, and so do their marks.
        let words = if system == "OSv" { ["lost: ", ""] } else { ["", "lost: "] };
        let note =
            |mark: &str, word: &str| format!("{mark}}} {word}assumed: \"LinuxKit or OSv\" is {system}.");
        assert_eq!(notes, [note("c", words[0]), note("d", words[1])]);
    }
}

#[test]
fn a_folder_of_something_else_is_not_written_into() {
    let desk = Desk::with_study();
    desk.write("out/paper.tex", "mine");
    desk.refuses(
        &["report", "study", "--out", "out"],
        2,
        "error: out is not empty and holds no report\n\
         hint: choose another --out, or write into it with --force\n",
    );
    desk.prints(&["--quiet", "report", "study", "--out", "out", "--force"]);
    desk.prints(&["--quiet", "report", "study", "--out", "fresh"]);
    let mut expected = tree(&desk.path("fresh"));
    expected.insert("paper.tex".to_owned(), Some(b"mine".to_vec()));
    assert_same(&tree(&desk.path("out")), &expected);
}

#[test]
fn files_that_another_program_lists_are_not_deleted() {
    let desk = Desk::with_study();
    // As setuptools writes it.
    desk.write("out/MANIFEST", "# file GENERATED by distutils, do NOT edit\nsetup.py\nsrc/a.py\n");
    desk.write("out/setup.py", "mine");
    desk.write("out/src/a.py", "mine");
    let words = "error: out/MANIFEST: not written by this vana\nhint: choose another --out; what an older vana wrote \
                 there is to be removed by hand\n";
    for further in [&[][..], &["--force"]] {
        desk.refuses(&[&["report", "study", "--out", "out"], further].concat(), 2, words);
    }
}

#[test]
fn what_a_killed_report_left_is_in_nobodys_way() {
    let desk = Desk::with_study();
    // Killed while it wrote, and killed while it put its files in their places.
    desk.write("out/.partial-999999999/index.html", "half");
    desk.prints(&["--quiet", "report", "study", "--markdown", "--out", "out"]);
    assert!(!desk.path("out/.partial-999999999").exists());
    let manifest = std::fs::read_to_string(desk.path("out/MANIFEST")).unwrap();
    desk.write("out/MANIFEST", format!("{manifest}index.html\nMANIFEST\n"));
    desk.write("out/index.html", "of a report");
    desk.prints(&["--quiet", "report", "study", "--markdown", "--out", "out"]);
    assert_eq!(std::fs::read_to_string(desk.path("out/MANIFEST")).unwrap(), manifest);
    assert!(!desk.path("out/index.html").exists());
    let mine = desk.write("other/.partial-1/a", "half");
    desk.write("other/mine.txt", "mine");
    assert_eq!(desk.vana(&["report", "study", "--out", "other"]).0, Some(2));
    assert!(mine.exists());
}

#[test]
fn a_report_lies_in_no_study() {
    let desk = Desk::with_study();
    let words = |out: &str| {
        format!(
            "error: {out} lies in the study, and would become a part of it\nhint: choose a place beside it, such as \
             --out ../{}\n",
            out.rsplit('/').next().unwrap()
        )
    };
    for out in ["study/report", "study/../study/deep/report"] {
        desk.refuses(&["report", "study", "--out", out], 2, &words(out));
    }
    let mut inside = desk.command(&["report", "."]);
    assert_eq!(
        said(inside.current_dir(desk.path("study")).output().unwrap()),
        (Some(2), String::new(), words("report"))
    );
    desk.prints(&["--quiet", "report", "study", "--html", "--out", "study-report"]);
}

#[test]
fn figures_of_another_stay_even_with_force() {
    let desk = Desk::with_study();
    desk.write("out/figures/mine.pdf", "mine");
    let words = "error: out is not empty and holds no report\nhint: choose another --out, or write into it with \
                 --force\n";
    desk.refuses(&["report", "study", "--out", "out"], 2, words);
    desk.prints(&["--quiet", "report", "study", "--out", "out", "--force"]);
    desk.prints(&["--quiet", "report", "study", "--out", "out"]);
    assert_eq!(tree(&desk.path("out"))["figures/mine.pdf"], Some(b"mine".to_vec()));
}

#[test]
fn a_report_below_a_file_cannot_be_written() {
    let desk = Desk::with_study();
    let words = |path: &str, error: &str| format!("error: {path}: {error}\n");
    desk.refuses(
        &["report", "study", "--out", "good.jtl"],
        3,
        &words("good.jtl", "File exists (os error 17)"),
    );
    let below = words("good.jtl/out", "Not a directory (os error 20)");
    desk.refuses(&["report", "study", "--out", "good.jtl/out"], 3, &below);
}

#[test]
fn a_second_report_replaces_the_first_without_leftovers() {
    let desk = Desk::with_study();
    report(&desk, MAVRIDIS, "out", &[]);
    desk.write("out/main.pdf", "made by pdflatex");
    desk.prints(&["--quiet", "report", "study", "--out", "out"]);
    desk.prints(&["--quiet", "report", "study", "--out", "fresh"]);
    let mut expected = tree(&desk.path("fresh"));
    expected.insert("main.pdf".to_owned(), Some(b"made by pdflatex".to_vec()));
    assert_same(&tree(&desk.path("out")), &expected);
}

#[test]
fn what_people_look_at_is_opened() {
    let desk = Desk::with_study();
    // A link, because a program that was just written may not start while another test forks.
    std::fs::create_dir(desk.path("bin")).unwrap();
    let script = repository().join("tests/report/xdg-open").canonicalize().unwrap();
    std::os::unix::fs::symlink(script, desk.path("bin/xdg-open")).unwrap();
    let path = format!("{}:{}", desk.path("bin").display(), std::env::var("PATH").unwrap());
    let kinds = ["--html", "--latex", "--notebook", "--markdown"];
    let parts = ["index.html", "main.tex", "verify.ipynb", "summary.png"];
    let mut expected = String::new();
    for (kind, part) in kinds.into_iter().zip(parts) {
        let out = &kind[2..];
        let mut vana = desk.command(&["--quiet", "report", "study", kind, "--out", out, "--open"]);
        assert_eq!(said(vana.env("PATH", &path).output().unwrap()), (Some(0), String::new(), String::new()));
        writeln!(expected, "{out}/{part}").unwrap();
        // vana does not wait for it.
        let begun = Instant::now();
        let opened = || std::fs::read_to_string(desk.path("opened")).unwrap_or_default();
        while opened() != expected && begun.elapsed() < Duration::from_secs(30) {
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(opened(), expected);
    }
}
