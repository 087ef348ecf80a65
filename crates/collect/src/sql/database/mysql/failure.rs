//! What went wrong, as rows and people are told.

use std::io::{self, ErrorKind};

use vana_types::Outcome;

use crate::sql::SqlFailure;

/// Deadlock, lock wait timeout, row changed since it was read: what sysbench ignores unless told otherwise.
const RETRYABLE: [u16; 3] = [1213, 1205, 1020];
/// Server is shut down, connection was killed (MySQL, MariaDB).
const FATAL: [u16; 4] = [1053, 1077, 1317, 1927];

/// The socket failed.
#[expect(clippy::needless_pass_by_value, reason = "what a failed call gives is mapped with it")]
pub(super) fn lost(error: io::Error) -> SqlFailure {
    let (outcome, message) = match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => {
            (Outcome::Timeout, "no answer in the time allowed".to_owned())
        }
        ErrorKind::Interrupted => (Outcome::Unfinished, error.to_string()),
        ErrorKind::InvalidData => (Outcome::Protocol, error.to_string()),
        _ => (Outcome::Reset, error.to_string()),
    };
    SqlFailure { outcome, code: 0, message, is_retryable: false, is_lost: true }
}

/// The server said what it should not.
pub(super) fn unexpected(what: &str) -> SqlFailure {
    let message = format!("the server does not speak MySQL's protocol: {what}");
    SqlFailure { outcome: Outcome::Protocol, code: 0, message, is_retryable: false, is_lost: true }
}

/// There is no connection.
pub(super) fn refused(message: String) -> SqlFailure {
    SqlFailure { outcome: Outcome::Connect, code: 0, message, is_retryable: false, is_lost: true }
}

/// The server refused, in a packet that begins with 255: a number, with `#` a state of five letters, a text.
pub(super) fn said(packet: &[u8]) -> SqlFailure {
    let [_, low, high, text @ ..] = packet else { return unexpected("an error without a number") };
    let code = u16::from_le_bytes([*low, *high]);
    let text = if let [b'#', _, _, _, _, _, rest @ ..] = text { rest } else { text };
    SqlFailure {
        outcome: Outcome::ErrorStatus,
        code,
        message: format!("error {code}: {}", String::from_utf8_lossy(text)),
        is_retryable: RETRYABLE.contains(&code),
        is_lost: FATAL.contains(&code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_has_a_number_and_a_text_with_a_state_or_without() {
        let deadlock = said(b"\xff\xbd\x04#40001Deadlock found");
        let expected = SqlFailure {
            outcome: Outcome::ErrorStatus,
            code: 1213,
            message: "error 1213: Deadlock found".to_owned(),
            is_retryable: true,
            is_lost: false,
        };
        assert_eq!(deadlock, expected);
        let many = said(b"\xff\x10\x04Too many connections");
        assert_eq!((many.code, many.message.as_str()), (1040, "error 1040: Too many connections"));
        assert!(said(b"\xff\x1d\x04#08S01Server shutdown in progress").is_lost);
        assert_eq!(said(b"\xff\x1d").outcome, Outcome::Protocol);
    }
}
