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

/// What befell several questions alike is said once: `… could not be reached; rules wrote `basics` and `body``.
pub fn told_once(remarks: &[String]) -> Vec<String> {
    const WROTE: &str = "; rules wrote `";
    let mut heads: Vec<(&str, Vec<&str>)> = Vec::new();
    for remark in remarks {
        let (head, name) = match remark.split_once(WROTE) {
            Some((head, rest)) if rest.ends_with('`') => (head, Some(&rest[..rest.len() - 1])),
            _ => (remark.as_str(), None),
        };
        match heads.iter_mut().find(|(known, names)| *known == head && !names.is_empty()) {
            Some((_, names)) if name.is_some() => names.extend(name),
            _ => heads.push((head, name.into_iter().collect())),
        }
    }
    let told = heads.into_iter().map(|(head, names)| match names.as_slice() {
        [] => head.to_owned(),
        names => {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            format!("{head}; rules wrote {}", list(&names))
        }
    });
    told.collect()
}

/// A remark as a whole sentence, wherever it came from.
pub fn whole(remark: &str) -> String {
    let remark = remark.trim();
    let mut letters = remark.chars();
    let Some(first) = letters.next() else { return String::new() };
    let end = if remark.ends_with(['.', '!', '?', '…']) { "" } else { "." };
    format!("{}{}{end}", first.to_uppercase(), letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_fault_of_several_questions_is_one_sentence() {
        let told = |question: &str| format!("model `m` could not be reached; rules wrote `{question}`");
        let remarks = [told("basics"), "`Title` is too long".to_owned(), told("body"), told("checklist")];
        assert_eq!(
            told_once(&remarks),
            ["model `m` could not be reached; rules wrote `basics`, `body` and `checklist`", "`Title` is too long"]
        );
    }
}
