//! How does a record lie in sled? Versioned, with a checksum, in pieces when it is large.
//!
//! One tree, three kinds of keys: `r` + key is a record, `c` + version + index a piece of one, `m` + name is about the
//! store itself. A record is `format u8 · version u64 · pieces u32 · body · crc32 u32`, big-endian; with pieces the body
//! is the whole length as u64. The checksum covers the key too, so a value under a wrong key is noticed.

use std::ops::Range;

pub const FORMAT: u8 = 1;

/// Larger values are split: sled writes pages beyond a share of its segment to files it never syncs.
const PIECE: usize = 60 << 10;

const HEAD: usize = 1 + 8 + 4;
const CRC: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    pub version: u64,
    /// 0 when the value is in the record itself.
    pub pieces: u32,
}

impl Head {
    pub fn piece_keys(self) -> impl Iterator<Item = Vec<u8>> {
        (0..self.pieces).map(move |index| {
            let mut key = vec![b'c'];
            key.extend(self.version.to_be_bytes());
            key.extend(index.to_be_bytes());
            key
        })
    }
}

pub fn record_key(key: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(1 + key.len());
    bytes.push(b'r');
    bytes.extend(key.as_bytes());
    bytes
}

pub fn store_key(name: &str) -> Vec<u8> {
    format!("m{name}").into_bytes()
}

/// A key and the bytes under it, as sled takes them.
type Row = (Vec<u8>, Vec<u8>);

/// The rows that hold `value`, the record itself first.
pub fn rows(key: &str, version: u64, value: &[u8]) -> (Head, Vec<Row>) {
    if value.len() <= PIECE {
        let head = Head { version, pieces: 0 };
        return (head, vec![record(key, head, value)]);
    }
    let pieces = u32::try_from(value.len().div_ceil(PIECE)).expect("a value in memory has fewer than 2^32 pieces");
    let head = Head { version, pieces };
    let mut rows = vec![record(key, head, &(value.len() as u64).to_be_bytes())];
    rows.extend(head.piece_keys().zip(value.chunks(PIECE)).map(|(key, piece)| {
        let sealed = sealed(&key, piece.to_vec());
        (key, sealed)
    }));
    (head, rows)
}

/// The beginning of a record, its checksum not looked at: enough to know its version.
pub fn head(bytes: &[u8]) -> Option<Head> {
    if bytes.len() < HEAD + CRC || bytes[0] != FORMAT {
        return None;
    }
    let version = u64::from_be_bytes(bytes[1..9].try_into().ok()?);
    let pieces = u32::from_be_bytes(bytes[9..HEAD].try_into().ok()?);
    Some(Head { version, pieces })
}

/// A record's head and body; `None` when it is damaged.
pub fn open_record<'a>(record_key: &[u8], bytes: &'a [u8]) -> Option<(Head, &'a [u8])> {
    let content = open_sealed(record_key, bytes)?;
    Some((head(bytes)?, content.get(HEAD..)?))
}

/// The length that a record in pieces promises.
pub fn whole_length(body: &[u8]) -> Option<usize> {
    usize::try_from(u64::from_be_bytes(body.try_into().ok()?)).ok()
}

/// What lies under `key` without its checksum; `None` when it is damaged.
pub fn open_sealed<'a>(key: &[u8], bytes: &'a [u8]) -> Option<&'a [u8]> {
    let content: Range<usize> = 0..bytes.len().checked_sub(CRC)?;
    let (content, crc) = (&bytes[content.clone()], &bytes[content.end..]);
    (crc == checksum(key, content)).then_some(content)
}

pub fn sealed(key: &[u8], mut content: Vec<u8>) -> Vec<u8> {
    let crc = checksum(key, &content);
    content.extend(crc);
    content
}

fn record(key: &str, head: Head, body: &[u8]) -> Row {
    let mut content = Vec::with_capacity(HEAD + body.len() + CRC);
    content.push(FORMAT);
    content.extend(head.version.to_be_bytes());
    content.extend(head.pieces.to_be_bytes());
    content.extend(body);
    let key = record_key(key);
    let sealed = sealed(&key, content);
    (key, sealed)
}

fn checksum(key: &[u8], content: &[u8]) -> [u8; CRC] {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(key);
    hasher.update(content);
    hasher.finalize().to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_up_to_a_piece_is_one_row_and_a_larger_one_is_split() {
        assert_eq!(rows("k", 7, &vec![1; PIECE]).1.len(), 1);
        let (head, rows) = rows("k", 7, &vec![1; 2 * PIECE + 1]);
        assert_eq!((head.version, head.pieces, rows.len()), (7, 3, 4));
        let largest = rows.iter().map(|(_, bytes)| bytes.len()).max();
        assert!(largest <= Some(64 << 10), "no row may reach the size where sled leaves its log: {largest:?}");
    }

    #[test]
    fn any_flipped_bit_is_noticed_and_so_is_a_value_under_the_wrong_key() {
        let (_, rows) = rows("k", 7, b"value");
        let (key, bytes) = &rows[0];
        assert_eq!(open_record(key, bytes), Some((Head { version: 7, pieces: 0 }, b"value".as_slice())));
        for bit in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(open_record(key, &damaged), None, "bit {bit}");
        }
        assert_eq!(open_record(&record_key("l"), bytes), None);
        for length in 0..bytes.len() {
            assert_eq!(open_record(key, &bytes[..length]), None, "cut to {length}");
        }
    }
}
