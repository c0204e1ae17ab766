//! Every sentence this adapter says itself.

/// Where the switches of a bot are.
const PORTAL: &str = "<https://discord.com/developers/applications>";

pub fn no_access() -> String {
    "Slipway cannot see this channel on Discord: it is not on the server any more, or its role may not view the channel. Invite \
     it again, or give its role `View Channel` in the channel's settings."
        .to_owned()
}

/// `missing`: one or more of these.
pub fn no_permission(missing: &[&str]) -> String {
    let names: Vec<String> = missing.iter().map(|name| format!("`{name}`")).collect();
    let (names, these) = match names.as_slice() {
        [one] => (one.clone(), "this permission"),
        _ => (names.join(" or "), "these permissions"),
    };
    format!(
        "Discord does not let Slipway do that here: its role lacks {names}. Give its role {these} in the channel's settings."
    )
}

pub fn closed_to_bots() -> String {
    "This person takes no direct messages from Slipway. Type `/release` on a server where Slipway is, or allow direct messages \
     from that server's members in Discord's privacy settings."
        .to_owned()
}

pub fn no_text_channel() -> String {
    "This kind of Discord channel takes no messages from Slipway. Type the command in a text channel, a thread or a forum post."
        .to_owned()
}

pub fn thread_locked() -> String {
    "This thread was closed and locked, so Slipway cannot write in it. Somebody with `Manage Threads` can unlock it."
        .to_owned()
}

pub fn too_many_threads() -> String {
    "This server has as many open threads as Discord allows. Close some, then ask again.".to_owned()
}

pub fn too_long() -> String {
    "The message is longer than 16,000 characters, so Slipway did not read it. Send less, or attach it as a file."
        .to_owned()
}

pub fn not_written_down() -> String {
    "Slipway could not write down what you did, so nothing was done. Try it again in a moment.".to_owned()
}

/// In place of "is thinking…", when what was asked for appears elsewhere or takes its time.
pub fn taken(words: &str) -> String {
    format!("Taken: `/release {}`. What comes of it appears where the note stands.", words.replace('`', "'"))
}

pub fn bad_token() -> String {
    format!(
        "Discord does not accept the bot's token: it was reset, or it is another application's. Copy a new one from the page *Bot* of {PORTAL}, set it, and start Slipway again."
    )
}

pub fn content_not_allowed() -> String {
    format!(
        "Discord keeps the text of messages from Slipway, so watched channels are not read; commands, mentions and direct messages work. Switch on *Message Content Intent* on the page *Bot* of {PORTAL}, or set `message_content = false`."
    )
}

pub fn intents_refused() -> String {
    "Discord refused what Slipway asked to hear (close code 4013). This Slipway is too old or too new for Discord; look for another version."
        .to_owned()
}

pub fn no_identifies_left(minutes: i64) -> String {
    format!(
        "Discord lets a bot begin 1,000 sessions a day, and this one has used them up. Slipway waits {minutes} minutes; look in its log why it had to begin anew so often."
    )
}

pub fn disconnected(since: &str, why: &str) -> String {
    format!(
        "Slipway has had no connection to Discord since {since}: {why}. It goes on trying; check the network between it and `discord.com` and `gateway.discord.gg`."
    )
}

pub fn kicked(guild: &str) -> String {
    format!(
        "Slipway was removed from the Discord server {guild}. Invite it again with the install link of its application, or take the server out of its configuration."
    )
}

pub fn watched_gone(channel: u64) -> String {
    format!(
        "The watched Discord channel `{channel}` was deleted, or Slipway may not see it any more. Take it out of `watched`, or give Slipway's role `View Channel` there."
    )
}

pub fn commands_refused(guild: Option<u64>, fault: &str) -> String {
    match guild {
        Some(guild) => format!(
            "`/release` could not be registered on the Discord server `{guild}` ({fault}). Check the id in `guilds`, and invite Slipway with the scope `applications.commands`."
        ),
        None => {
            format!("`/release` could not be registered on Discord ({fault}). It is tried again at the next start.")
        }
    }
}

/// Said in the open to somebody whose answer is nobody else's business.
pub fn for_your_eyes() -> String {
    "The answer is for your eyes only, and you take no direct messages from Slipway. Ask again with `/release`: then it is \
     shown here, to you alone."
        .to_owned()
}

pub fn forgotten_button() -> String {
    "This button is from so long ago that Slipway does not know any more what it stood for. `/release notes` lists what there \
     is."
        .to_owned()
}

/// A form that was left open while Slipway forgot it.
pub fn forgotten_form() -> String {
    "This form is not open any more, so nothing was changed. Press its button again.".to_owned()
}

pub fn given_up() -> String {
    "Nothing was changed.".to_owned()
}

/// In place of the question or the form, once its answer was taken.
pub fn sent() -> String {
    "Sent.".to_owned()
}

/// Discord sent something this version cannot read.
pub fn unreadable() -> String {
    "Slipway could not read what Discord sent for that. Type it as a command, `/release help` lists them.".to_owned()
}
