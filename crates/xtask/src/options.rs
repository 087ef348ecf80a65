//! What is typed after the name of a benchmark.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

/// Options of a benchmark: counts by name, rounds, and where data lie.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    counts: BTreeMap<String, u64>,
    keep: Option<PathBuf>,
    /// As typed.
    text: String,
}

impl Options {
    /// Reads pairs of a name and a value; `sizes` are the names of counts beside `--rounds`.
    pub fn parse(words: &[&str], sizes: &[&str]) -> Result<Self> {
        let mut options = Self { text: words.join(" "), ..Self::default() };
        for pair in words.chunks(2) {
            let &[name, value] = pair else { bail!("{} needs a value", pair.concat()) };
            if name == "--keep" {
                options.keep = Some(PathBuf::from(value));
            } else if name == "--rounds" || sizes.contains(&name) {
                options.counts.insert(name.to_owned(), count(value)?);
            } else {
                bail!("unknown option {name}");
            }
        }
        Ok(options)
    }

    /// A count, or its default.
    pub fn count(&self, name: &str, default: u64) -> u64 {
        self.counts.get(name).copied().unwrap_or(default)
    }

    /// Where data lie.
    pub fn folder(&self) -> PathBuf {
        self.keep.clone().unwrap_or_else(|| crate::workspace::target().join("bench"))
    }

    /// What was typed.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// A whole number above zero, with `k` or `M` for thousands and millions.
fn count(text: &str) -> Result<u64> {
    let (digits, factor) = match text.strip_suffix('M') {
        Some(digits) => (digits, 1_000_000),
        None => text.strip_suffix('k').map_or((text, 1), |digits| (digits, 1_000)),
    };
    let number: u64 =
        digits.parse().with_context(|| format!("\"{text}\" is no count such as 500k or 100M"))?;
    match number.checked_mul(factor) {
        Some(number @ 1..) => Ok(number),
        _ => bail!("\"{text}\" is no count such as 500k or 100M"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_may_have_a_suffix() {
        let counts = ["7", "500k", "100M"].map(|text| count(text).unwrap());
        assert_eq!(counts, [7, 500_000, 100_000_000]);
        for text in ["", "M", "0", "-1", "1G", "99999999999999999999", "18446744073709551615k"] {
            assert!(count(text).is_err(), "{text}");
        }
    }

    #[test]
    fn options_are_pairs_of_known_names_and_values() {
        let options = Options::parse(&["--rows", "1M", "--keep", "there"], &["--rows"]).unwrap();
        assert_eq!((options.count("--rows", 5), options.count("--rounds", 3)), (1_000_000, 3));
        assert_eq!(options.folder(), PathBuf::from("there"));
        assert!(Options::parse(&["--rows"], &["--rows"]).is_err());
        assert!(Options::parse(&["--csv-rows", "1"], &["--rows"]).is_err());
    }
}
