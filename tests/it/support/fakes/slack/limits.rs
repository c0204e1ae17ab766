//! What does Slack refuse? Every limit and every known method of the fake, in one table.
//!
//! Lengths are characters. Where Slack documents no figure, the one that people measured stands here and says so.

use std::time::Duration;

/// Characters of a text, by what it is.
pub const SECTION: usize = 3_000;
pub const FIELD: usize = 2_000;
pub const FIELDS: usize = 10;
pub const HEADER: usize = 150;
pub const CONTEXT_ELEMENTS: usize = 10;
pub const ACTION_ELEMENTS: usize = 25;
pub const BUTTON: usize = 75;
pub const BUTTON_VALUE: usize = 2_000;
pub const ADDRESS: usize = 3_000;
pub const IDENTIFIER: usize = 255;
pub const ALT: usize = 2_000;
pub const IMAGE_TITLE: usize = 2_000;
pub const CONFIRM_TITLE: usize = 100;
pub const CONFIRM_TEXT: usize = 300;
pub const CONFIRM_BUTTON: usize = 30;
pub const INPUT_LABEL: usize = 2_000;
pub const PLACEHOLDER: usize = 150;
pub const PLAIN_INPUT: usize = 3_000;
pub const OPTIONS: usize = 100;
pub const OPTION_TEXT: usize = 75;
pub const OPTION_VALUE: usize = 150;
/// All `markdown` blocks of a payload together.
pub const MARKDOWN: usize = 12_000;
pub const TABLE_ROWS: usize = 100;
pub const TABLE_COLUMNS: usize = 20;
/// All text of a message's blocks together. Undocumented; measured by users of the platform's own library.
pub const MESSAGE_BLOCK_TEXT: usize = 13_200;
pub const MESSAGE_BLOCKS: usize = 50;
pub const VIEW_BLOCKS: usize = 100;
/// `text` of a new message is cut here, which we count as refused: what is cut is lost.
pub const TEXT: usize = 40_000;
/// `text` of an update.
pub const UPDATED_TEXT: usize = 4_000;
pub const MODAL_TITLE: usize = 24;
pub const MODAL_BUTTON: usize = 24;
pub const PRIVATE_METADATA: usize = 3_000;
/// Bytes of a view as JSON.
pub const VIEW_BYTES: usize = 250_000;
/// Bytes of a message's metadata as JSON. Undocumented.
pub const METADATA_BYTES: usize = 8_000;
pub const STATUS: usize = 50;

pub const TRIGGER: Duration = Duration::from_secs(3);
pub const RESPONSE_URL: Duration = Duration::from_secs(30 * 60);
pub const RESPONSE_URL_USES: u32 = 5;
/// A bot answers an envelope or a request within this time, or it counts as not answered.
pub const ACKNOWLEDGE: Duration = Duration::from_secs(3);
pub const SOCKETS: usize = 10;

/// How often a method may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// So many calls in any minute.
    PerMinute(usize),
    /// One a second in each channel, after a small burst.
    PerChannel { burst: usize },
}

/// Documented as one a minute; opening a few connections at once is what every client does, and is let through.
const TIER_1: Tier = Tier::PerMinute(12);
const TIER_2: Tier = Tier::PerMinute(20);
const TIER_3: Tier = Tier::PerMinute(50);
const TIER_4: Tier = Tier::PerMinute(100);
/// "Hundreds a minute".
const SPECIAL: Tier = Tier::PerMinute(300);

/// What a parameter must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Flag,
    Number,
    List,
    Object,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    Bot,
    App,
}

pub struct Method {
    pub name: &'static str,
    pub token: TokenKind,
    /// Any of these will do; none: no scope is needed.
    pub scopes: &'static [&'static str],
    pub tier: Tier,
    pub required: &'static [(&'static str, Kind)],
    pub optional: &'static [(&'static str, Kind)],
}

use Kind::{Flag, List, Number, Object, Text};

const READ: &[&str] = &["channels:history", "groups:history", "im:history"];
const LOOK: &[&str] = &["channels:read", "groups:read", "im:read"];

