//! Which teams there are and what they release: one TOML file per workspace.

use super::problem::{ConfigError, read};
use crate::domain::service::{Service, Workspace};
use serde::Deserialize;
use std::path::{Path, PathBuf};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WorkspaceFile {
    name: String,
    #[serde(default)]
    services: Vec<ServiceEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ServiceEntry {
    name: String,
    repository: PathBuf,
    #[serde(default)]
    operators: Vec<String>,
}

/// Every `*.toml` of the directory, in the order of their names. Repository paths are meant from the file's folder.
pub fn load_workspaces(folder: &Path) -> Result<Vec<Workspace>, ConfigError> {
    let entries = std::fs::read_dir(folder)
        .map_err(|error| ConfigError::of(Some(folder), format!("the workspaces' directory cannot be read: {error}")))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    files.sort();
    let mut workspaces: Vec<Workspace> = Vec::new();
    for file in files {
        let parsed: WorkspaceFile = read(&file)?;
        let folder = file.parent().unwrap_or(Path::new("."));
        let services = parsed.services.into_iter().map(|entry| Service {
            operators: entry.operators,
            ..Service::plain(&entry.name, folder.join(entry.repository))
        });
        let workspace = Workspace::plain(&parsed.name, services.collect());
        refuse_doubles(&file, &workspaces, &workspace)?;
        workspaces.push(workspace);
    }
    Ok(workspaces)
}

/// A service's name is what people type; it can mean one thing only.
fn refuse_doubles(file: &Path, earlier: &[Workspace], new: &Workspace) -> Result<(), ConfigError> {
    let mut known: Vec<&str> =
        earlier.iter().flat_map(|space| &space.services).map(|service| service.name.as_str()).collect();
    for service in &new.services {
        if service.name.trim().is_empty() || service.name.contains(char::is_whitespace) || service.name.contains("..") {
            return Err(ConfigError::of(
                Some(file),
                format!("`{}` cannot be a service's name; use one word without spaces and `..`", service.name),
            ));
        }
        if known.contains(&service.name.as_str()) {
            return Err(ConfigError::of(
                Some(file),
                format!("there are two services called `{}`; give one of them another name", service.name),
            ));
        }
        known.push(&service.name);
    }
    Ok(())
}
