//! How a thread of load waits: it asks again and again for a short while, where that has been worth it, and then sleeps.
//!
//! A thread that sleeps has to be woken up, by the server, which pays for it with each response, and comes late: its
//! latencies contain the wake-up. One that never sleeps takes a core from whoever could use it.

use std::io;
use std::thread::yield_now;
use std::time::{Duration, Instant};

use mio::{Events, Poll, Registry, Token};

use crate::alarm::Alarm;
use crate::options::BusyPoll;
use crate::system::thread_cpu;

/// The longest time in which it asks before it sleeps: what Linux advises for its own `net.core.busy_poll`.
const PATIENCE_NS: i64 = 50_000;
/// Waits are slept through, 2 to this power of them, before it asks once more at the latest.
const MOST_DOUBLINGS: u32 = 12;
const ALARM: Token = Token(usize::MAX);

/// What a thread waits with.
pub(crate) struct Waiting {
    poll: Poll,
    alarm: Alarm,
    busy_poll: BusyPoll,
    /// The zero of all stamps.
    origin: Instant,
    /// How often it asked in vain, less how often it did not.
    futile: u32,
    /// Waits to be slept through before it asks again.
    sleeps: u32,
    polled: Duration,
}

impl Waiting {
    pub fn new(busy_poll: BusyPoll, origin: Instant) -> io::Result<Self> {
        let poll = Poll::new()?;
        let alarm = Alarm::new(poll.registry(), ALARM)?;
        Ok(Self { poll, alarm, busy_poll, origin, futile: 0, sleeps: 0, polled: Duration::ZERO })
    }

    pub fn registry(&self) -> &Registry {
        self.poll.registry()
    }

    /// Processor time in which it asked and nothing had happened.
    pub const fn polled(&self) -> Duration {
        self.polled
    }

    /// Waits until something happens, a request is due at `due_ns`, or it is `until_ns`. Connections have the tokens
    /// below `usize::MAX`.
    pub fn wait(&mut self, events: &mut Events, due_ns: Option<i64>, until_ns: i64) -> io::Result<()> {
        let now_ns = self.now_ns();
        let due_ns = due_ns.filter(|due_ns| *due_ns < until_ns);
        let left_ns = due_ns.unwrap_or(until_ns) - now_ns;
        let asks_ns = match self.busy_poll {
            BusyPoll::Always => left_ns,
            BusyPoll::Adaptive if self.sleeps == 0 => left_ns.min(PATIENCE_NS),
            BusyPoll::Adaptive | BusyPoll::Never => 0,
        };
        if asks_ns > 0 {
            self.ask(events, now_ns, now_ns + asks_ns)?;
            if !events.is_empty() || asks_ns == left_ns {
                self.hear(events);
                return Ok(());
            }
        } else {
            self.sleeps = self.sleeps.saturating_sub(1);
        }
        let now_ns = self.now_ns();
        if let Some(due_ns) = due_ns {
            self.alarm.set(due_ns, now_ns)?;
        }
        self.look(events, Duration::from_nanos((until_ns - now_ns).max(0).unsigned_abs()))?;
        self.hear(events);
        Ok(())
    }

    /// Asks until something has happened or it is `end_ns`, and remembers whether that was sooner than sleeping.
    fn ask(&mut self, events: &mut Events, now_ns: i64, end_ns: i64) -> io::Result<()> {
        self.look(events, Duration::ZERO)?;
        if !events.is_empty() {
            self.futile = self.futile.saturating_sub(1);
            return Ok(());
        }
        let begun = thread_cpu();
        let ended_ns = loop {
            // Whoever else could run on this core, the server perhaps, comes first.
            if self.busy_poll == BusyPoll::Adaptive {
                yield_now();
            }
            self.look(events, Duration::ZERO)?;
            let now_ns = self.now_ns();
            if !events.is_empty() || now_ns >= end_ns {
                break now_ns;
            }
        };
        self.polled += thread_cpu().saturating_sub(begun);
        if ended_ns - now_ns < PATIENCE_NS {
            self.futile = self.futile.saturating_sub(1);
        } else {
            self.futile = (self.futile + 1).min(MOST_DOUBLINGS);
            self.sleeps = 1 << self.futile;
        }
        Ok(())
    }

    /// An alarm that rang has to be set again.
    fn hear(&mut self, events: &Events) {
        if self.alarm.is_set() && events.iter().any(|event| event.token() == ALARM) {
            self.alarm.rang();
        }
    }

    fn look(&mut self, events: &mut Events, timeout: Duration) -> io::Result<()> {
        match self.poll.poll(events, Some(timeout)) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                events.clear();
                Ok(())
            }
            result => result,
        }
    }

    fn now_ns(&self) -> i64 {
        self.origin.elapsed().as_nanos() as i64
    }
}
