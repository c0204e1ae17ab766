//! What does Slack refuse beyond? Lengths are counted in UTF-16 units, the stricter of the ways to count.

/// Blocks of a message.
pub const BLOCKS: usize = 50;
/// Blocks of a modal or of App Home.
pub const VIEW_BLOCKS: usize = 100;
/// All blocks of a message as JSON. Slack's own limit is on some inner form of them: reports put it between 11,300
/// letters in many blocks and 13,297 in one, so what surrounds the text is counted too.
pub const MESSAGE: usize = 12_000;
/// A view as JSON. Slack's limit is 250 KB; a letter takes up to three bytes.
pub const VIEW: usize = 80_000;
/// The text of a message that has blocks.
pub const FALLBACK: usize = 3_900;
pub const SECTION: usize = 3_000;
pub const FIELDS: usize = 10;
pub const FIELD: usize = 2_000;
/// All fields of a section: our own limit, so that one block does not fill a message.
pub const FIELDS_TEXT: usize = 3_000;
pub const HEADER: usize = 150;
/// One element of a context block.
pub const CONTEXT: usize = 2_000;
/// Elements of an actions block.
pub const ACTIONS: usize = 25;
/// An actions block as JSON: our own limit, so that a few with long values do not fill a message.
pub const ACTIONS_JSON: usize = 5_000;
pub const LABEL: usize = 75;
pub const VALUE: usize = 2_000;
pub const ID: usize = 255;
pub const CONFIRM_TITLE: usize = 100;
pub const CONFIRM_TEXT: usize = 300;
pub const CONFIRM_BUTTON: usize = 30;

pub const MODAL_TITLE: usize = 24;
pub const MODAL_SUBMIT: usize = 24;
pub const INPUT_LABEL: usize = 2_000;
pub const INPUT_HINT: usize = 2_000;
pub const INPUT: usize = 3_000;
/// Options of a select, or of one group of it.
pub const OPTIONS: usize = 100;
pub const OPTION_TEXT: usize = 75;
pub const OPTION_VALUE: usize = 150;
/// What an adapter may keep in a modal.
pub const PRIVATE_METADATA: usize = 3_000;
