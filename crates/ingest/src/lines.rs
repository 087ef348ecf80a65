//! Large text files become traces: cut into chunks of whole records, parsed on all threads, written in order.
//!
//! Memory is a few chunks and what the trace writer holds, whatever the size of the file. The cuts depend on the bytes
//! alone, so the result does not depend on the number of threads.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use memchr::memchr_iter;
use rustc_hash::FxHashMap;
use vana_trace::{NO_CONNECTION, Rows, StagedTrace, TraceWriter};

use crate::chunks::Chunks;
use crate::{Input, ReadError, ReadOptions, Result};

/// Distinct connections that are told apart; what names every request is no connection.
const CONNECTION_LIMIT: usize = 1 << 20;
/// Parsed chunks that may wait to be written.
const CHUNKS_AHEAD: usize = 16;

/// Names of a chunk, numbered in the order of their first appearance.
#[derive(Debug, Default)]
pub(crate) struct Names {
    ids: FxHashMap<Box<[u8]>, u32>,
    by_id: Vec<Box<[u8]>>,
    last: u32,
}

impl Names {
    /// The number of a name.
    pub fn number(&mut self, name: &[u8]) -> u32 {
        if self.by_id.get(self.last as usize).is_some_and(|last| **last == *name) {
            return self.last;
        }
        self.last = self.ids.get(name).copied().unwrap_or_else(|| {
            let id = self.by_id.len() as u32;
            self.by_id.push(name.into());
            self.ids.insert(name.into(), id);
            id
        });
        self.last
    }
}

/// What the parser of one chunk fills.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    /// Requests; operations and connections are numbers from the names below.
    pub rows: Rows,
    /// Operations.
    pub operations: Names,
    /// Connections or threads of the load generator, by name.
    pub connections: Names,
    /// Largest number of clients seen at the same time, 0 for unknown.
    pub most_clients: u32,
    /// Records that are no requests of their own.
    pub left_out: u64,
}

/// What is known of a file once all of it is read.
#[derive(Debug)]
pub(crate) struct Lines {
    /// The trace.
    pub trace: StagedTrace,
    /// Largest number of clients seen at the same time, `None` for unknown.
    pub most_clients: Option<u32>,
    /// Records that are no requests of their own.
    pub left_out: u64,
}

/// How the records of a file are parsed.
pub(crate) trait Records: Sync {
    /// The byte that quotes line ends within a record; `None` if a line end always ends the record.
    fn quote(&self) -> Option<u8>;
    /// Parses a chunk of whole records. `first_line` is the number of its first line.
    fn parse(&self, bytes: &[u8], first_line: u64, chunk: &mut Chunk) -> Result<()>;
}

/// Reads all records after the first `skip_bytes` bytes, which hold `skip_lines` lines.
pub(crate) fn read_records(
    input: &Input,
    options: &ReadOptions,
    (skip_bytes, skip_lines): (usize, u64),
    records: &dyn Records,
) -> Result<Lines> {
    let mark = if skip_bytes == 0 && input.head().starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let line = Line {
        options,
        records,
        chunks: Mutex::new(Chunks::new(input, skip_bytes + mark, skip_lines + 1, records.quote())?),
        parsed: Mutex::default(),
        output: Mutex::new(Output {
            joined: Joined::default(),
            writer: TraceWriter::create(&options.staging)?,
            next: 0,
            failure: None,
        }),
        is_over: AtomicBool::new(false),
    };
    // Threads of their own: a task that waits for a lock must not be one that the writer's own tasks wait for.
    thread::scope(|scope| {
        for _ in 1..rayon::current_num_threads() {
            scope.spawn(|| line.work());
        }
        line.work();
    });
    let mut output = line.output.into_inner().unwrap_or_else(PoisonError::into_inner);
    output.take(&line.parsed);
    let Output { joined, writer, failure, .. } = output;
    if let Some(failure) = failure {
        return Err(failure);
    }
    let chunks = line.chunks.into_inner().unwrap_or_else(PoisonError::into_inner);
    input.keep_digest(chunks.digest.finish());
    joined.finish(writer)
}

/// An assembly line at which all threads do the same: take the next chunk, parse it while it is in the cache, hand it
/// over, and write what is next in order if nobody else does.
struct Line<'a> {
    options: &'a ReadOptions,
    records: &'a dyn Records,
    chunks: Mutex<Chunks<'a>>,
    parsed: Mutex<Parsed>,
    output: Mutex<Output>,
    is_over: AtomicBool,
}

/// Chunks that wait for those before them.
type Parsed = BTreeMap<u64, Result<Chunk>>;

