//! Charts by hand, where scripts may run, and the figures and tables of the paper, wherever they may not.

use maud::{Markup, PreEscaped, html};

use super::{Budget, number_table};
use crate::figure::Figure;
use crate::render::Document;
use crate::render::svg::{self, Letters};
use crate::table;

/// Places for the charts and what draws the first of them, then figures, then tables.
pub fn draw(document: &Document<'_, '_>, budget: Budget, overview: &Markup) -> Markup {
    let tables = table::draw_numbers(document.view);
    let figures = document.figures.get(..budget.figures).unwrap_or(&document.figures);
    html! {
        div #charts hidden {
            div.chart #overview-chart {}
            div.chart #run-chart {}
            div.chart #distribution-chart {}
        }
        (overview)
        noscript { p.note { "Without scripts the charts do not move: here are the figures and tables of the study." } }
        @if !figures.is_empty() {
            h3 { "Figures" }
            @if figures.len() < document.figures.len() {
                p.note { (figures.len()) " of " (document.figures.len()) " figures are shown; a report with --latex has all." }
            }
            div.figures { @for (index, figure) in figures.iter().enumerate() { (drawn(index, figure)) } }
        }
        @if !tables.is_empty() {
            h3 { "Over repetitions" }
            (number_table::draw_all(&tables, budget))
        }
    }
}

fn drawn(index: usize, figure: &Figure) -> Markup {
    let drawing = svg::draw(figure, Letters::Any);
    // Each drawing cuts its lines off at rectangles of its own; in one document these need names of their own. Texts in
    // the drawing hold no `<`.
    let drawing = drawing
        .replace("<clipPath id=\"plot", &format!("<clipPath id=\"plot-{index}"))
        .replace("<g clip-path=\"url(#plot", &format!("<g clip-path=\"url(#plot-{index}"));
    html! {
        figure {
            (PreEscaped(drawing))
            figcaption dir="auto" { (figure.caption) }
        }
    }
}
