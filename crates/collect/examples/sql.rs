//! Transactions with every statement recorded, and nothing else: what `xtask bench sql` times against sysbench.
//!
//! `sql URL WORKLOAD CLIENTS SECONDS ROWS` prints transactions, statements and seconds.

use std::error::Error;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use vana_collect::{SqlLoad, Stop, Uniform, collect_sql, database, distribution, schedule, sql_workload};
use vana_types::Seed;

/// Numbers that differ enough between clients: SplitMix64 (Steele, Lea, Flood 2014).
fn randomness(seed: Seed, number: u64) -> Uniform {
    let mut state = seed.0.wrapping_add(number.wrapping_mul(0xD1B5_4A32_D192_ED03));
    Box::new(move || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [url, workload, clients, seconds, rows] = words.as_slice() else {
        return Err("usage: sql URL WORKLOAD CLIENTS SECONDS ROWS".into());
    };
    let workload = sql_workload(workload).ok_or("no such workload")?;
    let load = SqlLoad {
        database: database(url)?,
        url: url.clone(),
        workload,
        distribution: distribution("special").ok_or("no such distribution")?,
        tables: 1,
        rows: rows.parse()?,
        range_size: 100,
        clients: clients.parse()?,
        stop: Stop::After(Duration::from_secs(seconds.parse()?)),
        timeout: Duration::from_secs(10),
        schedule: schedule("closed").ok_or("no such schedule")?,
        rate_per_s: 1.0,
        seed: Seed(1),
        randomness,
    };
    let folder = tempfile::tempdir()?;
    let collected = collect_sql(&load, folder.path(), &AtomicBool::new(false), |_, _| {})?;
    let summary = collected.trace.summary();
    let transactions = collected.attempts.all;
    println!("{transactions} {} {}", summary.rows - transactions, summary.duration_ns as f64 / 1e9);
    Ok(())
}
