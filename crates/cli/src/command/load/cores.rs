//! Cores as people type them.

use std::str::FromStr;

/// Cores that threads are bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cores {
    /// All that the program may use.
    All,
    /// These, in turn.
    Listed(Vec<usize>),
}

impl FromStr for Cores {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "all" {
            return Ok(Self::All);
        }
        let core = |word: &str| {
            let is_plain = word.bytes().all(|digit| digit.is_ascii_digit());
            word.parse().ok().filter(|core| is_plain && *core < 1024)
        };
        let cores: Option<Vec<usize>> = text.split(',').map(core).collect();
        cores.map(Self::Listed).ok_or_else(|| format!("\"{text}\" is no list of cores, as 0,1"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cores_are_numbers_with_commas() {
        assert_eq!("all".parse(), Ok(Cores::All));
        assert_eq!("0".parse(), Ok(Cores::Listed(vec![0])));
        assert_eq!("3,1".parse(), Ok(Cores::Listed(vec![3, 1])));
        for text in ["", ",", "1,", "+1", "-1", "1-2", "1024", "a"] {
            assert_eq!(text.parse::<Cores>(), Err(format!("\"{text}\" is no list of cores, as 0,1")));
        }
    }
}
