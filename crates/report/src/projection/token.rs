//! The words and signs of a filter.

use std::fmt;

use super::filter::FilterError;

/// A word or sign, and its column in characters from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Where it begins.
    pub at: usize,
    /// What it is.
    pub kind: Kind,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `(`
    Open,
    /// `)`
    Close,
    /// `:`
    Colon,
    /// `-` before something.
    Minus,
    /// `*`
    Star,
    /// `AND`
    And,
    /// `OR`
    Or,
    /// A word.
    Word(String),
    /// What stood in double quotes.
    Quoted(String),
    /// What stood between slashes.
    Expression(String),
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open => f.write_str("\"(\""),
            Self::Close => f.write_str("\")\""),
            Self::Colon => f.write_str("\":\""),
            Self::Minus => f.write_str("\"-\""),
            Self::Star => f.write_str("\"*\""),
            Self::And => f.write_str("AND"),
            Self::Or => f.write_str("OR"),
            Self::Word(text) | Self::Quoted(text) => write!(f, "\"{text}\""),
            Self::Expression(text) => write!(f, "/{text}/"),
        }
    }
}

/// Cuts a filter into tokens. Cost: linear in its length.
pub fn tokens(text: &str) -> Result<Vec<Token>, FilterError> {
    let letters: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&letter) = letters.get(at) {
        let start = at;
        at += 1;
        let kind = match letter {
            _ if letter.is_whitespace() => continue,
            '(' => Kind::Open,
            ')' => Kind::Close,
            ':' => Kind::Colon,
            '-' => Kind::Minus,
            '"' => Kind::Quoted(until(&letters, &mut at, '"', "quotation mark")?),
            '/' => Kind::Expression(until(&letters, &mut at, '/', "slash")?),
            _ => {
                let is_word = |c: &&char| !c.is_whitespace() && !matches!(c, '(' | ')' | ':' | '"');
                let word: String = letters.iter().skip(start).take_while(is_word).collect();
                at = start + word.chars().count();
                match word.as_str() {
                    "*" => Kind::Star,
                    "AND" => Kind::And,
                    "OR" => Kind::Or,
                    _ => Kind::Word(word),
                }
            }
        };
        tokens.push(Token { at: start + 1, kind });
    }
    Ok(tokens)
}

/// What stands before the closing sign; a backslash takes the sign itself in.
fn until(letters: &[char], at: &mut usize, end: char, name: &str) -> Result<String, FilterError> {
    let start = *at;
    let mut text = String::new();
    while let Some(&letter) = letters.get(*at) {
        *at += 1;
        match letter {
            _ if letter == end => return Ok(text),
            '\\' if letters.get(*at) == Some(&end) => {
                *at += 1;
                text.push(end);
            }
            '\\' if end == '"' && letters.get(*at) == Some(&'\\') => {
                *at += 1;
                text.push('\\');
            }
            _ => text.push(letter),
        }
    }
    Err(FilterError::new(start, &format!("this {name} is never closed")))
}
