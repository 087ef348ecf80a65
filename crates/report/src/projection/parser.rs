//! From words and signs to what a filter means.

use regex::Regex;

use super::filter::{FilterError, Node, Pattern};
use super::token::{Kind, Token, tokens};
use super::{Key, UnknownKey};

/// Parentheses and minus signs inside each other.
const DEEPEST: usize = 64;

/// What a filter means; an empty one matches everything.
pub(super) fn parse(text: &str) -> Result<Node, FilterError> {
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens: &tokens, end: text.chars().count() + 1, depth: 0 };
    let node = if tokens.is_empty() { Node::Everything } else { parser.any_of()? };
    match parser.tokens.first() {
        None => Ok(node),
        Some(token) => Err(FilterError::new(token.at, "there is no \"(\" that this \")\" could close")),
    }
}

struct Parser<'t> {
    tokens: &'t [Token],
    /// Column behind the last character.
    end: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn next(&mut self) -> Option<&'t Token> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first)
    }

    fn peek(&self) -> Option<&'t Kind> {
        self.tokens.first().map(|token| &token.kind)
    }

    fn takes(&mut self, kind: &Kind) -> bool {
        let found = self.peek() == Some(kind);
        if found {
            self.next();
        }
        found
    }

    fn fail(&self, token: Option<&Token>, what: &str) -> FilterError {
        let found = token.map_or("the filter ends".to_owned(), |token| format!("found {}", token.kind));
        FilterError::new(token.map_or(self.end, |token| token.at), &format!("expected {what}, {found}"))
    }

    fn any_of(&mut self) -> Result<Node, FilterError> {
        let mut all = vec![self.all_of()?];
        while self.takes(&Kind::Or) {
            all.push(self.all_of()?);
        }
        Ok(if all.len() == 1 { all.swap_remove(0) } else { Node::Or(all) })
    }

    fn all_of(&mut self) -> Result<Node, FilterError> {
        let mut all = vec![self.one()?];
        loop {
            let is_named = self.takes(&Kind::And);
            if !is_named && matches!(self.peek(), None | Some(Kind::Close | Kind::Or)) {
                break;
            }
            all.push(self.one()?);
        }
        Ok(if all.len() == 1 { all.swap_remove(0) } else { Node::And(all) })
    }

    fn one(&mut self) -> Result<Node, FilterError> {
        let token = self.next();
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.fail(token, &format!("at most {DEEPEST} levels")));
        }
        let node = match token.map(|token| &token.kind) {
            Some(Kind::Open) => {
                let inner = self.any_of()?;
                self.close()?;
                inner
            }
            Some(Kind::Minus) => Node::Not(Box::new(self.one()?)),
            Some(Kind::Star) => Node::Everything,
            Some(Kind::Word(name) | Kind::Quoted(name)) => {
                let key = name.parse().map_err(|e: UnknownKey| {
                    FilterError::new(token.map_or(self.end, |token| token.at), &e.to_string())
                })?;
                if !self.takes(&Kind::Colon) {
                    return Err(self.fail(self.tokens.first(), &format!("\":\" behind \"{name}\"")));
                }
                self.values(key)?
            }
            _ => return Err(self.fail(token, "key:value, \"(\", \"-\" or \"*\"")),
        };
        self.depth -= 1;
        Ok(node)
    }

    fn close(&mut self) -> Result<(), FilterError> {
        if self.takes(&Kind::Close) { Ok(()) } else { Err(self.fail(self.tokens.first(), "\")\"")) }
    }

    fn values(&mut self, key: Key) -> Result<Node, FilterError> {
        if !self.takes(&Kind::Open) {
            return Ok(self.value()?.map_or(Node::Everything, |pattern| Node::Match(key, vec![pattern])));
        }
        let mut patterns = Vec::new();
        let mut is_any = false;
        loop {
            match self.value()? {
                Some(pattern) => patterns.push(pattern),
                None => is_any = true,
            }
            if !self.takes(&Kind::Or) {
                break;
            }
        }
        self.close()?;
        Ok(if is_any { Node::Everything } else { Node::Match(key, patterns) })
    }

    /// A value; `None` for `*`.
    fn value(&mut self) -> Result<Option<Pattern>, FilterError> {
        let token = self.next();
        match token.map(|token| &token.kind) {
            Some(Kind::Star) => Ok(None),
            Some(Kind::Word(text) | Kind::Quoted(text)) => Ok(Some(Pattern::Exactly(text.clone()))),
            Some(Kind::Expression(text)) => {
                let at = token.map_or(self.end, |token| token.at);
                let fail = |_| FilterError::new(at, &format!("/{text}/ is no regular expression"));
                Regex::new(text).map(|expression| Some(Pattern::Expression(expression))).map_err(fail)
            }
            _ => Err(self.fail(token, "a value")),
        }
    }
}
