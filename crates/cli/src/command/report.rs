//! `vana report`

mod folder;
mod index;
pub(super) mod place;

use std::path::PathBuf;

use clap::Args;
use vana_analysis::Reading;
use vana_report::{Layout, Notebook, Output, OutputFile, RenderError, render, render_notebook};
use vana_types::Results;

use crate::computed::{Computed, compute};
use crate::failure::{Failure, say};
use crate::progress;
use crate::study::{Opened, open};

/// Draw the tables and figures of a paper, and prove them a second time.
///
/// Writes LaTeX (tables, figures as SVG, PDF and pgfplots source, a macro for every number and a main.tex that shows them
/// all and compiles with pdflatex), a page that opens offline, a summary for a pull request, and a notebook that computes
/// everything again without vana. The tables as CSV stand beside them. The same study gives the same bytes.
#[derive(Args)]
pub(crate) struct Report {
    /// The study, or a package of it.
    study: PathBuf,
    #[command(flatten)]
    kinds: Kinds,
    /// Where to write; an earlier report there is replaced.
    #[arg(long, short, value_name = "DIR", default_value = "report")]
    out: PathBuf,
    /// Open what was written.
    #[arg(long)]
    open: bool,
    /// Take an ambiguous name for one of its systems: 'LinuxKit or OSv=OSv'.
    #[arg(long, value_name = "NAME=SYSTEM")]
    assume: Vec<Reading>,
    /// Only these numbers: key:value, key:(a OR b), -key:value, several at once; keys are system, workload, clients,
    /// metric and statistic.
    #[arg(long, value_name = "EXPRESSION", default_value = "")]
    filter: String,
    /// Lay out the tables of numbers with these keys down the side: clients,system. A key may name the order of its
    /// values: key@first, key@alpha, key@num, or key@(a b c) for these and no others.
    #[arg(long, value_name = "KEYS", default_value = "")]
    row: String,
    /// The same for the columns; keys in neither make separate tables.
    #[arg(long, value_name = "KEYS", default_value = "")]
    col: String,
    /// Write into a folder that holds something else.
    #[arg(long)]
    force: bool,
}

/// What is written; everything when nothing is named.
#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
struct Kinds {
    /// LaTeX: tables, figures, macros and main.tex; in the folder latex when no kind is named.
    #[arg(long)]
    latex: bool,
    /// One page for everything, which opens offline: index.html.
    #[arg(long)]
    html: bool,
    /// A table for a pull request or a README, and a picture of 1200 by 630 pixels: summary.md, summary.png.
    #[arg(long)]
    markdown: bool,
    /// A notebook and a script that compute the tables again with DuckDB and draw them with matplotlib.
    #[arg(long)]
    notebook: bool,
}

impl Kinds {
    /// Whether nothing is named.
    const fn is_all(&self) -> bool {
        !self.latex && !self.html && !self.markdown && !self.notebook
    }

    /// What is drawn.
    fn outputs(&self) -> Vec<Output> {
        let named =
            [(self.latex, Output::Latex), (self.html, Output::Html), (self.markdown, Output::Markdown)];
        let is_wanted = |(is_named, _): &(bool, Output)| *is_named || self.is_all();
        named.into_iter().filter(is_wanted).map(|(_, output)| output).collect()
    }

    /// Whether there will be a page.
    const fn has_page(&self) -> bool {
        self.html || self.is_all()
    }
}

impl Report {
    pub fn run(&self, quiet: bool) -> Result<(), Failure> {
        folder::check(&self.out, self.force)?;
        let layout = Layout::parse(&self.row, &self.col, &self.filter)
            .map_err(|error| Failure::input(error.to_string()))?;
        let study = open(&self.study)?;
        place::refuse_inside(&self.out, &study.location)?;
        let Computed { results, tables } = compute(&study, &self.assume, self.kinds.has_page(), quiet)?;
        let mut files = Vec::new();
        for output in self.kinds.outputs() {
            files.extend(self.draw(&results, &layout, output, quiet)?);
        }
        if self.kinds.notebook || self.kinds.is_all() {
            files.extend(self.notebook(&results, &study));
        }
        files.extend(tables);
        if self.kinds.is_all() {
            files.push(index::index(&results, &files));
        }
        folder::write(&self.out, &mut files)?;
        if !quiet {
            self.say(&results, &files);
        }
        if self.open { self.show(&files) } else { Ok(()) }
    }

    fn draw(
        &self,
        results: &Results,
        layout: &Layout,
        output: Output,
        quiet: bool,
    ) -> Result<Vec<OutputFile>, Failure> {
        let bar = progress::bar(quiet, 0, "drawing");
        let mut files = render(results, layout, &[output], &|path| {
            bar.set_message(path.to_owned());
            bar.inc(1);
        })
        .map_err(|error| match error {
            RenderError::Layout(error) => Failure::input(error.to_string()),
            error => Failure::machine(error.to_string()),
        })?;
        bar.finish_and_clear();
        if output == Output::Latex && self.kinds.is_all() {
            for file in &mut files {
                file.path.insert_str(0, "latex/");
            }
        }
        Ok(files)
    }

    fn notebook(&self, results: &Results, study: &Opened) -> Vec<OutputFile> {
        let place = notebook_study(self, study);
        render_notebook(&Notebook { results, study: &place::way(&self.out, &place), tables: "." })
    }

    fn say(&self, results: &Results, files: &[OutputFile]) {
        let out = self.out.display();
        let next = if self.kinds.is_all() {
            format!("read {out}/README.md")
        } else if self.kinds.latex {
            format!("cd {out} && pdflatex main.tex")
        } else if self.kinds.html {
            format!("open {out}/index.html in a browser")
        } else if self.kinds.notebook {
            format!("cd {out} && python verify.py")
        } else {
            format!("put {out}/summary.md where it is read")
        };
        say(&format!(
            "{} in {out} from {}, {}; next: {next}",
            index::count(files.len(), "file"),
            index::count(results.cells.len(), "number"),
            index::count(results.findings.len(), "finding"),
        ));
    }

    /// Opens the first of a report's parts that people look at.
    fn show(&self, files: &[OutputFile]) -> Result<(), Failure> {
        let parts = ["index.html", "README.md", "main.tex", "verify.ipynb", "summary.png"];
        let found = parts.into_iter().find(|part| files.iter().any(|file| file.path == *part));
        let path = self.out.join(found.unwrap_or_default());
        opener::open(&path)
            .map_err(|error| Failure::machine(format!("{}: cannot be opened: {error}", path.display())))
    }
}

/// What a notebook reads: the study's folder, or the package that has to be unpacked first.
fn notebook_study(report: &Report, study: &Opened) -> PathBuf {
    if study.location.is_unpacked() { report.study.clone() } else { study.root().to_owned() }
}
