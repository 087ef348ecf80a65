//! Figures as values: axes with ticks, series with points. Renderers add nothing but ink.

/// One figure, as plain text and numbers in shown units.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// Name of its files without folder and ending; distinct within a report.
    pub name: String,
    /// One or more sentences.
    pub caption: String,
    /// How points become ink.
    pub shape: Shape,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// What is drawn, in the order of the legend.
    pub series: Vec<Series>,
    /// What is drawn behind it.
    pub guides: Vec<Guide>,
    /// Further plots under the first, over the same horizontal axis; of lines only.
    pub below: Vec<Plot>,
}

/// A plot under another.
#[derive(Clone, Debug, PartialEq)]
pub struct Plot {
    /// Its vertical axis.
    pub y: Axis,
    /// What is drawn. Series of one style are one line of the legend, whichever plot they are in.
    pub series: Vec<Series>,
}

impl Figure {
    /// Its plots from above, each as a figure of its own.
    pub fn plots(&self) -> Vec<Self> {
        let alone = |y: &Axis, series: &[Series]| Self {
            y: y.clone(),
            series: series.to_vec(),
            below: Vec::new(),
            ..self.clone()
        };
        let below = self.below.iter().map(|plot| alone(&plot.y, &plot.series));
        std::iter::once(alone(&self.y, &self.series)).chain(below).collect()
    }

    /// Its series of all plots, those of the same style once.
    pub fn legend(&self) -> Vec<&Series> {
        let mut all: Vec<&Series> = self.series.iter().collect();
        for series in self.below.iter().flat_map(|plot| &plot.series) {
            if all.iter().all(|known| known.style != series.style) {
                all.push(series);
            }
        }
        all
    }
}

/// What helps to read a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Guide {
    /// A line across the plot at a value of the horizontal axis.
    Line(f64),
    /// A band across the plot between two values of the horizontal axis.
    Band(f64, f64),
    /// A bar that joins what lies between two values of the horizontal axis.
    Join(f64, f64),
    /// A length on the horizontal axis.
    Length(f64),
}

/// How points become ink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Markers at each point, joined by lines, with error bars.
    Points,
    /// A line through many points, with a marker here and there.
    Line,
    /// Horizontal bars: `y` is the index of a category, `x` the length.
    Bars,
    /// Markers with horizontal intervals: `y` is the index of a category, each series has a line of its own in it.
    Forest,
    /// One point a series on the horizontal axis, named at the sides, ascending.
    Ranks,
}

impl Shape {
    /// Whether the vertical axis has categories, in each of which every series has a line.
    pub const fn is_by_category(self) -> bool {
        matches!(self, Self::Bars | Self::Forest)
    }
}

/// An axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// What it shows, with unit.
    pub label: String,
    /// How numbers become places.
    pub scale: Scale,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Marks with text, ascending.
    pub ticks: Vec<Tick>,
}

/// How numbers become places on an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// In proportion.
    Linear,
    /// By their logarithm.
    Log,
}

/// A mark on an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Where.
    pub at: f64,
    /// Its text; empty for a small mark between others.
    pub label: String,
}

/// Points that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Its full name.
    pub label: String,
    /// Index of its colour, dash and marker; the same in every figure.
    pub style: usize,
    /// Whether it is nobody's for sure, and drawn hollow.
    pub hollow: bool,
    /// Its points, ascending in `x` unless bars.
    pub points: Vec<Point>,
}

/// A point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Horizontal.
    pub x: f64,
    /// Vertical.
    pub y: f64,
    /// Ends of its interval, along the axis of values.
    pub interval: Option<(f64, f64)>,
    /// Whether its reading is in doubt.
    pub doubtful: bool,
}

impl Point {
    /// A point without interval and doubt.
    pub fn new(x: f64, y: f64) -> Self {
        Self { x, y, interval: None, doubtful: false }
    }
}

impl Axis {
    /// Where a number stands: 0 at the lower end, 1 at the upper end. Not finite for 0 on a logarithmic axis.
    pub fn place(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Linear => (value - self.low) / (self.high - self.low),
            Scale::Log => (value / self.low).ln() / (self.high / self.low).ln(),
        }
    }
}

/// Points without those that would lie on the one before: closer than 1/500 of both axes.
pub fn thin(points: Vec<Point>, x: &Axis, y: &Axis) -> Vec<Point> {
    let last = points.len().saturating_sub(1);
    let mut kept: Vec<Point> = Vec::new();
    for (index, point) in points.into_iter().enumerate() {
        let is_near = kept.last().is_some_and(|before| {
            let (dx, dy) = (x.place(point.x) - x.place(before.x), y.place(point.y) - y.place(before.y));
            dx.abs() < 0.002 && dy.abs() < 0.002
        });
        if !is_near || index == last {
            kept.push(point);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_that_nobody_can_tell_apart_are_drawn_once() {
        let axis = Axis { label: String::new(), scale: Scale::Linear, low: 0.0, high: 1.0, ticks: vec![] };
        let points = [0.0, 0.001, 0.5, 0.9995, 1.0].map(|x| Point::new(x, x)).to_vec();
        let kept: Vec<f64> = thin(points, &axis, &axis).iter().map(|point| point.x).collect();
        assert_eq!(kept, [0.0, 0.5, 0.9995, 1.0]);
    }
}
