//! Why requests were sent later than they were due.

/// Requests of one cause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lag {
    /// How many were sent after they were due, by however little.
    pub requests: u64,
    /// By how much in all, nanoseconds.
    pub total_ns: u64,
    /// By how much at most, nanoseconds.
    pub max_ns: u64,
}

/// Requests by what they waited for, as it was when they were sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lags {
    /// A connection was free, and the client was late.
    pub client: Lag,
    /// No connection was free: the server had not answered what was sent before, or not opened them.
    pub server: Lag,
}

impl Lags {
    /// Counts a request that was sent so many nanoseconds after it was due.
    pub(crate) fn count(&mut self, is_free: bool, lag_ns: i64) {
        let lag = if is_free { &mut self.client } else { &mut self.server };
        if let Some(lag_ns) = u64::try_from(lag_ns).ok().filter(|lag_ns| *lag_ns > 0) {
            lag.requests += 1;
            lag.total_ns += lag_ns;
            lag.max_ns = lag.max_ns.max(lag_ns);
        }
    }

    /// Those of several threads together.
    #[must_use]
    pub(crate) fn with(self, other: Self) -> Self {
        let sum = |a: Lag, b: Lag| Lag {
            requests: a.requests + b.requests,
            total_ns: a.total_ns + b.total_ns,
            max_ns: a.max_ns.max(b.max_ns),
        };
        Self { client: sum(self.client, other.client), server: sum(self.server, other.server) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lags_are_summed_by_their_cause_and_over_threads() {
        let (mut one, mut other) = (Lags::default(), Lags::default());
        for (is_free, lag_ns) in [(true, 3), (true, 5), (false, 100), (true, 0)] {
            one.count(is_free, lag_ns);
        }
        other.count(true, 4);
        let expected = Lags {
            client: Lag { requests: 3, total_ns: 12, max_ns: 5 },
            server: Lag { requests: 1, total_ns: 100, max_ns: 100 },
        };
        assert_eq!(one.with(other), expected);
    }
}
