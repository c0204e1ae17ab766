//! What of a Backstage entity do we read?

use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

#[derive(Debug, Deserialize)]
pub struct Entity {
    pub kind: String,
    pub metadata: Metadata,
    #[serde(default)]
    pub spec: Spec,
    /// The file it was read from.
    #[serde(skip)]
    pub file: PathBuf,
}

#[derive(Debug, Deserialize)]
pub struct Metadata {
    pub name: String,
    pub title: Option<String>,
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
    #[serde(default)]
    pub links: Vec<Link>,
}

#[derive(Debug, Deserialize)]
pub struct Link {
    pub url: String,
    #[serde(default)]
    pub title: String,
    #[serde(default, rename = "type")]
    pub sort: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Spec {
    pub owner: Option<String>,
    pub system: Option<String>,
    pub depends_on: Vec<String>,
    pub dependency_of: Vec<String>,
    pub consumes_apis: Vec<String>,
    pub provides_apis: Vec<String>,
    pub profile: Profile,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Profile {
    pub display_name: Option<String>,
}

impl Entity {
    pub fn is(&self, kind: &str) -> bool {
        self.kind.eq_ignore_ascii_case(kind)
    }

    pub fn name(&self) -> &str {
        &self.metadata.name
    }

    pub fn title(&self) -> String {
        let named = self.spec.profile.display_name.as_ref().or(self.metadata.title.as_ref());
        named.cloned().unwrap_or_else(|| self.metadata.name.clone())
    }

    pub fn annotation(&self, name: &str) -> Option<&str> {
        self.metadata.annotations.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }
}

/// `component:default/pay`, where kind and namespace may be left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    pub kind: String,
    pub name: String,
}

impl Reference {
    /// `kind` is what is meant where the text does not say.
    pub fn read(text: &str, kind: &str) -> Self {
        let (kind, rest) = text.split_once(':').unwrap_or((kind, text));
        let name = rest.split_once('/').map_or(rest, |(_, name)| name);
        Self { kind: kind.to_lowercase(), name: name.to_owned() }
    }
}
