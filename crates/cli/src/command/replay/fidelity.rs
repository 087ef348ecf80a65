//! How faithful a replay was, for people and as a row.

use std::io::Write;

use serde::Serialize;
use vana_collect::{Lag, Lags, Request};
use vana_reduce::{LAG_STATISTICS, ReplayFidelity};
use vana_types::{Finding, Run, Severity, Unit};

use super::source::Source;
use crate::output::write_table;
use crate::quantity::show;

/// A request is late from here on, seconds.
const LATE_S: f64 = 1e-3;

/// What is said of a replay, in base units; absent where it is not known.
#[derive(Serialize)]
pub(super) struct Row<'a> {
    system: &'a str,
    workload: &'a str,
    clients: Option<u32>,
    repetition: u32,
    source: &'a str,
    speed: f64,
    connections: u32,
    in_recording: u64,
    sendable: u64,
    recorded: u64,
    sent: u64,
    lag_mean: Option<f64>,
    lag_p50: Option<f64>,
    lag_p90: Option<f64>,
    lag_p99: Option<f64>,
    #[serde(rename = "lag_p99.9")]
    lag_p999: Option<f64>,
    lag_max: Option<f64>,
    client_late: u64,
    client_lag: f64,
    client_lag_max: f64,
    server_late: u64,
    server_lag: f64,
    server_lag_max: f64,
    ks_distance: Option<f64>,
    wasserstein_distance: Option<f64>,
}

/// A replay that was made.
pub(super) struct Replayed<'a> {
    pub run: &'a Run,
    pub source: &'a str,
    /// Requests in the recording, and those of them that can be sent.
    pub requests: (u64, u64),
    pub speed: f64,
    pub connections: u32,
    pub lags: Lags,
    pub fidelity: &'a ReplayFidelity,
}

impl<'a> Replayed<'a> {
    pub fn row(&self) -> Row<'a> {
        let (identity, fidelity) = (&self.run.identity, self.fidelity);
        let lag = |name: &str| {
            let place = LAG_STATISTICS.iter().position(|known| *known == name)?;
            fidelity.lag_s.get(place).copied()
        };
        Row {
            system: &identity.system,
            workload: &identity.workload,
            clients: identity.clients,
            repetition: identity.repetition,
            source: self.source,
            speed: self.speed,
            connections: self.connections,
            in_recording: self.requests.0,
            sendable: self.requests.1,
            recorded: fidelity.recorded,
            sent: fidelity.sent,
            lag_mean: lag("mean"),
            lag_p50: lag("p50"),
            lag_p90: lag("p90"),
            lag_p99: lag("p99"),
            lag_p999: lag("p99.9"),
            lag_max: lag("max"),
            client_late: self.lags.client.requests,
            client_lag: seconds(self.lags.client.total_ns),
            client_lag_max: seconds(self.lags.client.max_ns),
            server_late: self.lags.server.requests,
            server_lag: seconds(self.lags.server.total_ns),
            server_lag_max: seconds(self.lags.server.max_ns),
            ks_distance: fidelity.gaps.map(|gaps| gaps.kolmogorov_smirnov),
            wasserstein_distance: fidelity.gaps.map(|gaps| gaps.wasserstein / 1e9),
        }
    }

    pub fn write(&self, out: &mut impl Write) -> std::io::Result<()> {
        let fidelity = self.fidelity;
        let time = |seconds| show(seconds, Unit::Seconds, false);
        writeln!(out, "  replayed {} at {} times its speed", self.source, self.speed)?;
        let (all, sendable) = self.requests;
        if (all, sendable) == (fidelity.recorded, fidelity.recorded) {
            writeln!(out, "  recorded {all}, sent {}", fidelity.sent)?;
        } else {
            let (asked, sent) = (fidelity.recorded, fidelity.sent);
            writeln!(out, "  recorded {all}, sendable {sendable}, to be sent {asked}, sent {sent}")?;
        }
        let header = std::iter::once("  ").chain(LAG_STATISTICS).map(str::to_owned).collect();
        let lags = fidelity.lag_s.iter().map(|lag| time(*lag));
        write_table(out, &[header, std::iter::once("  sent late by".to_owned()).chain(lags).collect()])?;
        let cause = |lag: &Lag| {
            let mean = lag.total_ns as f64 / lag.requests.max(1) as f64 / 1e9;
            format!("{}, mean {}, max {}", lag.requests, time(mean), time(seconds(lag.max_ns)))
        };
        writeln!(out, "  by the client (a connection was free): {}", cause(&self.lags.client))?;
        writeln!(out, "  by the server (no connection was free): {}", cause(&self.lags.server))?;
        if let Some(gaps) = fidelity.gaps {
            writeln!(
                out,
                "  gaps between requests, sent against recorded: D {:.4}, Wasserstein {}",
                gaps.kolmogorov_smirnov,
                time(gaps.wasserstein / 1e9)
            )?;
        }
        Ok(())
    }
}

