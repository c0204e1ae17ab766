//! Which module does a fact belong to? Its id says so, everywhere it stands.

use crate::domain::digest::Digest;
use crate::domain::fact::{Fact, FactId};
use crate::features::draft::Read;

/// The digest with ids that name the module, so that `#812` of two repositories are two facts.
pub fn named(mut digest: Digest, module: &str) -> Digest {
    let own = |id: &mut FactId| *id = id.of_module(module);
    let facts = |facts: &mut Vec<Fact>| facts.iter_mut().for_each(|fact| own(&mut fact.id));
    digest.items.iter_mut().for_each(|item| own(&mut item.id));
    for risk in &mut digest.risks {
        own(&mut risk.id);
        risk.facts.iter_mut().for_each(own);
    }
    for breaking in &mut digest.breaking {
        own(&mut breaking.id);
        breaking.facts.iter_mut().for_each(own);
    }
    facts(&mut digest.outside.checks);
    facts(&mut digest.outside.affected);
    facts(&mut digest.outside.live);
    digest.outside.tickets.iter_mut().for_each(|ticket| own(&mut ticket.id));
    facts(&mut digest.facts);
    digest
}

/// Modules that go out together say which of them a sentence outside any section is about.
pub fn numbered(modules: &[Read], tell: impl Fn(&Read) -> Vec<String>) -> Vec<String> {
    match modules {
        [only] => tell(only),
        several => several
            .iter()
            .flat_map(|read| tell(read).into_iter().map(|sentence| format!("`{}`: {sentence}", read.service.name)))
            .collect(),
    }
}
