//! One picture of a study for where links are shown: 1200 × 630 pixels.

use std::fmt::Write as _;
use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb::Database};
use vana_types::{CheckedClaim, ClaimVerdict, Comparison, Severity, Verdict};

use super::markdown::title;
use super::{Document, OutputFile, RenderError};
use crate::font;
use crate::label;
use crate::quantity::ratio;
use crate::style::style;
use crate::tex::flatten;
use crate::view::View;

const WIDTH: f64 = 1200.0;
const HEIGHT: f64 = 630.0;
const LEFT: f64 = 60.0;
/// Rows of ratios or claims.
const ROWS: usize = 5;
/// From one row to the next.
const ROW_HEIGHT: f64 = 43.0;
/// Where the bar of a ratio of one would be.
const MIDDLE: f64 = 830.0;
const INK: &str = "#1b2026";
const QUIET: &str = "#555d66";

/// Writes `summary.png`.
pub fn render(document: &Document<'_, '_>, progress: &dyn Fn(&str)) -> Result<Vec<OutputFile>, RenderError> {
    let path = "summary.png".to_owned();
    progress(&path);
    let mut fonts = Database::new();
    fonts.load_font_data(dejavu::sans::regular().to_vec());
    fonts.load_font_data(dejavu::sans::bold().to_vec());
    fonts.set_sans_serif_family(font::FAMILY);
    let options =
        Options { fontdb: Arc::new(fonts), font_family: font::FAMILY.to_owned(), ..Options::default() };
    let fail = |reason: String| RenderError::Picture { reason };
    let tree = Tree::from_str(&draw(document.view), &options).map_err(|error| fail(error.to_string()))?;
    let mut pixels =
        Pixmap::new(WIDTH as u32, HEIGHT as u32).ok_or_else(|| fail("it has no size".to_owned()))?;
    resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
    let bytes = pixels.encode_png().map_err(|error| fail(error.to_string()))?;
    Ok(vec![OutputFile { path, bytes }])
}

/// The picture as SVG, with the characters of its font alone.
fn draw(view: &View<'_>) -> String {
    let mut ink = String::new();
    let lines = font::two_lines(&font::within(&title(view)), "", 40.0, WIDTH - 2.0 * LEFT);
    let mut y = 92.0;
    for line in &lines {
        text(&mut ink, (LEFT, y), 40.0, INK, "bold", line);
        y += 50.0;
    }
    y += 22.0;
    let mut x = LEFT;
    for (count, words, colour, ground) in tiles(view) {
        let count = count.to_string();
        // Bold digits are an eighth wider than those that can be measured.
        let inner = font::width(&words, 20.0).max(font::width(&count, 46.0) * 1.125).max(70.0);
        let width = inner + 36.0;
        _ = write!(
            ink,
            "<rect x=\"{x:.0}\" y=\"{y:.0}\" width=\"{width:.0}\" height=\"104\" rx=\"10\" fill=\"{ground}\"/>"
        );
        text(&mut ink, (x + 18.0, y + 56.0), 46.0, colour, "bold", &count);
        text(&mut ink, (x + 18.0, y + 88.0), 20.0, colour, "normal", &words);
        x += width + 16.0;
    }
    let chosen = chosen(&view.results.judgement.comparisons);
    if chosen.is_empty() {
        claims(&mut ink, &view.results.judgement.claims, y + 134.0);
    } else {
        ratios(&mut ink, view, &chosen, y + 134.0);
    }
    let digest: String = view.results.digest.chars().take(16).collect();
    let foot = format!("study {digest} · vana {}", view.results.vana);
    text(&mut ink, (LEFT, HEIGHT - 28.0), 20.0, QUIET, "normal", &foot);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{HEIGHT}\" font-family=\"{}\">\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/><rect width=\"14\" height=\"100%\" fill=\"#0b5cad\"/>{ink}</svg>",
        font::FAMILY
    )
}

