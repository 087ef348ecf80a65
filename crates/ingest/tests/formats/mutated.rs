//! Files as they come out of broken disks, pagers and pipes.

use proptest::prelude::*;

use crate::samples;
use crate::support::{options, with_input};
use vana_ingest::{Body, Draft, FORMATS};

/// Everything a draft holds is at most as long as what was read.
fn size(draft: &Draft) -> usize {
    let body = match &draft.body {
        Body::Histogram(all) => all.iter().map(|(_, bins)| bins.len()).sum(),
        Body::Published(cells) => cells.cells.len(),
        Body::Summary | Body::Trace(_) => 0,
        Body::Recording(recording) => recording.requests as usize,
    };
    let intervals: usize = draft.intervals.iter().map(|interval| interval.values.len()).sum();
    1 + draft.reported.len() + intervals + draft.attributes.len() + draft.findings.len() + body
}

/// What may happen to a file.
#[derive(Clone, Debug)]
enum Damage {
    Truncate(usize),
    Flip(usize, u8),
    Insert(usize, Vec<u8>),
    Repeat(usize, usize),
    Splice(usize, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let words: Vec<&[u8]> = vec![
        b"-nan",
        b"inf",
        b"1e999",
        b"-1",
        b"18446744073709551616",
        b"9223372036854775807",
        b"\n",
        b"\r",
        b"\"",
        b",",
        b"0",
        b"%",
        b"\xc3",
        "é".as_bytes(),
        b"Transfer/sec:",
        b"SQL statistics:\n",
        b"====== X ======\n",
        b"HISTFAAAA",
        b"Tag=",
        b"[ 1s ] tps:",
        b"Latency Distribution\n",
    ];
    prop_oneof![
        any::<usize>().prop_map(Damage::Truncate),
        (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Damage::Flip(at, byte)),
        (any::<usize>(), proptest::sample::select(words))
            .prop_map(|(at, word)| Damage::Insert(at, word.to_vec())),
        (any::<usize>(), 0usize..200).prop_map(|(at, length)| Damage::Repeat(at, length)),
        (any::<usize>(), any::<usize>()).prop_map(|(at, other)| Damage::Splice(at, other)),
    ]
}

impl Damage {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let length = bytes.len();
        let place = |at: usize| at % (length + 1);
        match self {
            Self::Truncate(at) => bytes.truncate(place(*at)),
            Self::Flip(at, with) => {
                if let Some(byte) = bytes.get_mut(place(*at)) {
                    *byte ^= with;
                }
            }
            Self::Insert(at, word) => {
                let at = place(*at);
                bytes.splice(at..at, word.iter().copied());
            }
            Self::Repeat(at, part) => {
                let at = place(*at);
                let again = bytes[at..(at + part).min(length)].to_vec();
                bytes.splice(at..at, again);
            }
            Self::Splice(at, other) => {
                let at = place(*at);
                let other = samples::ALL[other % samples::ALL.len()].2.as_bytes();
                bytes.splice(at.., other[at.min(other.len())..].iter().copied());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_files_are_refused_or_read_but_never_break_a_reader(
        sample in 0..samples::ALL.len(),
        damages in proptest::collection::vec(damage(), 1..5),
    ) {
        let (_, _, text, map) = samples::ALL[sample];
        let mut bytes = text.as_bytes().to_vec();
        for damage in &damages {
            damage.apply(&mut bytes);
        }
        let options = options(map, None);
        let limit = 16 * bytes.len() + 16;
        with_input(&bytes, |input| {
            for format in FORMATS {
                format.detect(input);
                if let Ok(drafts) = format.read(input, &options) {
                    prop_assert!(!drafts.is_empty(), "{} read nothing and did not say so", format.name());
                    let size: usize = drafts.iter().map(size).sum();
                    prop_assert!(size <= limit, "{} made {size} things of {} bytes", format.name(), bytes.len());
                }
            }
            Ok(())
        })?;
    }
}
