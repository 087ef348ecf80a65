//! Debian packages: the real wrk and sysbench that vana is compared with, `LaTeX` for its tables and figures.

use std::collections::BTreeSet;

use super::Provision;
use crate::command::{answer, command, run};

/// What the tests call and start, and what benchmarks measure memory with (`time`).
const PACKAGES: &[&str] = &[
    "busybox-static",
    "chromium",
    "docker.io",
    "iproute2",
    "lmodern",
    "mariadb-server",
    "nghttp2-client",
    "nginx-light",
    "poppler-utils",
    "python3-venv",
    "qemu-system-x86",
    "sysbench",
    "texlive-fonts-recommended",
    "texlive-latex-base",
    "texlive-latex-extra",
    "texlive-latex-recommended",
    "texlive-pictures",
    "texlive-science",
    "time",
    "wrk",
];

/// Installs the packages that are missing, where that takes no password.
pub(super) fn provide() -> Provision {
    if answer("dpkg-query", &["--version"]).is_none() {
        let wanted = PACKAGES.join(" ");
        return Provision::Skipped(format!("this is no Debian; tests that need these are skipped: {wanted}"));
    }
    let missing = missing();
    if missing.is_empty() {
        return Provision::Present;
    }
    let list = missing.join(" ");
    let sudo: &[&str] = if answer("id", &["-u"]).as_deref() == Some("0") {
        &[]
    } else if answer("sudo", &["-n", "true"]).is_some() {
        &["sudo", "-n"]
    } else {
        return Provision::Skipped(format!(
            "not root, and no sudo without a password; run: apt-get install {list}"
        ));
    };
    let apt = |arguments: &[&str]| {
        let words = [sudo, &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"], arguments].concat();
        run(&mut command(words[0], &words[1..]))
    };
    let install = [&["install", "--yes", "--no-install-recommends"][..], &missing].concat();
    Provision::tried(apt(&["update"]).and_then(|()| apt(&install)), &list)
}

fn missing() -> Vec<&'static str> {
    let mut query = command("dpkg-query", ["--show", "--showformat=${Package} ${db:Status-Status}\\n"]);
    // It fails when it does not know a package, and prints the others.
    let output = query.args(PACKAGES).output().map(|output| output.stdout).unwrap_or_default();
    let text = String::from_utf8_lossy(&output).into_owned();
    let installed: BTreeSet<&str> = text.lines().filter_map(|line| line.strip_suffix(" installed")).collect();
    PACKAGES.iter().copied().filter(|package| !installed.contains(package)).collect()
}
