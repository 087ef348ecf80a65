//! Who a number belongs to and how much is known about where it came from.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What makes a run the run it is. The path of a run in a study is this, as a Hive partition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identity {
    /// System under test: `docker`, `osv`, …
    pub system: String,
    /// What was asked of it: `http`, `oltp_read_only`, …
    pub workload: String,
    /// Number of concurrent clients (connections, threads); `None` where the source does not say.
    pub clients: Option<u32>,
    /// Repetition, counted from 1.
    pub repetition: u32,
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "system={} workload={}", self.system, self.workload)?;
        if let Some(clients) = self.clients {
            write!(f, " clients={clients}")?;
        }
        write!(f, " repetition={}", self.repetition)
    }
}

macro_rules! names {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $text)] $variant),+
        }

        impl $name {
            /// All variants, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name as it stands in files.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The variant of a name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$variant),)+ _ => None }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.name())
            }
        }
    };
}

names! {
    /// How much is known of a run. It limits which questions may be asked of it.
    Fidelity {
        /// Every request.
        Trace = "trace",
        /// Values with their counts, but not when each happened.
        Histogram = "histogram",
        /// The numbers a tool printed.
        Summary = "summary",
        /// A cell of a published table.
        Published = "published",
    }
}

names! {
    /// Where a number comes from.
    Origin {
        /// vana computed it from a trace or histogram.
        Computed = "computed",
        /// A tool printed it.
        Reported = "reported",
        /// A publication printed it.
        Published = "published",
    }
}

names! {
    /// How a request ended.
    Outcome {
        /// A complete response that says success.
        Ok = "ok",
        /// A complete response that says failure.
        ErrorStatus = "error_status",
        /// No complete response in the time allowed.
        Timeout = "timeout",
        /// The connection could not be opened.
        Connect = "connect",
        /// The connection was closed or reset before the response was complete.
        Reset = "reset",
        /// What came back was not the protocol.
        Protocol = "protocol",
        /// Still under way when the run ended.
        Unfinished = "unfinished",
    }
}

impl Outcome {
    /// Whether a complete response came back, so that its duration is a service time.
    pub const fn is_complete(self) -> bool {
        matches!(self, Self::Ok | Self::ErrorStatus)
    }
}

names! {
    /// How sure it is that a published number is what was printed, and whose it is.
    Status {
        /// As printed.
        Read = "read",
        /// Printed, but it belongs to one of several systems and nobody knows which.
        Ambiguous = "ambiguous",
        /// Not legible or missing in print; there is no value.
        Lost = "lost",
        /// Printed, but its column had to be guessed.
        Uncertain = "uncertain",
        /// As printed, and probably a misprint.
        Suspect = "suspect",
    }
}
