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

/// Whether asking is worth it, from how it went before.
#[derive(Default)]
struct Patience {
    /// How often asking was in vain, less how often it was not.
    futile: u32,
    /// Waits to be slept through before it is tried again.
    sleeps: u32,
    /// For how long it has asked since it last heard something.
    asked_ns: i64,
}

impl Patience {
    /// For how long the wait that begins may ask.
    fn left_ns(&mut self) -> i64 {
        if self.sleeps > 0 {
            self.sleeps -= 1;
            return 0;
        }
        PATIENCE_NS - self.asked_ns
    }

    /// It asked for so long, and this is whether it heard something. What was asked in vain adds up: where requests are due
    /// so often that no wait is long, all of them together are.
    fn learn(&mut self, asked_ns: i64, has_heard: bool) {
        self.asked_ns = if has_heard { 0 } else { self.asked_ns + asked_ns };
        if has_heard {
            self.futile = self.futile.saturating_sub(1);
        } else if self.asked_ns >= PATIENCE_NS {
            self.asked_ns = 0;
            self.futile = (self.futile + 1).min(MOST_DOUBLINGS);
            self.sleeps = 1 << self.futile;
        }
    }
}

/// What a thread waits with.
pub(crate) struct Waiting {
    poll: Poll,
    alarm: Alarm,
    busy_poll: BusyPoll,
    /// The zero of all stamps.
    origin: Instant,
    patience: Patience,
    polled: Duration,
}

impl Waiting {
    pub fn new(busy_poll: BusyPoll, origin: Instant) -> io::Result<Self> {
        let poll = Poll::new()?;
        let alarm = Alarm::new(poll.registry(), ALARM)?;
        Ok(Self { poll, alarm, busy_poll, origin, patience: Patience::default(), polled: Duration::ZERO })
    }

    pub fn registry(&self) -> &Registry {
        self.poll.registry()
    }

    /// Processor time in which it asked and nothing had happened.
    pub const fn polled(&self) -> Duration {
        self.polled
    }

    /// Waits until something happens, a request is due at `due_ns`, or it is `until_ns`. Connections have the tokens
    /// below `usize::MAX`; `is_answer_due` says whether one of them is waited for.
    pub fn wait(
        &mut self,
        events: &mut Events,
        is_answer_due: bool,
        due_ns: Option<i64>,
        until_ns: i64,
    ) -> io::Result<()> {
        let now_ns = self.now_ns();
        let due_ns = due_ns.filter(|due_ns| *due_ns < until_ns);
        let left_ns = due_ns.unwrap_or(until_ns) - now_ns;
        let asks_ns = match self.busy_poll {
            BusyPoll::Always => left_ns,
            // Only an answer can come sooner than it was known before.
            BusyPoll::Adaptive if is_answer_due => left_ns.min(self.patience.left_ns()),
            BusyPoll::Adaptive | BusyPoll::Never => 0,
        };
        if asks_ns > 0 && (self.ask(events, now_ns, now_ns + asks_ns)? || asks_ns == left_ns) {
            return Ok(());
        }
        let now_ns = self.now_ns();
        if let Some(due_ns) = due_ns {
            self.alarm.set(due_ns, now_ns)?;
        }
        self.look(events, Duration::from_nanos((until_ns - now_ns).max(0).unsigned_abs()))?;
        self.hear(events);
        Ok(())
    }

    /// Asks until something has happened or it is `end_ns`, and remembers whether that was sooner than sleeping; whether
    /// something has happened.
    fn ask(&mut self, events: &mut Events, now_ns: i64, end_ns: i64) -> io::Result<bool> {
        self.look(events, Duration::ZERO)?;
        if self.hear(events) {
            self.patience.learn(0, true);
            return Ok(true);
        }
        let begun = thread_cpu();
        let (has_heard, ended_ns) = loop {
            // Whoever else could run on this core, the server perhaps, comes first.
            if self.busy_poll == BusyPoll::Adaptive {
                yield_now();
            }
            self.look(events, Duration::ZERO)?;
            let (has_heard, now_ns) = (self.hear(events), self.now_ns());
            if has_heard || now_ns >= end_ns {
                break (has_heard, now_ns);
            }
        };
        self.polled += thread_cpu().saturating_sub(begun);
        self.patience.learn(ended_ns - now_ns, has_heard);
        Ok(has_heard)
    }

