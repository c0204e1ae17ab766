//! What did a person type, before Slack marked it up?
//!
//! Slack escapes three characters, wraps addresses, people and channels in angle brackets, and its clients turn quotes and
//! dashes into typographic ones, which no command line knows.

/// The text as it was typed; people and channels as `@name` and `#name`, as far as the markup tells their names.
pub fn typed(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let Some(end) = rest[start..].find('>') else { break };
        plain.push_str(&unescaped(&rest[..start]));
        plain.push_str(&unescaped(&marked(&rest[start + 1..start + end])));
        rest = &rest[start + end + 1..];
    }
    plain.push_str(&unescaped(rest));
    plain
}

/// The same for words that a command is read from.
pub fn words(text: &str) -> String {
    let plain = typed(text);
    let mut words = String::new();
    let mut before = ' ';
    let mut letters = plain.chars().peekable();
    while let Some(letter) = letters.next() {
        let begins_flag = before.is_whitespace() && letters.peek().is_some_and(|next| next.is_ascii_alphabetic());
        match letter {
            '“' | '”' | '„' | '‟' => words.push('"'),
            '‘' | '’' => words.push('\''),
            '—' if begins_flag => words.push_str("--"),
            '\u{a0}' => words.push(' '),
            other => words.push(other),
        }
        before = letter;
    }
    words.trim().to_owned()
}

/// What follows the first mention of this user, or precedes it when nothing follows; `None` without one.
pub fn mention(text: &str, user: &str) -> Option<String> {
    let (start, end) = text.match_indices(&format!("<@{user}")).find_map(|(start, found)| {
        let rest = &text[start + found.len()..];
        let whole = rest.starts_with('>') || rest.starts_with('|');
        whole.then(|| rest.find('>').map(|end| (start, start + found.len() + end + 1))).flatten()
    })?;
    let after = words(text[end..].trim_start_matches([',', ':']));
    Some(if after.is_empty() { words(&text[..start]) } else { after })
}

/// What stands between angle brackets.
fn marked(inside: &str) -> String {
    let (target, label) = inside.split_once('|').map_or((inside, None), |(target, label)| (target, Some(label)));
    match (target.chars().next(), label) {
        (Some('@' | '#'), Some(label)) => format!("{}{label}", &target[..1]),
        (Some('@' | '#'), None) => target.to_owned(),
        (Some('!'), Some(label)) => label.to_owned(),
        (Some('!'), None) => format!("@{}", &target[1..]),
        // Slack makes a link of whatever looks like a host; the person typed no more than its label.
        (_, Some(label)) if target.ends_with(label) || target.trim_end_matches('/').ends_with(label) => {
            label.to_owned()
        }
        (_, Some(label)) => format!("{label} ({target})"),
        _ => target.to_owned(),
    }
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_taken_away_and_nothing_else() {
        for (told, plain) in [
            ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
            ("see <https://example.org/a?b=1&amp;c=2>", "see https://example.org/a?b=1&c=2"),
            ("see <http://payments.io|payments.io>", "see payments.io"),
            ("see <https://example.org/pull/7|the change>", "see the change (https://example.org/pull/7)"),
            ("<@U123|kim> in <#C1|releases>", "@kim in #releases"),
            ("<@U123>", "@U123"),
            ("<!here> <!subteam^S1|@ops>", "@here @ops"),
            ("half a < b", "half a < b"),
            ("이모지 👩‍🚀 שלום", "이모지 👩‍🚀 שלום"),
        ] {
            assert_eq!(typed(told), plain);
        }
    }

    #[test]
    fn a_command_survives_a_clients_typography() {
        assert_eq!(words(" draft payments —kind work “two words” "), "draft payments --kind work \"two words\"");
        assert_eq!(words("draft v1—v2"), "draft v1—v2");
        assert_eq!(words("it’s"), "it's");
    }

    #[test]
    fn the_words_are_what_follows_the_mention() {
        assert_eq!(mention("hey <@U0BOT> draft  payments", "U0BOT").as_deref(), Some("draft  payments"));
        assert_eq!(mention("<@U0BOT|slipway>: help", "U0BOT").as_deref(), Some("help"));
        assert_eq!(mention("thanks <@U0BOT>", "U0BOT").as_deref(), Some("thanks"));
        assert_eq!(mention("<@U0BOT2> help <@U0BOT> status", "U0BOT").as_deref(), Some("status"));
        assert_eq!(mention("<@U1> help", "U0BOT"), None);
    }
}
