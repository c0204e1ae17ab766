//! Is a change fine? `command` begins a watch and `look` keeps it; `signals` asks what was measured, `table` and `exposition` read it from a file; `replay` judges it look by look; `promises` and `advice` hold the note against what it told.

mod advice;
mod begin;
pub mod command;
pub mod exposition;
pub mod gate;
pub mod look;
mod print;
mod promises;
pub mod replay;
pub mod seen;
pub mod signals;
pub mod table;
pub mod us;
pub mod versions;
mod words;
