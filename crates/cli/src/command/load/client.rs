//! What this program says of itself in the runs that it makes.

use std::collections::BTreeMap;

use vana_collect::Collected;
use vana_types::Tool;

/// What a load took, as attributes of its run.
pub(crate) fn of_client(collected: &Collected) -> BTreeMap<String, String> {
    let mut attributes = BTreeMap::from([
        ("threads".to_owned(), collected.threads.to_string()),
        ("client_cpu".to_owned(), format!("{:.4}", collected.client_cpu)),
        ("client_polling".to_owned(), format!("{:.4}", collected.client_polling)),
    ]);
    if let Ok(cores) = vana_collect::usable_cores() {
        attributes.insert("client_cores".to_owned(), cores.len().to_string());
    }
    if collected.is_truncated {
        attributes.insert("truncated".to_owned(), "true".to_owned());
    }
    attributes
}

/// This vana.
pub(crate) fn tool() -> Tool {
    Tool {
        name: "vana".to_owned(),
        version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        command: Some(command_line()),
    }
}

/// As typed, with quotes where a shell needs them.
fn command_line() -> String {
    let quoted = std::env::args().enumerate().map(|(index, argument)| {
        let argument = vana_collect::public(&argument);
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:=,@%+?".contains(letter);
        if index == 0 {
            "vana".to_owned()
        } else if !argument.is_empty() && argument.chars().all(is_plain) {
            argument
        } else {
            format!("'{}'", argument.replace('\'', "'\\''"))
        }
    });
    quoted.collect::<Vec<_>>().join(" ")
}
