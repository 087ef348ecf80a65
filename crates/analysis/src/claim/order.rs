//! Names in an order.

use super::answer::{Answer, Field, is_equal};
use super::expectation::{Judged, Span};

/// Whether the first column has these names in this order.
pub(crate) fn judge(names: &[String], answers: &[Answer]) -> Result<Judged, String> {
    let mut found = Vec::new();
    for answer in answers {
        let mut rows = Vec::new();
        for row in &answer.rows {
            if row.iter().any(|field| match field {
                Field::Nothing => true,
                Field::Number(number) => !number.is_finite(),
                _ => false,
            }) {
                return Ok(Judged::undecidable("a row of the query has no value"));
            }
            match row.as_slice() {
                [Field::Text(name), .., Field::Number(number)] => rows.push((name.clone(), Some(*number))),
                [Field::Text(name), ..] => rows.push((name.clone(), None)),
                _ => return Err("an order is expected, but the first column has no names".to_owned()),
            }
        }
        found.push(rows);
    }
    if found.iter().all(|rows| is_in_order(names, rows)) {
        return Ok(Judged::holds());
    }
    let is_settled = match found.as_slice() {
        [_] => true,
        _ => is_never_in_order(names, &found),
    };
    Ok(if is_settled {
        Judged::contradicted()
    } else {
        Judged::undecidable("the lost cells decide the order")
    })
}

type Named = (String, Option<f64>);

fn is_tied(one: &Named, other: &Named) -> bool {
    one.1.zip(other.1).is_some_and(|(one, other)| is_equal(one, other))
}

/// Rows of equal numbers are put as the expectation has them.
fn is_in_order(names: &[String], rows: &[Named]) -> bool {
    let place = |name: &String| names.iter().position(|known| known == name);
    let mut rows = rows.to_vec();
    for group in rows.chunk_by_mut(is_tied) {
        group.sort_by_key(|(name, _)| place(name));
    }
    rows.iter().map(|(name, _)| name).eq(names)
}

/// Whether two names stand the wrong way round even where the lost cells are kindest to them. What the cells may have
/// been is known at its ends, so a name's number lies between the smallest and largest found.
fn is_never_in_order(names: &[String], found: &[Vec<Named>]) -> bool {
    let of = |name: &String| {
        let numbers = found.iter().flatten().filter(|(known, _)| known == name).map(|(_, number)| *number);
        numbers.collect::<Option<Vec<f64>>>().filter(|numbers| numbers.len() == found.len()).map(|numbers| {
            let least = numbers.iter().copied().fold(f64::INFINITY, f64::min);
            (least, numbers.into_iter().fold(f64::NEG_INFINITY, f64::max))
        })
    };
    let Some(spans) = names.iter().map(of).collect::<Option<Vec<Span>>>() else {
        // A name that no lost cell can bring is missing.
        return names.iter().any(|name| found.iter().flatten().all(|(known, _)| known != name));
    };
    let descends = |rows: &Vec<Named>| match (rows.first(), rows.last()) {
        (Some((_, Some(first))), Some((_, Some(last)))) => Some(first > last),
        _ => None,
    };
    let Some(is_descending) = found.first().and_then(descends) else { return false };
    let mut pairs = (0..spans.len()).flat_map(|one| (one + 1..spans.len()).map(move |other| (one, other)));
    pairs.any(
        |(before, after)| {
            if is_descending { spans[before].1 < spans[after].0 } else { spans[before].0 > spans[after].1 }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use vana_types::ClaimVerdict::{self, Contradicted, Holds, Undecidable};

    fn answer(rows: &[(&str, f64)]) -> Answer {
        let row =
            |(name, number): &(&str, f64)| vec![Field::Text((*name).to_owned()), Field::Number(*number)];
        Answer { rows: rows.iter().map(row).collect() }
    }

    fn verdict(answers: &[Answer]) -> ClaimVerdict {
        judge(&["a", "b", "c"].map(str::to_owned), answers).unwrap().verdict
    }

    #[test]
    fn equal_numbers_may_stand_either_way() {
        assert_eq!(verdict(&[answer(&[("b", 3.0), ("a", 3.0), ("c", 1.0)])]), Holds);
        assert_eq!(verdict(&[answer(&[("b", 3.0), ("a", 2.0), ("c", 1.0)])]), Contradicted);
    }

    #[test]
    fn a_name_too_many_or_too_few_is_another_order() {
        assert_eq!(verdict(&[answer(&[("a", 3.0), ("b", 2.0)])]), Contradicted);
        assert_eq!(verdict(&[answer(&[("a", 3.0), ("b", 2.0), ("c", 1.0), ("d", 0.0)])]), Contradicted);
    }

    #[test]
    fn lost_cells_settle_an_order_only_where_they_cannot_help_it() {
        let low = answer(&[("a", 3.0), ("c", 1.0), ("b", 0.0)]);
        let high = answer(&[("b", 9.0), ("a", 3.0), ("c", 1.0)]);
        // Between its ends, b would stand where it should.
        assert_eq!(verdict(&[low, high]), Undecidable);
        let low = answer(&[("c", 4.0), ("a", 3.0), ("b", 0.0)]);
        let high = answer(&[("b", 9.0), ("c", 4.0), ("a", 3.0)]);
        assert_eq!(verdict(&[low, high]), Contradicted);
    }
}
