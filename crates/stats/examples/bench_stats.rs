//! Times the statistics that resample, rank or enumerate, for `xtask bench stats`: one line a task, `task seconds
//! numbers…`, separated by tabs. The word after the program's name is the number of threads.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use vana_stats::{Bootstrapped, Context, Sample, bca, parse_test};

/// Each task is done so often; the median counts.
const TIMES: usize = 5;

fn main() -> ExitCode {
    let threads = std::env::args().nth(1).and_then(|word| word.parse().ok());
    let pool = threads.map(|threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build());
    let Some(Ok(pool)) = pool else {
        eprintln!("usage: bench_stats THREADS");
        return ExitCode::from(2);
    };
    pool.install(bootstraps);
    if threads == Some(1) {
        pool.install(tests);
    }
    ExitCode::SUCCESS
}

fn bootstraps() {
    for count in [30, 10_000] {
        let values = values(count, 1009, 0.0);
        for (name, of) in [("mean", Bootstrapped::Mean), ("median", Bootstrapped::MEDIAN)] {
            let task = format!("BCa of a {name}, n = {count}");
            time(&task, &values, |values| {
                bca(black_box(&values), of, 0.95, &Context::default()).map(|(low, high)| vec![low, high])
            });
        }
    }
}

fn tests() {
    // No two values are the same.
    let samples = [(20, "20 + 20"), (1_000_000, "1 M + 1 M")]
        .map(|(count, name)| ((values(count, 1_000_003, 0.0), values(count, 1_000_003, 0.3)), name));
    for (test, samples) in
        [("mann-whitney", &samples[0]), ("mann-whitney", &samples[1]), ("permutation", &samples[0])]
    {
        let (samples, sizes) = samples;
        let Ok(found) = parse_test(test) else { continue };
        time(&format!("{test}, {sizes}"), samples, |(baseline, system)| {
            let (baseline, system) = (Sample::new(baseline).ok()?, Sample::new(system).ok()?);
            let outcome = found.compare(&baseline, &system, &Context::default()).ok()?;
            Some(vec![outcome.statistic, outcome.p])
        });
    }
}

/// √(7919·i mod `prime`), moved.
fn values(count: u64, prime: u64, by: f64) -> Vec<f64> {
    (1..=count).map(|i| ((7919 * i % prime) as f64).sqrt() + by).collect()
}

/// Times work on values that lie in memory when it begins, in the order in which they were drawn.
fn time<T: Clone>(task: &str, values: &T, work: impl Fn(T) -> Option<Vec<f64>>) {
    let mut seconds = [0.0; TIMES];
    let mut numbers = None;
    for one in &mut seconds {
        let values = black_box(values.clone());
        let begin = Instant::now();
        numbers = work(values);
        *one = begin.elapsed().as_secs_f64();
    }
    seconds.sort_by(f64::total_cmp);
    let numbers: Vec<String> = numbers.unwrap_or_default().iter().map(f64::to_string).collect();
    println!("{task}\t{}\t{}", seconds[TIMES / 2], numbers.join("\t"));
}
