//! The folder of a run: its identity as a Hive partition, percent-encoded.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest, Sha256};
use vana_types::Identity;

/// What stays as it is; everything else is percent-encoded.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b' ').remove(b'+');
/// What Hive writes for null.
const NULL: &str = "__HIVE_DEFAULT_PARTITION__";
/// File systems allow 255 bytes in one name; longer values are cut and told apart by a digest.
const LONGEST: usize = 200;

/// `system=…/workload=…/clients=…/repetition=…`, relative to the study's `runs`.
pub fn run_folder(identity: &Identity) -> PathBuf {
    let clients = identity.clients.map_or(Cow::Borrowed(NULL), |clients| clients.to_string().into());
    [
        format!("system={}", encode(&identity.system)),
        format!("workload={}", encode(&identity.workload)),
        format!("clients={clients}"),
        format!("repetition={}", identity.repetition),
    ]
    .iter()
    .collect()
}

/// The identity that a folder's path says; `None` if it is no run's folder.
pub fn run_identity(folder: &Path) -> Option<Identity> {
    let mut names = folder.iter().rev().map(|name| name.to_str());
    let mut value = |key: &str| names.next()??.strip_prefix(key)?.strip_prefix('=');
    let repetition = value("repetition")?.parse().ok()?;
    let clients = match value("clients")? {
        NULL => None,
        clients => Some(clients.parse().ok()?),
    };
    let workload = decode(value("workload")?)?;
    let system = decode(value("system")?)?;
    Some(Identity { system, workload, clients, repetition })
}

fn encode(value: &str) -> String {
    if value.is_empty() {
        return NULL.to_owned();
    }
    if value == NULL {
        return value.replacen('_', "%5F", 1);
    }
    let encoded = utf8_percent_encode(value, PLAIN).to_string();
    if encoded.len() <= LONGEST {
        return encoded;
    }
    let digest = Sha256::digest(value.as_bytes());
    // A cut in the middle of %XX would decode to something else.
    let mut end = LONGEST;
    while encoded.as_bytes()[end.saturating_sub(2)..end].contains(&b'%') {
        end -= 1;
    }
    format!("{}~{:02x}{:02x}{:02x}{:02x}", &encoded[..end], digest[0], digest[1], digest[2], digest[3])
}

fn decode(value: &str) -> Option<String> {
    if value == NULL {
        return Some(String::new());
    }
    percent_decode_str(value).decode_utf8().ok().map(Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(system: &str, clients: Option<u32>) -> Identity {
        Identity { system: system.into(), workload: "a/b".into(), clients, repetition: 3 }
    }

    #[test]
    fn a_folder_tells_the_identity_it_was_made_from() {
        for (system, clients) in
            [("osv", Some(10)), ("../x=%/ß\n", None), ("", Some(0)), ("a b+c", Some(1)), (NULL, None)]
        {
            let identity = identity(system, clients);
            assert_eq!(run_identity(&run_folder(&identity)), Some(identity));
        }
    }

    #[test]
    fn a_folder_of_a_plain_run_is_readable() {
        let folder = run_folder(&identity("osv", Some(10)));
        assert_eq!(folder, Path::new("system=osv/workload=a%2Fb/clients=10/repetition=3"));
    }

    #[test]
    fn long_names_stay_apart_and_fit_a_file_system() {
        let folder = |text: String| run_folder(&identity(&text, None));
        let (one, two) = (folder("ж".repeat(300) + "1"), folder("ж".repeat(300) + "2"));
        assert_ne!(one, two);
        assert!(one.iter().all(|name| name.len() <= 255));
    }
}