    /// Whether a connection has something to say. An alarm that rang has to be set again.
    fn hear(&mut self, events: &Events) -> bool {
        if self.alarm.is_set() && events.iter().any(|event| event.token() == ALARM) {
            self.alarm.rang();
        }
        events.iter().any(|event| event.token() != ALARM)
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

#[cfg(test)]
mod tests {
    use std::io::Write;

    use mio::Interest;
    use mio::event::Event;
    use mio::net::UnixStream;

    use super::*;

    /// How many of so many waits would ask, if each that asks ends like this.
    fn asked(patience: &mut Patience, waits: u32, has_heard: bool) -> u32 {
        let asks = |_: &u32| {
            let left_ns = patience.left_ns();
            if left_ns > 0 {
                patience.learn(left_ns, has_heard);
            }
            left_ns > 0
        };
        (0..waits).filter(asks).count() as u32
    }

    #[test]
    fn asking_in_vain_becomes_rare_and_asking_with_success_does_not() {
        let mut patience = Patience::default();
        assert_eq!(asked(&mut patience, 1000, true), 1000);
        // After 2, 4, 8 and so on up to 4096 waits, and then after as many each time.
        assert_eq!(asked(&mut patience, 1 + 3 + 5 + 9, false), 4);
        assert_eq!(asked(&mut patience, 8185 + 22 * 4097, false), 9 + 22);
        // A server that has become quick is noticed.
        assert_eq!(asked(&mut patience, 4096 + 1000, true), 1000);
    }

    #[test]
    fn short_waits_in_vain_add_up() {
        let mut patience = Patience::default();
        for left_ns in [PATIENCE_NS, 30_000, 10_000] {
            assert_eq!(patience.left_ns(), left_ns);
            patience.learn(20_000.min(left_ns), false);
        }
        assert_eq!([patience.left_ns(), patience.left_ns(), patience.left_ns()], [0, 0, PATIENCE_NS]);
        patience.learn(20_000, false);
        patience.learn(20_000, true);
        assert_eq!(patience.left_ns(), PATIENCE_NS);
    }

    #[test]
    fn only_time_spent_asking_in_vain_is_polled() {
        for (busy_poll, is_polled) in
            [(BusyPoll::Never, false), (BusyPoll::Adaptive, true), (BusyPoll::Always, true)]
        {
            let (mut events, origin) = (Events::with_capacity(4), Instant::now());
            let mut waiting = Waiting::new(busy_poll, origin).unwrap();
            let (mut near, mut far) = UnixStream::pair().unwrap();
            waiting.registry().register(&mut near, Token(3), Interest::READABLE).unwrap();
            far.write_all(b"x").unwrap();
            waiting.wait(&mut events, true, None, i64::MAX).unwrap();
            assert_eq!(events.iter().map(Event::token).collect::<Vec<_>>(), [Token(3)]);
            assert_eq!(waiting.polled(), Duration::ZERO, "{busy_poll:?}");
            // Nothing more comes before the wait is over.
            let until_ns = origin.elapsed().as_nanos() as i64 + 20_000_000;
            waiting.wait(&mut events, true, None, until_ns).unwrap();
            assert!(events.is_empty() && origin.elapsed().as_nanos() as i64 >= until_ns);
            assert_eq!(waiting.polled() > Duration::ZERO, is_polled, "{busy_poll:?}");
        }
    }

    #[test]
    fn nothing_is_asked_where_no_answer_is_due() {
        let (mut events, origin) = (Events::with_capacity(4), Instant::now());
        let mut waiting = Waiting::new(BusyPoll::Adaptive, origin).unwrap();
        for due_ns in [1_000_000, 1_020_000, 3_000_000] {
            waiting.wait(&mut events, false, Some(due_ns), i64::MAX).unwrap();
        }
        assert_eq!(waiting.polled(), Duration::ZERO);
    }

    #[test]
    fn a_due_time_ends_a_wait() {
        for busy_poll in [BusyPoll::Never, BusyPoll::Adaptive, BusyPoll::Always] {
            let (mut events, origin) = (Events::with_capacity(4), Instant::now());
            let mut waiting = Waiting::new(busy_poll, origin).unwrap();
            for due_ns in [1_000_000, 1_020_000, 3_000_000] {
                waiting.wait(&mut events, true, Some(due_ns), i64::MAX).unwrap();
                assert!(origin.elapsed().as_nanos() as i64 >= due_ns, "{busy_poll:?} {due_ns}");
            }
        }
    }
}
