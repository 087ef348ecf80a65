//! How long a server has answered nothing, though it was asked.
//!
//! A number of requests has no end in time: one after the other they would be refused, or wait for their timeouts, for
//! hours.

/// The shortest silence after which a load is given up.
const LONG_NS: i64 = if cfg!(test) { 300_000_000 } else { 10_000_000_000 };
/// And the same in timeouts: one alone may be bad luck.
const TIMEOUTS: i64 = 3;

/// What is known of it.
pub(crate) struct Silence {
    most_ns: i64,
    /// Since when nothing was answered.
    since_ns: Option<i64>,
    is_long: bool,
}

impl Silence {
    /// None so far.
    pub fn new(timeout_ns: i64) -> Self {
        Self { most_ns: timeout_ns.saturating_mul(TIMEOUTS).max(LONG_NS), since_ns: None, is_long: false }
    }

    /// Something was answered.
    pub const fn end(&mut self) {
        self.since_ns = None;
    }

    /// Looks at the clock; `is_asking` says whether the server has, or should have, something to answer.
    pub fn look(&mut self, now_ns: i64, is_asking: bool) {
        self.since_ns = is_asking.then(|| self.since_ns.unwrap_or(now_ns));
        self.is_long |= self.since_ns.is_some_and(|since_ns| now_ns - since_ns >= self.most_ns);
    }

    /// Whether there is no use in going on.
    pub const fn is_long(&self) -> bool {
        self.is_long
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_counts_while_somebody_asks() {
        let mut silence = Silence::new(LONG_NS);
        let second = LONG_NS;
        for (at, is_asking, is_answered) in [
            (0, true, false),
            (2, true, true),
            (3, true, false),
            (5, true, false),
            (6, false, false),
            (9, true, false),
        ] {
            silence.look(at * second, is_asking);
            if is_answered {
                silence.end();
            }
            assert!(!silence.is_long(), "{at}");
        }
        silence.look(12 * second, true);
        assert!(silence.is_long());
    }

    #[test]
    fn a_short_timeout_makes_no_short_silence() {
        let mut silence = Silence::new(1);
        silence.look(0, true);
        silence.look(LONG_NS - 1, true);
        assert!(!silence.is_long());
        silence.look(LONG_NS, true);
        assert!(silence.is_long());
    }
}
