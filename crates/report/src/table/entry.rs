//! From cells to entries: digits, intervals, marks, the best of a line.

use std::fmt::Write as _;

use vana_types::{Better, Cell, IntervalKind, Origin, Status};

use super::{Content, Entry, significance};
use crate::quantity::{Shown, decimals, format};
use crate::tex::flatten;
use crate::view::{View, value_of};

/// What a mark means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// A sentence or less.
    pub text: String,
}

/// Notes of a table; equal texts share a mark.
#[derive(Debug, Default)]
pub struct Notes(pub Vec<Note>);

impl Notes {
    /// The mark of a text.
    pub fn mark(&mut self, text: String) -> usize {
        let known = self.0.iter().position(|note| note.text == text);
        known.unwrap_or_else(|| {
            self.0.push(Note { text });
            self.0.len() - 1
        })
    }

    /// The mark of a place without any cell.
    pub fn absent(&mut self) -> Content {
        Content::Missing { note: self.mark("not measured".to_owned()) }
    }

    fn of(&mut self, cell: &Cell, has_value: bool, view: &View<'_>) -> Option<usize> {
        let word = match cell.status {
            _ if !has_value => "lost".to_owned(),
            Status::Read | Status::Lost => String::new(),
            // Whose value it was taken for, the note says.
            Status::Ambiguous if cell.candidates.is_empty() => String::new(),
            Status::Ambiguous => {
                let names: Vec<String> =
                    cell.candidates.iter().map(|system| view.system_words(system)).collect();
                format!("ambiguous, the value of {}", names.join(" or "))
            }
            Status::Uncertain | Status::Suspect => cell.status.name().to_owned(),
        };
        let remark = cell.note.as_deref().map(flatten).unwrap_or_default();
        let text = match (word.is_empty(), remark.is_empty()) {
            (true, true) => return None,
            (true, false) => remark,
            (false, true) => word,
            (false, false) => format!("{word}: {remark}"),
        };
        Some(self.mark(text))
    }
}

/// A place in a line of numbers that are compared with each other.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Number of columns it covers.
    pub span: usize,
    /// Its cell; `None` where there is none.
    pub cell: Option<&'a Cell>,
    /// Whether a cell is to be expected: not in the line of an ambiguous name.
    pub expected: bool,
}

/// Numbers that have the same statistic and unit share their decimals.
#[derive(Clone, Copy, Debug)]
pub struct Digits {
    /// Unit with prefix.
    pub shown: Shown,
    /// Decimals.
    pub decimals: usize,
}

impl Digits {
    /// Digits for cells that stand together.
    pub fn choose<'a>(shown: Shown, cells: impl Iterator<Item = &'a Cell>) -> Self {
        let values: Vec<f64> = cells.filter_map(value_of).map(|value| shown.of(value)).collect();
        Self { shown, decimals: decimals(&values) }
    }

    /// The digits of a value in base units.
    pub fn text(self, value: f64) -> String {
        format(self.shown.of(value), self.decimals)
    }

    fn interval(self, cell: &Cell) -> Option<String> {
        let (value, interval) = (value_of(cell)?, cell.estimate.interval?);
        let (below, above) = (value - interval.low, interval.high - value);
        if !below.is_finite() || !above.is_finite() {
            return None;
        }
        let is_even = (below - above).abs() <= 1e-6 * (below.abs() + above.abs());
        Some(if interval.kind == IntervalKind::StudentT && is_even {
            format!("±{}", self.text(above))
        } else {
            format!("[{}, {}]", self.text(interval.low), self.text(interval.high))
        })
    }
}

