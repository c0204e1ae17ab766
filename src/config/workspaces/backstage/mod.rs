//! Which services does a Backstage catalogue name, and what of it cannot be used?

mod component;
mod entity;
mod files;
#[cfg(test)]
mod tests;

use super::file::{Need, ServiceEntry};
use entity::{Entity, Reference};
use std::collections::HashMap;
use std::path::PathBuf;

/// What the files come to.
#[derive(Debug, Default)]
pub struct Imported {
    pub(super) found: Vec<Found>,
    /// One sentence for each thing that was read and cannot be used.
    pub unused: Vec<String>,
}

/// A component as a service, and the system it is part of.
#[derive(Debug)]
pub(super) struct Found {
    pub system: Option<String>,
    pub entry: ServiceEntry,
}

/// Reads files, folders (every `catalog-info.yaml` below them) and patterns with `*`.
///
/// # Errors
/// A sentence for what is not there or is not YAML; what one entity lacks is in [`Imported::unused`].
pub fn import(paths: &[PathBuf]) -> Result<Imported, String> {
    let mut unused = Vec::new();
    let mut entities = Vec::new();
    for file in files::find(paths)? {
        entities.extend(files::read(&file, &mut unused)?);
    }
    let catalogue = Catalogue::of(&entities);
    let mut found: Vec<Found> = Vec::new();
    for component in entities.iter().filter(|entity| entity.is("component")) {
        let name = component.name();
        if found.iter().any(|other| other.entry.name() == name) {
            unused.push(format!("a second component `{name}` is left out; names of services are unique"));
            continue;
        }
        match component::entry(component, &catalogue, &mut unused) {
            Ok(entry) => found.push(Found { system: catalogue.system(component), entry }),
            Err(why) => unused.push(format!("component `{name}` is left out: {why}")),
        }
    }
    keep_known_needs(&mut found, &mut unused);
    unused.extend(entities.iter().filter_map(no_service));
    Ok(Imported { found, unused })
}

/// What other components and entities say that one component needs.
struct Catalogue<'a> {
    entities: &'a [Entity],
    /// Components by the API that they provide.
    providers: HashMap<String, Vec<&'a str>>,
}

impl<'a> Catalogue<'a> {
    fn of(entities: &'a [Entity]) -> Self {
        let mut providers: HashMap<String, Vec<&str>> = HashMap::new();
        for component in entities.iter().filter(|entity| entity.is("component")) {
            for api in &component.spec.provides_apis {
                providers.entry(Reference::read(api, "api").name).or_default().push(component.name());
            }
        }
        Self { entities, providers }
    }

    fn entity(&self, kind: &str, name: &str) -> Option<&'a Entity> {
        self.entities.iter().find(|entity| entity.is(kind) && entity.name() == name)
    }

    /// What people call it: its title where it has one.
    fn title(&self, reference: &Reference) -> String {
        self.entity(&reference.kind, &reference.name).map_or_else(|| reference.name.clone(), Entity::title)
    }

    /// The system a component is part of; without one, nothing.
    fn system(&self, component: &Entity) -> Option<String> {
        component.spec.system.as_deref().map(|system| Reference::read(system, "system").name)
    }

    /// Components that say this one depends on them.
    fn says_of<'b>(&'b self, name: &'b str) -> impl Iterator<Item = &'a str> + 'b {
        let components = self.entities.iter().filter(|entity| entity.is("component"));
        components
            .filter(move |other| {
                let of = other.spec.dependency_of.iter().map(|of| Reference::read(of, "component"));
                of.into_iter().any(|of| of.kind == "component" && of.name == name)
            })
            .map(Entity::name)
    }
}

fn keep_known_needs(found: &mut [Found], unused: &mut Vec<String>) {
    let known: Vec<String> = found.iter().map(|found| found.entry.name().to_owned()).collect();
    for Found { entry, .. } in found {
        let name = entry.name().to_owned();
        let Some(needs) = &mut entry.depends_on else { continue };
        needs.retain(|Need { service, .. }| {
            let is_known = known.contains(service);
            if !is_known {
                unused.push(format!("component `{name}` depends on `{service}`, which is no service in these files"));
            }
            is_known
        });
    }
}

/// Entities of a kind that says nothing to us.
fn no_service(entity: &Entity) -> Option<String> {
    let kind = entity.kind.to_lowercase();
    match kind.as_str() {
        "component" | "api" | "system" | "domain" | "group" | "user" => None,
        "location" => {
            Some(format!("location `{}` is not followed; name the files it leads to in `backstage`", entity.name()))
        }
        _ => Some(format!("{kind} `{}` is no service and is left out", entity.name())),
    }
}
