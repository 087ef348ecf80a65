//! Packs a study with its description for an archive, and reads it back.
