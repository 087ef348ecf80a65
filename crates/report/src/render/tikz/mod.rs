//! Figures as pgfplots source: one `\addplot` per series, one coordinate per point, to be edited by hand.

mod ranks;
mod stacked;

use std::fmt::Write as _;

use super::{Document, OutputFile, RenderError};
use crate::figure::{Axis, Figure, Guide, Point, Scale, Series, Shape};
use crate::style::{Marker, Style, style};
use crate::tex::{as_shown, escape};

/// Labels of ticks and of the legend that are longer than this are shortened.
const LONGEST: usize = 24;
const LONGEST_IN_LEGEND: usize = 18;

/// How every plot looks.
const LOOK: &str = "  scale only axis, font=\\scriptsize, grid=major, major grid style={black!10},\n  axis lines=left, axis \
                    line style={-}, tick align=outside, scaled ticks=false,\n";

/// Writes `figures/<name>.tikz`.
#[expect(clippy::unnecessary_wraps, reason = "the signature of a renderer")]
pub fn render(document: &Document<'_, '_>, progress: &dyn Fn(&str)) -> Result<Vec<OutputFile>, RenderError> {
    let files = document.figures.iter().map(|figure| {
        let path = format!("figures/{}.tikz", figure.name);
        progress(&path);
        OutputFile::text(path, draw(figure))
    });
    Ok(files.collect())
}

/// The source of a figure.
pub fn draw(figure: &Figure) -> String {
    let mut out =
        String::from("% needs: \\usepackage{pgfplots} \\pgfplotsset{compat=1.17}\n\\begin{tikzpicture}\n");
    for series in figure.legend() {
        let colour = style(series.style).colour.trim_start_matches('#');
        _ = writeln!(out, "\\definecolor{{{}}}{{HTML}}{{{colour}}}", colour_name(series));
    }
    if figure.shape == Shape::Ranks {
        ranks::draw(&mut out, figure);
        out.push_str("\\end{tikzpicture}\n");
        return out;
    }
    if !figure.below.is_empty() {
        stacked::draw(&mut out, figure);
        out.push_str("\\end{tikzpicture}\n");
        return out;
    }
    let is_bars = figure.shape == Shape::Bars;
    _ = writeln!(out, "\\begin{{axis}}[\n{}]", options(figure));
    draw_guides(&mut out, figure);
    // Bars are stacked from below, so the first series comes last.
    let series: Vec<&Series> =
        if is_bars { figure.series.iter().rev().collect() } else { figure.series.iter().collect() };
    for series in series {
        draw_series(&mut out, figure, series);
    }
    out.push_str("\\end{axis}\n\\end{tikzpicture}\n");
    out
}

fn colour_name(series: &Series) -> String {
    format!("vana{}", crate::slug::letters(series.style))
}

fn options(figure: &Figure) -> String {
    let is_bars = figure.shape == Shape::Bars;
    let mut out = String::from(LOOK);
    if is_bars {
        let rows = figure.y.ticks.len() as f64 * (figure.series.len() as f64 * 0.26 + 0.18);
        _ = writeln!(out, "  width=0.5\\linewidth, height={rows:.2}cm,");
        out.push_str("  xbar=0pt, bar width=0.22cm, area legend, reverse legend, y dir=reverse, enlarge y limits={abs=0.5},\n");
        out.push_str("  ymajorgrids=false, enlarge x limits={upper, value=0.05},\n");
    } else if figure.shape == Shape::Forest {
        let rows = figure.y.ticks.len() as f64 * (figure.series.len() as f64 * 0.26 + 0.18);
        _ = writeln!(out, "  width=0.5\\linewidth, height={rows:.2}cm,");
        out.push_str("  ymajorgrids=false, y dir=reverse, only marks,\n");
    } else {
        out.push_str("  width=0.78\\linewidth, height=4.9cm,\n");
    }
    axis_options(&mut out, 'x', &figure.x, true);
    axis_options(&mut out, 'y', &figure.y, !is_bars);
    legend_options(&mut out, &figure.series.iter().collect::<Vec<_>>());
    out
}

