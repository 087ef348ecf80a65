//! Zip: stored, so that single files can be read and a changed byte stays where it is.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use crate::name::Entries;
use crate::{PackError, PackedFile, UnpackError};

/// Unix, as what made an entry.
const UNIX: u8 = 3;

/// Writes files in the order given. Mode, stamp and method are always the same.
pub(crate) fn write(
    files: &[PackedFile],
    path: &Path,
    out: File,
    progress: &dyn Fn(&str),
) -> Result<File, PackError> {
    let failed = |error: ZipError| match error {
        ZipError::Io(source) => PackError::io(path)(source),
        other => PackError::Container { path: path.to_owned(), message: other.to_string() },
    };
    let mut zip = ZipWriter::new(BufWriter::new(out));
    let mut add = |file: &PackedFile| -> Result<(), PackError> {
        progress(&file.path);
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644)
            .large_file(file.size() >= u64::from(u32::MAX));
        zip.start_file(file.path.as_str(), options).map_err(failed)?;
        io::copy(&mut file.open()?, &mut zip).map_err(PackError::io(path))?;
        Ok(())
    };
    if let Err(error) = files.iter().try_for_each(&mut add) {
        // Dropped, it would be finished, and what fails then printed.
        std::mem::forget(zip);
        return Err(error);
    }
    let mut out = zip.finish().map_err(failed)?;
    out.flush().map_err(PackError::io(path))?;
    out.into_inner().map_err(|error| PackError::io(path)(error.into_error()))
}

/// Unpacks into an empty folder. All names and declared sizes are looked at first; no entry gets more bytes than it
/// declared.
pub(crate) fn unpack(path: &Path, folder: &Path) -> Result<(), UnpackError> {
    let mut file = File::open(path).map_err(UnpackError::io(path))?;
    let packed = file.metadata().map_err(UnpackError::io(path))?.len();
    let refused =
        |name: &str, why: String| UnpackError::Refused { path: path.to_owned(), name: name.to_owned(), why };
    let damaged =
        |name: &str, why: String| UnpackError::Damaged { path: path.to_owned(), name: name.to_owned(), why };
    let declared = count_entries(&mut file).map_err(UnpackError::io(path))?;
    file.seek(SeekFrom::Start(0)).map_err(UnpackError::io(path))?;
    let mut zip = ZipArchive::new(BufReader::new(file))
        .map_err(|error| damaged("the list of entries", error.to_string()))?;
    // The reader keeps one of several entries of a name.
    if declared.is_some_and(|declared| declared != zip.len() as u64) {
        return Err(refused("the list of entries", "a name is there twice".to_owned()));
    }
    let mut entries = Entries::new(packed);
    for index in 0..zip.len() {
        let entry = zip.by_index_raw(index).map_err(|error| damaged("an entry", error.to_string()))?;
        let name = entry.name().to_owned();
        let is_plain =
            entry.unix_mode().is_none_or(|mode| matches!(mode & 0o170_000, 0 | 0o100_000 | 0o040_000));
        if !is_plain || entry.is_symlink() {
            return Err(refused(&name, "neither a file nor a folder".to_owned()));
        }
        if entry.encrypted() {
            return Err(refused(&name, "encrypted".to_owned()));
        }
        entries.add(&name, entry.is_dir(), entry.size()).map_err(|why| refused(&name, why))?;
    }
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index).map_err(|error| damaged("an entry", error.to_string()))?;
        let (name, size) = (entry.name().to_owned(), entry.size());
        let place = folder.join(&name);
        if entry.is_dir() {
            std::fs::create_dir_all(&place).map_err(UnpackError::io(&place))?;
            continue;
        }
        let found = crate::open::save(&place, &mut entry, size).map_err(|error| error.at(path, &name))?;
        if found != size {
            return Err(damaged(&name, format!("{found} bytes or more instead of {size}")));
        }
    }
    Ok(())
}

/// The first thing of a zip that is not as [`write`] makes it, beside the contents of its entries. Large ones have further
/// fields, and nothing is said of them.
pub(crate) fn oddity(path: &Path) -> Result<Option<String>, UnpackError> {
    let io = || UnpackError::io(path);
    let damaged = |error: ZipError| UnpackError::Damaged {
        path: path.to_owned(),
        name: "the list of entries".to_owned(),
        why: error.to_string(),
    };
    let mut file = File::open(path).map_err(io())?;
    let length = file.metadata().map_err(io())?.len();
    let mut zip = ZipArchive::new(BufReader::new(File::open(path).map_err(io())?)).map_err(damaged)?;
    let (Ok(count), Ok(_)) = (u16::try_from(zip.len()), u32::try_from(length)) else { return Ok(None) };
    let (mut list, mut begin, mut before) = (Vec::new(), length, String::new());
    for index in 0..zip.len() {
        let entry = zip.by_index_raw(index).map_err(damaged)?;
        let name = entry.name().to_owned();
        let is_usual = entry.compression() == CompressionMethod::Stored
            && entry.last_modified() == Some(DateTime::default())
            && entry.unix_mode() == Some(0o100_644);
        if !is_usual {
            return Ok(Some(format!("{name}: another mode, stamp or method")));
        }
        if name <= before {
            return Ok(Some(format!("{name}: not in its place")));
        }
        let (own, listed) = (entry.header_start(), entry.central_header_start());
        begin = begin.min(listed);
        // Version, flags, method, stamp, checksum, sizes and length of the name stand in both places.
        let same = read_at(&mut file, listed + 6, 24).map_err(io())?;
        let header = [b"PK\x03\x04", &same[..], &[0; 2], name.as_bytes()].concat();
        if read_at(&mut file, own, header.len()).map_err(io())? != header {
            return Ok(Some(format!("{name}: listed with another header than it has")));
        }
        let place = [(0o100_644 << 16), own as u32].map(u32::to_le_bytes).concat();
        list.extend([b"PK\x01\x02", &[same[0], UNIX][..], &same, &[0; 8], &place, name.as_bytes()].concat());
        before = name;
    }
    let [size, start] = [list.len() as u32, begin as u32].map(u32::to_le_bytes);
    let counts = [count, count].map(u16::to_le_bytes).concat();
    list.extend([b"PK\x05\x06", &[0; 4][..], &counts, &size, &start, &[0; 2]].concat());
    let is_whole =
        begin + list.len() as u64 == length && read_at(&mut file, begin, list.len()).map_err(io())? == list;
    Ok((!is_whole).then(|| "its list of entries, or what lies behind it".to_owned()))
}

/// Bytes of a file.
fn read_at(file: &mut File, start: u64, count: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; count];
    file.seek(SeekFrom::Start(start))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// How many entries the end of a zip declares; `None` where there is no such end.
fn count_entries(file: &mut File) -> io::Result<Option<u64>> {
    const RECORD: usize = 22;
    let length = file.seek(SeekFrom::End(0))?;
    let tail = length.min(RECORD as u64 + u64::from(u16::MAX) + 96);
    file.seek(SeekFrom::Start(length - tail))?;
    let mut bytes = Vec::new();
    file.take(tail).read_to_end(&mut bytes)?;
    let find = |signature: &[u8]| bytes.windows(4).rposition(|four| four == signature);
    let number = |at: usize, size: usize| {
        let field = bytes.get(at..at + size)?;
        Some(field.iter().rev().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte)))
    };
    let Some(end) = find(b"PK\x05\x06") else { return Ok(None) };
    let count = number(end + 10, 2);
    if count == Some(u64::from(u16::MAX)) {
        return Ok(find(b"PK\x06\x06").and_then(|end| number(end + 32, 8)));
    }
    Ok(count)
}
