//! The README's examples are run, and print what it says.

use std::path::Path;
use std::process::Command;

use vana_testkit::StudyPlan;

/// Blocks of a kind in the README.
fn blocks(kind: &str) -> Vec<String> {
    let readme = include_str!("../README.md");
    let fence = format!("```{kind}\n");
    readme.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

/// What a shell prints when it runs a command in a folder, with its exit code where that is not 0.
fn shell(command: &str, folder: &Path) -> String {
    let binary = Path::new(env!("CARGO_BIN_EXE_vana"));
    let path = format!("{}:{}", binary.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh")
        .args(["-c", &format!("{{ {command}\n}} 2>&1")])
        .env("PATH", path)
        .current_dir(folder)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    match output.status.code() {
        Some(0) => text,
        code => format!("? {}\n{text}", code.unwrap()),
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in from.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { std::fs::copy(&path, &target).map(|_| ()).unwrap() }
    }
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/readme"), folder.path());
    folder
}

#[test]
fn every_session_prints_what_the_readme_shows() {
    let folder = folder();
    let mut compared = 0;
    for block in blocks("console") {
        for example in block.split("$ ").skip(1) {
            let (command, expected) = example.split_once('\n').unwrap();
            assert_eq!(shell(command, folder.path()).trim_end(), expected.trim_end(), "$ {command}");
            compared += 1;
        }
    }
    assert_eq!(compared, 11);
}

#[test]
fn the_other_commands_of_vana_succeed() {
    let folder = folder();
    let commands: Vec<String> = blocks("sh")
        .iter()
        .flat_map(|block| block.lines().map(str::to_owned).collect::<Vec<_>>())
        // Those that need a server have one in tests/load.rs and tests/replay.rs; SQL is in tests/load_sql.rs.
        .filter(|line| line.starts_with("vana ") && !line.contains("sqlstudy"))
        .filter(|line| !line.starts_with("vana load ") && !line.starts_with("vana replay "))
        .collect();
    assert_eq!(commands.len(), 1);
    for command in commands {
        let output = shell(&command, folder.path());
        assert!(output.starts_with("requests.csv: table-csv (trace, 3 requests)"), "{output}");
    }
}

#[test]
fn the_commands_for_a_database_make_a_study_and_its_report() {
    let folder = folder();
    let commands: Vec<String> = blocks("sh")
        .iter()
        .flat_map(|block| block.lines().map(str::to_owned).collect::<Vec<_>>())
        .filter(|line| line.starts_with("vana load sql ") || line.contains("report sqlstudy"))
        // The same in less time.
        .map(|line| line.replace("--repetitions 6 --duration 2s", "--repetitions 1 --duration 200ms"))
        .collect();
    assert_eq!(commands.len(), 4);
    for command in commands {
        let output = shell(&command, folder.path());
        assert!(!output.starts_with('?'), "$ {command}\n{output}");
    }
    for drawn in [
        "main.tex",
        "figures/request_rate-bars-4-clients.svg",
        "tables/sysbench_latency-by-workload.tex",
        "tables/oltp_read_write-operations.tex",
    ] {
        assert!(folder.path().join("sqlreport").join(drawn).exists(), "{drawn}");
    }
}

#[test]
fn the_first_command_draws_the_paper() {
    let command = blocks("sh").remove(0);
    let arguments = command.trim().strip_prefix("cargo run --release -- ").unwrap();
    let out = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let paper = out.path().join("paper");
    let arguments = arguments.replace("/tmp/paper", paper.to_str().unwrap());
    let said = shell(&format!("vana {arguments}"), &root);
    assert!(said.contains(" files in "), "{said}");
    assert!(paper.join("main.tex").exists());
}

#[test]
fn the_readers_of_a_study_read_it() {
    let Some(python) = std::env::var_os("VANA_TEST_PYTHON") else {
        assert!(std::env::var_os("CI").is_none(), "VANA_TEST_PYTHON is not set");
        eprintln!("skipped: VANA_TEST_PYTHON is not set");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let plan = StudyPlan { systems: 2, clients: vec![1, 10], repetitions: 2, requests: 4000, seed: 1 };
    plan.write(&folder.path().join("mystudy")).unwrap();
    let blocks = blocks("python");
    assert_eq!(blocks.len(), 3);
    for block in blocks {
        let output = Command::new(&python).args(["-c", &block]).current_dir(folder.path()).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{block}{}", String::from_utf8_lossy(&output.stderr));
        assert!(text.contains("system-2"), "{block}{text}");
    }
}