fn legend_options(out: &mut String, series: &[&Series]) {
    let columns = if series.iter().any(|series| series.label.chars().count() > 16) { 2 } else { 3 };
    _ = writeln!(out, "  legend columns={columns}, legend cell align=left,");
    out.push_str("  legend style={at={(0.5,1.03)}, anchor=south, draw=none, font=\\scriptsize, /tikz/every even column/.append style={column sep=6pt}},\n");
}

fn axis_options(out: &mut String, name: char, axis: &Axis, has_ends: bool) {
    if !axis.label.is_empty() {
        _ = writeln!(out, "  {name}label={{{}}},", math(&escape(&axis.label)));
    }
    if axis.scale == Scale::Log {
        _ = writeln!(out, "  {name}mode=log,");
    }
    if has_ends {
        _ = writeln!(
            out,
            "  {name}min={}, {name}max={},",
            number(axis.low.min(axis.high)),
            number(axis.high.max(axis.low))
        );
    }
    // pgfplots adds the small ticks by itself.
    let named = || axis.ticks.iter().filter(|tick| !tick.label.is_empty());
    let ticks: Vec<String> = named().map(|tick| number(tick.at)).collect();
    let labels: Vec<String> =
        named().map(|tick| format!("{{{}}}", math(&escape(&cut(&tick.label, LONGEST))))).collect();
    _ = writeln!(out, "  {name}tick={{{}}},\n  {name}ticklabels={{{}}},", ticks.join(","), labels.join(","));
}

fn draw_series(out: &mut String, figure: &Figure, series: &Series) {
    draw_points(out, figure, series);
    _ = writeln!(out, "\\addlegendentry{{{}}}", legend_entry(series));
}

fn legend_entry(series: &Series) -> String {
    escape(&cut(&series.label, LONGEST_IN_LEGEND))
}

fn draw_points(out: &mut String, figure: &Figure, series: &Series) {
    let look = style(series.style);
    let colour = colour_name(series);
    let is_bars = figure.shape == Shape::Bars;
    let is_across = figure.shape.is_by_category();
    let mut options = if is_bars {
        format!("fill={colour}, draw={colour}")
    } else {
        format!("{colour}, thick, {}", marks(figure, series, look, &colour))
    };
    let has_intervals = series.points.iter().any(|point| point.interval.is_some());
    if has_intervals {
        let direction = if is_across { 'x' } else { 'y' };
        _ = write!(
            options,
            ", error bars/.cd, {direction} dir=both, {direction} explicit, error bar style={{solid, black!70}}"
        );
    }
    let line = if figure.shape == Shape::Forest { line_of(figure, series) } else { 0.0 };
    _ = writeln!(out, "\\addplot+ [{options}] coordinates {{");
    for point in &series.points {
        if figure.y.scale == Scale::Log && point.y <= 0.0 {
            continue;
        }
        _ = writeln!(
            out,
            "  ({}, {}){}",
            number(point.x),
            number(point.y + line),
            error(figure, point, has_intervals)
        );
    }
    out.push_str("};\n");
}

/// Where the line of a series lies in its category: from −0.4 to 0.4.
fn line_of(figure: &Figure, series: &Series) -> f64 {
    let index = figure.series.iter().position(|other| other.style == series.style).unwrap_or(0);
    0.8 * (index as f64 + 0.5) / figure.series.len().max(1) as f64 - 0.4
}

/// Bands and lines across the plot.
fn draw_guides(out: &mut String, figure: &Figure) {
    let (low, high) = (number(figure.y.low), number(figure.y.high));
    for guide in &figure.guides {
        match guide {
            Guide::Band(from, to) => {
                let inside = |value: f64| number(value.clamp(figure.x.low, figure.x.high));
                let (from, to) = (inside(*from), inside(*to));
                _ = writeln!(out, "\\fill [black!8] (axis cs:{from},{low}) rectangle (axis cs:{to},{high});");
            }
            Guide::Line(at) => {
                let at = number(*at);
                _ = writeln!(out, "\\draw [black!65] (axis cs:{at},{low}) -- (axis cs:{at},{high});");
            }
            Guide::Join(..) | Guide::Length(_) => {}
        }
    }
}

