//! One line of an access log.

use vana_types::Scale;

use crate::format::table::duration;
use crate::number::{LONGEST_NS, STAMPS_NS, rfc3339, scaled, whole};

const MONTHS: [&[u8]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];
/// A decimal from here on is `$msec`, seconds since 1970, and no duration.
const STAMP_S: i64 = 1_000_000_000;

/// What a line says; texts are as written, with their escapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    /// Nanoseconds since 1970.
    pub stamp_ns: i64,
    /// Whether that is when the request was done (nginx) and not when it came (Apache).
    pub is_stamped_at_end: bool,
    pub request: &'a [u8],
    /// 0 for none.
    pub status: u16,
    pub referer: Option<&'a [u8]>,
    pub agent: Option<&'a [u8]>,
    pub service_ns: Option<i64>,
    /// Whether the last field is not closed.
    pub is_cut: bool,
}

/// Takes a line apart. Of what follows the known fields, a decimal with three places is nginx's `$request_time` (or
/// `$msec`, if it is a stamp), and a whole number a duration only with a unit, as Apache's `%D`.
pub(super) fn parse(line: &[u8], unit: Option<Scale>) -> Result<Entry<'_>, &'static str> {
    let (stamp_ns, rest) = stamp(line).ok_or("no time in brackets, as [07/Feb/2020:11:48:51 +0000]")?;
    let rest = rest.strip_prefix(b" \"").ok_or("no request in quotes after the time")?;
    let (request, rest) = quoted(rest).ok_or("the quote of the request is not closed")?;
    let mut fields = Fields(rest);
    let status = match fields.next() {
        Some(b"-") => 0,
        Some(text) if text.len() == 3 => whole(text).ok_or("the status is no number")? as u16,
        _ => return Err("no status of three digits after the request"),
    };
    match fields.next() {
        Some(text) if text == b"-" || whole(text).is_some() => {}
        _ => return Err("no size after the status"),
    }
    let mut entry = Entry {
        stamp_ns,
        is_stamped_at_end: false,
        request,
        status,
        referer: None,
        agent: None,
        service_ns: None,
        is_cut: false,
    };
    if fields.0.starts_with(b" \"") {
        entry.referer = fields.text(&mut entry.is_cut);
        entry.agent = fields.text(&mut entry.is_cut);
    }
    for field in fields {
        entry.take(field, unit);
    }
    Ok(entry)
}

impl Entry<'_> {
    fn take(&mut self, field: &[u8], unit: Option<Scale>) {
        // rt=0.001, rt="0.001"
        let value = field.rsplit(|byte| *byte == b'=').next().unwrap_or_default();
        let value = value.strip_prefix(b"\"").unwrap_or(value);
        let value = value.strip_suffix(b"\"").unwrap_or(value);
        let dot = value.iter().position(|byte| *byte == b'.');
        let is_milliseconds = dot.is_some_and(|dot| dot > 0 && dot + 4 == value.len());
        if is_milliseconds && value.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.') {
            match scaled(value, 9) {
                Some(stamp) if stamp >= STAMP_S * 1_000_000_000 => {
                    self.stamp_ns = stamp.min(*STAMPS_NS.end());
                    self.is_stamped_at_end = true;
                }
                Some(time) if self.service_ns.is_none() && time <= LONGEST_NS => {
                    self.service_ns = Some(time);
                    self.is_stamped_at_end = true;
                }
                _ => {}
            }
        } else if unit.is_some() && whole(value).is_some() && self.service_ns.is_none() {
            self.service_ns = duration(value, unit);
        }
    }
}

/// Fields between blanks.
struct Fields<'a>(&'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.0.trim_ascii_start();
        if rest.is_empty() {
            return None;
        }
        let end = rest.iter().position(|byte| *byte == b' ').unwrap_or(rest.len());
        let (field, rest) = rest.split_at(end);
        self.0 = rest;
        Some(field)
    }
}

impl<'a> Fields<'a> {
    /// A field in quotes; one whose quote is not closed goes to the end of the line.
    fn text(&mut self, is_cut: &mut bool) -> Option<&'a [u8]> {
        let rest = self.0.strip_prefix(b" \"")?;
        if let Some((text, rest)) = quoted(rest) {
            self.0 = rest;
            return Some(text);
        }
        *is_cut = true;
        self.0 = &[];
        Some(rest)
    }
}

/// A text up to its closing quote, and what comes after that.
fn quoted(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut is_escaped = false;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return Some((&bytes[..at], &bytes[at + 1..])),
            _ => {}
        }
    }
    None
}

/// The first time in brackets, and what comes after it; names of users may hold brackets, too.
fn stamp(line: &[u8]) -> Option<(i64, &[u8])> {
    for begin in memchr::memchr_iter(b'[', line) {
        let rest = &line[begin + 1..];
        let end = memchr::memchr(b']', rest)?;
        let text = &rest[..end];
        let is_decimal = text.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
        let stamp_ns = local(text)
            .or_else(|| rfc3339(text))
            .or_else(|| scaled(text, 9).filter(|stamp| is_decimal && *stamp >= STAMP_S * 1_000_000_000));
        if let Some(stamp_ns) = stamp_ns.filter(|stamp_ns| STAMPS_NS.contains(stamp_ns)) {
            return Some((stamp_ns, &rest[end + 1..]));
        }
    }
    None
}

