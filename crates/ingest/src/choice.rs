//! Which format a file is of.

use crate::format::{Detection, FORMATS, Format};
use crate::{ColumnMap, Input, ReadError, Result};

/// The one format of a file: the named one, or the only one that recognises it.
pub(crate) fn choose(input: &Input, asked: Option<&str>, map: &[ColumnMap]) -> Result<&'static dyn Format> {
    if input.is_empty() {
        return Err(
            ReadError::at(0, "the file is empty").hint("a run that failed often leaves an empty file")
        );
    }
    if let Some(name) = asked {
        let format = FORMATS.iter().find(|format| format.name() == name);
        return format.copied().ok_or_else(|| {
            let known: Vec<&str> = FORMATS.iter().map(|format| format.name()).collect();
            ReadError::at(0, format!("unknown format \"{name}\""))
                .hint(format!("known: {}", known.join(", ")))
        });
    }
    let of = |wanted: Detection| {
        FORMATS
            .iter()
            .copied()
            .filter(move |format| format.detect(input) == wanted && (map.is_empty() || format.takes(map)))
    };
    let mut candidates: Vec<&dyn Format> = of(Detection::Yes).collect();
    if candidates.is_empty() && !map.is_empty() {
        candidates = of(Detection::Unsure).collect();
    }
    match candidates.as_slice() {
        [format] => Ok(*format),
        [] => Err(unknown(input, &of(Detection::Unsure).map(Format::name).collect::<Vec<_>>())),
        several => {
            let names: Vec<&str> = several.iter().map(|format| format.name()).collect();
            Err(ReadError::at(0, format!("looks like {}", names.join(" and like ")))
                .hint(format!("say which: --as {}", names[0])))
        }
    }
}

/// A file of no format: compressed ones have an advice of their own.
fn unknown(input: &Input, unsure: &[&str]) -> ReadError {
    let compressed: &[(&[u8], &str, &str)] = &[
        (b"\x1f\x8b", "gzip", "gunzip"),
        (b"\x28\xb5\x2f\xfd", "zstd", "unzstd"),
        (b"BZh", "bzip2", "bunzip2"),
        (b"\xfd7zXZ\0", "xz", "unxz"),
        (b"PK\x03\x04", "zip", "unzip"),
    ];
    for (magic, name, program) in compressed {
        if input.head().starts_with(magic) {
            let error = ReadError::at(0, format!("the file is compressed with {name}"));
            return error.hint(format!("unpack it first: {program}"));
        }
    }
    let error = ReadError::at(1, "no known format");
    if unsure.is_empty() {
        error.hint("see what is known with: vana list formats")
    } else {
        error.hint(format!("it could be {}: name its columns with --map, or say --as", unsure.join(" or ")))
    }
}
