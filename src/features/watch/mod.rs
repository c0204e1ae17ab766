//! Is a change fine? `command` begins a watch and `look` keeps it; `signals` asks what was measured, `table` reads it from a file; `replay` judges it look by look.

pub mod command;
pub mod look;
pub mod replay;
pub mod signals;
pub mod table;
mod words;
