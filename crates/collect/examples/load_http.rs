//! `load_http URL CLIENTS SECONDS`: a closed loop without a study around it, for measuring the load generator itself.

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use vana_collect::{BusyPoll, Load, Order, Request, Stop, Target, Tuning, collect, protocol, schedule};
use vana_types::{Identity, Seed};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, clients, seconds, ..] = arguments.as_slice() else {
        return Err("usage: load_http URL CLIENTS SECONDS".into());
    };
    let load = Load {
        target: Target::parse(url)?,
        protocol: protocol("http").ok_or("no protocol")?,
        requests: vec![Request::default()],
        clients: clients.parse()?,
        threads: 1,
        connects_first: false,
        stop: Stop::After(Duration::from_secs_f64(seconds.parse()?)),
        timeout: Duration::from_secs(2),
        order: Order::Drawn { schedule: schedule("closed").ok_or("no schedule")?, rate_per_s: 1.0 },
        tuning: Tuning { busy_poll: match std::env::var("WHEN").as_deref() { Ok("never") => BusyPoll::Never, Ok("always") => BusyPoll::Always, _ => BusyPoll::Adaptive }, ..Tuning::default() },
        seed: Seed(1),
        randomness: |_, _| Box::new(|| 0.5),
    };
    let folder = std::env::temp_dir();
    let collected = collect(&load, &folder, &AtomicBool::new(false), |_, _| ())?;
    let path = folder.join(format!("load_http-{}.parquet", std::process::id()));
    let summary = collected.trace.summary().clone();
    let identity = Identity { system: "s".into(), workload: "w".into(), clients: None, repetition: 1 };
    collected.trace.seal(&identity, &path)?;
    let bytes = std::fs::metadata(&path)?.len();
    std::fs::remove_file(Path::new(&path))?;
    println!(
        "{} requests, {:.0}/s, {:.2} bytes each",
        summary.rows,
        summary.rows as f64 * 1e9 / summary.duration_ns as f64,
        bytes as f64 / summary.rows as f64
    );
    Ok(())
}
