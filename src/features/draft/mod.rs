//! Drafting a note: the steps, in order.

pub mod adopt;
pub mod assemble;
pub mod by_words;
mod card;
pub mod check;
pub mod collect;
pub mod command;
pub mod compress;
pub mod consolidate;
pub mod digest;
pub mod edit;
pub mod examples;
pub mod export;
pub mod face;
pub mod follow;
pub mod form;
pub mod generate;
pub mod habits;
pub mod job;
pub mod markdown;
pub mod modules;
pub mod owners;
pub mod revise;
pub mod rules;
pub mod schema;
pub mod schemas;
mod section;
pub mod show;
mod stale;
pub mod steps;
pub mod summarise;
pub mod tagged;
mod words;
pub mod work;

use crate::features::told;
pub use words::step as step_name;

use crate::domain::background::Background;
use crate::domain::change::RangeAsk;
use crate::domain::digest::{Context, Digest};
use crate::domain::fact::FactId;
use crate::domain::note::Kind;
use crate::domain::service::Service;
use chrono::{DateTime, Utc};

/// What a draft is asked for.
#[derive(Debug, Clone)]
pub struct Ask {
    pub kind: Kind,
    /// What goes out: one service with its range, or several.
    pub modules: Vec<(Service, RangeAsk)>,
    /// Work that changes no code; then there are no modules.
    pub work: Option<work::WorkAsk>,
    pub memory: habits::Memory,
    pub asked_by: Option<String>,
    /// The number the revision will have.
    pub number: u32,
}

/// Everything a draft is written from. Gathered once, then only read.
#[derive(Debug, Clone)]
pub struct Material {
    pub kind: Kind,
    pub modules: Vec<Read>,
    /// Work that changes no code; then there are no modules.
    pub work: Option<work::Worked>,
    /// What they come to together.
    pub digest: Digest,
    pub context: Context,
    /// What the team's own notes teach: tone and habits, never facts.
    pub memory: habits::Memory,
    /// Good notes for this kind of change, nearest first.
    pub examples: Vec<Example>,
    /// Who asked, as a name for the operators' field.
    pub asked_by: Option<String>,
    pub now: DateTime<Utc>,
}

/// One module of what goes out, collected and read.
#[derive(Debug, Clone)]
pub struct Read {
    pub service: Service,
    pub digest: Digest,
    pub background: Background,
}

impl Material {
    /// What goes out, in a sentence: `payments`, `web and api`.
    pub fn name(&self) -> String {
        let names: Vec<&str> = self.modules.iter().map(|module| module.service.name.as_str()).collect();
        match names.as_slice() {
            [] => self.work.as_ref().map(|worked| worked.ask.what.clone()).unwrap_or_default(),
            [only] => (*only).to_owned(),
            [before @ .., last] => format!("{} and {last}", before.join(", ")),
        }
    }

    /// Each module's digest; the module has a name in ids only where there are several.
    pub fn parts(&self) -> Vec<(Option<&str>, &Digest)> {
        match self.modules.as_slice() {
            [] | [_] => vec![(None, &self.digest)],
            several => several.iter().map(|read| (Some(read.service.name.as_str()), &read.digest)).collect(),
        }
    }

    pub fn is_several(&self) -> bool {
        self.modules.len() > 1
    }

    /// What a sentence about the whole of it cites: the range of each module.
    pub fn ranges(&self) -> Vec<FactId> {
        let of = |(module, _): (Option<&str>, _)| {
            module.map_or_else(FactId::range, |module| FactId::range().of_module(module))
        };
        self.parts().into_iter().map(of).collect()
    }
}

/// A good note from `config/examples/`, shown to the model for its style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    pub name: String,
    pub text: String,
}
