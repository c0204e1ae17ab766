//! Which modules of one note need each other, by the catalogue, and what of that does their change touch?

use crate::domain::digest::{Breaking, Risk, RiskKind, Severity};
use crate::domain::fact::FactId;
use crate::domain::service::Affected;
use crate::features::draft::rules::phrase::name;
use crate::features::draft::{Material, Read};

/// `user` needs `used`, directly or through others.
pub struct Bond<'a> {
    pub used: &'a Read,
    pub user: &'a Read,
    affected: &'a Affected,
}

/// All pairs, in the order of deployment.
pub fn bonds(material: &Material) -> Vec<Bond<'_>> {
    let modules = &material.modules;
    let of = |used: &'_ Read, user: &'_ Read| {
        used.background.affected.iter().position(|felt| felt.service == user.service.name)
    };
    let pairs = modules.iter().flat_map(|used| modules.iter().map(move |user| (used, user)));
    pairs
        .filter_map(|(used, user)| Some(Bond { used, user, affected: &used.background.affected[of(used, user)?] }))
        .collect()
}

impl Bond<'_> {
    /// The fact that says so.
    pub fn fact(&self) -> FactId {
        FactId::affected(&self.user.service.name).of_module(&self.used.service.name)
    }

    /// ``through `http` ``, ``through `gateway` ``, or nothing where the catalogue does not say.
    pub fn through(&self) -> String {
        let by: Vec<&str> = match self.affected.path.as_slice() {
            [step] => vec![step.through.as_str()],
            steps => steps.iter().rev().skip(1).rev().map(|step| step.service.as_str()).collect(),
        };
        let by: Vec<String> = by.into_iter().filter(|by| !by.is_empty()).map(name).collect();
        if by.is_empty() { String::new() } else { format!(" through {}", by.join(" and ")) }
    }

    /// What the change of the used one breaks for whoever uses it: what is known for certain first.
    pub fn broken(&self) -> Option<(&str, FactId)> {
        let breaking = self.used.digest.breaking.iter().map(|Breaking { id, text, .. }| (text.as_str(), id.clone()));
        let risks = self.used.digest.risks.iter().filter(|risk| breaks(risk));
        breaking.chain(risks.map(|risk| (risk.title.as_str(), risk.id.clone()))).next()
    }

    /// Is there anything in the used one's change that a caller could have been built upon?
    pub fn is_new(&self) -> bool {
        let digest = &self.used.digest;
        let offers = |risk: &Risk| {
            matches!(risk.kind, RiskKind::Api | RiskKind::Schema | RiskKind::Migration | RiskKind::Config)
        };
        digest.items.iter().any(|item| item.intent.user_visible())
            || digest.risks.iter().any(offers)
            || !digest.breaking.is_empty()
    }
}

fn breaks(risk: &Risk) -> bool {
    matches!(risk.kind, RiskKind::Api | RiskKind::Schema) && risk.severity == Severity::High
}
