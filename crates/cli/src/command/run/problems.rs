//! Everything that is wrong with a plan, said at once.

use std::cell::RefCell;

use crate::failure::Failure;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// Line of the plan, counted from 1; `None` for what is wrong with the machine.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// What may help.
    pub hint: Option<String>,
}

/// Problems as they are found.
#[derive(Debug, Default)]
pub(super) struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    /// One at a line.
    pub fn at(&self, line: usize, message: impl Into<String>) {
        self.add(Problem { line: Some(line), message: message.into(), hint: None });
    }

    /// One more; the same thing twice is one.
    pub fn add(&self, problem: Problem) {
        let mut all = self.0.borrow_mut();
        if !all.contains(&problem) {
            all.push(problem);
        }
    }

    /// Nothing, or the failure that says them all in the order of the plan.
    pub fn into_result(self, plan: &str) -> Result<(), Failure> {
        let mut all = self.0.into_inner();
        if all.is_empty() {
            return Ok(());
        }
        all.sort_by_key(|problem| problem.line.unwrap_or(usize::MAX));
        let said = |problem: &Problem| {
            let line = problem.line.map(|line| format!(":{line}")).unwrap_or_default();
            format!("{plan}{line}: {}", problem.message)
        };
        if let [only] = all.as_slice() {
            return Err(Failure::input(said(only)).hint(only.hint.as_deref()));
        }
        let mut text = format!("{plan} cannot be carried out for {} reasons", all.len());
        for problem in &all {
            text.push_str("\n  ");
            text.push_str(&said(problem));
            if let Some(hint) = &problem.hint {
                text.push_str("\n    hint: ");
                text.push_str(hint);
            }
        }
        Err(Failure::input(text))
    }
}

/// The name that is nearest to what was typed, if it is near.
pub(super) fn nearest<'n>(typed: &str, names: &[&'n str]) -> Option<&'n str> {
    let near = names.iter().map(|name| (distance(typed, name), *name)).min()?;
    (near.0 <= 1 + typed.chars().count() / 4).then_some(near.1)
}

/// Letters to change, add or leave out, and neighbours to swap, to make one word of another (optimal string alignment).
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut rows = vec![(0..=other.len()).collect::<Vec<usize>>()];
    for (i, letter) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, against) in other.iter().enumerate() {
            let changed = rows[i][j] + usize::from(letter != against);
            let mut best = changed.min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *letter == other[j - 1] && one[i - 1] == *against {
                best = best.min(rows[i - 1][j - 1] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[one.len()][other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_near() {
        let names = ["repetitions", "rest", "seed", "clients"];
        let found =
            ["repetitons", "sede", "client", "colour", "duration"].map(|typed| nearest(typed, &names));
        assert_eq!(found, [Some("repetitions"), Some("seed"), Some("clients"), None, None]);
        assert_eq!(["kitten", "ab", ""].map(|word| distance(word, "sitting")), [3, 7, 7]);
        assert_eq!(distance("ab", "ba"), 1);
    }
}
