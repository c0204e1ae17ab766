//! What must a reader know before the items: the range, what breaks, what is risky?

use super::clean;
use crate::domain::digest::Digest;
use std::fmt::Write;

/// Header, breaking changes and risks.
pub fn text(digest: &Digest) -> String {
    let seen = &digest.seen;
    let mut text = String::new();
    let _ = writeln!(
        text,
        "# {} {}\n{} commits, {} files (+{} -{}), {} authors. Cite #N as [pr:#N], KEY-N as [t:KEY-N], a SHA as [c:SHA], risks and breaking changes by their id.",
        clean::line(&digest.range.repo),
        clean::line(&digest.range.label()),
        seen.commits,
        seen.files_total,
        seen.added,
        seen.removed,
        digest.authors.len(),
    );
    if !digest.breaking.is_empty() {
        text.push_str("## Breaking changes\n");
        for breaking in &digest.breaking {
            let _ = writeln!(text, "{} {}", breaking.id, clean::line(&breaking.text));
        }
    }
    if !digest.risks.is_empty() {
        text.push_str("## Risks\n");
        for risk in &digest.risks {
            let _ = writeln!(text, "{} {}", risk.id, clean::line(&risk.title));
        }
    }
    text
}
