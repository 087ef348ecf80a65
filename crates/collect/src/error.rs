//! Why a load could not be made.

use std::io;

use vana_trace::TraceError;

/// Why a load could not be made. What goes wrong with single requests is no error but a row.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// An address, a header or a number that cannot be meant.
    #[error("{0}")]
    Input(String),
    /// A name without an address.
    #[error("cannot resolve {host}: {source}")]
    Resolve {
        /// The name.
        host: String,
        /// Why.
        source: io::Error,
    },
    /// Each client needs a file descriptor.
    #[error("{clients} clients need {needed} open files; the system allows {allowed}")]
    OpenFiles {
        /// Clients asked for.
        clients: u32,
        /// Descriptors that they need.
        needed: u64,
        /// The hard limit.
        allowed: u64,
    },
    /// The system refused a thread, an event queue or a timer.
    #[error("cannot {what}: {source}")]
    System {
        /// Lowercase verb and object.
        what: &'static str,
        /// Why.
        source: io::Error,
    },
    /// The rows could not be written.
    #[error(transparent)]
    Trace(#[from] TraceError),
}

impl LoadError {
    pub(crate) fn system(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::System { what, source }
    }

    /// Whether it is the machine that failed, and not what was asked of it.
    pub const fn is_io(&self) -> bool {
        matches!(self, Self::System { .. } | Self::Trace(_))
    }
}
