//! A disk that is full while a report or a package is written: what is said, and what lies there afterwards.

mod support;

use std::process::Command;

use support::{Desk, Said, said, skip};

/// The file system `small`, with room for a small report and no large one, in a mount namespace that ends with its
/// script; what lies there is written down before and after.
const SCRIPT: &str = "\
mount -t tmpfs -o size=256k tmpfs small || exit 99
eval \"$1\" || exit 98
list() { (cd small && find . -type f -exec sha256sum {} + && find . -type d) | sort; }
list > before
shift
\"$0\" \"$@\"
code=$?
list > after
exit $code
";

/// What vana says on a disk of 256 KiB on which `first` was done; `None`, and said so, where nothing can be mounted.
fn on_small_disk(desk: &Desk, first: &str, arguments: &[&str]) -> Option<Said> {
    std::fs::create_dir_all(desk.path("small")).unwrap();
    let vana = desk.command(&[]).get_program().to_owned();
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    let mut unshare = Command::new("unshare");
    unshare.arg("--mount").args((!is_root).then_some("--map-root-user"));
    unshare.args(["sh", "-c", SCRIPT]).arg(vana).arg(first).args(arguments);
    let Ok(output) = unshare.current_dir(desk.path("")).output() else {
        skip("there is no unshare");
        return None;
    };
    let (code, stdout, stderr) = said(output);
    if !desk.path("after").exists() {
        assert_ne!(code, Some(98), "{stderr}");
        skip(&format!("no file system can be mounted: {stderr}"));
        return None;
    }
    Some((code, stdout, stderr))
}

/// Asserts that vana says that the disk is full at `place`, and that all is there as it was.
#[track_caller]
fn fails_without_a_trace(first: &str, arguments: &[&str], place: &str, hint: &str) {
    let desk = Desk::with_study();
    let Some((code, stdout, stderr)) = on_small_disk(&desk, first, arguments) else { return };
    let words = format!("error: {place}: No space left on device (os error 28)\n{hint}");
    assert_eq!((code, stdout.as_str(), stderr.as_str()), (Some(3), "", words.as_str()));
    let list = |name: &str| std::fs::read_to_string(desk.path(name)).unwrap();
    assert_eq!(list("after"), list("before"));
}

const REPORT: [&str; 5] = ["--quiet", "report", "study", "--out", "small/out"];
const UNCHANGED: &str = "hint: nothing was changed there\n";

#[test]
fn a_report_that_does_not_fit_leaves_nothing() {
    fails_without_a_trace(":", &REPORT, "small/out/index.html", UNCHANGED);
}

#[test]
fn a_report_that_does_not_fit_leaves_the_earlier_one() {
    let first = "\"$0\" --quiet report study --markdown --out small/out";
    fails_without_a_trace(first, &REPORT, "small/out/index.html", UNCHANGED);
}

#[test]
fn a_package_that_does_not_fit_leaves_nothing() {
    let fill = "head -c 200000 /dev/zero > small/other";
    let fuller = "head -c 255000 /dev/zero > small/other";
    for (first, out) in [(fill, "small/p.zip"), (fuller, "small/p.tar.zst")] {
        fails_without_a_trace(first, &["--quiet", "export", "study", "--out", out], out, "");
    }
    let folder = ["--quiet", "export", "study", "--out", "small/p"];
    fails_without_a_trace(fill, &folder, "small/p/tables/measurements.csv", "");
}

#[test]
fn a_package_that_does_not_fit_leaves_the_earlier_one() {
    let first = "echo earlier > small/p.zip && head -c 200000 /dev/zero > small/other";
    let arguments = ["--quiet", "export", "study", "--out", "small/p.zip", "--force"];
    fails_without_a_trace(first, &arguments, "small/p.zip", "");
}