/// `07/Feb/2020:11:48:51 +0000`, also with a fraction of the second.
fn local(text: &[u8]) -> Option<i64> {
    let (date, zone) = text.split_at_checked(text.iter().position(|byte| *byte == b' ')?)?;
    let [sign @ (b'+' | b'-'), h1, h2, m1, m2] = *zone.get(1..)? else { return None };
    let month = MONTHS.iter().position(|month| date.get(3..6) == Some(month))? + 1;
    let [b'/', b'/', b':'] = [*date.get(2)?, *date.get(6)?, *date.get(11)?] else { return None };
    // The same in the order of RFC 3339.
    let mut sorted = Vec::with_capacity(40);
    sorted.extend_from_slice(date.get(7..11)?);
    sorted.extend_from_slice(&[b'-', b'0' + (month / 10) as u8, b'0' + (month % 10) as u8, b'-']);
    sorted.extend_from_slice(date.get(..2)?);
    sorted.push(b'T');
    sorted.extend_from_slice(date.get(12..)?);
    sorted.extend_from_slice(&[sign, h1, h2, b':', m1, m2]);
    rfc3339(&sorted)
}

/// Bytes without their escapes: `\x22` (nginx), `\"`, `\\`, `\n` and `\x16` (Apache).
pub(super) fn unescape(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            plain.push(byte);
            continue;
        }
        let Some((&escaped, after)) = rest.split_first() else {
            plain.push(byte);
            break;
        };
        rest = after;
        let code =
            rest.get(..2).and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
        match (escaped, code) {
            (b'x', Some(code)) => {
                plain.push(code);
                rest = rest.get(2..).unwrap_or_default();
            }
            (b'n', _) => plain.push(b'\n'),
            (b'r', _) => plain.push(b'\r'),
            (b't', _) => plain.push(b'\t'),
            (b'v', _) => plain.push(0x0b),
            (b'b', _) => plain.push(0x08),
            (b'f', _) => plain.push(0x0c),
            (other, _) => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAMP: &str = "[07/Feb/2020:11:48:51 +0100]";

    fn entry(line: &str) -> Entry<'_> {
        parse(line.as_bytes(), None).unwrap()
    }

    #[test]
    fn an_entry_of_the_common_format_has_what_it_says_and_no_more() {
        let line = format!("h - [me] {STAMP} \"GET /a%20b HTTP/1.1\" 304 -");
        let expected = Entry {
            stamp_ns: 1_581_072_531_000_000_000,
            is_stamped_at_end: false,
            request: b"GET /a%20b HTTP/1.1",
            status: 304,
            referer: None,
            agent: None,
            service_ns: None,
            is_cut: false,
        };
        assert_eq!(entry(&line), expected);
    }

    #[test]
    fn stamps_may_have_fractions_or_be_seconds_since_1970() {
        let stamp_ns = |stamp: &str| entry(&format!("h - - [{stamp}] \"-\" 400 0")).stamp_ns;
        assert_eq!(stamp_ns("07/Feb/2020:10:48:51.000123 +0000"), 1_581_072_531_000_123_000);
        assert_eq!(stamp_ns("2020-02-07T11:48:51+01:00"), 1_581_072_531_000_000_000);
        assert_eq!(stamp_ns("1581072531.042"), 1_581_072_531_042_000_000);
    }

    #[test]
    fn the_first_decimal_of_three_places_is_the_request_time() {
        let of = |rest: &str| {
            let line = format!("h - - {STAMP} \"-\" 200 5 \"r\" \"a \\\"b\\\"\" {rest}");
            let entry = entry(&line);
            assert_eq!((entry.referer, entry.agent), (Some(&b"r"[..]), Some(&b"a \\\"b\\\""[..])));
            (entry.service_ns, entry.stamp_ns % 1_000_000_000, entry.is_stamped_at_end)
        };
        assert_eq!(of("0.104"), (Some(104_000_000), 0, true));
        assert_eq!(of("89 0.001 [up] [] 1.2.3.4:80 59 0.100, 0.004"), (Some(1_000_000), 0, true));
        assert_eq!(of("rt=\"0.007\" 1581072531.250"), (Some(7_000_000), 250_000_000, true));
        assert_eq!(of("1234 -"), (None, 0, false));
    }

    #[test]
    fn a_whole_number_is_a_duration_when_its_unit_is_given() {
        let line = format!("h - - {STAMP} \"-\" 200 5 1234");
        let entry = parse(line.as_bytes(), "us".parse().ok()).unwrap();
        assert_eq!((entry.service_ns, entry.is_stamped_at_end), (Some(1_234_000), false));
    }

    #[test]
    fn escapes_of_both_servers_are_taken_off() {
        assert_eq!(unescape(b"a\\x22b\\\"c\\\\d\\x16\\n\\xzz\\"), b"a\"b\"c\\d\x16\nxzz\\");
    }

    #[test]
    fn what_is_no_entry_is_refused_with_what_is_missing() {
        for (line, why) in [
            ("nothing", "no time in brackets, as [07/Feb/2020:11:48:51 +0000]"),
            ("h - - [soon] \"-\" 200 5", "no time in brackets, as [07/Feb/2020:11:48:51 +0000]"),
            ("h - - [1581072531.042] GET", "no request in quotes after the time"),
            ("h - - [1581072531.042] \"GET / HT", "the quote of the request is not closed"),
            ("h - - [1581072531.042] \"GET /\" fine", "no status of three digits after the request"),
            ("h - - [1581072531.042] \"GET /\" 2x0 1", "the status is no number"),
            ("h - - [1581072531.042] \"GET /\" 200", "no size after the status"),
        ] {
            assert_eq!(parse(line.as_bytes(), None), Err(why));
        }
    }
}
