//! Tar, compressed with zstd: smaller, for studies with much text.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::rc::Rc;

use tar::{Archive, Builder, EntryType, Header};
use zstd::stream::{read::Decoder, write::Encoder};

use crate::name::Entries;
use crate::{PackError, PackedFile, UnpackError};

/// 1980-01-01, the first day that a zip knows, seconds since 1970.
const MODIFIED_UNIX_S: u64 = 315_532_800;
const LEVEL: i32 = 9;
/// Bytes that describe one entry: its headers and a long name. Readers hold them in memory before anybody sees the entry.
const MOST_ABOUT_ENTRY: u64 = 64 << 10;

/// Writes files in the order given. Mode, stamp and owner are always the same; a checksum ends the stream.
pub(crate) fn write(
    files: &[PackedFile],
    path: &Path,
    out: File,
    progress: &dyn Fn(&str),
) -> Result<File, PackError> {
    let failed = || PackError::io(path);
    let mut encoder = Encoder::new(BufWriter::new(out), LEVEL).map_err(failed())?;
    encoder.include_checksum(true).map_err(failed())?;
    let mut tar = Builder::new(encoder);
    for file in files {
        progress(&file.path);
        append(&mut tar, &file.path, file.size(), file.open()?).map_err(failed())?;
    }
    let encoder = tar.into_inner().map_err(failed())?;
    let mut out = encoder.finish().map_err(failed())?;
    out.flush().map_err(failed())?;
    out.into_inner().map_err(|error| failed()(error.into_error()))
}

/// Adds a file. Mode, stamp and owner are always the same.
fn append(tar: &mut Builder<impl Write>, name: &str, size: u64, bytes: impl Read) -> io::Result<()> {
    let mut header = Header::new_gnu();
    header.set_entry_type(EntryType::Regular);
    header.set_size(size);
    header.set_mode(0o644);
    header.set_mtime(MODIFIED_UNIX_S);
    header.set_uid(0);
    header.set_gid(0);
    tar.append_data(&mut header, name, bytes)
}

/// Unpacks into an empty folder. The stream is read twice: all names and sizes are looked at before the first file is
/// written. The checksum at the end counts if `is_strict`.
pub(crate) fn unpack(path: &Path, folder: &Path, is_strict: bool) -> Result<(), UnpackError> {
    let packed = path.metadata().map_err(UnpackError::io(path))?.len();
    let refused =
        |name: &str, why: String| UnpackError::Refused { path: path.to_owned(), name: name.to_owned(), why };
    let mut entries = Entries::new(packed);
    visit(path, is_strict, |name, kind, size, _| {
        let is_folder = match kind {
            EntryType::Regular | EntryType::Continuous => false,
            EntryType::Directory => true,
            _ => return Err(refused(name, "neither a file nor a folder".to_owned())),
        };
        entries.add(name, is_folder, size).map_err(|why| refused(name, why))
    })?;
    visit(path, is_strict, |name, kind, size, reader| {
        let place = folder.join(name);
        if kind == EntryType::Directory {
            return std::fs::create_dir_all(&place).map_err(UnpackError::io(place));
        }
        let found = crate::open::save(&place, reader, size).map_err(|error| error.at(path, name))?;
        if found == size {
            return Ok(());
        }
        let why = format!("{found} bytes instead of {size}");
        Err(UnpackError::Damaged { path: path.to_owned(), name: name.to_owned(), why })
    })
}

/// The first thing of a tar.zst that is not as [`write`] makes it, beside how it is compressed: what its entries would be
/// written as is compared with what is there, and behind their end there is nothing.
pub(crate) fn oddity(path: &Path) -> Result<Option<String>, UnpackError> {
    let file = File::open(path).map_err(UnpackError::io(path))?;
    let decoder = Decoder::new(BufReader::new(file)).map_err(UnpackError::io(path))?;
    let mut written = Builder::new(Expected { found: decoder.single_frame() });
    let mut before = String::new();
    let compared = visit(path, true, |name, _, size, reader| {
        let odd = |why: &str| {
            Err(UnpackError::Damaged { path: path.to_owned(), name: name.to_owned(), why: why.to_owned() })
        };
        if name <= before.as_str() {
            return odd("not in its place");
        }
        name.clone_into(&mut before);
        match append(&mut written, name, size, reader) {
            Ok(()) => Ok(()),
            Err(_) => odd("another kind, mode, stamp or owner"),
        }
    });
    match compared {
        Ok(()) => {}
        Err(UnpackError::Damaged { name, why, .. }) => return Ok(Some(format!("{name}: {why}"))),
        Err(error) => return Err(error),
    }
    let is_whole = written.into_inner().is_ok_and(Expected::ends_here);
    Ok((!is_whole).then(|| "what lies behind its last file".to_owned()))
}

