//! How requests are spoken and responses read, one file per protocol.

mod http;
mod http_body;

use crate::{LoadError, Request, Target};

/// A protocol over TCP in which a request is followed by one response.
pub trait Protocol: Send + Sync {
    /// Kebab-case name.
    fn name(&self) -> &'static str;
    /// One line for people.
    fn about(&self) -> &'static str;
    /// Where it is specified.
    fn source(&self) -> &'static str;
    /// The bytes of the requests and what reads the responses.
    fn prepare(&self, target: &Target, requests: &[Request]) -> Result<Prepared, LoadError>;
}

/// Requests ready to be sent again and again.
pub struct Prepared {
    /// What each is called in the trace: `GET /index.html`.
    pub operations: Vec<String>,
    /// Each as it goes over the wire.
    pub bytes: Vec<Vec<u8>>,
    /// Makes the reader of one connection's responses.
    pub reader: Box<dyn Fn() -> Box<dyn Reader> + Send + Sync>,
}

/// Reads the responses of one connection, however their bytes are cut.
pub trait Reader: Send {
    /// The request of this number was sent: the next bytes answer it.
    fn begin(&mut self, request: u32);
    /// Takes all of `bytes`, which follow those taken before.
    fn read(&mut self, bytes: &[u8]) -> Answer;
    /// The server closed the connection: the response, if that was its end.
    fn end(&mut self) -> Option<Response>;
    /// A new connection: what was begun is forgotten.
    fn reset(&mut self);
}

/// What a reader made of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The response goes on.
    More,
    /// The response ends with the last of these bytes.
    Complete(Response),
    /// Not the protocol: what is wrong.
    Malformed(&'static str),
}

/// A complete response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Response {
    /// Its status, 0 for none.
    pub status: u16,
    /// Whether the status says failure.
    pub is_error: bool,
    /// Whether the connection may be used again.
    pub stays_open: bool,
}

/// All protocols.
pub static PROTOCOLS: &[&dyn Protocol] = &[&http::Http];

/// The protocol of this name.
pub fn protocol(name: &str) -> Option<&'static dyn Protocol> {
    PROTOCOLS.iter().copied().find(|protocol| protocol.name() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_everything_is_said_of_each() {
        let mut names: Vec<_> = PROTOCOLS.iter().map(|protocol| protocol.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), PROTOCOLS.len());
        for known in PROTOCOLS {
            assert!(!known.about().is_empty() && !known.source().is_empty());
            assert_eq!(protocol(known.name()).map(Protocol::name), Some(known.name()));
        }
    }
}
