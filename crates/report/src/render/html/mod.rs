//! One page for everything: it opens offline, asks for nothing, and reads and prints without scripts.

mod assets;
mod claims;
mod comparisons;
mod data;
mod explore;
mod findings;
mod first;
mod measurements;
mod method;
mod number_table;
mod packed;
mod palette;
mod policy;
mod read_first;
mod words;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{Document, OutputFile, RenderError};
use measurements::Wide;

/// Most bytes of a page.
const MOST_BYTES: usize = 2_000_000;

/// How much of everything a page holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    /// Windows of each run over time.
    windows: usize,
    /// Numbers in the table of measurements; cells in the overview.
    numbers: usize,
    /// Rows of any other table; curves of distributions.
    rows: usize,
    /// Runs of which is known where they come from.
    runs: usize,
    /// Figures.
    figures: usize,
    /// Whether numbers that are in no table are in the data.
    is_complete: bool,
}

/// From everything to what always fits.
const BUDGETS: [Budget; 6] = [
    Budget { windows: 120, numbers: 20_000, rows: 2_000, runs: 10_000, figures: 60, is_complete: true },
    Budget { windows: 120, numbers: 14_000, rows: 1_200, runs: 5_000, figures: 40, is_complete: false },
    Budget { windows: 60, numbers: 10_000, rows: 800, runs: 3_000, figures: 30, is_complete: false },
    Budget { windows: 30, numbers: 6_000, rows: 400, runs: 2_000, figures: 20, is_complete: false },
    Budget { windows: 0, numbers: 4_000, rows: 200, runs: 1_000, figures: 12, is_complete: false },
    Budget { windows: 0, numbers: 1_000, rows: 50, runs: 200, figures: 4, is_complete: false },
];

/// What is said of a page that does not hold everything.
const THINNED: &str = "This page holds less than the study: what is left out here is in the files beside it.";
/// And of one that is too large even so, because of what is never left out: names, findings, sentences of claims.
const TOO_LARGE: &str = "This page holds less than the study, and has more than two million bytes all the same: what \
                         is left out here is in the files beside it.";

/// Writes `index.html`.
pub fn render(document: &Document<'_, '_>, progress: &dyn Fn(&str)) -> Result<Vec<OutputFile>, RenderError> {
    let path = "index.html";
    progress(path);
    for (level, budget) in BUDGETS.into_iter().enumerate() {
        let page = draw(document, budget, (level > 0).then_some(THINNED))?;
        if page.len() <= MOST_BYTES {
            return Ok(vec![OutputFile::text(path.to_owned(), page)]);
        }
    }
    let page = draw(document, BUDGETS[BUDGETS.len() - 1], Some(TOO_LARGE))?;
    Ok(vec![OutputFile::text(path.to_owned(), page)])
}

fn draw(
    document: &Document<'_, '_>,
    budget: Budget,
    note: Option<&'static str>,
) -> Result<String, RenderError> {
    let wide = Wide::of(document.view, budget);
    let packed = data::packed(document.view, &wide, budget)?;
    let (script, style) = (assets::script(), assets::style());
    // What the overview needs stands beside it, so that it is drawn while the rest of the page is still read.
    let overview = html! {
        script type="application/json" id="data" { (PreEscaped(data::draw(document.view, budget)?)) }
        script { (PreEscaped(script.as_str())) }
    };
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta http-equiv="Content-Security-Policy" content=(policy::policy(&script, &style));
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (words::title(document.view)) }
                style { (PreEscaped(style)) }
            }
            body {
                (body(document, &wide, (budget, note), &overview))
                script type="application/json" id="packed" { (packed) }
            }
        }
    };
    Ok(page.into_string())
}

fn body(
    document: &Document<'_, '_>,
    wide: &Wide<'_>,
    (budget, note): (Budget, Option<&'static str>),
    overview: &Markup,
) -> Markup {
    let view = document.view;
    let sections = [
        ("claims", "Claims", claims::draw(view, budget)),
        ("explore", "Explore", Some(explore::draw(document, budget, overview))),
        ("comparisons", "Comparisons", comparisons::draw(view, budget)),
        ("findings", "Findings", Some(findings::draw(view))),
        ("measurements", "Measurements", Some(measurements::draw(wide))),
        ("method", "Method and provenance", Some(method::draw(view, budget))),
        ("licences", "Licences", Some(licences())),
    ];
    html! {
        a.skip href="#main" { "Skip to what was found" }
        (first::draw(view, note))
        nav aria-label="Sections" {
            ul {
                @for (id, heading, _) in sections.iter().filter(|(_, _, content)| content.is_some()) {
                    li { a href={ "#" (id) } { (heading) } }
                }
            }
        }
        main id="main" tabindex="-1" {
            @for (id, heading, content) in &sections {
                @if let Some(content) = content {
                    section id=(id) aria-labelledby={ (id) "-heading" } {
                        h2 id={ (id) "-heading" } { (heading) }
                        (content)
                    }
                }
            }
        }
    }
}

fn licences() -> Markup {
    html! {
        p { "This page was written by vana (Apache-2.0 or MIT, at your option). The data belong to whoever published them." }
        details {
            summary { "uPlot 1.6.32, which draws the charts" }
            pre tabindex="0" { (assets::UPLOT_LICENCE) }
        }
    }
}
