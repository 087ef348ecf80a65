//! The preamble that tables, macros and figures need.

use std::collections::BTreeSet;

use crate::tex;

const PACKAGES: &str = r"% What the tables, macros and figures of this report need; \input it in the preamble of your article.
% The figures are PDF 1.7, each a page group of its own.
\ifdefined\pdfminorversion\pdfminorversion=7 \pdfsuppresswarningpagegroup=1 \fi
\usepackage[T1]{fontenc}
\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
\usepackage{textcomp}
\usepackage{amsmath}
\usepackage{graphicx}
\usepackage{array}
\usepackage{booktabs}
\usepackage{adjustbox}
\usepackage{caption}
\captionsetup{font=small, labelfont=bf, justification=raggedright}
\usepackage{siunitx}
% siunitx 2 calls it \SI.
\providecommand{\qty}{\SI}
% Best value of a line; the b series keeps digits as wide as the others.
\newcommand{\vanabest}[1]{{\fontseries{b}\selectfont #1}}
% A mark that explains itself below the table.
\newcommand{\vanamark}[1]{\textsuperscript{\itshape #1}}
% An interval behind its value.
\newcommand{\vanainterval}[1]{{\scriptsize\,#1}}
% A value that belongs to one of the columns it spans, and nobody knows to which.
\newcommand{\vanaspan}[1]{{\scriptsize$\leftarrow$}\,#1\,{\scriptsize$\rightarrow$}}
% A heading of several lines, centred over numbers of any width.
\newcommand{\vanahead}[1]{\makebox[0pt]{\begin{tabular}[b]{@{}c@{}}#1\end{tabular}}}
";

/// Macros that only some reports need: what they are called in tables, and their definition.
const OPTIONAL: [(&str, &str); 3] = [
    (
        "\\vanaletters",
        "% Letters of significance behind a value.\n\\newcommand{\\vanaletters}[1]{{\\scriptsize\\,\\textsf{#1}}}\n",
    ),
    (
        "\\vanafinding",
        "% The number of a finding.\n\\newcommand{\\vanafinding}[1]{\\textsuperscript{\\,\\upshape F#1}}\n",
    ),
    (
        "\\vanaverdict",
        "% The verdict on a claim: a sign and a word.\n\\newcommand{\\vanaverdict}[2]{\\makebox[0.9em][l]{#1}#2}\n",
    ),
];

/// `preamble.tex`; declares what pdflatex does not know, defines what `texts` use.
pub fn draw(unknown: &BTreeSet<char>, texts: &[String]) -> String {
    let mut text = PACKAGES.to_owned();
    for (name, definition) in OPTIONAL {
        if texts.iter().any(|text| text.contains(name)) {
            text.push_str(definition);
        }
    }
    if !unknown.is_empty() {
        text.push_str("% Characters without a glyph in the fonts of pdflatex, as ASCII. LuaLaTeX and XeLaTeX do not need them.\n");
        text.push_str("\\ifdefined\\DeclareUnicodeCharacter\n");
        text.push_str(&tex::declare(unknown));
        text.push_str("\\fi\n");
    }
    text
}
