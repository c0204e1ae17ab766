//! Is a change fine? `signals` asks what was measured, `table` reads it from a file; `replay` judges it look by look.

pub mod replay;
pub mod signals;
pub mod table;
