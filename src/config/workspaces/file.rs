//! What may stand in a workspace's file?

use crate::domain::language::Language;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use std::fmt;
use std::path::PathBuf;
use toml::Spanned;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorkspaceFile {
    pub name: String,
    pub channel: Option<String>,
    pub time_zone: Option<String>,
    pub language: Option<Language>,
    pub join_within: Option<String>,
    pub tell_owners: Option<bool>,
    /// What its services have where they say nothing themselves.
    pub owners: Vec<String>,
    pub operators: Vec<String>,
    pub tickets: Vec<String>,
    /// Files of a Backstage catalogue whose services are this workspace's as well.
    pub backstage: Vec<String>,
    pub services: Vec<ServiceEntry>,
}

/// A service as it was written down, here or in another catalogue; what was not said is `None`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceEntry {
    pub name: Spanned<String>,
    pub repository: Option<PathBuf>,
    pub github: Option<String>,
    pub paths: Option<Vec<String>>,
    pub tags: Option<String>,
    pub owners: Option<Vec<String>>,
    pub operators: Option<Vec<String>>,
    pub channel: Option<String>,
    pub tickets: Option<Vec<String>>,
    pub dashboards: Option<Vec<String>>,
    pub delivery: Option<String>,
    pub depends_on: Option<Vec<Need>>,
}

impl ServiceEntry {
    pub fn named(name: &str) -> Self {
        Self {
            name: Spanned::new(0..0, name.to_owned()),
            repository: None,
            github: None,
            paths: None,
            tags: None,
            owners: None,
            operators: None,
            channel: None,
            tickets: None,
            dashboards: None,
            delivery: None,
            depends_on: None,
        }
    }

    pub fn name(&self) -> &str {
        self.name.get_ref()
    }

    /// What this entry says, and what `other` says where this one is silent.
    pub fn over(self, other: Self) -> Self {
        Self {
            name: self.name,
            repository: self.repository.or(other.repository),
            github: self.github.or(other.github),
            paths: self.paths.or(other.paths),
            tags: self.tags.or(other.tags),
            owners: self.owners.or(other.owners),
            operators: self.operators.or(other.operators),
            channel: self.channel.or(other.channel),
            tickets: self.tickets.or(other.tickets),
            dashboards: self.dashboards.or(other.dashboards),
            delivery: self.delivery.or(other.delivery),
            depends_on: self.depends_on.or(other.depends_on),
        }
    }
}

/// `"payments"`, or `{ service = "ledger", through = "queue" }`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    pub service: String,
    pub through: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NeedTable {
    service: String,
    #[serde(default)]
    through: String,
}

impl<'de> Deserialize<'de> for Need {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NeedVisitor)
    }
}

struct NeedVisitor;

impl<'de> Visitor<'de> for NeedVisitor {
    type Value = Need;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a service's name, or `{ service = \"ledger\", through = \"queue\" }`")
    }

    fn visit_str<E: Error>(self, service: &str) -> Result<Need, E> {
        Ok(Need { service: service.to_owned(), through: String::new() })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Need, A::Error> {
        let NeedTable { service, through } = NeedTable::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Need { service, through })
    }
}
