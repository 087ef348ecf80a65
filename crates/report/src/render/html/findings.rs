//! What not to trust, numbered as in the tables.

use maud::{Markup, html};
use vana_types::Severity;

use super::words;
use crate::doubts::Doubt;
use crate::tex::flatten;
use crate::view::View;

/// Places named of one text.
const PLACES: usize = 6;

/// The list of findings, worst first.
pub fn draw(view: &View<'_>) -> Markup {
    let of = |severity| view.doubts.0.iter().filter(move |doubt| doubt.severity == severity);
    html! {
        @if view.doubts.0.is_empty() { p { "No doubts were found." } }
        @for (severity, heading) in [
            (Severity::Error, "Errors: a number is wrong"),
            (Severity::Warning, "Warnings: a number may mislead"),
            (Severity::Info, "Good to know"),
        ] {
            @if of(severity).next().is_some() {
                h3 { (heading) }
                ul.findings { @for doubt in of(severity) { (item(view, doubt)) } }
            }
        }
    }
}

fn item(view: &View<'_>, doubt: &Doubt<'_>) -> Markup {
    html! {
        li id={ "finding-" (doubt.number) } class=(doubt.severity) tabindex="-1" {
            p.rule {
                a href={ "#finding-" (doubt.number) } { "F" (doubt.number) } " "
                span class={ "mark " (doubt.severity) } { (doubt.severity) } " "
                code { (flatten(doubt.code)) }
                @if let Some(places) = words::places(view, doubt, PLACES) { " · " (places) }
            }
            p dir="auto" {
                @match doubt.message {
                    Some(message) => { (flatten(message)) }
                    None => { "And " (doubt.findings.len()) " more of this kind, see findings.csv." }
                }
            }
        }
    }
}
