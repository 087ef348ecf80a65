//! What all threads of a run share.

use std::net::SocketAddr;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use crate::Tuning;
use crate::tls::Tls;

/// What all threads of a run share.
pub(crate) struct Shared<'a> {
    pub address: SocketAddr,
    pub tls: Option<Tls>,
    /// Their bytes, by number.
    pub requests: &'a [Vec<u8>],
    pub timeout_ns: i64,
    /// The zero of all stamps.
    pub origin: Instant,
    pub cancel: &'a AtomicBool,
    pub tuning: &'a Tuning,
}
