//! One picture of a study for where links are shown: 1200 × 630 pixels.

use std::fmt::Write as _;
use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb::Database};
use vana_types::{ClaimVerdict, Comparison, Severity, Verdict};

use super::markdown::title;
use super::{Document, OutputFile, RenderError};
use crate::font;
use crate::label;
use crate::quantity::ratio;
use crate::style::style;
use crate::view::View;

const WIDTH: f64 = 1200.0;
const HEIGHT: f64 = 630.0;
const LEFT: f64 = 60.0;
/// Rows of ratios.
const ROWS: usize = 5;

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
        text(&mut ink, (LEFT, y), 40.0, "#1b2026", "bold", line);
        y += 50.0;
    }
    y += 22.0;
    let mut x = LEFT;
    for (count, words, colour, ground) in tiles(view) {
        let words_width = font::width(&words, 20.0).max(70.0) + 36.0;
        _ = write!(
            ink,
            "<rect x=\"{x:.0}\" y=\"{y:.0}\" width=\"{words_width:.0}\" height=\"104\" rx=\"10\" fill=\"{ground}\"/>"
        );
        text(&mut ink, (x + 18.0, y + 56.0), 46.0, colour, "bold", &count.to_string());
        text(&mut ink, (x + 18.0, y + 88.0), 20.0, colour, "normal", &words);
        x += words_width + 16.0;
    }
    ratios(&mut ink, view, y + 146.0);
    let digest: String = view.results.digest.chars().take(16).collect();
    let foot = format!("study {digest} · vana {}", view.results.vana);
    text(&mut ink, (LEFT, HEIGHT - 28.0), 20.0, "#555d66", "normal", &foot);
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
        tiles.push(tile(claims(ClaimVerdict::Holds), "claims hold", GOOD));
        tiles.push(tile(claims(ClaimVerdict::Contradicted), "contradicted", BAD));
    }
    if !judgement.comparisons.is_empty() {
        tiles.push(tile(verdicts(Verdict::Better), "better", GOOD));
        tiles.push(tile(verdicts(Verdict::Worse), "worse", BAD));
        tiles.push(tile(verdicts(Verdict::Inconclusive), "inconclusive", OPEN));
    }
    tiles.push(tile(findings(Severity::Error), "errors", BAD));
    tiles.push(tile(findings(Severity::Warning), "warnings", WARN));
    tiles
}

/// The first sure comparisons as bars around one.
fn ratios(ink: &mut String, view: &View<'_>, top: f64) {
    let is_drawn = |row: &&Comparison| {
        row.verdict != Verdict::Inconclusive && row.ratio.is_some_and(|r| r > 0.0 && r.is_finite())
    };
    let mut rows: Vec<&Comparison> = view.results.judgement.comparisons.iter().filter(is_drawn).collect();
    rows.sort_by_key(|row| label::metric_rank(&row.metric));
    rows.truncate(ROWS);
    let widest = rows.iter().filter_map(|row| row.ratio).map(|r| r.ln().abs()).fold(0.05, f64::max);
    let middle = 830.0;
    for (index, row) in rows.iter().enumerate() {
        let Some(value) = row.ratio else { continue };
        let y = top + index as f64 * 36.0;
        if y > HEIGHT - 80.0 {
            break;
        }
        let words = format!(
            "{} : {}, {}",
            view.system_short(&row.system),
            view.system_short(&row.baseline),
            label::metric_label(&row.metric).to_lowercase()
        );
        let words = font::shorten(&font::within(&words), 21.0, 560.0);
        text(ink, (LEFT, y + 20.0), 21.0, "#1b2026", "normal", &words);
        let length = value.ln() / widest * 180.0;
        let colour = match row.verdict {
            Verdict::Better | Verdict::Equivalent => GOOD.0,
            Verdict::Worse => BAD.0,
            _ => style(view.system_place(&row.system).min(98)).colour,
        };
        let x = middle + length.min(0.0);
        _ = write!(
            ink,
            "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"20\" fill=\"{colour}\"/>",
            y + 4.0,
            length.abs().max(2.0)
        );
        text(ink, (1040.0, y + 20.0), 21.0, "#1b2026", "normal", &format!("{}×", ratio(value)));
    }
    if !rows.is_empty() {
        let bottom = (top + rows.len() as f64 * 36.0).min(HEIGHT - 64.0);
        _ = write!(
            ink,
            "<path d=\"M{middle} {:.1}V{bottom:.1}\" stroke=\"#555d66\" stroke-width=\"1.5\"/>",
            top - 2.0
        );
    }
}
