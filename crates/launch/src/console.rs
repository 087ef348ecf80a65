//! What a system printed.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// Bytes of the end that are looked at.
const TAIL_BYTES: u64 = 16 << 10;
/// Lines that are shown: a panic of Linux takes fifteen.
const LINES: usize = 20;

/// The last lines of a console, without the control sequences that firmware sends; empty if there are none.
pub(crate) fn last_lines(path: &Path) -> String {
    let Ok(bytes) = read_tail(path) else { return String::new() };
    let text = plain(&String::from_utf8_lossy(&bytes));
    let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}

/// The last lines of what a program printed and of the console that its guest has, where that is another file: QEMU says
/// on its own output why it does not start.
pub(crate) fn last_words(printed: &Path, console: &Path) -> String {
    let said = last_lines(printed);
    if printed == console {
        return said;
    }
    let all = [said, last_lines(console)];
    all.into_iter().filter(|lines| !lines.is_empty()).collect::<Vec<_>>().join("\n")
}

fn read_tail(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))?;
    let mut bytes = Vec::new();
    file.take(TAIL_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Without escape sequences (ECMA-48, CSI) and control characters other than the end of a line.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\x1b' => {
                if letters.next() == Some('[') {
                    letters.by_ref().find(|letter| ('@'..='~').contains(letter));
                }
            }
            '\n' | '\t' => plain.push(letter),
            _ if letter.is_control() => {}
            _ => plain.push(letter),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_sequences_are_left_out() {
        assert_eq!(plain("\x1b[2J\x1b[1;1HSeaBIOS\r\n\x07ok\n"), "SeaBIOS\nok\n");
    }

    #[test]
    fn the_last_lines_of_a_long_console_are_shown() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let lines: Vec<String> = (0..10_000).map(|number| format!("line {number}")).collect();
        std::fs::write(file.path(), lines.join("\r\n")).unwrap();
        assert_eq!(last_lines(file.path()), lines[lines.len() - LINES..].join("\n"));
        assert_eq!(last_lines(Path::new("/nonexistent")), "");
    }

    #[test]
    fn what_a_program_printed_stands_before_its_guests_console() {
        let folder = tempfile::tempdir().unwrap();
        let (printed, serial) = (folder.path().join("a"), folder.path().join("b"));
        std::fs::write(&printed, "qemu: no disk\n").unwrap();
        assert_eq!(last_words(&printed, &serial), "qemu: no disk");
        std::fs::write(&serial, "SeaBIOS\n").unwrap();
        assert_eq!(last_words(&printed, &serial), "qemu: no disk\nSeaBIOS");
        assert_eq!(last_words(&serial, &serial), "SeaBIOS");
    }
}
