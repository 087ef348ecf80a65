//! What this program says of itself in the runs that it makes.

use std::collections::BTreeMap;

use vana_collect::{Collected, Lag, Lags};
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
    if let Some(why) = &collected.failure {
        attributes.insert("last_failure".to_owned(), why.clone());
    }
    let seconds = |lag: Lag| (lag.total_ns as f64 / 1e9).to_string();
    let Lags { client, server } = collected.lags;
    if client.requests + server.requests > 0 {
        attributes.insert("client_lag_s".to_owned(), seconds(client));
        attributes.insert("server_lag_s".to_owned(), seconds(server));
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