fn text(ink: &mut String, (x, y): (f64, f64), size: f64, colour: &str, weight: &str, words: &str) {
    let words = font::shorten(&font::within(words), size, WIDTH - LEFT - x);
    let words = words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    // What XML can not hold would make it no picture at all.
    let words: String =
        words.chars().filter(|c| !c.is_control() && !matches!(c, '\u{FFFE}' | '\u{FFFF}')).collect();
    _ = write!(
        ink,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" font-weight=\"{weight}\" fill=\"{colour}\">{words}</text>"
    );
}

type Tile = (usize, String, &'static str, &'static str);

const GOOD: (&str, &str) = ("#00614d", "#e4f4ee");
const BAD: (&str, &str) = ("#a3221b", "#fdeae8");
const WARN: (&str, &str) = ("#7a4b00", "#fdf1dc");
const OPEN: (&str, &str) = ("#4a525b", "#eceff2");

fn tiles(view: &View<'_>) -> Vec<Tile> {
    let judgement = &view.results.judgement;
    let claims = |verdict| judgement.claims.iter().filter(|claim| claim.verdict == verdict).count();
    let findings = |severity| view.results.findings.iter().filter(|found| found.severity == severity).count();
    let verdicts = |verdict| judgement.comparisons.iter().filter(|row| row.verdict == verdict).count();
    let tile = |count, words: &str, (colour, ground): (&'static str, &'static str)| {
        let (colour, ground) = if count == 0 { OPEN } else { (colour, ground) };
        (count, words.to_owned(), colour, ground)
    };
    let mut tiles = Vec::new();
    if !judgement.claims.is_empty() {
        let holding = claims(ClaimVerdict::Holds);
        tiles.push(tile(holding, if holding == 1 { "claim holds" } else { "claims hold" }, GOOD));
        tiles.push(tile(claims(ClaimVerdict::Contradicted), "contradicted", BAD));
    }
    if !judgement.comparisons.is_empty() {
        tiles.push(tile(verdicts(Verdict::Better), "better", GOOD));
        tiles.push(tile(verdicts(Verdict::Worse), "worse", BAD));
        let equivalent = verdicts(Verdict::Equivalent);
        tiles.extend((equivalent > 0).then(|| tile(equivalent, "equivalent", GOOD)));
        tiles.push(tile(verdicts(Verdict::Inconclusive), "inconclusive", OPEN));
    }
    for (severity, one, colours) in [(Severity::Error, "error", BAD), (Severity::Warning, "warning", WARN)] {
        let count = findings(severity);
        tiles.push(tile(count, &label::plural(count, one), colours));
    }
    tiles
}

/// The largest sure ratio of each pair of systems in each metric, at whatever number of clients that is; the first
/// metrics first.
fn chosen(comparisons: &[Comparison]) -> Vec<&Comparison> {
    let distance = |row: &Comparison| row.ratio.map_or(0.0, |ratio| ratio.ln().abs());
    let mut rows: Vec<&Comparison> = Vec::new();
    for row in comparisons {
        if row.verdict == Verdict::Inconclusive || !row.ratio.is_some_and(|r| r > 0.0 && r.is_finite()) {
            continue;
        }
        let key = |row: &Comparison| (row.metric.clone(), row.baseline.clone(), row.system.clone());
        match rows.iter_mut().find(|known| key(known) == key(row)) {
            Some(known) if distance(row) > distance(known) => *known = row,
            Some(_) => {}
            None => rows.push(row),
        }
    }
    rows.sort_by_key(|row| (label::is_printed(&row.metric), label::metric_rank(&row.metric)));
    rows.truncate(ROWS);
    rows
}

/// Where and at how many clients a ratio was found: `http, 30 clients`.
fn setting(view: &View<'_>, row: &Comparison) -> String {
    let workload = view.workload_short(&row.workload);
    row.clients.map_or_else(|| workload.clone(), |clients| format!("{workload}, {}", label::clients(clients)))
}

