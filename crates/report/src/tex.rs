//! Foreign text inside LaTeX.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::RangeInclusive;

use deunicode::deunicode_char;
pub use vana_types::flatten;

/// Text as LaTeX shows it literally: specials escaped, line breaks as spaces, no ligature of T1.
pub fn escape(text: &str) -> String {
    let mut escaped = String::new();
    v_latexescape::escape_string(&flatten(text), &mut escaped);
    let mut out = String::with_capacity(escaped.len());
    let mut before = ' ';
    for c in escaped.chars() {
        if is_ligature(before, c) {
            out.push_str("{}");
        }
        out.push(c);
        before = c;
    }
    out
}

/// T1 fonts join these pairs into dashes, quotation marks and inverted punctuation.
fn is_ligature(before: char, c: char) -> bool {
    (before == c && "-<>,'`".contains(c)) || (c == '`' && "?!".contains(before))
}

/// Like [`escape`], with places to break in words of more than 20 letters, for text in paragraphs.
pub fn escape_breakable(text: &str) -> String {
    let words = flatten(text);
    let words = words.split(' ').map(|word| {
        let letters: Vec<char> = word.chars().collect();
        if letters.len() <= 20 {
            return escape(word);
        }
        let pieces = letters.chunks(8).map(|piece| escape(&piece.iter().collect::<String>()));
        pieces.collect::<Vec<_>>().join("\\allowbreak{}")
    });
    words.collect::<Vec<_>>().join(" ")
}

/// What the encodings T1 and TS1 show (the files t1enc.dfu and ts1enc.dfu of LaTeX), without what is invisible.
const KNOWN: [RangeInclusive<char>; 16] = [
    '\u{A0}'..='\u{AC}',
    '\u{AE}'..='\u{B7}',
    '\u{B9}'..='\u{FF}',
    '\u{100}'..='\u{125}',
    '\u{128}'..='\u{137}',
    '\u{139}'..='\u{13E}',
    '\u{141}'..='\u{148}',
    '\u{14A}'..='\u{17E}',
    '\u{2013}'..='\u{2015}',
    '\u{2018}'..='\u{201A}',
    '\u{201C}'..='\u{201E}',
    '\u{2020}'..='\u{2022}',
    '\u{2030}'..='\u{2030}',
    '\u{2039}'..='\u{203A}',
    '\u{20AC}'..='\u{20AC}',
    '\u{2122}'..='\u{2122}',
];

/// The characters of `texts` that pdflatex does not know, sorted.
pub fn unknown_characters<'a>(texts: impl Iterator<Item = &'a str>) -> BTreeSet<char> {
    let known = |c: &char| c.is_ascii() || KNOWN.iter().any(|range| range.contains(c));
    texts.flat_map(str::chars).filter(|c| !known(c)).collect()
}

/// The text with the letters in which pdflatex shows it, to estimate its width.
pub fn as_shown(text: &str) -> String {
    let unknown = unknown_characters(std::iter::once(text));
    text.chars().map(|c| if unknown.contains(&c) { transliterate(c) } else { c.to_string() }).collect()
}

/// One `\DeclareUnicodeCharacter` per character, with the nearest ASCII text.
pub fn declare(characters: &BTreeSet<char>) -> String {
    let mut lines = String::new();
    for &c in characters {
        let shown = escape_spaces(&transliterate(c));
        _ = writeln!(lines, "\\DeclareUnicodeCharacter{{{:04X}}}{{{shown}}}", u32::from(c));
    }
    lines
}

/// The nearest ASCII text of a character, or its number where there is none.
pub fn transliterate(c: char) -> String {
    match deunicode_char(c) {
        // The selector of emoji style follows many emoji and shows nothing by itself.
        _ if c == '\u{FE0F}' => String::new(),
        Some(ascii) if !ascii.trim().is_empty() && ascii.is_ascii() => flatten_keeping_end(ascii),
        _ => format!("[U+{:04X}]", u32::from(c)),
    }
}

/// `deunicode` ends syllables with a space that separates them.
fn flatten_keeping_end(ascii: &str) -> String {
    let end = if ascii.ends_with(' ') { " " } else { "" };
    format!("{}{end}", flatten(ascii))
}

fn escape_spaces(text: &str) -> String {
    escape_with_end(text).replace("{}{}", "{}")
}

fn escape_with_end(text: &str) -> String {
    let end = if text.ends_with(' ') { " " } else { "" };
    format!("{}{end}", escape(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specials_are_escaped() {
        assert_eq!(
            escape("_ % & # \\ $ ~ ^ { }"),
            "\\_ \\% \\& \\# \\textbackslash{} \\$ \\textasciitilde{} \\textasciicircum{} \\{ \\}"
        );
    }

    #[test]
    fn ligatures_and_line_breaks_are_taken_apart() {
        assert_eq!(escape("--x\n<<?`"), "-{}-x <{}<?{}`");
        assert_eq!(escape("a\u{0}\t b\u{2028}c\u{202E}"), "a b c");
    }

    #[test]
    fn long_words_may_break() {
        assert_eq!(
            escape_breakable("ab abcdefghijklmnopqrstuvwxyz"),
            "ab abcdefgh\\allowbreak{}ijklmnop\\allowbreak{}qrstuvwx\\allowbreak{}yz"
        );
    }

    #[test]
    fn only_what_latex_does_not_know_is_declared() {
        let unknown = unknown_characters(["Zürich µ ± Łódź – “x” 北 🚀 \u{200B}"].into_iter());
        assert_eq!(
            declare(&unknown),
            "\\DeclareUnicodeCharacter{200B}{[U+200B]}\n\\DeclareUnicodeCharacter{5317}{Bei }\n\\DeclareUnicodeCharacter{1F680}{rocket }\n"
        );
    }
}