pub const METHODS: &[Method] = &[
    Method { name: "auth.test", token: TokenKind::Bot, scopes: &[], tier: SPECIAL, required: &[], optional: &[] },
    Method {
        name: "apps.connections.open",
        token: TokenKind::App,
        scopes: &["connections:write"],
        tier: TIER_1,
        required: &[],
        optional: &[],
    },
    Method {
        name: "chat.postMessage",
        token: TokenKind::Bot,
        scopes: &["chat:write"],
        tier: Tier::PerChannel { burst: 4 },
        required: &[("channel", Text)],
        optional: &[
            ("text", Text),
            ("blocks", List),
            ("thread_ts", Text),
            ("reply_broadcast", Flag),
            ("metadata", Object),
            ("unfurl_links", Flag),
            ("unfurl_media", Flag),
            ("link_names", Flag),
            ("parse", Text),
            ("mrkdwn", Flag),
        ],
    },
    Method {
        name: "chat.update",
        token: TokenKind::Bot,
        scopes: &["chat:write"],
        tier: TIER_3,
        required: &[("channel", Text), ("ts", Text)],
        optional: &[
            ("text", Text),
            ("blocks", List),
            ("metadata", Object),
            ("link_names", Flag),
            ("parse", Text),
            ("reply_broadcast", Flag),
        ],
    },
    Method {
        name: "chat.delete",
        token: TokenKind::Bot,
        scopes: &["chat:write"],
        tier: TIER_3,
        required: &[("channel", Text), ("ts", Text)],
        optional: &[],
    },
    Method {
        name: "chat.postEphemeral",
        token: TokenKind::Bot,
        scopes: &["chat:write"],
        tier: TIER_4,
        required: &[("channel", Text), ("user", Text)],
        optional: &[("text", Text), ("blocks", List), ("thread_ts", Text), ("link_names", Flag), ("parse", Text)],
    },
    Method {
        name: "chat.getPermalink",
        token: TokenKind::Bot,
        scopes: &[],
        tier: SPECIAL,
        required: &[("channel", Text), ("message_ts", Text)],
        optional: &[],
    },
    Method {
        name: "conversations.history",
        token: TokenKind::Bot,
        scopes: READ,
        tier: TIER_3,
        required: &[("channel", Text)],
        optional: &[
            ("cursor", Text),
            ("include_all_metadata", Flag),
            ("inclusive", Flag),
            ("latest", Text),
            ("limit", Number),
            ("oldest", Text),
        ],
    },
    Method {
        name: "conversations.replies",
        token: TokenKind::Bot,
        scopes: READ,
        tier: TIER_3,
        required: &[("channel", Text), ("ts", Text)],
        optional: &[
            ("cursor", Text),
            ("include_all_metadata", Flag),
            ("inclusive", Flag),
            ("latest", Text),
            ("limit", Number),
            ("oldest", Text),
        ],
    },
    Method {
        name: "conversations.info",
        token: TokenKind::Bot,
        scopes: LOOK,
        tier: TIER_3,
        required: &[("channel", Text)],
        optional: &[("include_locale", Flag), ("include_num_members", Flag)],
    },
    Method {
        name: "conversations.open",
        token: TokenKind::Bot,
        scopes: &["im:write"],
        tier: TIER_3,
        required: &[],
        optional: &[("users", Text), ("channel", Text), ("return_im", Flag), ("prevent_creation", Flag)],
    },
    Method {
        name: "conversations.list",
        token: TokenKind::Bot,
        scopes: LOOK,
        tier: TIER_2,
        required: &[],
        optional: &[("cursor", Text), ("limit", Number), ("exclude_archived", Flag), ("types", Text)],
    },
    Method {
        name: "users.info",
        token: TokenKind::Bot,
        scopes: &["users:read"],
        tier: TIER_4,
        required: &[("user", Text)],
        optional: &[("include_locale", Flag)],
    },
    Method {
        name: "views.open",
        token: TokenKind::Bot,
        scopes: &[],
        tier: TIER_4,
        required: &[("trigger_id", Text), ("view", Object)],
        optional: &[],
    },
    Method {
        name: "views.update",
        token: TokenKind::Bot,
        scopes: &[],
        tier: TIER_4,
        required: &[("view", Object)],
        optional: &[("view_id", Text), ("external_id", Text), ("hash", Text)],
    },
    Method {
        name: "views.publish",
        token: TokenKind::Bot,
        scopes: &[],
        tier: TIER_4,
        required: &[("user_id", Text), ("view", Object)],
        optional: &[("hash", Text)],
    },
    Method {
        name: "files.getUploadURLExternal",
        token: TokenKind::Bot,
        scopes: &["files:write"],
        tier: TIER_4,
        required: &[("filename", Text), ("length", Number)],
        optional: &[("alt_txt", Text), ("snippet_type", Text)],
    },
    Method {
        name: "files.completeUploadExternal",
        token: TokenKind::Bot,
        scopes: &["files:write"],
        tier: TIER_4,
        required: &[("files", List)],
        optional: &[("channel_id", Text), ("thread_ts", Text), ("initial_comment", Text), ("blocks", List)],
    },
    Method {
        name: "assistant.threads.setStatus",
        token: TokenKind::Bot,
        scopes: &["chat:write", "assistant:write"],
        tier: SPECIAL,
        required: &[("channel_id", Text), ("thread_ts", Text)],
        // Needed, but it may be empty: that takes the status away.
        optional: &[("status", Text), ("loading_messages", List)],
    },
];

