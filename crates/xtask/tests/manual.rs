//! The manual says what every code of a finding means.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Sources of all crates but those of tests.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.file_stem().is_some_and(|name| name == "tests") {
            continue;
        }
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// What stands in quotes right behind a text; unit tests at the end of a file are passed over.
fn quoted_after(text: &str, before: &str) -> Vec<String> {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let behind = text.split(before).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"'));
    behind.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())).collect()
}

fn is_kebab(word: &str) -> bool {
    word.contains('-') && word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-')
}

#[test]
fn the_manual_names_every_code_of_a_finding() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let manual = std::fs::read_to_string(root.join("METHODOLOGY.md")).unwrap();
    let mut files = Vec::new();
    for name in ["analysis", "cli", "collect", "ingest", "package", "reduce"] {
        sources(&root.join("crates").join(name).join("src"), &mut files);
    }
    let mut codes = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        codes.extend(quoted_after(&text, "Finding::new("));
        codes.extend(quoted_after(&text, "\"code\": "));
        if file.ends_with("command/verify.rs") {
            codes.extend(quoted_after(&text, "=> ("));
        }
        if file.parent().is_some_and(|folder| folder.ends_with("analysis/src/check")) {
            codes.extend(quoted_after(&text, "fn name(&self) -> &'static str {"));
        }
    }
    assert!(codes.len() > 50, "{codes:?}");
    let missing: Vec<&String> =
        codes.iter().filter(|code| is_kebab(code) && !manual.contains(&format!("`{code}`"))).collect();
    assert!(missing.is_empty(), "METHODOLOGY.md does not name {missing:?}");
}
