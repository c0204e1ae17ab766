//! Where does one line, or one field, of a stream end? However the stream was cut into chunks.

use std::io::BufRead as _;

/// Cuts a stream at a delimiter. Holds at most the piece that the last chunk left unfinished, and of that no more than its
/// limit.
#[derive(Default)]
pub struct Pieces {
    held: Vec<u8>,
    is_given: bool,
    is_over: bool,
}

/// A piece without its delimiter.
pub struct Piece<'a> {
    pub bytes: &'a [u8],
    /// It was longer than the limit; the rest is dropped.
    pub cut: bool,
}

impl Pieces {
    /// The next whole piece, taken off the front of `chunk`; nothing once the chunk holds only the beginning of one.
    pub fn next<'s, 'c: 's>(&'s mut self, chunk: &mut &'c [u8], delimiter: u8, limit: usize) -> Option<Piece<'s>> {
        if self.is_given {
            self.held.clear();
            (self.is_given, self.is_over) = (false, false);
        }
        let end = position(chunk, delimiter);
        let here: &'c [u8] = &chunk[..end.unwrap_or(chunk.len())];
        *chunk = end.map_or(&[], |end| &chunk[end + 1..]);
        if end.is_some() && self.held.is_empty() {
            return Some(Piece { bytes: &here[..here.len().min(limit)], cut: here.len() > limit });
        }
        let room = limit.saturating_sub(self.held.len()).min(here.len());
        self.held.extend_from_slice(&here[..room]);
        self.is_over |= room < here.len();
        self.is_given = end.is_some();
        end.map(|_| Piece { bytes: &self.held, cut: self.is_over })
    }
}

/// Where the byte first stands. The standard library looks for it many bytes at a time, but only for readers.
fn position(mut chunk: &[u8], byte: u8) -> Option<usize> {
    let whole = chunk;
    let passed = chunk.skip_until(byte).unwrap_or_default();
    passed.checked_sub(1).filter(|last| whole[*last] == byte)
}

#[cfg(test)]
mod tests {
    use super::Pieces;
    use proptest::prelude::*;

    fn cut(stream: &[u8], size: usize, limit: usize) -> Vec<(Vec<u8>, bool)> {
        let mut pieces = Pieces::default();
        let mut all = Vec::new();
        for mut chunk in stream.chunks(size) {
            while let Some(piece) = pieces.next(&mut chunk, b'\n', limit) {
                all.push((piece.bytes.to_vec(), piece.cut));
            }
        }
        all
    }

    #[test]
    fn pieces_longer_than_the_limit_keep_their_beginning() {
        let whole = |text: &str| (text.as_bytes().to_vec(), false);
        let cut_off = |text: &str| (text.as_bytes().to_vec(), true);
        for size in 1..20 {
            let pieces = cut(b"one\n\nlonger\nlast\nunfinished", size, 4);
            assert_eq!(pieces, [whole("one"), whole(""), cut_off("long"), whole("last")], "chunks of {size}");
        }
    }

    proptest! {
        #[test]
        fn chunks_leave_no_trace(stream in "[ab\n]{0,200}", size in 1usize..50) {
            let mut expected: Vec<_> = stream.split('\n').map(|line| (line.as_bytes().to_vec(), false)).collect();
            expected.pop();
            prop_assert_eq!(cut(stream.as_bytes(), size, 1000), expected);
        }
    }
}