/// Comparisons as bars around one, each with its workload and number of clients.
fn ratios(ink: &mut String, view: &View<'_>, rows: &[&Comparison], top: f64) {
    let widest = rows.iter().filter_map(|row| row.ratio).map(|r| r.ln().abs()).fold(0.05, f64::max);
    for (index, row) in rows.iter().enumerate() {
        let Some(value) = row.ratio else { continue };
        let y = top + index as f64 * ROW_HEIGHT;
        let words = format!(
            "{} : {}, {}",
            view.system_short(&row.system),
            view.system_short(&row.baseline),
            label::metric_label(&row.metric).to_lowercase()
        );
        let words = font::shorten(&font::within(&words), 20.0, 580.0);
        text(ink, (LEFT, y + 16.0), 20.0, INK, "normal", &words);
        let words = font::shorten(&font::within(&setting(view, row)), 15.0, 580.0);
        text(ink, (LEFT, y + 35.0), 15.0, QUIET, "normal", &words);
        let length = value.ln() / widest * 180.0;
        let colour = match row.verdict {
            Verdict::Better | Verdict::Equivalent => GOOD.0,
            Verdict::Worse => BAD.0,
            _ => style(view.system_place(&row.system).min(98)).colour,
        };
        let x = MIDDLE + length.min(0.0);
        _ = write!(
            ink,
            "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"20\" fill=\"{colour}\"/>",
            y + 8.0,
            length.abs().max(2.0)
        );
        text(ink, (1040.0, y + 25.0), 21.0, INK, "normal", &format!("{}×", ratio(value)));
    }
    _ = write!(
        ink,
        "<path d=\"M{MIDDLE} {top:.1}V{:.1}\" stroke=\"{QUIET}\" stroke-width=\"1.5\"/>",
        top + rows.len() as f64 * ROW_HEIGHT - 6.0
    );
}

/// The first claims with their verdicts, where nothing can be compared.
fn claims(ink: &mut String, claims: &[CheckedClaim], top: f64) {
    for (index, claim) in claims.iter().take(ROWS).enumerate() {
        let y = top + index as f64 * ROW_HEIGHT + 20.0;
        let (colour, verdict) = match claim.verdict {
            ClaimVerdict::Holds => (GOOD.0, "holds"),
            ClaimVerdict::Contradicted => (BAD.0, "contradicted"),
            ClaimVerdict::Undecidable => (OPEN.0, "undecidable"),
            ClaimVerdict::DependsOnReading => (WARN.0, "depends on reading"),
        };
        text(ink, (LEFT, y), 19.0, colour, "bold", verdict);
        text(ink, (LEFT + 236.0, y), 19.0, INK, "normal", &flatten(&claim.statement));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(metric: &str, clients: u32, ratio: f64, verdict: Verdict) -> Comparison {
        let row = serde_json::json!({
            "metric": metric, "statistic": "mean", "workload": "http", "clients": clients, "baseline": "a", "system": "b",
            "unit": "s", "ratio": ratio, "test": "welch", "adjust": "holm", "family_size": 4, "verdict": verdict,
        });
        serde_json::from_value(row).unwrap()
    }

    #[test]
    fn the_largest_sure_ratio_of_a_pair_stands_for_it() {
        let rows = [
            row("service_time", 1, 1.5, Verdict::Worse),
            row("request_rate", 1, 0.9, Verdict::Worse),
            row("request_rate", 10, 0.5, Verdict::Worse),
            row("request_rate", 20, 0.1, Verdict::Inconclusive),
        ];
        let found: Vec<(&str, Option<u32>)> =
            chosen(&rows).iter().map(|row| (row.metric.as_str(), row.clients)).collect();
        assert_eq!(found, [("request_rate", Some(10)), ("service_time", Some(1))]);
    }
}
