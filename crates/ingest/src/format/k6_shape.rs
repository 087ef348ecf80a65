//! The shape of a k6 point: what is the same in line after line, and where the values stand in between.
//!
//! The lines of one metric differ in a few values. Comparing what stands between them costs a tenth of reading every
//! key, and gives the same: a line whose fixed parts are equal, and whose values hold no quote, has the same structure.

use memchr::memchr2;

/// Where one value stands, as learnt from a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<F> {
    /// Which value.
    pub field: F,
    /// First byte of the value, without its quote.
    pub start: usize,
    /// One past its last byte, without its quote.
    pub end: usize,
    /// Whether it stands in quotes.
    pub is_quoted: bool,
}

/// The shape of a line with values of the kinds `F`.
#[derive(Clone, Debug)]
pub(super) struct Shape<F> {
    /// What stands before each value, and the value.
    values: Vec<(Box<[u8]>, F, bool)>,
    /// What stands after the last value.
    tail: Box<[u8]>,
}

impl<F: Copy> Shape<F> {
    /// Learns from a line where its values stand; `places` ascend.
    pub fn learn(line: &[u8], places: &[Place<F>]) -> Self {
        let mut at = 0;
        let mut values = Vec::with_capacity(places.len());
        for place in places {
            values.push((line[at..place.start].into(), place.field, place.is_quoted));
            at = place.end;
        }
        Self { values, tail: line[at..].into() }
    }

    /// Gives the values of a line to `keep`; `None` if the line has another shape, and then what was kept means nothing.
    pub fn read<'a>(&self, line: &'a [u8], mut keep: impl FnMut(F, &'a [u8])) -> Option<()> {
        let mut rest = line;
        for (before, field, is_quoted) in &self.values {
            rest = rest.strip_prefix(&**before)?;
            let end = if *is_quoted {
                memchr2(b'"', b'\\', rest).filter(|&end| rest[end] == b'"')?
            } else {
                memchr2(b',', b'}', rest)?
            };
            keep(*field, &rest[..end]);
            rest = &rest[end..];
        }
        (*rest == *self.tail).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &[u8] = br#"{"a":"x","n":12,"b":"\"y","c":{}}"#;

    fn read(line: &str) -> Option<Vec<(char, String)>> {
        let places = [
            Place { field: 'a', start: 6, end: 7, is_quoted: true },
            Place { field: 'n', start: 13, end: 15, is_quoted: false },
        ];
        let mut found = Vec::new();
        let keep = |field, value: &[u8]| found.push((field, String::from_utf8_lossy(value).into_owned()));
        Shape::learn(LINE, &places).read(line.as_bytes(), keep)?;
        Some(found)
    }

    #[test]
    fn values_of_any_length_fit_the_shape() {
        let found = read(r#"{"a":"","n":-3.25,"b":"\"y","c":{}}"#);
        assert_eq!(found, Some(vec![('a', String::new()), ('n', "-3.25".to_owned())]));
    }

    #[test]
    fn a_line_that_differs_anywhere_else_has_another_shape() {
        for other in [
            r#"{"a":"x","n":12,"b":"\"z","c":{}}"#,
            r#"{"a":"x","n":12,"b":"\"y","c":{}},"#,
            r#"{"a":"x\"","n":12,"b":"\"y","c":{}}"#,
            r#"{"a":"x","n":12"#,
            r#"{"a":null,"n":12,"b":"\"y","c":{}}"#,
            "",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
