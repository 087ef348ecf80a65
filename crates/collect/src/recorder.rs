//! Records of all threads become a trace while the load goes on, in memory that does not grow with it.
//!
//! Each thread fills a chunk and hands it to the writer's thread through a bounded channel. A full channel means that
//! the writer cannot keep up; the load then waits, and how long is measured: nothing is lost, and nothing is hidden.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use vana_trace::{Rows, StagedTrace, TraceError, TraceWriter};

use crate::record::Record;
use crate::watch::Live;

/// Records of one chunk: 64 KiB.
const CHUNK_RECORDS: usize = if cfg!(test) { 4 } else { 1 << 10 };
/// Chunks on their way: 8 MiB.
const CHUNKS: usize = if cfg!(test) { 2 } else { 1 << 7 };

type Chunk = Vec<Record>;
type Spare = Arc<Mutex<Vec<Chunk>>>;

/// Where a thread puts its records.
pub(crate) struct Recording {
    chunk: Chunk,
    out: SyncSender<Chunk>,
    spare: Spare,
    stalled: Duration,
    /// Whether the writer is gone, because it failed.
    is_broken: bool,
    abandoned: Abandoned,
}

/// Whether the load comes to nothing, whatever is recorded: a thread of it failed, and the others need not go on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Abandoned(Arc<AtomicBool>);

impl Abandoned {
    /// It does.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The other end: what writes them.
pub(crate) struct Recorder {
    chunks: Receiver<Chunk>,
    spare: Spare,
}

/// Both ends; the first may be copied with [`Recording::another`].
pub(crate) fn recorder() -> (Recording, Recorder) {
    let (out, chunks) = sync_channel(CHUNKS);
    let spare = Spare::default();
    let recording = Recording {
        chunk: Vec::new(),
        out,
        spare: Arc::clone(&spare),
        stalled: Duration::ZERO,
        is_broken: false,
        abandoned: Abandoned::default(),
    };
    (recording, Recorder { chunks, spare })
}

impl Recording {
    /// The same for one more thread.
    pub fn another(&self) -> Self {
        Self {
            chunk: Vec::with_capacity(CHUNK_RECORDS),
            out: self.out.clone(),
            spare: Arc::clone(&self.spare),
            stalled: Duration::ZERO,
            is_broken: false,
            abandoned: self.abandoned.clone(),
        }
    }

    /// What ends all threads that record.
    pub fn abandoned(&self) -> Abandoned {
        self.abandoned.clone()
    }

    /// Keeps a record.
    pub fn push(&mut self, record: Record) {
        self.chunk.push(record);
        if self.chunk.len() >= CHUNK_RECORDS {
            self.flush();
        }
    }

    /// Hands over what is there.
    pub fn flush(&mut self) {
        if self.chunk.is_empty() {
            return;
        }
        let empty = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let empty = empty.unwrap_or_else(|| Vec::with_capacity(CHUNK_RECORDS));
        let full = std::mem::replace(&mut self.chunk, empty);
        match self.out.try_send(full) {
            Ok(()) => {}
            Err(TrySendError::Full(full)) => {
                let begun = Instant::now();
                self.is_broken |= self.out.send(full).is_err();
                self.stalled += begun.elapsed();
            }
            Err(TrySendError::Disconnected(_)) => self.is_broken = true,
        }
    }

    /// Whether records are kept no more, because the writer or another thread of the load failed.
    pub fn is_broken(&self) -> bool {
        self.is_broken || self.abandoned.is_set()
    }

    /// How long the thread waited for the writer.
    pub const fn stalled(&self) -> Duration {
        self.stalled
    }
}

impl Recorder {
    /// Writes until all threads are done.
    pub fn write(
        self,
        mut writer: TraceWriter,
        operations: &[String],
        live: &Live,
    ) -> Result<StagedTrace, TraceError> {
        let operations: Vec<u32> = operations.iter().map(|name| writer.operation(name)).collect();
        while let Ok(mut chunk) = self.chunks.recv() {
            live.add(&chunk);
            let mut rows = Rows::default();
            for record in &chunk {
                let operation = operations.get(record.request as usize).copied().unwrap_or_default();
                record.add_to(&mut rows, operation);
            }
            writer.write(rows)?;
            chunk.clear();
            self.spare.lock().unwrap_or_else(PoisonError::into_inner).push(chunk);
        }
        writer.stage()
    }
}

#[cfg(test)]
mod tests {
    use vana_types::Outcome;

    use super::*;
    use crate::queue::Next;

    #[test]
    fn a_full_channel_makes_the_load_wait_and_loses_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (first, recorder) = recorder();
        let mut recording = first.another();
        drop(first);
        let writer = TraceWriter::create(folder.path()).unwrap();
        let late = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(50));
            recorder.write(writer, &["GET /".to_owned()], &Live::default())
        });
        for sent_ns in 0..1001 {
            let next = Next { due_ns: sent_ns, request: 0 };
            recording.push(Record::failed(Outcome::Unfinished, 0, sent_ns, next));
        }
        recording.flush();
        assert!(recording.stalled() > Duration::from_millis(20), "{:?}", recording.stalled());
        assert!(!recording.is_broken());
        drop(recording);
        assert_eq!(late.join().unwrap().unwrap().summary().rows, 1001);
    }

    #[test]
    fn a_writer_that_failed_is_noticed() {
        let (first, recorder) = recorder();
        let mut recording = first.another();
        drop(recorder);
        recording.push(Record::failed(Outcome::Timeout, 0, 1, Next { due_ns: 1, request: 0 }));
        assert!(!recording.is_broken());
        recording.flush();
        assert!(recording.is_broken());
    }
}
