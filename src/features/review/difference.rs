//! What is different since the review before? Points that are new, gone, or worse; incidents that are new; the grade.

use crate::domain::review::{Finding, Review, Similar};

#[derive(Debug, Default)]
pub struct Difference<'a> {
    pub new: Vec<&'a Finding>,
    /// The same point, seen otherwise now.
    pub changed: Vec<&'a Finding>,
    pub gone: Vec<&'a Finding>,
    pub similar: Vec<&'a Similar>,
}

impl Difference<'_> {
    pub fn is_none(&self) -> bool {
        self.new.is_empty() && self.changed.is_empty() && self.gone.is_empty() && self.similar.is_empty()
    }
}

pub fn between<'a>(before: &'a Review, now: &'a Review) -> Difference<'a> {
    let find = |review: &'a Review, key: &str| review.findings.iter().find(|finding| finding.key() == key);
    let mut difference = Difference::default();
    for finding in &now.findings {
        match find(before, &finding.key()) {
            None => difference.new.push(finding),
            Some(old) if old.grade != finding.grade || old.what != finding.what => difference.changed.push(finding),
            Some(_) => {}
        }
    }
    difference.gone = before.findings.iter().filter(|finding| find(now, &finding.key()).is_none()).collect();
    let known = |similar: &&Similar| before.similar.iter().any(|old| old.incident == similar.incident);
    difference.similar = now.similar.iter().filter(|similar| !known(similar)).collect();
    difference
}
