//! What does Discord refuse beyond? Lengths are counted in UTF-16 units, the stricter of the ways to count.

pub const CONTENT: usize = 2_000;
pub const EMBEDS: usize = 10;
/// All texts of all embeds of a message.
pub const EMBEDS_TEXT: usize = 6_000;
pub const TITLE: usize = 256;
pub const DESCRIPTION: usize = 4_096;
/// Rows of buttons or selects of a message, or of inputs of a modal.
pub const ROWS: usize = 5;
pub const BUTTONS: usize = 5;
pub const LABEL: usize = 80;
pub const ID: usize = 100;
pub const FILES: usize = 10;
pub const FILE_ALT: usize = 1_024;
pub const OPTIONS: usize = 25;
pub const OPTION_LABEL: usize = 100;
pub const OPTION_VALUE: usize = 100;
pub const PLACEHOLDER: usize = 150;
pub const MODAL_TITLE: usize = 45;
pub const INPUTS: usize = 5;
pub const INPUT: usize = 4_000;
pub const INPUT_LABEL: usize = 45;
pub const INPUT_PLACEHOLDER: usize = 100;
