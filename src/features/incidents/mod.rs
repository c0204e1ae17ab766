//! The memory of incidents: filed, imported and heard; condensed, found again, forgotten.

pub mod command;
pub mod embed;
pub mod experience;
pub mod file;
pub mod import;
pub mod listen;
pub mod postmortem;
pub mod recap;
pub mod search;
pub mod word;
pub mod words;
pub mod worth;