impl Line<'_> {
    fn work(&self) {
        let mut bytes = Vec::new();
        while !self.is_over.load(Ordering::Relaxed) {
            let (number, taken) = self.take(&mut bytes);
            let chunk = match taken {
                Ok(None) => return,
                Ok(Some(line)) => {
                    let mut chunk = Chunk::default();
                    self.records.parse(&bytes, line, &mut chunk).map(|()| chunk)
                }
                Err(error) => Err(error),
            };
            self.hand_over(number, chunk);
        }
    }

    /// The number of the next chunk and that of its first line.
    fn take(&self, bytes: &mut Vec<u8>) -> (u64, Result<Option<u64>>) {
        let mut chunks = lock(&self.chunks);
        let taken = self.options.check().and_then(|()| chunks.next(bytes));
        chunks.taken += 1;
        (chunks.taken - 1, taken)
    }

    fn hand_over(&self, number: u64, chunk: Result<Chunk>) {
        if chunk.is_err() {
            self.is_over.store(true, Ordering::Relaxed);
        }
        let waiting = {
            let mut parsed = lock(&self.parsed);
            parsed.insert(number, chunk);
            parsed.len()
        };
        // While another thread writes, this one parses on, but not without end.
        let output =
            if waiting > CHUNKS_AHEAD { Some(lock(&self.output)) } else { self.output.try_lock().ok() };
        if let Some(mut output) = output {
            output.take(&self.parsed);
            if output.failure.is_some() {
                self.is_over.store(true, Ordering::Relaxed);
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is written, in order.
struct Output {
    joined: Joined,
    writer: TraceWriter,
    /// The chunk that is written next.
    next: u64,
    /// What went wrong first, in the order of the file.
    failure: Option<ReadError>,
}

impl Output {
    /// Writes the chunks that are next, as many as are there.
    fn take(&mut self, parsed: &Mutex<Parsed>) {
        while self.failure.is_none() {
            let Some(chunk) = lock(parsed).remove(&self.next) else { break };
            self.next += 1;
            self.failure = chunk.and_then(|chunk| self.joined.add(chunk, &mut self.writer)).err();
        }
    }
}

/// Chunks become one trace: what outlives a chunk.
#[derive(Default)]
pub(crate) struct Joined {
    connections: FxHashMap<Box<[u8]>, u32>,
    most_clients: u32,
    left_out: u64,
}

impl Joined {
    /// Writes the rows of the next chunk.
    pub fn add(&mut self, mut chunk: Chunk, writer: &mut TraceWriter) -> Result<()> {
        let operation = |name: &[u8]| writer.operation(&String::from_utf8_lossy(name));
        let operations: Vec<u32> = chunk.operations.by_id.iter().map(|name| &**name).map(operation).collect();
        for id in &mut chunk.rows.operation {
            *id = operations[*id as usize];
        }
        let mut numbers = Vec::with_capacity(chunk.connections.by_id.len());
        for name in chunk.connections.by_id {
            let next = self.connections.len() as u32;
            let is_full = self.connections.len() >= CONNECTION_LIMIT;
            numbers.push(match self.connections.get(&name) {
                Some(&number) => number,
                None if is_full => NO_CONNECTION,
                None => *self.connections.entry(name).or_insert(next),
            });
        }
        for id in chunk.rows.connection.iter_mut().filter(|id| **id != NO_CONNECTION) {
            *id = numbers[*id as usize];
        }
        self.most_clients = self.most_clients.max(chunk.most_clients);
        self.left_out += chunk.left_out;
        Ok(writer.write(chunk.rows)?)
    }

    /// Ends the rows.
    pub fn finish(self, writer: TraceWriter) -> Result<Lines> {
        Ok(Lines {
            trace: writer.stage()?,
            most_clients: (self.most_clients > 0).then_some(self.most_clients),
            left_out: self.left_out,
        })
    }
}

/// Calls `visit` with the number and the bytes of each line, without its line end; empty lines are left out.
pub(crate) fn each_line(
    bytes: &[u8],
    first_line: u64,
    mut visit: impl FnMut(u64, &[u8]) -> Result<()>,
) -> Result<()> {
    let mut start = 0;
    for (number, end) in (first_line..).zip(memchr_iter(b'\n', bytes).chain([bytes.len()])) {
        let line = bytes[start..end].strip_suffix(b"\r").unwrap_or(&bytes[start..end]);
        if !line.is_empty() {
            visit(number, line)?;
        }
        start = (end + 1).min(bytes.len());
    }
    Ok(())
}
