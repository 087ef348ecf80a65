//! Whom the load goes to.

use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

use crate::{LoadError, Trust};

/// An address in parts: `http://host:port/path?query`, or `https://…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Name or number of the host; of an IPv6 address without brackets.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Host and port as they stand in the address.
    pub authority: String,
    /// Path and query, `/` without one; a fragment is left out.
    pub path: String,
    /// Whom to believe where the address begins with `https`; nothing is encrypted without it.
    pub trust: Option<Trust>,
}

impl Target {
    /// Takes an address apart, as RFC 3986 has it.
    pub fn parse(url: &str) -> Result<Self, LoadError> {
        let refuse = |why: &str| LoadError::Input(format!("\"{url}\" is no address of a server: {why}"));
        let (scheme, rest) =
            url.split_once("://").ok_or_else(|| refuse("it must begin with http:// or https://"))?;
        let (trust, usual) = match scheme.to_ascii_lowercase().as_str() {
            "http" => (None, 80),
            "https" => (Some(Trust::System), 443),
            _ => return Err(refuse("it must begin with http:// or https://")),
        };
        if url.bytes().any(|byte| !byte.is_ascii_graphic()) {
            return Err(refuse(
                "spaces, control characters and letters beyond ASCII must be percent-encoded",
            ));
        }
        let rest = rest.split('#').next().unwrap_or_default();
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        if authority.contains('@') {
            return Err(refuse("a user name in it is not supported; send an Authorization header"));
        }
        let (host, port) = split_port(authority, usual).map_err(|why| refuse(&why))?;
        if host.is_empty() {
            return Err(refuse("there is no host in it"));
        }
        let slash = if path.starts_with('/') { "" } else { "/" };
        Ok(Self {
            host: host.to_owned(),
            port,
            authority: authority.to_owned(),
            path: format!("{slash}{path}"),
            trust,
        })
    }

    /// The first address of the host that answers, or the first of all when none does.
    pub(crate) fn resolve(&self, timeout: Duration) -> Result<SocketAddr, LoadError> {
        let failed = |source| LoadError::Resolve { host: self.host.clone(), source };
        let found: Vec<SocketAddr> =
            (self.host.as_str(), self.port).to_socket_addrs().map_err(failed)?.collect();
        match found[..] {
            [] => Err(failed(std::io::ErrorKind::NotFound.into())),
            [only] => Ok(only),
            [first, ..] => {
                // A name such as localhost may have an address that nobody listens at.
                let answers = |address: &&SocketAddr| TcpStream::connect_timeout(address, timeout).is_ok();
                Ok(found.iter().find(answers).copied().unwrap_or(first))
            }
        }
    }
}

/// Host and port, or the usual one, of `host`, `host:port`, `[::1]` or `[::1]:port`.
pub(crate) fn split_port(authority: &str, usual: u16) -> Result<(&str, u16), String> {
    let (host, port) = if let Some(rest) = authority.strip_prefix('[') {
        let (host, port) = rest.split_once(']').ok_or("a bracket is not closed")?;
        match port {
            "" => (host, None),
            port => (host, Some(port.strip_prefix(':').ok_or("after ] comes a port or a path")?)),
        }
    } else {
        match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        }
    };
    let Some(port) = port else { return Ok((host, usual)) };
    match port.parse::<u16>() {
        Ok(number) if number > 0 && port.bytes().all(|digit| digit.is_ascii_digit()) => Ok((host, number)),
        _ => Err(format!("\"{port}\" is no port from 1 to 65535")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(url: &str) -> (String, u16, String, String) {
        let target = Target::parse(url).unwrap();
        (target.host, target.port, target.authority, target.path)
    }

    fn of(host: &str, port: u16, authority: &str, path: &str) -> (String, u16, String, String) {
        (host.to_owned(), port, authority.to_owned(), path.to_owned())
    }

    #[test]
    fn an_address_has_a_host_a_port_and_a_path() {
        assert_eq!(parts("http://localhost"), of("localhost", 80, "localhost", "/"));
        assert_eq!(parts("HTTP://a.example:8080/b?c=d#e"), of("a.example", 8080, "a.example:8080", "/b?c=d"));
        assert_eq!(parts("http://a?b"), of("a", 80, "a", "/?b"));
        assert_eq!(parts("http://[::1]:81/"), of("::1", 81, "[::1]:81", "/"));
        assert_eq!(parts("http://[::1]"), of("::1", 80, "[::1]", "/"));
        assert_eq!(parts("https://a/b"), of("a", 443, "a", "/b"));
        let trust = |url| Target::parse(url).unwrap().trust;
        assert_eq!((trust("http://a/"), trust("https://a/")), (None, Some(Trust::System)));
    }

    #[test]
    fn what_is_no_address_is_refused_with_the_reason() {
        let why = |url: &str| Target::parse(url).unwrap_err().to_string();
        let prefix = |url: &str, why: &str| format!("\"{url}\" is no address of a server: {why}");
        for (url, reason) in [
            ("localhost:80", "it must begin with http:// or https://"),
            ("ftp://a/", "it must begin with http:// or https://"),
            ("http://", "there is no host in it"),
            ("http:///a", "there is no host in it"),
            ("http://a:0/", "\"0\" is no port from 1 to 65535"),
            ("http://a:+8/", "\"+8\" is no port from 1 to 65535"),
            ("http://a:65536/", "\"65536\" is no port from 1 to 65535"),
            ("http://[::1/", "a bracket is not closed"),
            ("http://[::1]80/", "after ] comes a port or a path"),
            (
                "http://a/b\r\nc",
                "spaces, control characters and letters beyond ASCII must be percent-encoded",
            ),
            ("http://me@a/", "a user name in it is not supported; send an Authorization header"),
        ] {
            assert_eq!(why(url), prefix(url, reason));
        }
    }
}
