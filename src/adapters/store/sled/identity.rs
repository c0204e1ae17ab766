//! Whose data is this, and how far did it come? A small file beside the data, so that lost data is noticed.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

/// What the file beside the data says. The data says the same about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub id: String,
    /// A version the data had durably reached: finding less means that some of it is missing.
    pub version: u64,
}

pub const FILE: &str = "store-id";

impl Identity {
    pub fn new_id() -> io::Result<String> {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).map_err(io::Error::other)?;
        Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// `None` when there never was one.
    pub fn read(dir: &Path) -> io::Result<Option<Self>> {
        let text = match fs::read_to_string(dir.join(FILE)) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let parsed = text.split_once(' ').and_then(|(id, version)| {
            let version = version.trim().parse().ok()?;
            Some(Self { id: id.to_owned(), version })
        });
        parsed.map(Some).ok_or_else(|| io::Error::new(ErrorKind::InvalidData, "it is not `ID VERSION`"))
    }

    /// Whole or not at all, durable when it returns.
    pub fn write(&self, dir: &Path) -> io::Result<()> {
        let unfinished = dir.join("store-id.new");
        let mut file = File::create(&unfinished)?;
        writeln!(file, "{} {}", self.id, self.version)?;
        file.sync_all()?;
        fs::rename(&unfinished, dir.join(FILE))?;
        sync_dir(dir)
    }
}

/// Makes the names in a directory durable.
pub fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}
