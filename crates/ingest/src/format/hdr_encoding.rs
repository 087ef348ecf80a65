//! `HdrHistogram`'s binary encodings V0, V1 and V2, compressed or not, as bins of raw values.
//!
//! Layout after `AbstractHistogram.decodeFromByteBuffer` and `HistogramLogWriter` of `HdrHistogram` 2.2 for Java. The
//! crate `hdrhistogram` reads V2 only and trusts the lengths in the header, so all three are read here.

use std::io::Read;

use flate2::read::ZlibDecoder;

/// Why bytes are no histogram.
pub(super) type Refusal = String;

/// Values of one bucket, in the recorded unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RawBin {
    pub low: u64,
    pub high: u64,
    pub count: u64,
}

const V0: u32 = 0x1c84_9308;
const V0_COMPRESSED: u32 = 0x1c84_9309;
const V1: u32 = 0x1c84_9301;
const V1_COMPRESSED: u32 = 0x1c84_9302;
const V2: u32 = 0x1c84_9303;
const V2_COMPRESSED: u32 = 0x1c84_9304;

/// Five digits over the whole 64-bit range need 6.4 million counts of eight bytes; more is no histogram.
const INFLATED_LIMIT: u64 = 52 << 20;

/// Big-endian numbers from the front of a slice.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Refusal> {
        let (front, rest) = self.0.split_first_chunk::<N>().ok_or("it is shorter than its header")?;
        self.0 = rest;
        Ok(*front)
    }

    fn u32(&mut self) -> Result<u32, Refusal> {
        self.take().map(u32::from_be_bytes)
    }

    fn u64(&mut self) -> Result<u64, Refusal> {
        self.take().map(u64::from_be_bytes)
    }
}

/// Bins of an encoded histogram, ascending, without empty ones.
pub(super) fn decode(encoded: &[u8]) -> Result<Vec<RawBin>, Refusal> {
    let mut bytes = Bytes(encoded);
    match base(bytes.u32()?) {
        V0_COMPRESSED | V1_COMPRESSED | V2_COMPRESSED => {
            let length = bytes.u32()? as usize;
            let deflated = bytes.0.get(..length).ok_or("it is shorter than its header says")?;
            let mut inflated = Vec::new();
            ZlibDecoder::new(deflated)
                .take(INFLATED_LIMIT + 1)
                .read_to_end(&mut inflated)
                .map_err(|error| format!("its compression is broken: {error}"))?;
            if inflated.len() as u64 > INFLATED_LIMIT {
                return Err("it inflates to more than any histogram holds".to_owned());
            }
            decode_plain(&inflated)
        }
        _ => decode_plain(encoded),
    }
}

/// The cookie without the bits that say how wide a count is.
fn base(cookie: u32) -> u32 {
    cookie & !0xf0
}

fn decode_plain(encoded: &[u8]) -> Result<Vec<RawBin>, Refusal> {
    let mut bytes = Bytes(encoded);
    let cookie = bytes.u32()?;
    let (digits, lowest, payload) = match base(cookie) {
        V0 => {
            let (digits, lowest) = (bytes.u32()?, bytes.u64()?);
            let (_highest, _total) = (bytes.u64()?, bytes.u64()?);
            (digits, lowest, bytes.0)
        }
        V1 | V2 => {
            let length = bytes.u32()? as usize;
            // The offset says how the writer's array was rotated; the counts are written in order all the same.
            let _offset = bytes.u32()?;
            let (digits, lowest, _highest) = (bytes.u32()?, bytes.u64()?, bytes.u64()?);
            if bytes.u64()? != 1.0f64.to_bits() {
                return Err("it holds scaled decimal values".to_owned());
            }
            (digits, lowest, bytes.0.get(..length).ok_or("its counts are cut off")?)
        }
        _ => return Err(format!("its first bytes, {cookie:08x}, are those of no known encoding")),
    };
    let buckets = Buckets::new(lowest, digits)?;
    if base(cookie) == V2 {
        variable_counts(payload, &buckets)
    } else {
        fixed_counts(payload, cookie, &buckets)
    }
}