/// The entries of one line. `digits` gives the digits of a cell; the best value of the line is marked as such.
pub fn line(
    places: &[Place<'_>],
    digits: impl Fn(&Cell) -> Digits,
    notes: &mut Notes,
    view: &View<'_>,
) -> Vec<Entry> {
    let best = best_text(places, &digits);
    let mut entries = Vec::new();
    for place in places {
        let content = match place.cell {
            None if !place.expected => Content::Blank,
            None => notes.absent(),
            Some(cell) => match value_of(cell) {
                None => match notes.of(cell, false, view) {
                    Some(note) => Content::Missing { note },
                    None => notes.absent(),
                },
                Some(value) => {
                    let digits = digits(cell);
                    let text = digits.text(value);
                    let best = best.as_ref() == Some(&text);
                    let interval = digits.interval(cell);
                    let letters = view.judged.letters(&cell.key).map(str::to_owned);
                    Content::Number {
                        text,
                        interval,
                        unit: None,
                        letters,
                        best,
                        note: notes.of(cell, true, view),
                    }
                }
            },
        };
        let key = place.cell.map(|cell| cell.key.clone());
        entries.push(Entry { span: place.span, content, key, findings: Vec::new() });
    }
    entries
}

/// The digits of the best value; `None` where no direction is better, all values look the same, or one is lost.
fn best_text(places: &[Place<'_>], digits: impl Fn(&Cell) -> Digits) -> Option<String> {
    let cells: Vec<&Cell> =
        places.iter().filter_map(|place| place.cell).filter(|c| value_of(c).is_some()).collect();
    // Whoever lost its value may have had the best one.
    let is_lost = |place: &Place<'_>| place.cell.is_some_and(|cell| value_of(cell).is_none());
    let first = cells.first().filter(|_| !places.iter().any(is_lost))?;
    let direction = Better::of(&first.key.metric, &first.key.statistic, first.unit)?;
    let mut best: &Cell = first;
    for cell in &cells {
        let (old, new) = (best.estimate.value?, cell.estimate.value?);
        if (direction == Better::Higher && new > old) || (direction == Better::Lower && new < old) {
            best = cell;
        }
    }
    if best.status == Status::Suspect {
        return None;
    }
    let text = digits(best).text(best.estimate.value?);
    let others = cells.iter().filter_map(|cell| value_of(cell)).any(|value| digits(best).text(value) != text);
    others.then_some(text)
}

/// Sentences about a table as a whole, for its caption and below it. `marks_best` says of what the best value is bold;
/// empty where nothing is compared.
pub fn remarks(cells: &[&Cell], marks_best: &str, view: &View<'_>) -> (String, Vec<String>) {
    let mut caption = String::new();
    let mut below = Vec::new();
    let compared =
        cells.iter().any(|cell| Better::of(&cell.key.metric, &cell.key.statistic, cell.unit).is_some());
    if compared && !marks_best.is_empty() {
        caption.push_str(" Bold: best value of ");
        caption.push_str(marks_best);
        let is_tested = cells.iter().any(|cell| view.judged.group(&cell.key).is_some());
        caption.push_str(if is_tested { "." } else { ", no test of significance." });
    }
    caption.push_str(&significance::letters_sentence(cells, view));
    let count = repetitions(cells, &mut below);
    if let Some(interval) = cells.iter().find_map(|cell| cell.estimate.interval) {
        let of = match interval.kind {
            IntervalKind::StudentT => "Student t interval of the mean",
            IntervalKind::OrderStatistic => "order-statistic interval of the median",
        };
        let percent = format(interval.level * 100.0, usize::from((interval.level * 100.0).fract() > 1e-9));
        _ = write!(caption, " Small: {percent} % {of} over {count}.");
    } else if count != "repetitions" {
        _ = write!(caption, " Means over {count}.");
    }
    if cells.iter().all(|cell| cell.origin == Origin::Published) {
        caption.push_str(" Values as published.");
    } else if cells.iter().all(|cell| cell.origin == Origin::Reported) {
        caption.push_str(" Values as the tool printed them.");
    }
    (caption, below)
}

/// `5 repetitions`: of the values with intervals where there are any, of all values else; a remark below the table
/// says where values have fewer.
fn repetitions(cells: &[&Cell], below: &mut Vec<String>) -> String {
    let counted = |with_interval: bool| {
        let is_counted =
            |cell: &&&Cell| value_of(cell).is_some() && (!with_interval || cell.estimate.interval.is_some());
        let mut counts: Vec<u32> =
            cells.iter().filter(is_counted).filter_map(|cell| cell.estimate.n).collect();
        counts.sort_unstable();
        counts
    };
    let all = counted(false);
    if let (Some(least), Some(most)) = (all.first(), all.last())
        && least < most
    {
        let fewer = all.iter().filter(|count| *count < most).count();
        below.push(format!(
            "Repetitions: {most}, fewer for {fewer} of {} values (at least {least})",
            all.len()
        ));
    }
    let counts = Some(counted(true)).filter(|counts| !counts.is_empty()).unwrap_or(all);
    match (counts.first(), counts.last()) {
        (Some(1), Some(1)) => "1 repetition".to_owned(),
        (Some(least), Some(most)) if least == most => format!("{most} repetitions"),
        (Some(least), Some(most)) => format!("{least} to {most} repetitions"),
        _ => "repetitions".to_owned(),
    }
}
