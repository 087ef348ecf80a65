//! Draws [`Results`] as the tables, figures and macros of a paper.
//!
//! What comes in is computed already; this crate chooses prefixes, digits, axes, marks and words, and refuses to
//! know traces, runs and statistics. The same results give the same bytes: no clock, no host, no random order.
//!
//! ```
//! use vana_types::Results;
//!
//! let results = Results {
//!     title: "An empty study".into(), source: None, systems: vec![], workloads: vec![], cells: vec![], operations: vec![],
//!     measurements: vec![], runs: vec![], examples: vec![], curves: vec![], timelines: vec![], findings: vec![], judgement: Default::default(), assumed: vec![], digest: "0".into(), vana: "0.1.0".into(),
//! };
//! let files = vana_report::render_latex(&results, &vana_report::Layout::default(), &|_| {}).unwrap();
//! let names: Vec<_> = files.iter().map(|file| file.path.as_str()).collect();
//! assert_eq!(names, ["macros.tex", "main.tex", "preamble.tex"]);
//! ```
//!
//! Three lists are the places for something new: [`TABLES`], [`CHARTS`], [`RENDERERS`]; each entry is one file.

mod axis;
mod beside;
mod chart;
mod doubts;
mod figure;
mod font;
mod judged;
mod label;
mod projection;
mod quantity;
mod render;
mod slug;
mod style;
mod table;
mod tex;
mod view;

pub use chart::{CHARTS, Chart};
pub use figure::{Axis, Figure, Guide, Plot, Point, Scale, Series, Shape, Tick};
pub use projection::{Filter, FilterError, Key, Layout, LayoutError, Order, Subject, UnknownKey};
pub use render::notebook::{Notebook, render as render_notebook};
pub use render::svg::Letters;
pub use render::{Document, Output, OutputFile, RENDERERS, RenderError, Renderer};
pub use table::{Column, Content, Entry, Findings, Footnote, Note, Panel, Row, TABLES, Table, TableKind};
pub use view::{Name, View};

use vana_types::Results;

/// All tables, figures, macros and the article that shows them, sorted by path.
///
/// `progress` is told the path of each file before it is drawn, where drawing takes time. Fails when the layout matches
/// nothing or makes too many tables, and when a figure can not be converted to PDF.
pub fn render_latex(
    results: &Results,
    layout: &Layout,
    progress: &dyn Fn(&str),
) -> Result<Vec<OutputFile>, RenderError> {
    render(results, layout, &[Output::Latex], progress)
}

/// What is asked for, sorted by path; [`render_latex`] says when it fails.
pub fn render(
    results: &Results,
    layout: &Layout,
    outputs: &[Output],
    progress: &dyn Fn(&str),
) -> Result<Vec<OutputFile>, RenderError> {
    let selected = layout.select(results)?;
    let view = View::new(&selected, layout);
    layout.check(&view)?;
    let document = Document::new(&view);
    let mut files = Vec::new();
    for renderer in RENDERERS.iter().filter(|renderer| outputs.contains(&renderer.output)) {
        files.extend((renderer.render)(&document, progress)?);
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// All figures of a study, without drawing them; [`figure_svg`] draws one. [`Layout::select`] leaves out what is not
/// wanted.
pub fn draw_figures(results: &Results) -> Vec<Figure> {
    chart::draw_all(&View::new(results, &Layout::default()))
}

/// One figure as an SVG document. `letters` says whether every character may be used or only those of `DejaVu Sans`.
pub fn figure_svg(figure: &Figure, letters: Letters) -> String {
    render::svg::draw(figure, letters)
}
