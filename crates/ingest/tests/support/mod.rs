//! Reading with a format by its name, and picking numbers out of drafts.

#![expect(dead_code, reason = "each test binary uses a part of it")]

use std::path::{Path, PathBuf};

use vana_ingest::{Body, ColumnMap, Detection, Draft, FORMATS, Format, Input, ReadError, ReadOptions};
use vana_trace::Bin;

/// The format of a name.
pub fn format(name: &str) -> &'static dyn Format {
    *FORMATS.iter().find(|format| format.name() == name).unwrap()
}

/// Options with `--map` entries and a unit.
pub fn options(map: &[&str], unit: Option<&str>) -> ReadOptions {
    ReadOptions {
        map: map.iter().map(|entry| entry.parse::<ColumnMap>().unwrap()).collect(),
        value_unit: unit.map(|unit| unit.parse().unwrap()),
        staging: std::env::temp_dir(),
        ..ReadOptions::default()
    }
}

/// Bytes as a file.
pub fn with_input<T>(bytes: &[u8], read: impl FnOnce(&Input) -> T) -> T {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    read(&Input::open(file.path()).unwrap())
}

/// What a format makes of bytes.
pub fn try_read(name: &str, bytes: &[u8], options: &ReadOptions) -> Result<Vec<Draft>, ReadError> {
    with_input(bytes, |input| format(name).read(input, options))
}

/// What a format makes of good bytes, without options.
pub fn read(name: &str, text: &str) -> Vec<Draft> {
    try_read(name, text.as_bytes(), &options(&[], None)).unwrap()
}

/// Line and message of a refusal.
pub fn refusal(name: &str, text: &str) -> (u64, String) {
    match try_read(name, text.as_bytes(), &options(&[], None)) {
        Err(ReadError::Malformed { line, message, .. }) => (line, message),
        other => panic!("not refused: {other:?}"),
    }
}

/// The names of the formats that are sure of a file, and of those that are not.
pub fn detected(input: &Input) -> (Vec<&'static str>, Vec<&'static str>) {
    let of = |wanted| FORMATS.iter().filter(|f| f.detect(input) == wanted).map(|f| f.name()).collect();
    (of(Detection::Yes), of(Detection::Unsure))
}

/// One reported number.
pub fn value(draft: &Draft, metric: &str, statistic: &str) -> f64 {
    let mut found = draft.reported.iter().filter(|one| one.metric == metric && one.statistic == statistic);
    let one = found.next().unwrap_or_else(|| panic!("no {metric} {statistic}"));
    assert!(found.next().is_none(), "two {metric} {statistic}");
    one.value.unwrap()
}

/// The codes of a draft's findings.
pub fn codes(draft: &Draft) -> Vec<&str> {
    draft.findings.iter().map(|finding| &*finding.code).collect()
}

/// The bins of a metric.
pub fn bins<'a>(draft: &'a Draft, metric: &str) -> &'a [Bin] {
    let Body::Histogram(all) = &draft.body else { panic!("no histogram") };
    &all.iter().find(|(name, _)| *name == metric).unwrap().1
}

/// Number, mean and stdev (of the whole) of bins at their middle, in nanoseconds.
pub fn moments(bins: &[Bin]) -> (u64, f64, f64) {
    let n: u64 = bins.iter().map(|bin| bin.count).sum();
    let middle = |bin: &Bin| f64::midpoint(bin.low_ns as f64, bin.value_ns as f64);
    let mean = bins.iter().map(|bin| middle(bin) * bin.count as f64).sum::<f64>() / n as f64;
    let square =
        bins.iter().map(|bin| (middle(bin) - mean).powi(2) * bin.count as f64).sum::<f64>() / n as f64;
    (n, mean, square.sqrt())
}

/// Upper edge of the bin that holds a rank, counted from 1.
pub fn value_at(bins: &[Bin], rank: u64) -> i64 {
    let mut below = 0;
    bins.iter()
        .find(|bin| {
            below += bin.count;
            below >= rank
        })
        .unwrap()
        .value_ns
}

/// Mean and sample standard deviation.
pub fn mean_and_sd(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let square = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
    (mean, (square / (n - 1.0)).sqrt())
}

/// A file of the corpus; `None` where there is no corpus, which only a machine of developers may lack.
pub fn corpus(path: &str) -> Option<PathBuf> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared"));
    if !root.is_dir() {
        assert!(std::env::var_os("CI").is_none(), "no corpus at {}", root.display());
        eprintln!("skipped: no corpus at {}", root.display());
        return None;
    }
    Some(root.join(path))
}

/// All files below a folder of the corpus, sorted.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { all.push(path) }
        }
    }
    all.sort();
    all
}

/// What a format makes of a file of the corpus.
pub fn read_file(name: &str, path: &Path, options: &ReadOptions) -> Vec<Draft> {
    let input = Input::open(path).unwrap();
    format(name).read(&input, options).unwrap_or_else(|error| panic!("{}: {error:?}", path.display()))
}
