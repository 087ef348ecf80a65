//! Drawings as files. One file or folder per output.

mod html;
mod latex;
mod markdown;
pub(crate) mod notebook;
mod pdf;
mod summary;
pub(crate) mod svg;
mod tikz;

use crate::chart;
use crate::figure::Figure;
use crate::projection::LayoutError;
use crate::slug::Distinct;
use crate::table::{self, Table};
use crate::view::View;

/// A file of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputFile {
    /// Relative path with forward slashes.
    pub path: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl OutputFile {
    fn text(path: String, text: String) -> Self {
        Self { path, bytes: text.into_bytes() }
    }
}

/// Everything that a report shows.
#[derive(Debug)]
pub struct Document<'v, 'a> {
    /// The results behind it.
    pub view: &'v View<'a>,
    /// Tables with distinct names.
    pub tables: Vec<Table>,
    /// Figures with distinct names.
    pub figures: Vec<Figure>,
}

impl<'v, 'a> Document<'v, 'a> {
    /// Draws all tables and figures.
    pub fn new(view: &'v View<'a>) -> Self {
        let mut tables = table::draw_all(view);
        let mut names = Distinct::default();
        for table in &mut tables {
            table.name = names.file(&table.name);
        }
        Self { view, tables, figures: chart::draw_all(view) }
    }
}

/// Writes an output; told the path of each file before it is made.
pub type Render = fn(&Document<'_, '_>, &dyn Fn(&str)) -> Result<Vec<OutputFile>, RenderError>;

/// What is asked for by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// What a paper includes.
    Latex,
    /// The page.
    Html,
    /// What a pull request or a README shows.
    Markdown,
}

/// An output.
pub struct Renderer {
    /// Kebab-case name.
    pub name: &'static str,
    /// What it writes, in one line.
    pub about: &'static str,
    /// The output that it belongs to.
    pub output: Output,
    /// Writes it.
    pub render: Render,
}

/// All outputs.
pub const RENDERERS: &[Renderer] = &[
    Renderer { name: "svg", about: "figures for screens", output: Output::Latex, render: svg::render },
    Renderer {
        name: "pdf",
        about: "figures for pdflatex, with their font inside",
        output: Output::Latex,
        render: pdf::render,
    },
    Renderer {
        name: "tikz",
        about: "figures as pgfplots source",
        output: Output::Latex,
        render: tikz::render,
    },
    Renderer {
        name: "latex",
        about: "tables, macros and an article that shows everything",
        output: Output::Latex,
        render: latex::render,
    },
    Renderer {
        name: "html",
        about: "one page for everything, which opens offline",
        output: Output::Html,
        render: html::render,
    },
    Renderer {
        name: "markdown",
        about: "a table for a pull request or a README",
        output: Output::Markdown,
        render: markdown::render,
    },
    Renderer {
        name: "summary",
        about: "a picture of 1200 by 630 pixels for where links are shown",
        output: Output::Markdown,
        render: summary::render,
    },
];

/// Why a report could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The layout asks for what can not be drawn.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// A figure's SVG was refused by the converter to PDF.
    #[error("figure {name} is no SVG that can become a PDF")]
    Svg {
        /// Name of the figure.
        name: String,
        /// What the parser says.
        source: svg2pdf::usvg::Error,
    },
    /// The data of the page could not be packed.
    #[error("the data of the page can not be packed")]
    Packing {
        /// What the compressor says.
        source: std::io::Error,
    },
    /// The picture of a study could not be drawn.
    #[error("the picture of the study can not be drawn: {reason}")]
    Picture {
        /// What the converter says.
        reason: String,
    },
    /// A figure's PDF could not be written.
    #[error("figure {name} can not become a PDF: {reason}")]
    Pdf {
        /// Name of the figure.
        name: String,
        /// What the converter says.
        reason: String,
    },
}

#[cfg(test)]
pub(crate) fn assert_registry(entries: impl Iterator<Item = (&'static str, &'static str)>) {
    let mut names = std::collections::BTreeSet::new();
    for (name, about) in entries {
        assert!(names.insert(name), "{name} is twice in its list");
        assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{name} is not kebab-case");
        assert!(!about.is_empty() && !about.contains('\n') && !about.ends_with('.'), "{name}: {about}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_have_distinct_names_and_a_line_about_them() {
        assert_registry(RENDERERS.iter().map(|renderer| (renderer.name, renderer.about)));
    }
}