/// Counts of two, four or eight bytes, one per bucket.
fn fixed_counts(payload: &[u8], cookie: u32, buckets: &Buckets) -> Result<Vec<RawBin>, Refusal> {
    let width = ((cookie & 0xe0) >> 4) as usize;
    if !matches!(width, 2 | 4 | 8) {
        return Err(format!("its counts are {width} bytes wide"));
    }
    let mut bins = Vec::new();
    for (index, word) in payload.chunks_exact(width).enumerate() {
        let count = word.iter().fold(0u64, |count, &byte| count << 8 | u64::from(byte));
        if word[0] & 0x80 != 0 {
            return Err("it holds a negative count".to_owned());
        }
        if count > 0 {
            bins.push(buckets.bin(index as u64, count)?);
        }
    }
    Ok(bins)
}

/// `ZigZag` LEB128 numbers of at most nine bytes; a negative one is a run of empty buckets.
fn variable_counts(mut payload: &[u8], buckets: &Buckets) -> Result<Vec<RawBin>, Refusal> {
    let mut bins = Vec::new();
    let mut index: u64 = 0;
    while !payload.is_empty() {
        let (number, rest) = zig_zag(payload)?;
        payload = rest;
        if number < 0 {
            index = index.checked_add(number.unsigned_abs()).ok_or("its empty buckets have no end")?;
        } else {
            if number > 0 {
                bins.push(buckets.bin(index, number.unsigned_abs())?);
            }
            index = index.checked_add(1).ok_or("its buckets have no end")?;
        }
    }
    Ok(bins)
}

fn zig_zag(payload: &[u8]) -> Result<(i64, &[u8]), Refusal> {
    let mut value: u64 = 0;
    for (place, &byte) in payload.iter().take(9).enumerate() {
        // The ninth byte has no bit to spare for "more follows".
        let (bits, more) = if place == 8 { (byte, false) } else { (byte & 0x7f, byte & 0x80 != 0) };
        value |= u64::from(bits) << (7 * place);
        if !more {
            let number = (value >> 1) as i64 ^ -((value & 1) as i64);
            return Ok((number, &payload[place + 1..]));
        }
    }
    Err("its last count is cut off".to_owned())
}

/// Where buckets begin and end, from the lowest value and the number of significant digits.
struct Buckets {
    /// Power of two of the finest bucket's width.
    unit: u32,
    /// Power of two of half the number of sub-buckets.
    half: u32,
}

impl Buckets {
    fn new(lowest: u64, digits: u32) -> Result<Self, Refusal> {
        if lowest == 0 || digits > 5 {
            return Err(format!("it says {digits} significant digits from {lowest} on"));
        }
        let sub_buckets = (2 * 10u64.pow(digits)).next_power_of_two();
        Ok(Self { unit: lowest.ilog2(), half: sub_buckets.ilog2() - 1 })
    }

    fn bin(&self, index: u64, count: u64) -> Result<RawBin, Refusal> {
        let outside = || format!("it holds a count beyond its last bucket, at {index}");
        let half = 1u64 << self.half;
        let (bucket, sub_bucket) = match index >> self.half {
            0 => (0, index),
            above => (u32::try_from(above - 1).map_err(|_| outside())?, (index & (half - 1)) + half),
        };
        // Sub-buckets have `half + 1` bits, and values 63.
        let shift =
            bucket.checked_add(self.unit).filter(|shift| shift + self.half < 63).ok_or_else(outside)?;
        let low = sub_bucket << shift;
        Ok(RawBin { low, high: low + ((1u64 << shift) - 1), count })
    }
}

#[cfg(test)]
mod tests {
    use hdrhistogram::Histogram;
    use hdrhistogram::serialization::{Serializer, V2DeflateSerializer, V2Serializer};
    use proptest::prelude::*;

    use super::*;

    /// A header of V1 with counts of `width` bytes, from value 1 on with no significant digit.
    fn v1(width: u32, counts: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend((V1 | width << 4).to_be_bytes());
        bytes.extend((counts.len() as u32).to_be_bytes());
        bytes.extend([0u32, 0].iter().flat_map(|number| number.to_be_bytes()));
        bytes.extend([1u64, 1000, 1f64.to_bits()].iter().flat_map(|number| number.to_be_bytes()));
        bytes.extend(counts);
        bytes
    }

