//! Tables, macros, preamble and the article that shows everything.

mod article;
mod claims;
mod findings;
mod macros;
mod methods;
mod notes;
mod preamble;
mod table;
mod width;

use super::{Document, OutputFile, RenderError};

/// Writes `main.tex`, `preamble.tex`, `macros.tex` and `tables/<name>.tex`.
pub fn render(document: &Document<'_, '_>, progress: &dyn Fn(&str)) -> Result<Vec<OutputFile>, RenderError> {
    let mut files = Vec::new();
    for table in &document.tables {
        let path = format!("tables/{}.tex", table.name);
        progress(&path);
        files.push(OutputFile::text(path, table::draw(table)));
    }
    let claims = &document.view.results.judgement.claims;
    if !claims.is_empty() {
        let path = format!("{}.tex", claims::PATH);
        progress(&path);
        files.push(OutputFile::text(path, claims::draw(claims)));
    }
    files.push(OutputFile::text("macros.tex".to_owned(), macros::draw(document.view)));
    let body = article::Article::new(document);
    // Figures that someone includes as source bring their own characters.
    let sources = super::tikz::render(document, &|_| {})?;
    let texts = files.iter().chain(&sources).map(|file| String::from_utf8_lossy(&file.bytes).into_owned());
    let mut texts: Vec<String> = texts.collect();
    texts.push(body.text(false));
    let unknown = crate::tex::unknown_characters(texts.iter().map(String::as_str));
    files.push(OutputFile::text("preamble.tex".to_owned(), preamble::draw(&unknown, &texts)));
    files.push(OutputFile::text("main.tex".to_owned(), body.text(!unknown.is_empty())));
    Ok(files)
}