fn seconds(ns: u64) -> f64 {
    ns as f64 / 1e9
}

/// Doubts about a replay; `wanted` requests were asked for, those among them that cannot be sent.
pub(super) fn findings(fidelity: &ReplayFidelity, wanted: u64, lags: &Lags) -> Vec<Finding> {
    let mut findings = Vec::new();
    if fidelity.sent != wanted {
        let message = format!(
            "{} of {wanted} recorded requests were sent: what was measured is not the recorded workload.",
            fidelity.sent
        );
        let finding = Finding::new("replay-incomplete", Severity::Warning, message);
        findings.push(finding.with_value(fidelity.sent as f64, Some(wanted as f64)));
    }
    let place = LAG_STATISTICS.iter().position(|name| *name == "p99");
    let p99 = place.and_then(|place| fidelity.lag_s.get(place).copied()).filter(|p99| *p99 > LATE_S);
    if let Some(p99) = p99 {
        let message = if lags.client.total_ns > lags.server.total_ns {
            "More than 1 % of the requests were sent more than 1 ms late, mostly by the client: a connection was free and \
             it had no time. Give it more --threads or a lower --speed; its lag is no property of the server."
        } else {
            "More than 1 % of the requests were sent more than 1 ms late, mostly because no connection was free: the \
             server had not answered what was sent before. Response times count from the due time; more --clients let \
             it have more at a time, if that is how it was recorded."
        };
        let finding = Finding::new("replay-late", Severity::Warning, message);
        findings.push(finding.with_value(p99, Some(LATE_S)));
    }
    findings
}

/// Requests were sent without bodies that they may have had.
pub(super) fn without_bodies(source: &Source, requests: &[Request]) -> Option<Finding> {
    let takes_body = |request: &Request| ["POST", "PUT", "PATCH"].contains(&request.method.as_str());
    let (severity, message) = if !source.is_whole {
        let message = "The recorded trace knows methods and paths alone: requests were sent without the headers and \
                       bodies that they may have had.";
        (Severity::Info, message)
    } else if !source.has_bodies
        && requests.iter().all(|request| request.body.is_none())
        && requests.iter().any(takes_body)
    {
        let message = "The recording has no bodies, but requests with a method that takes one, such as POST: they were \
                       sent without, and the server may have refused them or done less than it did then.";
        (Severity::Warning, message)
    } else {
        return None;
    };
    Some(Finding::new("replay-without-bodies", severity, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(sent: u64, p99: f64, client_ns: u64, server_ns: u64) -> Vec<(String, bool)> {
        let lag = |total_ns| Lag { requests: 5, total_ns, max_ns: total_ns };
        let fidelity =
            ReplayFidelity { recorded: 10, sent, lag_s: vec![0.0, 0.0, 0.0, p99, p99, p99], gaps: None };
        let found = findings(&fidelity, 10, &Lags { client: lag(client_ns), server: lag(server_ns) });
        found.into_iter().map(|one| (one.code, one.message.contains("by the client"))).collect()
    }

    #[test]
    fn a_replay_is_late_by_whoever_was_later() {
        let late = |client| ("replay-late".to_owned(), client);
        assert_eq!(found(10, 0.0009, 9, 1), []);
        assert_eq!(found(10, 0.002, 9, 1), [late(true)]);
        assert_eq!(found(10, 0.002, 1, 9), [late(false)]);
        assert_eq!(found(9, 0.0, 1, 9), [("replay-incomplete".to_owned(), false)]);
    }
}