/// What a `response_url` takes.
pub const RESPONSE: &[(&str, Kind)] = &[
    ("text", Text),
    ("blocks", List),
    ("response_type", Text),
    ("replace_original", Flag),
    ("delete_original", Flag),
    ("thread_ts", Text),
    ("metadata", Object),
    ("unfurl_links", Flag),
    ("unfurl_media", Flag),
];

/// Where a block may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    Message,
    Modal,
    Home,
}

pub struct Block {
    pub name: &'static str,
    pub fields: &'static [&'static str],
    pub surfaces: &'static [Surface],
}

const EVERYWHERE: &[Surface] = &[Surface::Message, Surface::Modal, Surface::Home];

/// Every block has `type` and may have `block_id` besides.
pub const BLOCKS: &[Block] = &[
    Block { name: "section", fields: &["text", "fields", "accessory", "expand"], surfaces: EVERYWHERE },
    Block { name: "header", fields: &["text", "level"], surfaces: EVERYWHERE },
    Block { name: "divider", fields: &[], surfaces: EVERYWHERE },
    Block { name: "image", fields: &["image_url", "slack_file", "alt_text", "title"], surfaces: EVERYWHERE },
    Block { name: "actions", fields: &["elements"], surfaces: EVERYWHERE },
    Block { name: "context", fields: &["elements"], surfaces: EVERYWHERE },
    Block { name: "input", fields: &["label", "element", "hint", "optional", "dispatch_action"], surfaces: EVERYWHERE },
    Block { name: "markdown", fields: &["text"], surfaces: &[Surface::Message] },
    Block { name: "rich_text", fields: &["elements"], surfaces: EVERYWHERE },
    Block { name: "table", fields: &["rows", "column_settings"], surfaces: &[Surface::Message] },
];

/// Fields an element may have besides `type` and `action_id`.
pub const ELEMENTS: &[(&str, &[&str])] = &[
    ("button", &["text", "value", "url", "style", "confirm", "accessibility_label"]),
    ("static_select", &["options", "option_groups", "initial_option", "placeholder", "confirm", "focus_on_load"]),
    ("overflow", &["options", "confirm"]),
    ("radio_buttons", &["options", "initial_option", "confirm", "focus_on_load"]),
    ("checkboxes", &["options", "initial_options", "confirm", "focus_on_load"]),
    (
        "plain_text_input",
        &[
            "initial_value",
            "multiline",
            "min_length",
            "max_length",
            "placeholder",
            "focus_on_load",
            "dispatch_action_config",
        ],
    ),
];
