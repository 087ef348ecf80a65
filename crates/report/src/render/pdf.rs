//! Figures as PDF, with the letters of `DejaVu Sans` that they need inside, so that every machine draws the same.

use std::sync::Arc;

use svg2pdf::usvg::{Options, Tree, fontdb::Database};
use svg2pdf::{ConversionOptions, PageOptions};

use super::svg::{self, Letters};
use super::{Document, OutputFile, RenderError};
use crate::figure::Figure;
use crate::font;

/// Writes `figures/<name>.pdf`.
pub fn render(document: &Document<'_, '_>, progress: &dyn Fn(&str)) -> Result<Vec<OutputFile>, RenderError> {
    let mut fonts = Database::new();
    fonts.load_font_data(dejavu::sans::regular().to_vec());
    fonts.set_sans_serif_family(font::FAMILY);
    let fonts = Arc::new(fonts);
    let mut files = Vec::new();
    for figure in &document.figures {
        let path = format!("figures/{}.pdf", figure.name);
        progress(&path);
        files.push(OutputFile { path, bytes: convert(figure, &fonts)? });
    }
    Ok(files)
}

fn convert(figure: &Figure, fonts: &Arc<Database>) -> Result<Vec<u8>, RenderError> {
    let options =
        Options { fontdb: Arc::clone(fonts), font_family: font::FAMILY.to_owned(), ..Options::default() };
    let drawing = svg::draw(figure, Letters::Font);
    let tree = Tree::from_str(&drawing, &options)
        .map_err(|source| RenderError::Svg { name: figure.name.clone(), source })?;
    // usvg counts in pixels of 1/96 inch; a PDF with 96 pixels an inch has the size that the SVG names.
    let page = PageOptions { dpi: 96.0 };
    svg2pdf::to_pdf(&tree, ConversionOptions::default(), page)
        .map_err(|reason| RenderError::Pdf { name: figure.name.clone(), reason: reason.to_string() })
}
