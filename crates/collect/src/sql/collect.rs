//! A whole run of transactions.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::time::Duration;

use vana_trace::TraceWriter;

use super::client::{Client, Shared, TRANSACTION_NUMBER};
use super::sender::{Sender, open};
use super::{SqlLoad, Statement, TRANSACTION};
use crate::arrivals::{Drawn, LEAD_NS};
use crate::gather::{Ends, Gathering, gather, nanos};
use crate::queue::Queue;
use crate::sampler::Sampler;
use crate::watch::{Glance, Live};
use crate::{Collected, LoadError, Part, Request, Stop, system};

/// Makes transactions and records each of them and each statement in `folder`. Ends at the end of the load, when the
/// transactions that were under way are done, or soon after `cancel` is set; `watch` hears twice a second how it goes.
///
/// Memory is that of the connections and their threads, 8 MiB of records on their way, and what the trace's writer
/// holds.
pub fn collect_sql(
    load: &SqlLoad,
    folder: &Path,
    cancel: &AtomicBool,
    watch: impl FnMut(Duration, &Glance),
) -> Result<Collected, LoadError> {
    system::allow_open_files(u32::from(load.clients), load.clients)?;
    let writer = TraceWriter::create(folder)?;
    let statements = statements(load);
    let (mut connections, mut refused) = (Vec::new(), None);
    for _ in 0..load.clients {
        // After a refusal each client tries for itself, and what it is told is a row.
        let connection = if refused.is_none() && !cancel.load(Ordering::Relaxed) {
            open(load, &statements, load.timeout, cancel).map_err(|error| refused = Some(error)).ok()
        } else {
            None
        };
        connections.push(connection);
    }
    let queue = queue(load);
    let sampler = Sampler::begin();
    let shared = Shared {
        load,
        statements: &statements,
        end_ns: queue.end_ns(),
        queue: Mutex::new(queue),
        origin: sampler.origin(),
        cancel,
        silent: AtomicU16::new(0),
        is_given_up: AtomicBool::new(false),
    };
    let ends = Ends::new();
    let clients = connections.into_iter().zip(0..load.clients).map(|(connection, number)| {
        // The schedule takes the first number.
        let uniform = (load.randomness)(load.seed, (1 << 16) + u64::from(number));
        let sender = Sender::new(&shared, number, connection, ends.another(), uniform);
        let client = Client::new(&shared, sender);
        move || client.run()
    });
    let workers = clients.collect();
    let mut operations = Statement::ALL.map(|statement| statement.operation().to_owned()).to_vec();
    operations.push(TRANSACTION.to_owned());
    let gathering = Gathering {
        writer,
        operations: &operations,
        live: Live::of(TRANSACTION_NUMBER),
        sampler,
        threads: load.clients,
    };
    gather(gathering, ends, workers, watch)
}

fn statements(load: &SqlLoad) -> Vec<Statement> {
    let mut all = load.workload.statements();
    if load.workload.is_transaction() {
        all.push(Statement::Rollback);
    }
    all.sort_unstable_by_key(|statement| *statement as usize);
    all.dedup();
    all
}

/// The transactions of all clients together.
fn queue(load: &SqlLoad) -> Queue {
    let uniform = (load.randomness)(load.seed, 0);
    let part = Part { rate_per_s: load.rate_per_s, thread: 0, threads: 1, uniform };
    let times = load.schedule.part(part);
    let arrivals = Drawn::new(times, &[Request::default()], Box::new(|| 0.0));
    let lead_ns = if load.schedule.has_due_times() { LEAD_NS } else { 0 };
    let (left, end_ns) = match load.stop {
        Stop::After(duration) => (u64::MAX, nanos(duration).saturating_add(lead_ns)),
        Stop::Requests(requests) => (requests, i64::MAX),
    };
    Queue::new(Box::new(arrivals), left, end_ns)
}