    fn v0(counts: &[u8]) -> Vec<u8> {
        let mut bytes = (V0 | 8 << 4).to_be_bytes().to_vec();
        bytes.extend(0u32.to_be_bytes());
        bytes.extend([1u64, 1000, 99].iter().flat_map(|number| number.to_be_bytes()));
        bytes.extend(counts);
        bytes
    }

    fn bin(low: u64, high: u64, count: u64) -> RawBin {
        RawBin { low, high, count }
    }

    #[test]
    fn counts_of_every_width_are_read() {
        let expected = Ok(vec![bin(1, 1, 7), bin(4, 7, 258)]);
        let eight: Vec<u8> = [0u64, 7, 0, 258].iter().flat_map(|count| count.to_be_bytes()).collect();
        assert_eq!(decode(&v1(2, &[0, 0, 0, 7, 0, 0, 1, 2])), expected);
        assert_eq!(decode(&v1(8, &eight)), expected);
        assert_eq!(decode(&v0(&eight)), expected);
    }

    #[test]
    fn lengths_that_lie_are_refused() {
        let mut long = v1(2, &[0, 1]);
        long[7] = 200;
        assert_eq!(decode(&long), Err("its counts are cut off".to_owned()));
        assert_eq!(decode(&v1(3, &[0, 1])), Ok(vec![bin(0, 0, 1)]), "the lowest bit only marks the encoding");
        assert_eq!(decode(&v1(6, &[0, 1])), Err("its counts are 6 bytes wide".to_owned()));
        assert_eq!(decode(&v1(2, &[255, 1])), Err("it holds a negative count".to_owned()));
        assert_eq!(
            decode(b"HIST"),
            Err("its first bytes, 48495354, are those of no known encoding".to_owned())
        );
        assert_eq!(decode(b"\x1c"), Err("it is shorter than its header".to_owned()));
    }

    #[test]
    fn a_bomb_does_not_go_off() {
        let mut deflated = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        let zeros = vec![0u8; 1 << 20];
        for _ in 0..53 {
            std::io::Write::write_all(&mut deflated, &zeros).unwrap();
        }
        let deflated = deflated.finish().unwrap();
        let mut bytes = V2_COMPRESSED.to_be_bytes().to_vec();
        bytes.extend((deflated.len() as u32).to_be_bytes());
        bytes.extend(deflated);
        assert_eq!(decode(&bytes), Err("it inflates to more than any histogram holds".to_owned()));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_the_crate_hdrhistogram_writes_is_read_alike(
            digits in 0u8..=5,
            lowest in 1u64..1_000_000,
            values in proptest::collection::vec((0u64..1_000_000_000_000, 1u64..1_000_000), 0..40),
        ) {
            let mut written = Histogram::<u64>::new_with_bounds(lowest, 2_000_000_000_000, digits).unwrap();
            for (value, count) in values {
                written.record_n(value, count).unwrap();
            }
            let expected: Vec<RawBin> = written
                .iter_recorded()
                .map(|step| {
                    let value = step.value_iterated_to();
                    bin(written.lowest_equivalent(value), written.highest_equivalent(value), step.count_at_value())
                })
                .collect();
            let (mut plain, mut deflated) = (Vec::new(), Vec::new());
            V2Serializer::new().serialize(&written, &mut plain).unwrap();
            V2DeflateSerializer::new().serialize(&written, &mut deflated).unwrap();
            prop_assert_eq!(decode(&plain), Ok(expected.clone()));
            prop_assert_eq!(decode(&deflated), Ok(expected));
        }

        #[test]
        fn any_bytes_are_read_or_refused(
            version in proptest::sample::select(vec![V0, V1, V2]),
            width in 0u32..16,
            rest in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            let mut bytes = (version | width << 4).to_be_bytes().to_vec();
            bytes.extend(rest);
            if let Ok(bins) = decode(&bytes) {
                prop_assert!(bins.len() <= bytes.len());
                prop_assert!(bins.windows(2).all(|pair| pair[0].high < pair[1].low));
            }
        }
    }
}
