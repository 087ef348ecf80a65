//! A file in chunks of whole records.

use std::io::Read;

use memchr::{memchr_iter, memrchr};
use vana_trace::FileDigest;

use crate::{Input, ReadError, Result};

/// Bytes of one chunk, which fit into a core's cache; a record may be as long as the second.
const CHUNK_BYTES: usize = 512 << 10;
const LONGEST_RECORD: usize = 64 << 20;

/// Cuts a file into chunks of whole records.
pub(crate) struct Chunks<'a> {
    input: &'a Input,
    file: std::fs::File,
    quote: Option<u8>,
    /// Of all bytes that were read.
    pub digest: FileDigest,
    /// Read, but not yet handed out.
    rest: Vec<u8>,
    /// Chunks that were handed out.
    pub taken: u64,
    line: u64,
    is_at_end: bool,
}

impl<'a> Chunks<'a> {
    /// Begins after `skip` bytes, which go to the digest alone.
    pub fn new(input: &'a Input, skip: usize, line: u64, quote: Option<u8>) -> Result<Self> {
        let mut file = input.reader()?;
        let mut skipped = vec![0; skip];
        file.read_exact(&mut skipped)
            .map_err(|source| ReadError::Io { path: input.path().to_owned(), source })?;
        let mut digest = FileDigest::default();
        digest.add(&skipped);
        Ok(Self { input, file, quote, digest, rest: Vec::new(), taken: 0, line, is_at_end: false })
    }

    /// Puts the next chunk into `bytes` and tells the number of its first line; `None` at the end of the file.
    pub fn next(&mut self, bytes: &mut Vec<u8>) -> Result<Option<u64>> {
        bytes.clear();
        bytes.append(&mut self.rest);
        loop {
            self.fill(bytes)?;
            if bytes.is_empty() {
                return Ok(None);
            }
            if self.is_at_end {
                break;
            }
            if let Some(end) = self.last_record_end(bytes) {
                self.rest.extend_from_slice(&bytes[end..]);
                bytes.truncate(end);
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
        self.line += memchr_iter(b'\n', bytes).count() as u64;
        Ok(Some(line))
    }

    /// Reads another chunk's worth of bytes.
    fn fill(&mut self, bytes: &mut Vec<u8>) -> Result<()> {
        let wanted = CHUNK_BYTES as u64;
        let before = bytes.len();
        bytes.reserve(CHUNK_BYTES);
        let read = (&mut self.file).take(wanted).read_to_end(bytes);
        let read = read.map_err(|source| ReadError::Io { path: self.input.path().to_owned(), source })?;
        self.digest.add(&bytes[before..]);
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
