//! Do the services of all files fit together? A name means one thing, and what is needed exists.

use crate::config::problem::ConfigError;
use crate::domain::nearest::nearest;
use crate::domain::service::{Dependency, Service, Workspace};
use std::collections::HashMap;
use std::path::PathBuf;

/// Where a service was written down.
#[derive(Debug, Clone)]
pub struct Origin {
    pub file: PathBuf,
    /// 0 when it comes from another catalogue.
    pub line: usize,
}

/// By the service's name.
pub type Origins = HashMap<String, Origin>;

/// A service's name is what people type; it can mean one thing only.
pub fn refuse_double(origins: &mut Origins, name: &str, here: Origin) -> Result<(), ConfigError> {
    let Some(first) = origins.get(name) else {
        origins.insert(name.to_owned(), here);
        return Ok(());
    };
    let there = match first.line {
        _ if first.file == here.file && first.line == 0 => String::new(),
        0 => format!("the other is of `{}`; ", first.file.display()),
        line => format!("the other is in `{}` line {line}; ", first.file.display()),
    };
    Err(ConfigError {
        problem: format!("there are two services called `{name}`; {there}give one of them another name"),
        file: here.file,
        line: here.line,
    })
}

/// A need that nobody can meet. Circles are left alone: services in real life need each other.
pub fn refuse_needs(workspaces: &[Workspace], origins: &Origins) -> Result<(), ConfigError> {
    for service in workspaces.iter().flat_map(|space| &space.services) {
        for needs in &service.depends_on {
            let Some(problem) = wrong(service, needs, origins) else { continue };
            let origin = origins.get(&service.name).cloned();
            let Origin { file, line } = origin.unwrap_or(Origin { file: PathBuf::new(), line: 0 });
            return Err(ConfigError { file, line, problem });
        }
    }
    Ok(())
}

fn wrong(service: &Service, needs: &Dependency, origins: &Origins) -> Option<String> {
    let (name, needed) = (&service.name, &needs.service);
    if name == needed {
        return Some(format!("service `{name}` depends on itself; take it out of its `depends_on`"));
    }
    if origins.contains_key(needed) {
        return None;
    }
    let mut known: Vec<&str> = origins.keys().map(String::as_str).filter(|known| known != name).collect();
    known.sort_unstable();
    Some(match nearest(needed, known.into_iter()) {
        Some(near) => format!("service `{name}` depends on `{needed}`, which is no service; did you mean `{near}`?"),
        None => format!("service `{name}` depends on `{needed}`, which is no service; add it, or take it out"),
    })
}