/// Lengths of the error bar: above, then below.
fn error(figure: &Figure, point: &Point, has_intervals: bool) -> String {
    if !has_intervals {
        return String::new();
    }
    let is_across = figure.shape.is_by_category();
    let (value, axis) = if is_across { (point.x, &figure.x) } else { (point.y, &figure.y) };
    let (below, above) = point.interval.map_or((0.0, 0.0), |(low, high)| (value - low, high - value));
    // A logarithmic axis can not show an end below its own.
    let below = if axis.scale == Scale::Log { below.min(value - axis.low) } else { below };
    let pair = |size: f64| {
        if is_across { format!("({size}, 0)", size = number(size)) } else { format!("(0, {})", number(size)) }
    };
    format!(" += {} -= {}", pair(above.max(0.0)), pair(below.max(0.0)))
}

/// The name of a marker and by how many degrees it is turned.
fn mark(marker: Marker) -> (&'static str, u32) {
    match marker {
        Marker::Circle => ("*", 0),
        Marker::Square => ("square*", 0),
        Marker::Up => ("triangle*", 0),
        Marker::Diamond => ("diamond*", 0),
        Marker::Down => ("triangle*", 180),
        Marker::Pentagon => ("pentagon*", 0),
        Marker::Cross => ("x", 0),
        Marker::Plus => ("+", 0),
        Marker::Asterisk => ("asterisk", 0),
        Marker::Left => ("triangle*", 90),
        Marker::Right => ("triangle*", 270),
    }
}

fn marks(figure: &Figure, series: &Series, look: Style, colour: &str) -> String {
    let (name, turned) = mark(if series.hollow { look.marker.hollow() } else { look.marker });
    let fill = if series.hollow { "white" } else { colour };
    let dash: Vec<String> = look
        .dash
        .iter()
        .enumerate()
        .map(|(index, length)| format!("{} {length}pt", if index % 2 == 0 { "on" } else { "off" }))
        .collect();
    let dash = if dash.is_empty() { "solid".to_owned() } else { format!("dash pattern={}", dash.join(" ")) };
    let every = if figure.shape == Shape::Line { (series.points.len() / 6).max(1) } else { 1 };
    let turned = if turned == 0 { String::new() } else { format!(", rotate={turned}") };
    format!(
        "{dash}, mark={name}, mark size=1.8pt, mark repeat={every}, mark options={{solid, fill={fill}{turned}}}"
    )
}

fn cut(text: &str, longest: usize) -> String {
    let mut length = 0;
    for (at, c) in text.char_indices() {
        length += as_shown(c.encode_utf8(&mut [0; 4])).chars().count();
        if length > longest {
            return format!("{}…", text[..at].trim_end());
        }
    }
    text.to_owned()
}

/// Thin spaces, minus signs and raised digits as LaTeX knows them.
fn math(text: &str) -> String {
    let text = text.replace('\u{2009}', "\\,").replace('\u{2212}', "$-$");
    let raised = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let mut out = String::new();
    for c in text.chars() {
        match raised.iter().position(|digit| *digit == c) {
            Some(digit) => _ = write!(out, "\\textsuperscript{{{digit}}}"),
            None if c == '⁻' => out.push_str("\\textsuperscript{-}"),
            None => out.push(c),
        }
    }
    out
}

/// Six digits: pgfplots computes with no more.
fn number(value: f64) -> String {
    let text = format!("{value:.5e}");
    text.parse::<f64>().map_or(text, |rounded| {
        if rounded.abs() < 1e-4 && rounded != 0.0 { format!("{rounded:e}") } else { rounded.to_string() }
    })
}
