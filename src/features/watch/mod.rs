//! Is a change fine? Series are judged look by look; `replay` does so over what was measured once.

pub mod replay;
pub mod table;
