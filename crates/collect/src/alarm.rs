//! Wakes an event loop at a due time. Waiting for events counts in milliseconds; requests are due in microseconds.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};

use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};

/// A timer that is an event. It costs one call each time it is set to another due time.
pub(crate) struct Alarm {
    timer: OwnedFd,
    set_to_ns: Option<i64>,
}

impl Alarm {
    /// A timer that is not set.
    pub fn new(registry: &Registry, token: Token) -> io::Result<Self> {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let timer = timerfd_create(TimerfdClockId::Monotonic, flags)?;
        // Events come at each expiry, so that the timer need not be read.
        registry.register(&mut SourceFd(&timer.as_raw_fd()), token, Interest::READABLE)?;
        Ok(Self { timer, set_to_ns: None })
    }

    /// Wakes the loop at `at_ns`, which lies after `now_ns`.
    pub fn set(&mut self, at_ns: i64, now_ns: i64) -> io::Result<()> {
        if self.set_to_ns == Some(at_ns) {
            return Ok(());
        }
        self.set_to_ns = Some(at_ns);
        let left_ns = (at_ns - now_ns).max(1);
        let it_value = Timespec { tv_sec: left_ns / 1_000_000_000, tv_nsec: left_ns % 1_000_000_000 };
        let once = Itimerspec { it_interval: Timespec { tv_sec: 0, tv_nsec: 0 }, it_value };
        timerfd_settime(&self.timer, TimerfdTimerFlags::empty(), &once)?;
        Ok(())
    }

    /// Whether it was set and has not rung.
    pub const fn is_set(&self) -> bool {
        self.set_to_ns.is_some()
    }

    /// It rang.
    pub fn rang(&mut self) {
        self.set_to_ns = None;
    }
}
