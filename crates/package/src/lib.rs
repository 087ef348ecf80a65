//! Packs a study with its description for an archive, and reads it back.
//!
//! A package is the study as it is under `data/`, the tables that were made of it, a notebook that proves them, and
//! papers for people (README, licence, citation) and machines (`RO-Crate`, `Data Package`, `Croissant`), with a digest of
//! every file. The same study gives the same bytes: names are sorted, and stamps, owners and modes are always the same.
//! This crate computes no number; what it is given as tables it packs.
//!
//! What comes from elsewhere is not trusted: [`unpack`] refuses names that lead out of the folder, links, names that
//! stand twice and contents that grow without bounds, before anything is written.
//!
//! ```
//! use vana_package::{Container, PackedFile, unpack, write};
//!
//! let folder = tempfile::tempdir()?;
//! let zip = folder.path().join("a.zip");
//! write(&[PackedFile::text("a/b.txt", "hello".to_owned())], &zip, Container::Zip, false, &|_| {})?;
//! let unpacked = unpack(&zip)?;
//! assert_eq!(std::fs::read_to_string(unpacked.path().join("a/b.txt"))?, "hello");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod column;
mod contents;
mod description;
mod error;
mod file;
mod name;
mod open;
mod sums;
mod tar_zst;
mod thin;
mod write;
mod zip_file;

pub use contents::{Contents, Traces, contents, study_place};
pub use description::{DESCRIBERS, Describer, Description, UnknownDescriber, describer};
pub use error::{PackError, UnpackError};
pub use file::{Content, PackedFile};
pub use open::{Location, MARKER, locate, locate_to_compare, oddity, unpack};
pub use sums::{Difference, broken_sums, compare_sums, special_file};
pub use write::{Container, write};
