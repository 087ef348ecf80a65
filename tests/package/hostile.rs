//! Packages made to mislead or to hold up whoever verifies them.

use std::os::unix::fs::symlink;
use std::process::Command;

use super::changed::pack;
use super::support::{Desk, skip, tree};
use super::{export, verdict, with_study};

#[test]
fn what_is_neither_a_file_nor_a_folder_holds_nobody_up() {
    let desk = with_study();
    export(&desk, "p", &[]);
    let readme = desk.path("p/README.md");
    let text = std::fs::read(&readme).unwrap();
    std::fs::remove_file(&readme).unwrap();
    let said = || vec!["error: p/README.md: neither a file nor a folder".to_owned()];
    symlink("/dev/zero", &readme).unwrap();
    assert_eq!(verdict(&desk, "p"), (Some(1), said()));
    std::fs::remove_file(&readme).unwrap();
    match Command::new("mkfifo").arg(&readme).status() {
        Ok(status) if status.success() => assert_eq!(verdict(&desk, "p"), (Some(1), said())),
        _ => return skip("there is no mkfifo"),
    }
    // A link to nothing is another matter.
    std::fs::remove_file(&readme).unwrap();
    symlink("nowhere", &readme).unwrap();
    let (code, lines) = verdict(&desk, "p");
    assert_eq!(
        (code, lines[0].as_str()),
        (Some(1), "error: checksum-differs: README.md: not the file that was packed")
    );
    std::fs::remove_file(&readme).unwrap();
    std::fs::write(&readme, text).unwrap();
    // Nor does one in a study, for whoever packs it.
    assert!(Command::new("mkfifo").arg(desk.path("study/pipe")).status().unwrap().success());
    let (code, _, stderr) = desk.vana(&["--quiet", "export", "study", "--out", "q"]);
    assert_eq!((code, stderr.as_str()), (Some(3), "error: study/pipe: neither a file nor a folder\n"));
}

#[test]
fn names_move_no_cursor_and_add_no_line() {
    let desk = with_study();
    export(&desk, "p", &[]);
    desk.write("p/\u{1b}[2Ja\nVERIFIED", "x");
    let (code, lines) = verdict(&desk, "p");
    let words = "error: file-added: \\u{1b}[2Ja\\nVERIFIED: was not packed";
    assert_eq!((code, lines[0].as_str()), (Some(1), words));
}

#[test]
fn a_package_without_the_study_that_it_names_says_so() {
    let desk = with_study();
    export(&desk, "p", &[]);
    std::fs::rename(desk.path("p/data/study"), desk.path("p/data/other")).unwrap();
    pack(&desk, "p", "q.zip");
    for place in ["p", "q.zip"] {
        let words =
            format!("error: {place}: no study at data/study, where vana-package.json says that it lies");
        let (code, lines) = verdict(&desk, place);
        assert_eq!((code, lines.last()), (Some(1), Some(&words)));
        assert!(lines[0].starts_with("error: file-missing: data/study/"), "{lines:?}");
        let (code, _, stderr) = desk.vana(&["summarize", place]);
        assert_eq!((code, stderr), (Some(2), format!("{words}\n")));
    }
    desk.write("p/vana-package.json", "{\"format\": 1, \"study\": \"\"}");
    let words = "error: p/vana-package.json: the study is not below the package".to_owned();
    assert_eq!(verdict(&desk, "p"), (Some(1), vec![words]));
}

#[test]
fn what_is_not_there_has_no_checksums_to_be_missed() {
    let desk = Desk::new();
    let words = "error: nothing: No such file or directory (os error 2)\nhint: a study is a folder; vana ingest makes one\n";
    desk.refuses(&["verify", "nothing"], 2, words);
}

#[test]
fn two_digests_of_one_file_are_no_checksums() {
    let desk = with_study();
    export(&desk, "p", &[]);
    let sums = std::fs::read_to_string(desk.path("p/SHA256SUMS")).unwrap();
    // The last line is right, as another program may not see that it is.
    let (first, _) = sums.split_once('\n').unwrap();
    let wrong = first.replace(&first[..64], &"0".repeat(64));
    desk.write("p/SHA256SUMS", format!("{wrong}\n{sums}"));
    let words =
        "error: checksums-unreadable: SHA256SUMS:2: .zenodo.json has another digest on an earlier line";
    let (code, lines) = verdict(&desk, "p");
    assert_eq!((code, lines[0].as_str()), (Some(1), words));
}

#[test]
fn a_tar_with_more_behind_its_end_is_not_the_one_that_was_packed() {
    let desk = with_study();
    export(&desk, "p.tar.zst", &[]);
    let packed = std::fs::read(desk.path("p.tar.zst")).unwrap();
    // A frame that every reader skips.
    let more = b"\x50\x2a\x4d\x18\x05\0\0\0added";
    desk.write("p.tar.zst", [&packed[..], more].concat());
    let words =
        "error: container-differs: p.tar.zst: not as vana export wrote it: what lies behind its last file";
    let (code, lines) = verdict(&desk, "p.tar.zst");
    assert_eq!((code, lines[0].as_str()), (Some(1), words));
}

#[test]
fn a_description_named_twice_is_one_and_a_package_has_a_name() {
    let desk = with_study();
    export(&desk, "once", &["--as", "croissant,ro-crate"]);
    export(&desk, "twice", &["--as", "croissant,ro-crate,croissant"]);
    super::assert_same(&tree(&desk.path("once")), &tree(&desk.path("twice")));
    std::fs::create_dir(desk.path("here")).unwrap();
    let mut vana = desk.command(&["--quiet", "export", "../study", "--out", "."]);
    let output = vana.current_dir(desk.path("here")).output().unwrap();
    let words = "error: .: not the name of a package\nhint: choose a name for it, such as --out package\n";
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()), (Some(2), words));
}
