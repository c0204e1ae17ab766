//! What a team releases: workspaces and their services.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workspace {
    pub name: String,
    pub services: Vec<Service>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    pub name: String,
    /// A working copy or a bare repository on this machine.
    pub repository: PathBuf,
    /// People who operate it, as the note names them.
    pub operators: Vec<String>,
}
