//! What a query must give, and whether it does.

use std::fmt;

use serde::Deserialize;
use vana_types::{ClaimVerdict, Verdict};

use super::answer::{Answer, Field, digits, show};
use super::order;

/// What the last column of a query must hold, in every row; or, for an order, the first one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expectation {
    /// Numbers from `low` to `high`, ends included; `shown` says so for people.
    Range { low: f64, high: f64, shown: String },
    /// Numbers above, below or at zero.
    Sign(Sign),
    /// Names in the first column, in this order and no others; rows with equal numbers may stand either way.
    Order(Vec<String>),
    /// Verdicts of comparisons.
    Verdict(Verdict),
    /// Truths.
    Truth(bool),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Sign {
    Positive,
    Negative,
    Zero,
}

/// The table `expect` as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawExpectation {
    value: Option<f64>,
    within: Option<Within>,
    min: Option<f64>,
    max: Option<f64>,
    order: Option<Vec<String>>,
    sign: Option<Sign>,
    verdict: Option<Verdict>,
    is_true: Option<bool>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Within {
    Absolute(f64),
    Percent(String),
}

impl Expectation {
    /// From the table; the error is a lowercase fragment.
    pub fn new(raw: RawExpectation) -> Result<Self, String> {
        let mut found = Vec::new();
        match (raw.value, raw.within) {
            (Some(value), Some(within)) => found.push(near(value, &within)?),
            (Some(_), None) => return Err("value needs within, as in within = \"10%\"".to_owned()),
            (None, Some(_)) => return Err("within needs a value".to_owned()),
            (None, None) => {}
        }
        if raw.min.is_some() || raw.max.is_some() {
            found.push(range(raw.min, raw.max)?);
        }
        found.extend(raw.order.map(Self::Order));
        found.extend(raw.sign.map(Self::Sign));
        found.extend(raw.verdict.map(Self::Verdict));
        found.extend(raw.is_true.map(Self::Truth));
        if let Some(Self::Order(names)) = found.first().filter(|_| found.len() == 1)
            && (names.len() < 2 || (1..names.len()).any(|at| names[at..].contains(&names[at - 1])))
        {
            return Err("an order needs two names or more, each once".to_owned());
        }
        match (found.pop(), found.is_empty()) {
            (Some(one), true) => Ok(one),
            _ => Err("expect needs exactly one of value, min/max, order, sign, verdict, is_true".to_owned()),
        }
    }

    /// What follows from the answers that are possible: one, or those at the ends of what lost cells may have been.
    /// The error says why no such answer fits the expectation at all.
    pub fn judge(&self, answers: &[Answer]) -> Result<Judged, String> {
        if answers.iter().any(|answer| answer.rows.is_empty()) {
            return Ok(Judged::undecidable("the query gives no row"));
        }
        match self {
            Self::Order(names) => order::judge(names, answers),
            _ => self.judge_rows(answers),
        }
    }

    fn judge_rows(&self, answers: &[Answer]) -> Result<Judged, String> {
        let Some((first, others)) = answers.split_first() else {
            return Ok(Judged::undecidable("there is no answer"));
        };
        if others.iter().any(|other| other.rows.len() != first.rows.len()) {
            return Ok(Judged::undecidable("which rows there are depends on the lost cells"));
        }
        let mut worst = Judged::holds();
        for row in 0..first.rows.len() {
            let fields: Vec<&Field> = answers.iter().filter_map(|answer| answer.rows[row].last()).collect();
            let judged = self.judge_fields(&fields)?;
            // One row that says otherwise settles it, whatever the others leave open.
            if severity(judged.verdict) > severity(worst.verdict) {
                worst = judged;
            }
        }
        Ok(worst)
    }

    fn judge_fields(&self, fields: &[&Field]) -> Result<Judged, String> {
        if fields.contains(&&Field::Nothing) {
            return Ok(Judged::undecidable("the query gives no value"));
        }
        match self {
            Self::Range { low, high, .. } => {
                let slack = 1e-9 * low.abs().min(high.abs()).max(f64::MIN_POSITIVE);
                Ok(judge_span(
                    span(fields)?,
                    |value| value >= low - slack && value <= high + slack,
                    |(least, most)| most < low - slack || least > high + slack,
                ))
            }
            Self::Sign(sign) => {
                let is_met = |value: f64| match sign {
                    Sign::Positive => value > 0.0,
                    Sign::Negative => value < 0.0,
                    Sign::Zero => value == 0.0,
                };
                Ok(judge_span(span(fields)?, is_met, |(least, most)| match sign {
                    Sign::Positive => most <= 0.0,
                    Sign::Negative => least >= 0.0,
                    Sign::Zero => least > 0.0 || most < 0.0,
                }))
            }
            Self::Truth(wanted) => all_or_none(fields, "true or false", |field| match field {
                Field::Truth(found) => Some(found == wanted),
                _ => None,
            }),
            Self::Verdict(wanted) => all_or_none(fields, "a verdict", |field| match field {
                Field::Text(found) => Some(found == wanted.name()),
                _ => None,
            }),
            Self::Order(_) => Err("an order is of rows, not of fields".to_owned()),
        }
    }
}

