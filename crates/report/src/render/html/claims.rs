//! The sentences of the publication, as its data bear them out.

use maud::{Markup, html};
use vana_types::{CheckedClaim, ClaimVerdict};

use super::Budget;
use crate::tex::flatten;
use crate::view::View;

/// The table of claims; `None` where there are none.
pub fn draw(view: &View<'_>, budget: Budget) -> Option<Markup> {
    let claims = &view.results.judgement.claims;
    (!claims.is_empty()).then(|| {
        html! {
            @if claims.len() > budget.rows {
                p.note { (budget.rows) " of " (claims.len()) " claims are shown; claims.csv has all." }
            }
            div.wide tabindex="0" role="region" aria-label="Table of claims" {
                table.sortable #claims-table {
                    thead { tr {
                        th scope="col" { "Verdict" }
                        th scope="col" { "Claim" }
                        th scope="col" { "Found" }
                        th scope="col" { "Expected" }
                    } }
                    tbody { @for (index, claim) in claims.iter().take(budget.rows).enumerate() { (row(index, claim)) } }
                }
            }
        }
    })
}

fn row(index: usize, claim: &CheckedClaim) -> Markup {
    let (kind, words) = match claim.verdict {
        ClaimVerdict::Holds => ("better", "● holds"),
        ClaimVerdict::Contradicted => ("error", "× contradicted"),
        ClaimVerdict::Undecidable => ("info", "? undecidable"),
        ClaimVerdict::DependsOnReading => ("warning", "⊙ depends on the reading"),
    };
    html! {
        tr id={ "claim-" (index + 1) } {
            td { span class={ "mark " (kind) } { (words) } }
            th scope="row" dir="auto" {
                span.statement { (flatten(&claim.statement)) }
                span.aside { code { (flatten(&claim.id)) }
                    @if let Some(place) = &claim.place { ", " (flatten(place)) } }
                @if let Some(note) = &claim.note { span.aside { (flatten(note)) } }
            }
            td dir="auto" { (claim.found.as_deref().map_or("–".to_owned(), flatten)) }
            td dir="auto" { (flatten(&claim.expected)) }
        }
    }
}
