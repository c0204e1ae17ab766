//! What should a reader know about how the note came to be?

use crate::domain::digest::{NoiseKind, Seen};
use crate::domain::note::{Section, Writer};
use crate::features::draft::Material;
use crate::features::draft::rules;
use crate::features::draft::rules::phrase::{counted, list, thousands};

/// `62 of 71 files read, 9 by name only.`
pub fn seen(seen: &Seen) -> String {
    let by_name = match seen.files_by_name {
        0 => String::new(),
        n => format!(", {} by name only", thousands(n)),
    };
    let files = counted(seen.files_total, "file", "files");
    format!("{} of {files} read{by_name}.", thousands(seen.files_read))
}

/// `Not read as noise: 2 lock files and 1 generated file.`
pub fn noise(material: &Material) -> Option<String> {
    let parts: Vec<String> = material
        .digest
        .noise
        .iter()
        .filter(|noise| !noise.paths.is_empty())
        .map(|noise| {
            let (one, many) = match noise.kind {
                NoiseKind::LockFile => ("lock file", "lock files"),
                NoiseKind::Generated => ("generated file", "generated files"),
                NoiseKind::Vendored => ("vendored file", "vendored files"),
                NoiseKind::Minified => ("minified file", "minified files"),
                NoiseKind::Whitespace => {
                    ("file with nothing but whitespace changed", "files with nothing but whitespace changed")
                }
                NoiseKind::Moved => ("moved file", "moved files"),
                NoiseKind::Binary => ("binary", "binaries"),
                NoiseKind::Snapshot => ("snapshot", "snapshots"),
                NoiseKind::Changelog => ("changelog", "changelogs"),
            };
            counted(noise.paths.len(), one, many)
        })
        .collect();
    (!parts.is_empty()).then(|| format!("Known by name only, as noise: {}.", list(&parts)))
}

pub fn who(writer: &Writer, sections: &[Section]) -> String {
    match writer {
        Writer::Model(name) => {
            let theirs = sections.iter().filter(|section| matches!(section.writer, Writer::Model(_))).count();
            let all = sections.iter().filter(|section| !rules::decided_by_code(&section.key)).count();
            format!(
                "`{name}` worded {theirs} of {}; code chose the facts and checked every sentence.",
                counted(all, "section", "sections")
            )
        }
        _ => "Rules wrote this note; no model worded it.".to_owned(),
    }
}

/// A remark as a whole sentence, wherever it came from.
pub fn whole(remark: &str) -> String {
    let remark = remark.trim();
    let mut letters = remark.chars();
    let Some(first) = letters.next() else { return String::new() };
    let end = if remark.ends_with(['.', '!', '?', '…']) { "" } else { "." };
    format!("{}{}{end}", first.to_uppercase(), letters.as_str())
}
