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

/// Headers that say who asks: whoever reads a run is not to ask in the same name.
const SECRET: [&str; 5] = ["authorization", "proxy-authorization", "cookie", "x-api-key", "x-auth-token"];

/// An argument as others may see it.
fn public(argument: &str) -> String {
    let header =
        argument.strip_prefix("--header=").or_else(|| argument.strip_prefix("-H")).unwrap_or(argument);
    match header.split_once(':') {
        Some((name, _)) if SECRET.iter().any(|secret| name.trim().eq_ignore_ascii_case(secret)) => {
            let begin = argument.len() - header.len() + name.len();
            format!("{}: ***", argument.get(..begin).unwrap_or_default())
        }
        _ => vana_collect::public(argument),
    }
}

/// As typed, with quotes where a shell needs them, and without what is secret.
fn command_line() -> String {
    let quoted = std::env::args().enumerate().map(|(index, argument)| {
        let argument = public(&argument);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_is_not_told() {
        for (typed, shown) in [
            ("Authorization: Bearer abc", "Authorization: ***"),
            ("-Hcookie:a=b", "-Hcookie: ***"),
            ("--header=X-API-Key : 5", "--header=X-API-Key : ***"),
            ("Accept: */*", "Accept: */*"),
            ("http://localhost:80/cookie:a", "http://localhost:80/cookie:a"),
            ("mysql://me:secret@localhost/a", "mysql://me:***@localhost/a"),
        ] {
            assert_eq!(public(typed), shown);
        }
    }
}
