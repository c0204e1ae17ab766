//! What a team releases: the catalogue of workspaces and their services, and who feels a change of one of them.

use crate::domain::language::Language;
use crate::domain::message::Place;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::time::Duration;

/// The unit a team works in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workspace {
    pub name: String,
    pub services: Vec<Service>,
    /// Where notes are posted that no person asked for: those drafted by a tag.
    pub channel: Option<Place>,
    /// In which times without a zone are meant.
    pub time_zone: Tz,
    /// In which questions are answered; `None`: in the language of the question.
    pub language: Option<Language>,
    /// Tags of several services that come within this time are one release.
    pub join_within: Duration,
    /// Are the owners of services that may feel a change of its own told?
    pub tell_owners: bool,
}

impl Workspace {
    /// A workspace with nothing but its services.
    pub fn plain(name: &str, services: Vec<Service>) -> Self {
        Self {
            name: name.to_owned(),
            services,
            channel: None,
            time_zone: Tz::UTC,
            language: None,
            join_within: Duration::from_secs(30 * 60),
            tell_owners: true,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    pub name: String,
    pub source: Source,
    /// People who operate it, as the note names them.
    pub operators: Vec<String>,
    /// Who answers for it: teams or people.
    pub owners: Vec<String>,
    /// Where its owners are told of changes they may feel.
    pub channel: Option<Place>,
    /// Keys of its ticket projects (`PAY`); empty: any key that looks like one counts.
    pub tickets: Vec<String>,
    /// Links to its dashboards.
    pub dashboards: Vec<String>,
    /// How the team's CD tool calls it: `argo-cd:payments`.
    pub delivery: Option<String>,
    pub depends_on: Vec<Dependency>,
}

impl Service {
    /// A service with nothing but a clone on this machine.
    pub fn plain(name: &str, repository: PathBuf) -> Self {
        Self {
            name: name.to_owned(),
            source: Source::at(repository),
            operators: Vec::new(),
            owners: Vec::new(),
            channel: None,
            tickets: Vec::new(),
            dashboards: Vec::new(),
            delivery: None,
            depends_on: Vec::new(),
        }
    }
}

/// What a service needs of another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependency {
    pub service: String,
    /// Through what: `api`, `queue`, `database`; empty when nobody said.
    pub through: String,
}

/// Where a service's code is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// A working copy or bare repository on this machine; with `mirrored`, where we keep our own copy of `remote`.
    pub path: PathBuf,
    pub mirrored: bool,
    pub remote: Option<Remote>,
    /// Folders of a monorepo that are this service's (`services/pay`); empty: the whole repository.
    pub paths: Vec<String>,
    /// Which tags are its releases, with one `*`: `web@v*`; `None`: every tag.
    pub tags: Option<String>,
}

impl Source {
    pub fn at(path: PathBuf) -> Self {
        Self { path, mirrored: false, remote: None, paths: Vec::new(), tags: None }
    }

    /// The repository as notices name it: as its host calls it, or by its path where it is on none.
    pub fn repository(&self) -> Remote {
        self.remote.clone().unwrap_or_else(|| Remote { host: "here".to_owned(), name: self.path.display().to_string() })
    }

    /// What a tag calls the release, without what only names the service: `3.2` for `web@v3.2`.
    pub fn release_name(&self, tag: &str) -> String {
        let (before, after) = self.tags.as_deref().and_then(|pattern| pattern.split_once('*')).unwrap_or_default();
        let name = tag.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)).unwrap_or(tag);
        name.strip_prefix('v').unwrap_or(name).to_owned()
    }

    /// Is a tag of this name a release of the service?
    pub fn takes_tag(&self, tag: &str) -> bool {
        match self.tags.as_deref().map(|pattern| pattern.split_once('*').unwrap_or((pattern, ""))) {
            None => true,
            Some((before, after)) => {
                tag.len() >= before.len() + after.len() && tag.starts_with(before) && tag.ends_with(after)
            }
        }
    }
}

/// A repository on a code host.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Remote {
    /// The host's name in the configuration: `github`.
    pub host: String,
    /// `acme/pay`
    pub name: String,
}

impl Remote {
    /// Hosts do not tell capital letters from small ones.
    pub fn is(&self, other: &Self) -> bool {
        self.host == other.host && self.name.eq_ignore_ascii_case(&other.name)
    }
}

/// A service that may feel a change of another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affected {
    pub service: String,
    pub workspace: String,
    pub owners: Vec<String>,
    /// From it down to what changed: `checkout` → (`api`) `payments` is one step.
    pub path: Vec<Dependency>,
}
