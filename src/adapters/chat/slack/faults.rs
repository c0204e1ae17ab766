//! What does each refusal of Slack's mean, and what can people do about it?
//!
//! One table: the code Slack answers with, and the fault it is for us.

use crate::domain::trouble::{Fault, Refusal};

/// Whose it is to mend.
enum Means {
    /// It is not there (any more).
    Gone,
    /// Our token is not accepted.
    Token,
    /// People can mend it; the sentence says how. `{}` is the scope that is missing.
    Mend(&'static str),
    /// It may pass.
    Later,
    /// We did something wrong: nobody but us can mend it.
    Ours,
}

use Means::{Gone, Later, Mend, Ours, Token};

const NOT_IN_CHANNEL: &str = "Slipway is not a member of this channel. Type `/invite @Slipway` there.";
const RESTRICTED: &str = "An admin of the Slack workspace has limited who may post here. Choose another channel, or ask \
                          an admin to let the app Slipway post in this one.";

const CODES: &[(&str, Means)] = &[
    ("channel_not_found", Gone),
    ("message_not_found", Gone),
    ("thread_not_found", Gone),
    ("cannot_reply_to_message", Gone),
    ("user_not_found", Gone),
    ("not_in_channel", Mend(NOT_IN_CHANNEL)),
    ("user_not_in_channel", Mend("That person is not a member of this channel. Invite them, or answer elsewhere.")),
    ("is_archived", Mend("This Slack channel is archived. Unarchive it, or choose another one.")),
    ("cant_update_message", Mend("That message was not written by Slipway, so it cannot edit it. Draft anew here.")),
    (
        "cant_delete_message",
        Mend("That message was not written by Slipway, so it cannot delete it. Delete it by hand."),
    ),
    ("edit_window_closed", Mend("Slack lets nobody edit that message any more. Draft anew here.")),
    ("restricted_action", Mend(RESTRICTED)),
    ("restricted_action_read_only_channel", Mend(RESTRICTED)),
    ("restricted_action_thread_only_channel", Mend(RESTRICTED)),
    ("restricted_action_thread_locked", Mend("An admin has locked this thread in Slack. Begin a new one.")),
    ("posting_to_general_channel_denied", Mend(RESTRICTED)),
    (
        "ekm_access_denied",
        Mend("An admin of the Slack workspace has suspended posting. Ask them when it is allowed again."),
    ),
    (
        "team_access_not_granted",
        Mend("The app Slipway may not work in this Slack workspace. Ask an admin to allow it."),
    ),
    (
        "missing_scope",
        Mend(
            "Slipway lacks the scope `{}` in Slack. Add it under **OAuth & Permissions** and install the app again; \
             `deploy/slack/manifest.yaml` lists all it needs.",
        ),
    ),
    (
        "not_allowed_token_type",
        Mend(
            "Slack does not take this kind of token here. The bot token begins with `xoxb-`, the app-level token with `xapp-`.",
        ),
    ),
    ("msg_too_long", Mend("The message is too long for Slack, and was not shown. Read the note on its page instead.")),
    (
        "msg_blocks_too_long",
        Mend("The message is too long for Slack, and was not shown. Read the note on its page instead."),
    ),
    ("metadata_too_large", Ours),
    (
        "file_uploads_disabled",
        Mend("An admin has switched file uploads off in Slack. Read the note on its page instead."),
    ),
    ("storage_limit_reached", Mend("Slack's storage for files is full. Ask an admin to make room.")),
    (
        "messages_tab_disabled",
        Mend("Direct messages with Slipway are off. Switch **Messages Tab** on under **App Home**."),
    ),
    ("cannot_dm_bot", Mend("Slack lets Slipway send no direct messages to other apps. Choose a channel.")),
    ("user_disabled", Mend("That person's Slack account is switched off. Choose somebody else.")),
    ("expired_trigger_id", Mend("Slack waits 3 seconds for a form, and Slipway was slower. Press the button again.")),
    ("exchanged_trigger_id", Mend("That form was opened already. Press the button again for a new one.")),
    ("view_too_large", Mend("The form is too large for Slack. Edit the section with the command instead.")),
    ("invalid_auth", Token),
    ("not_authed", Token),
    ("account_inactive", Token),
    ("token_revoked", Token),
    ("token_expired", Token),
    ("org_login_required", Later),
    ("two_factor_setup_required", Token),
    ("access_denied", Token),
    ("fatal_error", Later),
    ("internal_error", Later),
    ("service_unavailable", Later),
    ("request_timeout", Later),
    ("team_added_to_org", Later),
    ("message_limit_exceeded", Later),
    ("ratelimited", Later),
    ("rate_limited", Later),
    ("invalid_blocks", Ours),
    ("invalid_blocks_format", Ours),
    ("invalid_arguments", Ours),
    ("invalid_metadata_format", Ours),
    ("no_text", Ours),
    ("unknown_method", Ours),
    ("too_many_attachments", Ours),
];

/// The fault behind a code. `needed` is the scope that a refusal for want of one names.
pub fn of(code: &str, needed: Option<&str>) -> Fault {
    let known = CODES.iter().find(|(known, _)| *known == code);
    match known.map(|(_, means)| means) {
        Some(Gone) => Fault::NotFound,
        Some(Token) => Fault::Unauthorized,
        Some(Later) => Fault::Failed { status: 503 },
        Some(Mend(sentence)) => Fault::Refused(Refusal(sentence.replace("{}", needed.unwrap_or("chat:write")))),
        Some(Ours) | None => Fault::Rejected { status: 200, message: code.to_owned() },
    }
}

/// Why Slack no longer takes the token, for whoever runs the bot.
pub fn token(code: &str, whose: &str) -> String {
    let why = match code {
        "token_revoked" => "was revoked: somebody removed the app or made a new token",
        "token_expired" => "has expired: token rotation is on, which Slipway does not use",
        "account_inactive" => "belongs to an app that was removed or switched off",
        _ => "is not known to Slack",
    };
    format!(
        "Slack's {whose} {why}. Install the app again, copy the new token into Slipway's configuration, and start it \
         again; until then Slipway neither hears nor answers in Slack."
    )
}

pub const SOCKET_MODE_OFF: &str = "Socket Mode was switched off in the app's settings at Slack, so Slipway hears nothing \
                                   there. Switch it on under **Socket Mode**; it connects again by itself.";

pub const TOO_MANY_CONNECTIONS: &str = "Slack allows an app 10 connections, and all of them are taken. Stop what else runs \
                                        with the same app-level token; Slipway goes on trying.";

/// An archived channel, for whoever runs the bot.
pub fn archived(channel: &str) -> String {
    format!(
        "The Slack channel `{channel}` is archived, and Slipway still has something to say there. Unarchive it, or let \
         `/release follow` keep its notes elsewhere."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_stands_once_and_every_sentence_says_what_to_do() {
        for (at, (code, means)) in CODES.iter().enumerate() {
            assert!(CODES[..at].iter().all(|(other, _)| other != code), "{code} stands twice");
            if let Mend(sentence) = means {
                assert!(sentence.contains(". ") && sentence.ends_with('.'), "{code}: {sentence}");
                assert!(!sentence.contains('!') && !sentence.to_lowercase().contains("sorry"), "{code}: {sentence}");
            }
        }
    }

    #[test]
    fn a_missing_scope_is_named() {
        let Fault::Refused(refusal) = of("missing_scope", Some("files:write")) else { panic!("people can mend it") };
        assert!(refusal.0.contains("`files:write`"), "{refusal}");
    }

    #[test]
    fn what_is_gone_what_may_pass_and_what_nobody_knows() {
        assert_eq!(of("channel_not_found", None), Fault::NotFound);
        assert_eq!(of("token_revoked", None), Fault::Unauthorized);
        assert!(of("internal_error", None).is_passing());
        assert!(!of("a_code_of_tomorrow", None).is_passing());
    }
}
