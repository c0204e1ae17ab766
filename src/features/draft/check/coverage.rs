//! Is everything mentioned that a note must not be silent about?

use crate::domain::digest::{Digest, Severity};
use crate::domain::fact::FactId;
use std::collections::HashSet;

/// Something the note must say and does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    pub id: FactId,
    /// The sentence that repairs it, with its citation.
    pub sentence: String,
    /// A breaking change belongs to the changes, a risk to the impact.
    pub breaking: bool,
}

/// Every breaking change and every high risk whose id is cited nowhere.
pub fn missing(digest: &Digest, cited: &HashSet<&FactId>) -> Vec<Missing> {
    let breaking = digest.breaking.iter().filter(|breaking| !cited.contains(&breaking.id)).map(|breaking| Missing {
        id: breaking.id.clone(),
        sentence: super::super::rules::phrase::told(
            &format!("Breaking: {} (known from {})", breaking.text.trim_end_matches('.'), breaking.how),
            std::slice::from_ref(&breaking.id),
        ),
        breaking: true,
    });
    let risks = digest.risks.iter().filter(|risk| risk.severity == Severity::High && !cited.contains(&risk.id));
    let risks = risks.map(|risk| Missing {
        id: risk.id.clone(),
        sentence: super::super::rules::phrase::told(
            &format!("{}. {}", risk.title.trim_end_matches('.'), risk.meaning),
            std::slice::from_ref(&risk.id),
        ),
        breaking: false,
    });
    breaking.chain(risks).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::draft::rules::tests::material;

    #[test]
    fn a_high_risk_and_a_breaking_change_must_be_cited_by_their_own_id() {
        let digest = material().digest;
        let nothing = HashSet::new();
        let all: Vec<String> = missing(&digest, &nothing).into_iter().map(|missing| missing.id.0).collect();
        assert_eq!(all, ["brk:1", "risk:1"], "medium risks may be left to the reader");
        let cited = [FactId::breaking(1), FactId::risk(1)];
        assert!(missing(&digest, &cited.iter().collect()).is_empty());
        let sentence = &missing(&digest, &nothing)[0].sentence;
        assert!(sentence.contains("known from subject marked `!`") && sentence.ends_with("[brk:1]."), "{sentence}");
    }
}
