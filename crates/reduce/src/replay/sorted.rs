//! Numbers in order, however many there are, in bounded memory: what does not fit is sorted piece by piece, put into a
//! file without a name, and merged.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::Range;
use std::os::unix::fs::FileExt;

/// Numbers that are held: 8 MiB.
const HELD: usize = if cfg!(test) { 8 } else { 1 << 20 };
/// Numbers that are read ahead of each piece, of all pieces together at most as many as are held.
const AHEAD: Range<usize> = if cfg!(test) { 2..3 } else { 512..8192 };
const WIDTH: usize = size_of::<i64>();

/// Takes numbers in any order.
#[derive(Default)]
pub(super) struct Sorter {
    held: Vec<i64>,
    /// Sorted pieces, one after the other.
    file: Option<BufWriter<File>>,
    /// Where each piece ends, in bytes.
    ends: Vec<u64>,
}

impl Sorter {
    pub fn push(&mut self, number: i64) -> io::Result<()> {
        if self.held.len() >= HELD {
            self.spill()?;
        }
        self.held.push(number);
        Ok(())
    }

    fn spill(&mut self) -> io::Result<()> {
        self.held.sort_unstable();
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(BufWriter::new(tempfile::tempfile()?)),
        };
        for number in &self.held {
            file.write_all(&number.to_le_bytes())?;
        }
        let begin = self.ends.last().copied().unwrap_or(0);
        self.ends.push(begin + (self.held.len() * WIDTH) as u64);
        self.held.clear();
        Ok(())
    }

    /// All of them from the smallest on.
    pub fn sorted(mut self) -> io::Result<Sorted> {
        self.held.sort_unstable();
        let file = self.file.take().map(BufWriter::into_inner).transpose()?;
        let ahead = (HELD / self.ends.len().max(1)).clamp(AHEAD.start, AHEAD.end);
        let mut sorted = Sorted { file, ahead, pieces: Vec::new(), next: BinaryHeap::new() };
        let mut begin = 0;
        for end in self.ends {
            sorted.add(Piece { numbers: Vec::new().into_iter(), left: begin..end })?;
            begin = end;
        }
        sorted.add(Piece { numbers: self.held.into_iter(), left: begin..begin })?;
        Ok(sorted)
    }
}

/// Numbers in ascending order.
pub(super) struct Sorted {
    file: Option<File>,
    /// Numbers of one reading.
    ahead: usize,
    pieces: Vec<Piece>,
    /// The smallest number that is left of each piece, and which piece that is.
    next: BinaryHeap<Reverse<(i64, usize)>>,
}

struct Piece {
    /// Those that were read.
    numbers: std::vec::IntoIter<i64>,
    /// Where the others are in the file.
    left: Range<u64>,
}

impl Sorted {
    fn add(&mut self, piece: Piece) -> io::Result<()> {
        self.pieces.push(piece);
        self.take(self.pieces.len() - 1)
    }

    /// Takes the next number of a piece, if one is left.
    fn take(&mut self, index: usize) -> io::Result<()> {
        let Some(piece) = self.pieces.get_mut(index) else { return Ok(()) };
        if let (0, Some(file)) = (piece.numbers.len(), &self.file) {
            let length = (piece.left.end - piece.left.start).min((self.ahead * WIDTH) as u64);
            let mut bytes = vec![0; length as usize];
            file.read_exact_at(&mut bytes, piece.left.start)?;
            piece.left.start += length;
            let (numbers, _) = bytes.as_chunks::<WIDTH>();
            piece.numbers =
                numbers.iter().map(|bytes| i64::from_le_bytes(*bytes)).collect::<Vec<_>>().into_iter();
        }
        self.next.extend(piece.numbers.next().map(|number| Reverse((number, index))));
        Ok(())
    }
}

impl Iterator for Sorted {
    type Item = io::Result<i64>;

    fn next(&mut self) -> Option<Self::Item> {
        let Reverse((number, index)) = self.next.pop()?;
        Some(self.take(index).map(|()| number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_numbers_come_in_order_with_and_without_a_file() {
        for count in [0, 1, 7, 8, 9, 16, 17, 1000] {
            let numbers: Vec<i64> = (0..count).map(|place| place * 7919 % 101 - 50).collect();
            let mut sorter = Sorter::default();
            for number in &numbers {
                sorter.push(*number).unwrap();
            }
            assert!(sorter.held.len() <= HELD && sorter.held.capacity() <= 2 * HELD);
            assert_eq!(sorter.file.is_some(), count as usize > HELD, "{count}");
            let found: Vec<i64> = sorter.sorted().unwrap().map(Result::unwrap).collect();
            let mut expected = numbers;
            expected.sort_unstable();
            assert_eq!(found, expected);
        }
    }
}
