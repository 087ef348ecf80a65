//! `bench http`: load on a server of this machine, by vana, wrk, h2load and oha in turn.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use super::contender::TIME;
use super::http_client::{Client, Cost};
use super::http_server::Server;
use super::table::{Spread, print_machine};
use crate::command::{answer, command, run as run_command};
use crate::options::Options;
use crate::workspace::target;

/// Numbers of clients.
const CLIENTS: [u32; 4] = [1, 10, 50, 100];

const ASKED: &str = "
The client has one thread and may use one core, all its helpers included (`taskset`); the server has the other. Rates are
what each program says; processor time, user and system, is that of the whole process, for vana the statistics at the
end included, over its requests. vana writes every request to Parquet while the others count. Each number is the median over
the rounds (least to most); those over wrk's are medians of ratios within a round. A run with a single error ends the
bench.";

/// One program at one server with one number of clients, round by round.
struct Line {
    /// Where it stands in the table.
    place: usize,
    client: Client,
    clients: u32,
    costs: Vec<Cost>,
}

/// Times all programs at both servers.
pub(crate) fn run(options: &Options) -> Result<()> {
    let (rounds, seconds) = (options.count("--rounds", 5), options.count("--seconds", 5));
    let vana = build()?;
    if std::thread::available_parallelism().map_or(1, usize::from) < 2 {
        bail!("the client and the server need a core each");
    }
    let folder = options.folder();
    std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let mut tables = Vec::new();
    for server in ["vana-server", "nginx"] {
        let running = Server::start(server, &folder)?;
        let mut lines = lines(&vana, &folder);
        for round in 0..=rounds {
            // Who goes first changes, so that what drifts is shared.
            if round > 0 {
                lines.reverse();
            }
            for line in &mut lines {
                let cost = line.client.run(&running.url(), line.clients, seconds)?;
                println!("round {round}: {server}, {} clients, {}: {cost}", line.clients, line.client.name);
                // The first round warms what there is to be warmed.
                if round > 0 {
                    line.costs.push(cost);
                }
            }
        }
        lines.sort_by_key(|line| line.place);
        tables.push((running.shown(), lines));
    }
    print_machine("Load", &format!("cargo run --release -p xtask -- bench http {}", options.text()));
    println!("{}; {rounds} rounds of {seconds} s in turn after one that is not counted.", versions());
    println!("{ASKED}");
    for (server, lines) in &tables {
        print(server, lines);
    }
    Ok(())
}

/// Builds what is timed; where vana lies.
fn build() -> Result<PathBuf> {
    let build =
        ["build", "--release", "-p", "vana", "-p", "vana-server", "--bin", "vana", "--bin", "vana-server"];
    run_command(&mut command("cargo", build))?;
    for (program, package) in [(TIME, "time"), ("/usr/bin/wrk", "wrk"), ("/usr/bin/taskset", "util-linux")] {
        if !PathBuf::from(program).exists() {
            bail!("{program} is missing: apt-get install {package}");
        }
    }
    Ok(target().join("release/vana"))
}

fn lines(vana: &std::path::Path, folder: &std::path::Path) -> Vec<Line> {
    let mut lines = Vec::new();
    for clients in CLIENTS {
        // The first is what the others are compared with.
        let mut programs = vec![Client::wrk(), Client::vana(vana, folder, false)];
        if clients == 1 {
            programs.push(Client::vana(vana, folder, true));
        }
        programs.extend([Client::h2load(), Client::oha()].into_iter().flatten());
        for client in programs {
            lines.push(Line { place: lines.len(), client, clients, costs: Vec::new() });
        }
    }
    lines
}

fn versions() -> String {
    let first = |text: Option<String>| text.and_then(|text| text.lines().next().map(str::to_owned));
    let h2load = first(answer("h2load", &["--version"])).unwrap_or_else(|| "no h2load here".to_owned());
    let oha =
        first(answer("oha", &["--version"])).unwrap_or_else(|| "no oha here (cargo install oha)".to_owned());
    let wrk = answer("dpkg-query", &["--show", "--showformat=wrk ${Version}", "wrk"]);
    format!("{}; {h2load}; {oha}", wrk.unwrap_or_else(|| "wrk".to_owned()))
}

fn print(server: &str, lines: &[Line]) {
    println!("\n### {server}\n");
    println!(
        "| clients | program | requests/s | user, us | system, us | peak memory, MiB | bytes on disk | rate over \
         wrk's | processor time over wrk's |"
    );
    println!("|--:|---|--:|--:|--:|--:|--:|--:|--:|");
    for line in lines {
        let Some(wrk) = lines.iter().find(|first| first.clients == line.clients) else { continue };
        let of = |value: fn(&Cost) -> f64, decimals| {
            Spread::of(line.costs.iter().map(value).collect()).shown(decimals)
        };
        let over = |value: fn(&Cost) -> f64| {
            Spread::of(line.costs.iter().zip(&wrk.costs).map(|(a, b)| value(a) / value(b)).collect()).shown(2)
        };
        let bytes = if line.costs.iter().all(|cost| cost.disk_bytes > 0) {
            of(|cost| cost.disk_bytes as f64 / cost.requests, 2)
        } else {
            "–".to_owned()
        };
        println!(
            "| {} | {} | {} | {} | {} | {} | {bytes} | {} | {} |",
            line.clients,
            line.client.name,
            of(|cost| cost.rate_per_s, 0),
            of(|cost| cost.user_s / cost.requests * 1e6, 2),
            of(|cost| cost.system_s / cost.requests * 1e6, 2),
            of(|cost| cost.peak_bytes as f64 / 1_048_576.0, 1),
            over(|cost| cost.rate_per_s),
            over(Cost::cpu_per_request_s),
        );
    }
}