/// Takes only the bytes that a stream has next.
struct Expected<R> {
    found: R,
}

impl<R: Read> Write for Expected<R> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut found = vec![0; bytes.len()];
        self.found.read_exact(&mut found)?;
        if found == bytes { Ok(bytes.len()) } else { Err(io::Error::other("other bytes")) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<R: BufRead> Expected<Decoder<'_, R>> {
    /// Whether neither the stream nor the file below it has more.
    fn ends_here(mut self) -> bool {
        let stream = self.found.read(&mut [0]);
        let file = self.found.finish();
        stream.is_ok_and(|read| read == 0) && { file }.fill_buf().is_ok_and(<[u8]>::is_empty)
    }
}

type Visit<'v> = dyn FnMut(&str, EntryType, u64, &mut dyn Read) -> Result<(), UnpackError> + 'v;

/// Shows each entry to `look`: its name, kind, size and bytes. What follows the last entry holds the checksum.
fn visit(
    path: &Path,
    is_strict: bool,
    mut look: impl FnMut(&str, EntryType, u64, &mut dyn Read) -> Result<(), UnpackError>,
) -> Result<(), UnpackError> {
    let look: &mut Visit<'_> = &mut look;
    let damaged = |name: &str, error: &io::Error| UnpackError::Damaged {
        path: path.to_owned(),
        name: name.to_owned(),
        why: error.to_string(),
    };
    let file = File::open(path).map_err(UnpackError::io(path))?;
    let decoder = Decoder::new(BufReader::new(file)).map_err(|error| damaged("the stream", &error))?;
    let left = Rc::new(Cell::new(MOST_ABOUT_ENTRY));
    let mut tar = Archive::new(Bounded { reader: decoder, left: Rc::clone(&left) });
    let mut last = "the first entry".to_owned();
    let entries = tar.entries().map_err(|error| damaged(&last, &error))?;
    for entry in entries {
        let mut entry = entry.map_err(|error| match left.get() {
            0 => UnpackError::Refused {
                path: path.to_owned(),
                name: format!("after {last}"),
                why: format!("an entry with more than {MOST_ABOUT_ENTRY} bytes about it"),
            },
            _ => damaged(&format!("after {last}"), &error),
        })?;
        let name = String::from_utf8(entry.path_bytes().into_owned()).map_err(|_| UnpackError::Refused {
            path: path.to_owned(),
            name: String::from_utf8_lossy(&entry.path_bytes()).into_owned(),
            why: "the name is not UTF-8".to_owned(),
        })?;
        let (kind, size) = (entry.header().entry_type(), entry.size());
        // Its bytes, read now or skipped later, and what describes the next one.
        left.set(size.saturating_add(MOST_ABOUT_ENTRY));
        look(&name, kind, size, &mut entry)?;
        last = name;
    }
    if is_strict {
        // More than the last padding of a tar is no checksum any more.
        left.set(1 << 20);
        let rest = &mut tar.into_inner().take(1 << 20);
        io::copy(rest, &mut io::sink()).map_err(|error| damaged("the end of the stream", &error))?;
    }
    Ok(())
}

/// A reader of so many bytes; asked for more, it fails. What is left may be set anew.
struct Bounded<R> {
    reader: R,
    left: Rc<Cell<u64>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left.get() == 0 {
            return Err(io::Error::other("more bytes than its entries declare"));
        }
        let most = buffer.len().min(usize::try_from(self.left.get()).unwrap_or(usize::MAX));
        let read = self.reader.read(&mut buffer[..most])?;
        self.left.set(self.left.get() - read as u64);
        Ok(read)
    }
}