/// A verdict and, where there is none, why.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Judged {
    pub verdict: ClaimVerdict,
    pub reason: Option<String>,
}

impl Judged {
    pub const fn holds() -> Self {
        Self { verdict: ClaimVerdict::Holds, reason: None }
    }

    pub const fn contradicted() -> Self {
        Self { verdict: ClaimVerdict::Contradicted, reason: None }
    }

    pub fn undecidable(reason: &str) -> Self {
        Self { verdict: ClaimVerdict::Undecidable, reason: Some(reason.to_owned()) }
    }
}

const fn severity(verdict: ClaimVerdict) -> u8 {
    match verdict {
        ClaimVerdict::Holds => 0,
        ClaimVerdict::DependsOnReading | ClaimVerdict::Undecidable => 1,
        ClaimVerdict::Contradicted => 2,
    }
}

/// The smallest and the largest that a number may be.
pub(crate) type Span = (f64, f64);

/// Smallest and largest of numbers; NaN in both where one is not finite. Only where several are possible may one be
/// infinite: a lost cell of zero under a fraction makes it so.
fn span(fields: &[&Field]) -> Result<Span, String> {
    let mut span = (f64::INFINITY, f64::NEG_INFINITY);
    for field in fields {
        match field {
            Field::Number(number) if number.is_finite() || (fields.len() > 1 && !number.is_nan()) => {
                span = (span.0.min(*number), span.1.max(*number));
            }
            Field::Number(_) => return Ok((f64::NAN, f64::NAN)),
            other => return Err(misfit("a number", other)),
        }
    }
    Ok(span)
}

fn judge_span(span: Span, is_met: impl Fn(f64) -> bool, is_apart: impl Fn(Span) -> bool) -> Judged {
    if span.0.is_nan() {
        Judged::undecidable("the query gives no finite number; it divides by zero or the like")
    } else if is_met(span.0) && is_met(span.1) {
        Judged::holds()
    } else if is_apart(span) {
        Judged::contradicted()
    } else {
        undecided(span)
    }
}

fn undecided((least, most): Span) -> Judged {
    let reason = match (least.is_finite(), most.is_finite()) {
        (true, true) => format!("it may be anything from {} to {}", digits(least), digits(most)),
        (true, false) => format!("it may be anything from {} on", digits(least)),
        (false, true) => format!("it may be anything up to {}", digits(most)),
        (false, false) => "it may be anything".to_owned(),
    };
    Judged::undecidable(&reason)
}

fn misfit(what: &str, found: &Field) -> String {
    format!("{what} is expected, but the last column has \"{}\"", show(std::slice::from_ref(found)))
}

fn all_or_none(
    fields: &[&Field],
    what: &str,
    is_met: impl Fn(&Field) -> Option<bool>,
) -> Result<Judged, String> {
    let met: Option<Vec<bool>> = fields.iter().map(|field| is_met(field)).collect();
    let met = met.ok_or_else(|| misfit(what, fields.first().copied().unwrap_or(&Field::Nothing)))?;
    Ok(if met.iter().all(|met| *met) {
        Judged::holds()
    } else if met.iter().any(|met| *met) {
        Judged::undecidable("the lost cells decide")
    } else {
        Judged::contradicted()
    })
}

fn near(value: f64, within: &Within) -> Result<Expectation, String> {
    let (tolerance, shown) = match within {
        Within::Absolute(tolerance) => (*tolerance, tolerance.to_string()),
        Within::Percent(text) => {
            let percent = text.strip_suffix('%').and_then(|number| number.trim().parse::<f64>().ok());
            let percent =
                percent.ok_or_else(|| format!("within is \"{text}\"; expected a number or a percentage"))?;
            (value.abs() * percent / 100.0, format!("{percent} %"))
        }
    };
    if !value.is_finite() || !tolerance.is_finite() || tolerance < 0.0 {
        return Err("value and within must be finite, within not negative".to_owned());
    }
    Ok(Expectation::Range {
        low: value - tolerance,
        high: value + tolerance,
        shown: format!("{value} ± {shown}"),
    })
}

fn range(min: Option<f64>, max: Option<f64>) -> Result<Expectation, String> {
    let shown = match (min, max) {
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(min), None) => format!("at least {min}"),
        (None, Some(max)) => format!("at most {max}"),
        (None, None) => return Err("min or max".to_owned()),
    };
    let (low, high) = (min.unwrap_or(f64::NEG_INFINITY), max.unwrap_or(f64::INFINITY));
    if low.is_nan() || high.is_nan() || low > high {
        return Err("min must not be above max".to_owned());
    }
    Ok(Expectation::Range { low, high, shown })
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Range { shown, .. } => f.write_str(shown),
            Self::Sign(Sign::Positive) => f.write_str("positive"),
            Self::Sign(Sign::Negative) => f.write_str("negative"),
            Self::Sign(Sign::Zero) => f.write_str("zero"),
            Self::Order(names) => write!(f, "{}", names.join(", ")),
            Self::Verdict(verdict) => write!(f, "{verdict}"),
            Self::Truth(truth) => write!(f, "{truth}"),
        }
    }
}
