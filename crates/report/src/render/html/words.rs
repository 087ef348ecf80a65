//! Names, numbers and places as markup.

use maud::{Markup, PreEscaped, html};
use vana_types::Finding;

use crate::doubts::Doubt;
use crate::label;
use crate::quantity::group;
use crate::tex::flatten;
use crate::view::View;

/// The study's title; never empty.
pub fn title(view: &View<'_>) -> String {
    let title = flatten(&view.results.title);
    if title.is_empty() { "A study without a title".to_owned() } else { title }
}

/// A name that keeps its writing direction to itself.
pub fn bdi(name: &str) -> Markup {
    html! { bdi { (name) } }
}

/// The name of a system.
pub fn system(view: &View<'_>, id: &str) -> Markup {
    bdi(&system_text(view, id))
}

/// The name of a system, as text.
pub fn system_text(view: &View<'_>, id: &str) -> String {
    let name = view.all_systems().find(|name| name.id == id).map(|name| name.full.clone());
    name.unwrap_or_else(|| or_nameless(id))
}

/// The name of a workload.
pub fn workload(view: &View<'_>, id: &str) -> Markup {
    bdi(&workload_text(view, id))
}

/// The name of a workload, as text.
pub fn workload_text(view: &View<'_>, id: &str) -> String {
    let name = view.workloads.iter().find(|name| name.id == id).map(|name| name.full.clone());
    name.unwrap_or_else(|| or_nameless(id))
}

/// A text in one line, or words that say that there is none.
pub fn or_nameless(text: &str) -> String {
    let text = flatten(text);
    if text.is_empty() { "(no name)".to_owned() } else { text }
}

/// A number with narrow spaces, at which no line breaks, and a true minus.
pub fn grouped(number: &str) -> String {
    group(number, "\u{202f}", "\u{2212}")
}

/// Where a doubt stands: the first of its places, and how many more there are; nothing for one about all.
pub fn places(view: &View<'_>, doubt: &Doubt<'_>, most: usize) -> Option<Markup> {
    let mut places: Vec<Markup> = Vec::new();
    for place in doubt.findings.iter().filter_map(|finding| place(view, finding)) {
        if !places.iter().any(|known| known.0 == place.0) {
            places.push(place);
        }
    }
    let more = places.len().saturating_sub(most);
    places.truncate(most);
    places.extend((more > 0).then(|| html! { "and " (more) " more" }));
    (!places.is_empty()).then(|| join(&places, "; "))
}

/// `osv, http, 10 clients`, nothing for a finding about all.
fn place(view: &View<'_>, finding: &Finding) -> Option<Markup> {
    let mut parts: Vec<Markup> = Vec::new();
    parts.extend(finding.system.as_deref().map(|id| system(view, id)));
    parts.extend(finding.workload.as_deref().map(|id| workload(view, id)));
    parts.extend(finding.clients.map(|count| html! { (label::clients(count)) }));
    parts.extend(finding.repetition.map(|repetition| html! { "repetition " (repetition) }));
    (!parts.is_empty()).then(|| join(&parts, ", "))
}

/// Parts with words between them.
pub fn join(parts: &[Markup], between: &str) -> Markup {
    PreEscaped(parts.iter().map(|part| part.0.as_str()).collect::<Vec<_>>().join(between))
}

/// `3 findings`, `1 finding`.
pub fn count(number: usize, one: &str) -> String {
    format!("{} {}", grouped(&number.to_string()), label::plural(number, one))
}

/// The first sentence of a text, with the second where the first is short; or its beginning.
pub fn first_sentence(text: &str) -> String {
    let text = flatten(text);
    let ends = text.match_indices(". ").map(|(at, _)| at + 1).chain([text.len()]);
    let end = ends.take(2).take_while(|end| *end <= 220).last().unwrap_or(text.len());
    let sentence = &text[..end];
    match sentence.char_indices().nth(220) {
        Some((at, _)) => format!("{}…", sentence[..at].trim_end()),
        None => sentence.to_owned(),
    }
}
