//! Names made of names: for files, labels and macros.

use std::collections::BTreeSet;

use deunicode::deunicode;

/// Longest part of a file name that comes from one name of the study.
const LONGEST: usize = 40;

/// Lower-case ASCII letters, digits, `_`, and `-` for everything else; never empty.
pub fn file_part(text: &str) -> String {
    let mut part = String::new();
    for c in deunicode(text).chars().map(|c| c.to_ascii_lowercase()) {
        if c.is_ascii_alphanumeric() || c == '_' {
            part.push(c);
        } else if !part.ends_with('-') {
            part.push('-');
        }
        if part.len() >= LONGEST {
            break;
        }
    }
    let part = part.trim_matches('-');
    if part.is_empty() { "unnamed".to_owned() } else { part.to_owned() }
}

/// Only letters, each word and each number beginning with a capital: `p99.9` gives `PNinetyNineNine`.
pub fn macro_part(text: &str) -> String {
    let ascii = deunicode(text);
    let mut part = String::new();
    let mut rest = ascii.as_str();
    while let Some(first) = rest.chars().next() {
        let same = |c: char| c.is_ascii_digit() == first.is_ascii_digit() && c.is_ascii_alphanumeric();
        let end = rest.find(|c| !same(c)).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(end.max(first.len_utf8()));
        if first.is_ascii_digit() {
            part.push_str(&spell_digits(word));
        } else if first.is_ascii_alphabetic() {
            part.push(first.to_ascii_uppercase());
            part.push_str(word.get(1..).unwrap_or_default());
        }
        rest = tail;
    }
    part.truncate(LONGEST + 8);
    if part.is_empty() { "Unnamed".to_owned() } else { part }
}

const SMALL: [&str; 20] = [
    "Zero",
    "One",
    "Two",
    "Three",
    "Four",
    "Five",
    "Six",
    "Seven",
    "Eight",
    "Nine",
    "Ten",
    "Eleven",
    "Twelve",
    "Thirteen",
    "Fourteen",
    "Fifteen",
    "Sixteen",
    "Seventeen",
    "Eighteen",
    "Nineteen",
];
const TENS: [&str; 10] =
    ["", "", "Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety"];

fn spell_digits(digits: &str) -> String {
    match digits.parse::<u32>() {
        Ok(number) if !digits.starts_with('0') || digits == "0" => spell(number),
        _ => digits.bytes().map(|digit| SMALL[usize::from(digit - b'0')]).collect(),
    }
}

/// A number in English words without spaces: 25 is `TwentyFive`.
pub fn spell(number: u32) -> String {
    let small = |n: u32| SMALL[n as usize];
    match number {
        0..20 => small(number).to_owned(),
        20..100 => {
            let unit = if number.is_multiple_of(10) { "" } else { small(number % 10) };
            format!("{}{unit}", TENS[(number / 10) as usize])
        }
        100..1000 => large(number, 100, "Hundred"),
        1000..1_000_000 => large(number, 1000, "Thousand"),
        1_000_000..1_000_000_000 => large(number, 1_000_000, "Million"),
        _ => large(number, 1_000_000_000, "Billion"),
    }
}

fn large(number: u32, size: u32, word: &str) -> String {
    let rest = if number.is_multiple_of(size) { String::new() } else { spell(number % size) };
    format!("{}{word}{rest}", spell(number / size))
}

/// Letters for marks and keys: 0 is `a`, 25 is `z`, 26 is `aa`.
pub fn letters(index: usize) -> String {
    let last = char::from(b'a' + (index % 26) as u8);
    match index / 26 {
        0 => last.to_string(),
        more => format!("{}{last}", letters(more - 1)),
    }
}

/// Keeps names apart; the second of two equal names gets an ending, always the same one.
#[derive(Debug, Default)]
pub struct Distinct(BTreeSet<String>);

impl Distinct {
    /// `name`, or `name` with the first free `ending(2)`, `ending(3)`, …
    pub fn claim(&mut self, name: &str, ending: impl Fn(u32) -> String) -> String {
        let mut chosen = name.to_owned();
        let mut count = 1;
        while !self.0.insert(chosen.clone()) {
            count += 1;
            chosen = format!("{name}{}", ending(count));
        }
        chosen
    }

    /// A file name that is taken by no other: the second is `name-2`.
    pub fn file(&mut self, name: &str) -> String {
        self.claim(name, |count| format!("-{count}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_plain_ascii() {
        assert_eq!(file_part("oltp_read_only"), "oltp_read_only");
        assert_eq!(file_part("../../etc/passwd"), "etc-passwd");
        assert_eq!(file_part("<img src=x onerror=alert(1)>"), "img-src-x-onerror-alert-1");
        assert_eq!(file_part("北京"), "bei-jing");
        assert_eq!(file_part(""), "unnamed");
        assert_eq!(file_part(&"x".repeat(300)).len(), LONGEST);
    }

    #[test]
    fn macro_names_have_letters_only() {
        assert_eq!(macro_part("p99.9"), "PNinetyNineNine");
        assert_eq!(macro_part("request_rate"), "RequestRate");
        assert_eq!(macro_part("oltp-2 \\ 007"), "OltpTwoZeroZeroSeven");
        assert_eq!(macro_part("€"), "EUR");
        assert_eq!(macro_part("\n"), "Unnamed");
    }

    #[test]
    fn numbers_are_spelled() {
        let spelled: Vec<_> = [0, 10, 25, 100, 128, 1024, 65_536].into_iter().map(spell).collect();
        assert_eq!(
            spelled,
            [
                "Zero",
                "Ten",
                "TwentyFive",
                "OneHundred",
                "OneHundredTwentyEight",
                "OneThousandTwentyFour",
                "SixtyFiveThousandFiveHundredThirtySix",
            ]
        );
        assert_eq!(
            spell(u32::MAX),
            "FourBillionTwoHundredNinetyFourMillionNineHundredSixtySevenThousandTwoHundredNinetyFive"
        );
    }

    #[test]
    fn marks_go_on_after_z() {
        assert_eq!([0, 25, 26, 27, 701, 702].map(letters), ["a", "z", "aa", "ab", "zz", "aaa"]);
    }

    #[test]
    fn the_second_of_two_equal_names_gets_an_ending() {
        let mut distinct = Distinct::default();
        assert_eq!(["a", "a", "a-2", "a"].map(|name| distinct.file(name)), ["a", "a-2", "a-2-2", "a-3"]);
    }
}
