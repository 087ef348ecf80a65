//! What is not packed, not replaced, and not read as a package.

use super::support::{Desk, files};
use super::{CONTAINERS, export, verdict, with_study};

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
