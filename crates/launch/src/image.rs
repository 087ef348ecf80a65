//! What a file is, from its first bytes, so that one of another kind is told before anything starts.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::Problem;

/// Bytes of a file that are looked at: a multiboot header stands within the first 8192 (Multiboot 0.6.96, 3.1).
const HEAD_BYTES: u64 = 8192;

/// Kinds of files that are told from each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// A kernel as Linux makes it for x86: `HdrS` at byte 0x202 (Documentation/arch/x86/boot.rst).
    LinuxKernel,
    /// An ELF file.
    Elf,
    /// A file with a multiboot header.
    Multiboot,
    /// A cpio archive (`newc`, Documentation/driver-api/early-userspace/buffer-format.rst).
    Cpio,
    /// A tar archive.
    Tar,
    /// Something compressed, with gzip, bzip2, xz, lzma, lz4, lzop or zstd.
    Compressed,
    /// A disk image of QEMU.
    Qcow2,
    /// Text.
    Text,
    /// Nothing.
    Empty,
    /// A folder.
    Folder,
}

/// What an initramfs may be.
pub(crate) const INITRAMFS: &[Form] = &[Form::Cpio, Form::Compressed];
/// What QEMU boots with `-kernel`.
pub(crate) const KERNEL: &[Form] = &[Form::LinuxKernel, Form::Elf, Form::Multiboot];
/// What unikernels are.
pub(crate) const UNIKERNEL: &[Form] = &[Form::Elf, Form::Multiboot];
/// What images of containers are; Podman takes folders too.
pub(crate) const ARCHIVE: &[Form] = &[Form::Tar, Form::Compressed, Form::Folder];

const COMPRESSED: [&[u8]; 8] = [
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\0",
    b"\x5d\0\0",
    b"\x02\x21\x4c\x18",
    b"\x04\x22\x4d\x18",
    b"\x89LZO",
    b"\x28\xb5\x2f\xfd",
];

impl Form {
    /// The kind that begins like this, where it is known.
    fn of(head: &[u8]) -> Option<Self> {
        let has = |at: usize, bytes: &[u8]| head.get(at..at + bytes.len()) == Some(bytes);
        let is_text = |byte: &u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
        Some(match head {
            [] => Self::Empty,
            _ if has(0x202, b"HdrS") => Self::LinuxKernel,
            _ if has(0, b"\x7fELF") => Self::Elf,
            _ if has(0, b"070701") || has(0, b"070702") => Self::Cpio,
            _ if has(257, b"ustar") => Self::Tar,
            _ if has(0, b"QFI\xfb") => Self::Qcow2,
            _ if COMPRESSED.iter().any(|magic| has(0, magic)) => Self::Compressed,
            _ if head.chunks_exact(4).any(|word| word == 0x1bad_b002_u32.to_le_bytes()) => Self::Multiboot,
            _ if head.iter().all(is_text) => Self::Text,
            _ => return None,
        })
    }

    const fn words(self) -> &'static str {
        match self {
            Self::LinuxKernel => "a Linux kernel",
            Self::Elf => "an ELF program",
            Self::Multiboot => "a multiboot kernel",
            Self::Cpio => "a cpio archive",
            Self::Tar => "a tar archive",
            Self::Compressed => "compressed",
            Self::Qcow2 => "a qcow2 disk",
            Self::Text => "text",
            Self::Empty => "empty",
            Self::Folder => "a folder",
        }
    }
}

/// What is wrong with a file that is to be one of these kinds; if none are named it may be any, but no folder and not
/// empty.
pub(crate) fn problem(key: &str, path: &Path, wanted: &[Form]) -> Option<Problem> {
    let say = |what: String| Some(Problem::at(key, format!("{}: {what}", path.display())));
    let found = match look(path) {
        Ok(found) => found,
        Err(error) => return say(error.to_string()),
    };
    let is_right = match found {
        Some(found @ (Form::Empty | Form::Folder)) => wanted.contains(&found),
        Some(found) => wanted.is_empty() || wanted.contains(&found),
        None => wanted.is_empty(),
    };
    if is_right {
        return None;
    }
    let is = found.map_or("of an unknown kind", Form::words);
    let wanted: Vec<&str> = wanted.iter().map(|form| form.words()).collect();
    say(if wanted.is_empty() {
        format!("is {is}")
    } else {
        format!("is {is}, and not {}", wanted.join(" or "))
    })
}

/// What stands at a path; `None` where that is not known.
fn look(path: &Path) -> std::io::Result<Option<Form>> {
    if path.is_dir() {
        return Ok(Some(Form::Folder));
    }
    let mut head = Vec::new();
    File::open(path)?.take(HEAD_BYTES).read_to_end(&mut head)?;
    Ok(Form::of(&head))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with these bytes at this place, and others before them.
    fn file(at: usize, bytes: &[u8]) -> Vec<u8> {
        let mut file = vec![0xe9; at];
        file.extend_from_slice(bytes);
        file
    }

    #[test]
    fn files_are_known_by_their_first_bytes() {
        let known = [
            (file(0x202, b"HdrS"), Form::LinuxKernel),
            (file(0, b"\x7fELF\x02"), Form::Elf),
            (file(64, &[0x02, 0xb0, 0xad, 0x1b]), Form::Multiboot),
            (file(0, b"070701000"), Form::Cpio),
            (file(257, b"ustar\0"), Form::Tar),
            (file(0, b"\x1f\x8b\x08"), Form::Compressed),
            (file(0, b"QFI\xfb\0"), Form::Qcow2),
            (file(0, b"#!/bin/sh\n"), Form::Text),
            (Vec::new(), Form::Empty),
        ];
        for (head, form) in known {
            assert_eq!(Form::of(&head), Some(form));
        }
        assert_eq!(Form::of(&file(99, b"")), None);
    }

    #[test]
    fn a_file_of_another_kind_is_a_problem_and_says_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("image");
        let said = |bytes: &[u8], wanted: &[Form]| {
            std::fs::write(&path, bytes).unwrap();
            let shown = path.display().to_string();
            problem("kernel", &path, wanted).map(|problem| problem.to_string().replace(&shown, "IMAGE"))
        };
        let not_a_kernel = "not a Linux kernel or an ELF program or a multiboot kernel";
        let expected = Some(format!("kernel: IMAGE: is text, and {not_a_kernel}"));
        assert_eq!(said(b"hello\n", KERNEL), expected);
        let expected = Some(format!("kernel: IMAGE: is of an unknown kind, and {not_a_kernel}"));
        assert_eq!(said(&[0xe9; 40], KERNEL), expected);
        assert_eq!(said(b"", &[]).as_deref(), Some("kernel: IMAGE: is empty"));
        assert_eq!((said(b"\x7fELF", KERNEL), said(b"anything", &[])), (None, None));
        let of_folder = problem("disk", folder.path(), &[]).map(|problem| problem.message);
        assert_eq!(of_folder, Some(format!("{}: is a folder", folder.path().display())));
    }
}
