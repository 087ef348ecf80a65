//! Charts by category that are higher than a page, cut into parts.

use std::ops::Range;

use crate::figure::{Figure, Shape};

/// Most points of height of a plot: with its legend and its caption it fits a page.
const HEIGHT: usize = 440;
/// Height of a line and of the space between categories, in tenths of a point.
const LINE: usize = 74;
const BETWEEN: usize = 50;

/// Ranges of categories and of lines in each category, such that each pair of them fits a page.
pub fn parts(categories: usize, lines: usize, shape: Shape) -> Vec<(Range<usize>, Range<usize>)> {
    if categories * (lines * LINE + BETWEEN) <= HEIGHT * 10 {
        return vec![(0..categories, 0..lines)];
    }
    let mut all = Vec::new();
    // In bars the categories are compared with each other, in a forest the lines of a category.
    let kept = if shape == Shape::Bars { categories } else { 1 };
    let fitting = (HEIGHT * 10 / kept.max(1)).saturating_sub(BETWEEN) / LINE;
    let lines_each = even(lines, fitting.max(1));
    let widest = lines_each.iter().map(Range::len).max().unwrap_or(1);
    let categories_each = even(categories, (HEIGHT * 10 / (widest * LINE + BETWEEN)).max(1));
    for categories in categories_each {
        all.extend(lines_each.iter().map(|lines| (categories.clone(), lines.clone())));
    }
    all
}

/// As few ranges as there must be with at most so many each, of even size.
pub fn even(count: usize, most: usize) -> Vec<Range<usize>> {
    let parts = count.div_ceil(most).max(1);
    (0..parts).map(|part| part * count / parts..(part + 1) * count / parts).collect()
}

/// The part of a figure that has these categories and these series; `None` where it has no point.
pub fn cut(figure: &Figure, categories: &Range<usize>, series: &Range<usize>) -> Option<Figure> {
    let mut part = figure.clone();
    part.series = figure.series.get(series.clone())?.to_vec();
    let first = categories.start as f64;
    for series in &mut part.series {
        series.points.retain(|point| (first..categories.end as f64).contains(&point.y));
        series.points.iter_mut().for_each(|point| point.y -= first);
    }
    part.series.retain(|series| !series.points.is_empty());
    part.y.ticks = figure.y.ticks.get(categories.clone())?.to_vec();
    part.y.ticks.iter_mut().for_each(|tick| tick.at -= first);
    part.y.low = categories.len() as f64 - 0.5;
    (!part.series.is_empty()).then_some(part)
}

/// The figure, or its parts with numbers where it would be higher than a page.
pub fn split(figure: &Figure) -> Vec<Figure> {
    let ranges = parts(figure.y.ticks.len(), figure.series.len(), figure.shape);
    if ranges.len() == 1 {
        return vec![figure.clone()];
    }
    let mut all: Vec<Figure> =
        ranges.iter().filter_map(|(categories, series)| cut(figure, categories, series)).collect();
    let count = all.len();
    for (index, part) in all.iter_mut().enumerate() {
        part.name = format!("{}-{}", figure.name, index + 1);
        part.caption = format!("{} Part {} of {count}.", figure.caption, index + 1);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_a_page_is_not_cut() {
        assert_eq!(parts(12, 2, Shape::Bars), [(0..12, 0..2)]);
        assert_eq!(parts(8, 12, Shape::Bars), [(0..8, 0..6), (0..8, 6..12)]);
        assert_eq!(parts(8, 12, Shape::Forest), [(0..4, 0..12), (4..8, 0..12)]);
        assert_eq!(parts(80, 1, Shape::Bars), [(0..26, 0..1), (26..53, 0..1), (53..80, 0..1)]);
    }

    #[test]
    fn every_part_fits_and_nothing_is_lost() {
        for (categories, lines) in [(1, 1), (1, 200), (13, 12), (100, 7), (500, 2)] {
            for shape in [Shape::Bars, Shape::Forest] {
                let all = parts(categories, lines, shape);
                let covered: usize = all.iter().map(|(c, l)| c.len() * l.len()).sum();
                let highest = all.iter().map(|(c, l)| c.len() * (l.len() * LINE + BETWEEN)).max();
                assert_eq!(covered, categories * lines, "{categories} {lines}");
                assert!(highest <= Some(HEIGHT * 10), "{categories} {lines}");
            }
        }
    }
}
