//! Histograms of a run: `histogram.parquet`.

/// Values between two edges and how many there were.
///
/// A quantile of binned values is the upper edge of the bin that holds its rank, as HdrHistogram reports it; moments
/// take the middle of the bin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bin {
    /// Lowest value that falls into the bin, nanoseconds.
    pub low_ns: i64,
    /// Highest value that falls into the bin, nanoseconds: what the source calls the bin's value.
    pub value_ns: i64,
    /// Number of values.
    pub count: u64,
}
