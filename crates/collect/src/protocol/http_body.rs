//! The end of a body of HTTP/1.1 (RFC 9112, sections 6 and 7), found without keeping the body.

/// Bytes that the extensions of chunks and the trailer may have in all.
const EXTRA_LIMIT: u32 = 32 << 10;

/// What is left of a body.
#[derive(Clone, Copy, Debug)]
pub(super) enum Body {
    /// This many bytes.
    Bytes(u64),
    /// Chunks.
    Chunked(Chunked),
    /// Whatever comes until the connection is closed.
    UntilClose,
}

impl Body {
    /// Takes bytes; the number of those that belong to the body once it is complete.
    pub fn take(&mut self, bytes: &[u8]) -> Result<Option<usize>, &'static str> {
        match self {
            Self::Bytes(left) => {
                let taken = (*left).min(bytes.len() as u64);
                *left -= taken;
                Ok((*left == 0).then_some(taken as usize))
            }
            Self::Chunked(chunked) => chunked.take(bytes),
            Self::UntilClose => Ok(None),
        }
    }
}

/// Where a chunked body stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Chunked {
    place: Place,
    /// Size of the chunk, or what is left of it.
    size: u64,
    extra: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    /// Before the first digit of a size.
    #[default]
    Start,
    Size,
    Extension,
    SizeEnd,
    Data,
    DataReturn,
    DataEnd,
    /// At the beginning of a line of the trailer.
    Trailer,
    TrailerLine,
    TrailerEnd,
}

impl Chunked {
    fn take(&mut self, bytes: &[u8]) -> Result<Option<usize>, &'static str> {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if self.place == Place::Data {
                let taken = self.size.min((bytes.len() - at) as u64);
                self.size -= taken;
                at += taken as usize;
                if self.size == 0 {
                    self.place = Place::DataReturn;
                }
                continue;
            }
            at += 1;
            if self.place == Place::TrailerEnd && byte == b'\n' {
                return Ok(Some(at));
            }
            self.place = self.step(byte)?;
        }
        Ok(None)
    }

    /// The place after a byte that is no data.
    fn step(&mut self, byte: u8) -> Result<Place, &'static str> {
        Ok(match (self.place, byte) {
            (Place::Start, _) => {
                self.size = u64::from(digit(byte).ok_or("a chunk without a size")?);
                Place::Size
            }
            (Place::Size | Place::Extension, b'\r') => Place::SizeEnd,
            (Place::Size, b';' | b' ' | b'\t') => Place::Extension,
            (Place::Size, _) => {
                let digit = digit(byte).ok_or("the size of a chunk is no number")?;
                let size = self.size.checked_mul(16).ok_or("the size of a chunk is beyond all bounds")?;
                self.size = size | u64::from(digit);
                Place::Size
            }
            (Place::SizeEnd, b'\n') if self.size == 0 => Place::Trailer,
            (Place::SizeEnd, b'\n') => Place::Data,
            (Place::DataReturn, b'\r') => Place::DataEnd,
            (Place::DataEnd, b'\n') => Place::Start,
            (Place::Trailer, b'\r') => Place::TrailerEnd,
            (Place::TrailerLine, b'\n') => Place::Trailer,
            (Place::Extension, _) => self.beside(Place::Extension)?,
            (Place::Trailer | Place::TrailerLine, _) => self.beside(Place::TrailerLine)?,
            _ => return Err("a line of a chunked body does not end"),
        })
    }

    fn beside(&mut self, place: Place) -> Result<Place, &'static str> {
        self.extra += 1;
        if self.extra > EXTRA_LIMIT { Err("an endless trailer") } else { Ok(place) }
    }
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of a body whose bytes come `step` at a time: the number of its bytes.
    fn taken(text: &[u8], step: usize) -> Result<Option<usize>, &'static str> {
        let mut body = Body::Chunked(Chunked::default());
        let mut before = 0;
        for bytes in text.chunks(step) {
            if let Some(last) = body.take(bytes)? {
                return Ok(Some(before + last));
            }
            before += bytes.len();
        }
        Ok(None)
    }

    #[test]
    fn a_chunked_body_ends_at_the_same_byte_however_it_is_cut() {
        let text = b"5;name=value\r\nhello\r\n1A\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nA: b\r\n\r\n";
        let mut long = text.to_vec();
        long.extend(b"HTTP/1.1");
        for step in 1..=long.len() {
            assert_eq!(taken(&long, step), Ok(Some(text.len())), "{step} at a time");
        }
        assert_eq!(taken(&text[..text.len() - 1], 7), Ok(None));
    }

    #[test]
    fn a_malformed_chunk_is_refused() {
        let endless = [b"0\r\n".to_vec(), vec![b'a'; 40_000]].concat();
        for (text, why) in [
            (b"\r\n".as_slice(), "a chunk without a size"),
            (b"5x\r\n", "the size of a chunk is no number"),
            (b"11111111111111111\r\n", "the size of a chunk is beyond all bounds"),
            (b"1\r\nab", "a line of a chunked body does not end"),
            (b"1\rx", "a line of a chunked body does not end"),
            (&endless, "an endless trailer"),
        ] {
            assert_eq!(taken(text, 3), Err(why));
        }
    }
}
