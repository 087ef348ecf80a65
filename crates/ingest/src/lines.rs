//! Large text files become traces: cut into chunks of whole records, parsed on all threads, written in order.
//!
//! Memory is a few chunks and what the trace writer holds, whatever the size of the file. The cuts depend on the bytes
//! alone, so the result does not depend on the number of threads.

use std::io::Read;

use memchr::{memchr_iter, memrchr};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use vana_trace::{FileDigest, NO_CONNECTION, Rows, StagedTrace, TraceWriter};

use crate::{Input, ReadError, ReadOptions, Result};

/// Bytes of one chunk; a record may be as long as the second.
const CHUNK_BYTES: usize = 2 << 20;
const LONGEST_RECORD: usize = 64 << 20;
/// Distinct connections that are told apart; what names every request is no connection.
const CONNECTION_LIMIT: usize = 1 << 20;
/// Chunks read at a time.
const CHUNKS: usize = 4;

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
    let mut digest = FileDigest::default();
    let mut chunks = Chunks::new(input, skip_bytes + mark, skip_lines + 1, records.quote(), &mut digest)?;
    let mut writer = TraceWriter::create(&options.staging)?;
    let mut joined = Joined::default();
    let mut parsed = Vec::new();
    loop {
        options.check()?;
        // One thread writes what is parsed while the other parses what comes next; whichever is done first helps.
        let (written, next) = rayon::join(
            || parsed.drain(..).try_for_each(|chunk: Result<Chunk>| joined.add(chunk?, &mut writer)),
            || -> Result<Vec<Result<Chunk>>> {
                let few = chunks.next_few()?;
                let parse = || few.par_iter().map(|(line, bytes)| parse(records, bytes, *line)).collect();
                let ((), parsed) = rayon::join(|| few.iter().for_each(|(_, bytes)| digest.add(bytes)), parse);
                chunks.recycle(few);
                Ok(parsed)
            },
        );
        written?;
        parsed = next?;
        if parsed.is_empty() {
            break;
        }
    }
    input.keep_digest(digest.finish());
    joined.finish(writer)
}

fn parse(records: &dyn Records, bytes: &[u8], line: u64) -> Result<Chunk> {
    let mut chunk = Chunk::default();
    records.parse(bytes, line, &mut chunk)?;
    Ok(chunk)
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

/// Cuts a file into chunks of whole records.
struct Chunks<'a> {
    input: &'a Input,
    file: std::fs::File,
    quote: Option<u8>,
    /// Read, but not yet handed out.
    rest: Vec<u8>,
    /// Memory of chunks that were parsed.
    spare: Vec<Vec<u8>>,
    line: u64,
    is_at_end: bool,
}

impl<'a> Chunks<'a> {
    /// Begins after `skip` bytes, which go to the digest alone.
    fn new(
        input: &'a Input,
        skip: usize,
        line: u64,
        quote: Option<u8>,
        digest: &mut FileDigest,
    ) -> Result<Self> {
        let mut file = input.reader()?;
        let mut skipped = vec![0; skip];
        file.read_exact(&mut skipped)
            .map_err(|source| ReadError::Io { path: input.path().to_owned(), source })?;
        digest.add(&skipped);
        Ok(Self { input, file, quote, rest: Vec::new(), spare: Vec::new(), line, is_at_end: false })
    }

    /// Takes back chunks that are parsed: their memory is used again.
    fn recycle(&mut self, chunks: Vec<(u64, Vec<u8>)>) {
        self.spare.extend(chunks.into_iter().map(|(_, bytes)| bytes));
    }

    fn next_few(&mut self) -> Result<Vec<(u64, Vec<u8>)>> {
        let mut few = Vec::with_capacity(CHUNKS);
        while few.len() < CHUNKS {
            match self.next()? {
                Some(chunk) => few.push(chunk),
                None => break,
            }
        }
        Ok(few)
    }

    fn next(&mut self) -> Result<Option<(u64, Vec<u8>)>> {
        let mut bytes = std::mem::take(&mut self.rest);
        loop {
            self.fill(&mut bytes)?;
            if bytes.is_empty() {
                return Ok(None);
            }
            if self.is_at_end {
                break;
            }
            if let Some(end) = self.last_record_end(&bytes) {
                let mut rest = self.spare.pop().unwrap_or_default();
                rest.clear();
                rest.extend_from_slice(&bytes[end..]);
                bytes.truncate(end);
                self.rest = rest;
                break;
            }
            if bytes.len() > LONGEST_RECORD {
                return Err(ReadError::at(
                    self.line,
                    format!("a record of more than {LONGEST_RECORD} bytes"),
                ));
            }
        }
        let line = self.line;
        self.line += memchr_iter(b'\n', &bytes).count() as u64;
        Ok(Some((line, bytes)))
    }

    /// Reads another chunk's worth of bytes.
    fn fill(&mut self, bytes: &mut Vec<u8>) -> Result<()> {
        let wanted = CHUNK_BYTES as u64;
        bytes.reserve(CHUNK_BYTES);
        let read = (&mut self.file).take(wanted).read_to_end(bytes);
        let read = read.map_err(|source| ReadError::Io { path: self.input.path().to_owned(), source })?;
        self.is_at_end = (read as u64) < wanted;
        Ok(())
    }

    /// One past the last line end that is not quoted; a chunk begins outside of quotes.
    fn last_record_end(&self, bytes: &[u8]) -> Option<usize> {
        let mut end = memrchr(b'\n', bytes)? + 1;
        let Some(quote) = self.quote else { return Some(end) };
        let mut quotes = memchr_iter(quote, &bytes[..end]).count();
        while quotes % 2 == 1 {
            let before = memrchr(b'\n', &bytes[..end - 1])? + 1;
            quotes -= memchr_iter(quote, &bytes[before..end]).count();
            end = before;
        }
        Some(end)
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
