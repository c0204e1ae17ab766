//! What do all sections ask of the material: the risks of a kind, the heaviest items, how the versions are called?

use super::phrase::{name, thousands};
use crate::domain::digest::{Breaking, Digest, Intent, Item, Risk, RiskKind, Severity};
use crate::domain::fact::FactId;
use crate::domain::note::Kind;
use crate::features::draft::{Material, Read};

/// The material as the rules read it.
pub struct Story<'a> {
    pub material: &'a Material,
    pub digest: &'a Digest,
    /// The one module it is about; `None` for all of it.
    own: Option<&'a Read>,
}

/// How the code goes back, decided from the facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WayBack<'a> {
    /// Something was destroyed that the old version needs.
    None(&'a Risk),
    /// Migrations that can be undone.
    Migrations(&'a Risk),
    /// Migrations that only add: the old version runs on the new schema.
    Additions(&'a Risk),
    Infrastructure(&'a Risk),
    /// Callers would break or leak: let few see it first.
    Careful(&'a Risk),
    Breaking,
    /// A package that others install: nothing runs here.
    Published,
    /// Nothing but configuration.
    Configuration,
    Plain,
}

impl<'a> Story<'a> {
    pub fn of(material: &'a Material) -> Self {
        Self { material, digest: &material.digest, own: None }
    }

    /// One of several modules.
    pub fn of_module(material: &'a Material, module: &'a Read) -> Self {
        Self { material, digest: &module.digest, own: Some(module) }
    }

    /// What goes out, as people call it: `payments`, `web and api`.
    pub fn name(&self) -> String {
        self.own.map_or_else(|| self.material.name(), |module| module.service.name.clone())
    }

    pub fn service(&self) -> String {
        name(&self.name())
    }

    /// All of several modules at once?
    pub fn is_several(&self) -> bool {
        self.own.is_none() && self.material.is_several()
    }

    pub fn from(&self) -> &'a str {
        &self.digest.range.from.name
    }

    pub fn to(&self) -> &'a str {
        &self.digest.range.to.name
    }

    pub fn is_work(&self) -> bool {
        self.material.kind == Kind::Work
    }

    /// Is there nothing before `from` (the very beginning of the repository)?
    pub fn is_first(&self) -> bool {
        const EMPTY_TREE: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
        let from = &self.digest.range.from;
        from.sha == EMPTY_TREE || from.name.is_empty()
    }

    pub fn range(&self) -> Vec<FactId> {
        match self.own {
            Some(module) => vec![FactId::range().of_module(&module.service.name)],
            None => self.material.ranges(),
        }
    }

    /// A fact's id as it stands here.
    pub fn fact(&self, id: FactId) -> FactId {
        self.own.map_or(id.clone(), |module| id.of_module(&module.service.name))
    }

    pub fn of_kind(&self, kind: RiskKind) -> impl Iterator<Item = &'a Risk> + use<'a> {
        self.digest.risks.iter().filter(move |risk| risk.kind == kind)
    }

    /// Risks worth telling, most severe first, in the order of telling.
    pub fn told_risks(&self) -> Vec<&'a Risk> {
        let mut risks: Vec<&Risk> = self.digest.risks.iter().filter(|risk| risk.severity > Severity::Low).collect();
        risks.sort_by_key(|risk| (std::cmp::Reverse(risk.severity), risk.kind));
        risks
    }

    pub fn visible(&self) -> Vec<&'a Item> {
        self.digest.items.iter().filter(|item| item.intent.user_visible()).collect()
    }

    /// Items worth naming one by one: not the bumps, tests and chores.
    pub fn substantial(&self) -> Vec<&'a Item> {
        self.digest.items.iter().filter(|item| !folded(item.intent)).collect()
    }

    /// Does nothing that runs change?
    pub fn is_quiet(&self) -> bool {
        !self.is_blind()
            && self.digest.risks.iter().all(|risk| risk.severity == Severity::Low)
            && self.digest.items.iter().all(|item| matches!(item.intent, Intent::Documentation | Intent::Tests))
    }

    /// Is it a program or library that others install, instead of a service?
    pub fn is_published(&self) -> bool {
        !self.is_work() && super::published::is_published(self.digest)
    }

    /// So little that every extra sentence would be too many.
    pub fn is_tiny(&self) -> bool {
        self.digest.items.len() <= 3 && self.told_risks().is_empty() && self.digest.breaking.is_empty()
    }

    /// Could nothing of the diff be read, beyond names?
    pub fn is_blind(&self) -> bool {
        self.digest.seen.files_total > 0 && self.digest.seen.files_read == 0
    }

    /// `in the diff`, or how much of it was read where that is not nearly all.
    pub fn where_looked(&self) -> String {
        let seen = &self.digest.seen;
        let noise: usize = self.digest.noise.iter().map(|noise| noise.paths.len()).sum();
        if seen.files_read + noise >= seen.files_total {
            return "in the diff".to_owned();
        }
        format!("in the {} of {} files that were read", thousands(seen.files_read), thousands(seen.files_total))
    }

    /// Breaking changes that are marked as such, not only spoken of in a message.
    pub fn marked(&self) -> Vec<&'a Breaking> {
        self.announced().into_iter().filter(|breaking| !breaking.how.starts_with("body")).collect()
    }

    /// Breaking changes their authors announced.
    pub fn announced(&self) -> Vec<&'a Breaking> {
        self.digest.breaking.iter().filter(|breaking| !found_in_code(breaking)).collect()
    }

    /// Removals that code found and nobody announced: they may be internal after all.
    pub fn removed(&self) -> Vec<&'a Breaking> {
        self.digest.breaking.iter().filter(|breaking| found_in_code(breaking)).collect()
    }

    pub fn irreversible(&self) -> Option<&'a Risk> {
        self.lasting().first().copied()
    }

    /// Everything that cannot be undone.
    pub fn lasting(&self) -> Vec<&'a Risk> {
        self.digest
            .risks
            .iter()
            .filter(|risk| matches!(risk.kind, RiskKind::Migration | RiskKind::Schema) && risk.severity > Severity::Low)
            .filter(|risk| risk.reversible == Some(false))
            .collect()
    }

    pub fn way_back(&self) -> WayBack<'a> {
        if let Some(risk) = self.irreversible() {
            return WayBack::None(risk);
        }
        if let Some(risk) = self.of_kind(RiskKind::Migration).find(|risk| risk.severity > Severity::Low) {
            return WayBack::Migrations(risk);
        }
        if self.is_published() {
            return WayBack::Published;
        }
        let told = self.told_risks();
        if let Some(risk) = told.iter().find(|risk| risk.kind == RiskKind::Infrastructure) {
            return WayBack::Infrastructure(risk);
        }
        let hurts = |risk: &&&Risk| {
            risk.severity == Severity::High && !matches!(risk.kind, RiskKind::Secret | RiskKind::Tests | RiskKind::Size)
        };
        if let Some(risk) = told.iter().find(hurts) {
            return WayBack::Careful(risk);
        }
        if !self.digest.breaking.is_empty() {
            return WayBack::Breaking;
        }
        if let Some(risk) = self.of_kind(RiskKind::Migration).next() {
            return WayBack::Additions(risk);
        }
        if self.only_configuration() { WayBack::Configuration } else { WayBack::Plain }
    }

    fn only_configuration(&self) -> bool {
        const ENDINGS: [&str; 11] =
            [".yaml", ".yml", ".toml", ".json", ".ini", ".env", ".conf", ".properties", ".cfg", ".tfvars", ".md"];
        let mut files = self.digest.areas.iter().flat_map(|area| &area.files).peekable();
        files.peek().is_some()
            && self.of_kind(RiskKind::Config).next().is_some()
            && files.all(|file| ENDINGS.iter().any(|ending| file.ends_with(ending)))
    }
}

/// Kinds of items that are counted in one line instead of told one by one.
pub fn folded(intent: Intent) -> bool {
    matches!(
        intent,
        Intent::Refactor | Intent::Documentation | Intent::Tests | Intent::Build | Intent::Dependency | Intent::Chore
    )
}

/// Known from the diff (``public `fn parse` removed``), not from the author's words.
fn found_in_code(breaking: &Breaking) -> bool {
    breaking.how.starts_with("public ")
}

/// What an item may be cited by.
pub fn ids(item: &Item) -> Vec<FactId> {
    vec![item.id.clone()]
}

/// Title and meaning of a risk.
pub fn told(risk: &Risk) -> String {
    format!("{}. {}", risk.title.trim_end_matches('.'), risk.meaning)
}
