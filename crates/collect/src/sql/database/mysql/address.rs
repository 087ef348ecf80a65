//! Addresses of MySQL servers: `mysql://user:password@host:3306/database?socket=PATH`.

use percent_encoding::percent_decode_str;

use crate::sql::SqlError;
use crate::sql::data::public;
use crate::target::split_port;

/// The port of MySQL.
const PORT: u16 = 3306;

/// An address in parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub user: String,
    pub password: String,
    /// Of an IPv6 address without brackets.
    pub host: String,
    pub port: u16,
    pub database: String,
    /// A Unix socket in place of host and port.
    pub socket: Option<String>,
}

impl Address {
    /// Takes an address apart; in each part, `%40` stands for `@` and so on.
    pub fn parse(url: &str) -> Result<Self, SqlError> {
        let refuse = |why: &str| SqlError::Input(format!("\"{}\": {why}", public(url)));
        let decode = |part: &str| match percent_decode_str(part).decode_utf8() {
            Ok(text) if !text.contains('\0') => Ok(text.into_owned()),
            _ => Err(refuse("what is percent-encoded in it is no text")),
        };
        let (_, rest) = url.split_once("://").ok_or_else(|| refuse("after mysql: comes //"))?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        // Where a password has a / or a ? as it is, what comes after that would be taken for something that may be shown.
        if database.contains('@') || (query.contains('@') && !authority.contains('@')) {
            return Err(refuse(
                "in a user and a password / is written %2F, ? is written %3F and @ is written %40",
            ));
        }
        if database.is_empty() || database.contains('/') {
            return Err(refuse("a database is missing, as in mysql://user@host:3306/database"));
        }
        let (credentials, place) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (user, password) = credentials.split_once(':').unwrap_or((credentials, ""));
        let (host, port) = split_port(place, PORT).map_err(|why| refuse(&why))?;
        let mut socket = None;
        for option in query.split('&').filter(|option| !option.is_empty()) {
            match option.split_once('=') {
                Some(("socket", path)) if !path.is_empty() => socket = Some(decode(path)?),
                _ => return Err(refuse(&format!("\"{option}\" is no option of it; socket=PATH is"))),
            }
        }
        if host.is_empty() && socket.is_none() {
            return Err(refuse("there is no host in it"));
        }
        Ok(Self {
            user: decode(user)?,
            password: decode(password)?,
            host: host.to_owned(),
            port,
            database: decode(database)?,
            socket,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_user_a_host_and_a_database() {
        let address = |user: &str, password: &str, host: &str, port, socket: Option<&str>| Address {
            user: user.to_owned(),
            password: password.to_owned(),
            host: host.to_owned(),
            port,
            database: "test".to_owned(),
            socket: socket.map(str::to_owned),
        };
        for (url, expected) in [
            ("mysql://root@127.0.0.1:3307/test", address("root", "", "127.0.0.1", 3307, None)),
            ("mysql://me:a%40b%2Fc:d@host/test", address("me", "a@b/c:d", "host", 3306, None)),
            ("mysql://[::1]:1/test", address("", "", "::1", 1, None)),
            ("mysql://root@/test?socket=/run/a b", address("root", "", "", 3306, Some("/run/a b"))),
            ("mysql://root@h/test?socket=%2Frun%2Fm", address("root", "", "h", 3306, Some("/run/m"))),
        ] {
            assert_eq!(Address::parse(url).unwrap(), expected, "{url}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_the_reason_and_without_the_password() {
        let missing = "a database is missing, as in mysql://user@host:3306/database";
        let written = "in a user and a password / is written %2F, ? is written %3F and @ is written %40";
        for (url, shown, why) in [
            ("mysql:test", "mysql:test", "after mysql: comes //"),
            ("mysql://a:b@host", "mysql://a:***@host", missing),
            ("mysql://host/", "mysql://host/", missing),
            ("mysql://host/a/b", "mysql://host/a/b", missing),
            ("mysql:///test", "mysql:///test", "there is no host in it"),
            ("mysql://host:x/test", "mysql://host:x/test", "\"x\" is no port from 1 to 65535"),
            ("mysql://host/%ff", "mysql://host/%ff", "what is percent-encoded in it is no text"),
            ("mysql://me:sec/ret@h:1/t", "mysql://me:***@h:1/t", written),
            ("mysql://me:s@c/ret@h/t", "mysql://me:***@h/t", written),
            ("mysql://me:sec/r?t@h/t", "mysql://me:***@h/t", written),
            ("mysql://me:sec?ret@h/t", "mysql://me:***@h/t", written),
            ("mysql://h/t?pool=1", "mysql://h/t?pool=1", "\"pool=1\" is no option of it; socket=PATH is"),
        ] {
            assert_eq!(Address::parse(url).unwrap_err().to_string(), format!("\"{shown}\": {why}"));
        }
    }
}
