//! The article that shows every table, figure and finding.

use std::fmt::Write as _;

use vana_types::Judgement;

use super::{claims, findings, methods};
use crate::figure::Figure;
use crate::render::Document;
use crate::tex::{escape_breakable, flatten};
use crate::view::View;

/// The article of a document.
#[derive(Debug)]
pub struct Article<'d> {
    view: &'d View<'d>,
    tables: Vec<&'d str>,
    is_cited: bool,
    figures: &'d [Figure],
}

impl<'d> Article<'d> {
    /// The article that shows all of a document.
    pub fn new(document: &'d Document<'_, 'd>) -> Self {
        Self {
            view: document.view,
            tables: document.tables.iter().map(|table| table.name.as_str()).collect(),
            is_cited: document.tables.iter().any(|table| !table.findings.footnotes.is_empty()),
            figures: &document.figures,
        }
    }

    /// `main.tex`; says so when names are shown in other letters than they have.
    pub fn text(&self, is_transliterated: bool) -> String {
        let title = flatten(&self.view.results.title);
        let title = if title.is_empty() { "Results".to_owned() } else { escape_breakable(&title) };
        let mut out = String::from(
            "\\documentclass[10pt]{article}\n\\usepackage[a4paper, margin=22mm]{geometry}\n\\input{preamble}\n\\input{macros}\n",
        );
        out.push_str("\\usepackage{placeins}\n\\extrafloats{200}\n\\raggedbottom\n\\makeatletter\\setlength{\\@fptop}{0pt}\\makeatother\n\\setlength{\\emergencystretch}{3em}\n");
        out.push_str("\\renewcommand{\\topfraction}{0.95}\n\\renewcommand{\\floatpagefraction}{0.6}\n\\renewcommand{\\textfraction}{0.05}\n\\setcounter{topnumber}{4}\n\\setcounter{totalnumber}{6}\n");
        if self.view.results.judgement != Judgement::default() {
            // Tables of comparisons make many floats wait, each of which counts as a cycle without a page.
            out.push_str("\\maxdeadcycles=2000\n");
        }
        _ = writeln!(
            out,
            "\\title{{\\raggedright {title}}}\n\\author{{}}\n\\date{{}}\n\\begin{{document}}\n\\maketitle"
        );
        self.provenance(&mut out);
        if is_transliterated {
            out.push_str("\n\\noindent\\emph{Some names have letters that the fonts of this document lack; they are shown by the nearest letters of ASCII.}\n");
        }
        out.push_str(&methods::draw(self.view));
        out.push_str(&findings::draw(&self.view.doubts, self.is_cited));
        if !self.view.results.judgement.claims.is_empty() {
            _ = writeln!(out, "\n\\FloatBarrier\n\\section{{Claims}}\n\\input{{{}}}", claims::PATH);
        }
        if !self.tables.is_empty() {
            out.push_str("\n\\FloatBarrier\n\\section{Tables}\n");
            for (index, table) in self.tables.iter().enumerate() {
                barrier(&mut out, index);
                _ = writeln!(out, "\\input{{tables/{table}}}");
            }
        }
        if !self.figures.is_empty() {
            out.push_str("\n\\FloatBarrier\n\\section{Figures}\n");
            for (index, pair) in self.figures.chunks(2).enumerate() {
                barrier(&mut out, index);
                figures(&mut out, pair);
            }
        }
        out.push_str("\\end{document}\n");
        out
    }

    fn provenance(&self, out: &mut String) {
        out.push_str("\n\\section*{Provenance}\n{\\raggedright\n");
        if let Some(source) =
            self.view.results.source.as_deref().map(flatten).filter(|source| !source.is_empty())
        {
            _ = writeln!(out, "Source of the data: {}.", escape_breakable(source.trim_end_matches('.')));
        }
        _ = writeln!(
            out,
            "The study's data have the SHA-256 digest \\texttt{{{}}}; this report was drawn from them by vana {}.",
            escape_breakable(&self.view.results.digest),
            escape_breakable(&self.view.results.vana)
        );
        let filter = self.view.layout.filter().text();
        if !filter.is_empty() {
            _ = writeln!(
                out,
                "Only what matches the filter \\texttt{{{}}} is shown.",
                escape_breakable(filter)
            );
        }
        for (name, system) in &self.view.results.assumed {
            _ = writeln!(
                out,
                "Numbers of ``{}'' were read as those of ``{}'', as asked; nobody knows it.",
                escape_breakable(name),
                escape_breakable(system)
            );
        }
        out.push_str("\\par}\n");
    }
}

/// LaTeX keeps a limited number of floats in mind.
fn barrier(out: &mut String, index: usize) {
    if index > 0 && index.is_multiple_of(12) {
        out.push_str("\\FloatBarrier\n");
    }
}

/// Two figures side by side, each as wide as a column.
fn figures(out: &mut String, pair: &[Figure]) {
    out.push_str("\\begin{figure}[!htbp]\n\\centering\n");
    for (index, figure) in pair.iter().enumerate() {
        if index > 0 {
            out.push_str("\\hfill\n");
        }
        _ = writeln!(
            out,
            "\\begin{{minipage}}[t]{{0.485\\linewidth}}\\centering\n\\includegraphics[width=\\linewidth]{{figures/{name}.pdf}}\n\\caption{{{}}}\n\\label{{fig:{name}}}\n\\end{{minipage}}",
            escape_breakable(&figure.caption),
            name = figure.name
        );
    }
    out.push_str("\\end{figure}\n");
}
