//! Foreign text on one line.

/// One line: control characters and white space become single spaces; marks that turn the writing direction vanish.
pub fn flatten(text: &str) -> String {
    let is_turning = |letter: &char| matches!(letter, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let is_space = |letter: char| letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}');
    let letters = text.chars().filter(|letter| !is_turning(letter));
    let spaced: String = letters.map(|letter| if is_space(letter) { ' ' } else { letter }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_line_and_one_direction() {
        assert_eq!(flatten(" a\n\tb\u{1b}[31m\u{2028}c "), "a b [31m c");
        assert_eq!(flatten("\u{202e}a\u{2066}b\u{200f}\u{61c}"), "ab");
        assert_eq!(flatten("\u{2067}\n"), "");
    }
}
