//! The schemas in force: a team's own where it has one, ours otherwise. Read once, at the start.

use crate::domain::note::Kind;
use crate::features::draft::schema::Schema;
use std::path::Path;

pub struct Schemas {
    deployment: Schema,
    work: Schema,
}

impl Schemas {
    /// `Err` is a sentence that names the file and what is wrong in it.
    pub fn load(dir: Option<&Path>) -> Result<Self, String> {
        Ok(Self { deployment: Schema::load(dir, Kind::Deployment)?, work: Schema::load(dir, Kind::Work)? })
    }

    pub fn of(&self, kind: Kind) -> &Schema {
        match kind {
            Kind::Deployment => &self.deployment,
            Kind::Work => &self.work,
        }
    }
}
