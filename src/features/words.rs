//! What did a person type? Splits words as a shell would, with the quotes that chat programs put in, and finds flags.

use crate::domain::nearest::nearest;
use crate::features::ask::{Command, Misuse};
use crate::ports::chat::{Argument, ArgumentForm};

/// The words after `/release`, split.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    pub plain: Vec<String>,
    /// `--name value` and `--name=value`, in order, of the arguments that are typed only so.
    pub flags: Vec<(String, String)>,
    /// True when the text ends in a space: the next word has not been begun.
    pub finished: bool,
}

impl Words {
    pub fn flag(&self, name: &str) -> Option<&str> {
        self.flags.iter().rev().find(|(flag, _)| flag == name).map(|(_, value)| value.as_str())
    }

    /// Splits the words of a known command; refuses flags it does not have, naming the nearest.
    pub fn of(command: &Command, text: &str) -> Result<Self, Misuse> {
        let mut words = Self { finished: text.ends_with(char::is_whitespace), ..Self::default() };
        let mut rest = split(text)?.into_iter().peekable();
        let mut named = Vec::new();
        while let Some(word) = rest.next() {
            let Some(name) = word.flag_name() else {
                words.plain.push(word.text);
                continue;
            };
            let (name, given) = match name.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (name.to_owned(), None),
            };
            let Some(argument) = command.arguments.iter().find(|argument| argument.name == name) else {
                return Err(no_such_flag(command, &name));
            };
            let value = given.or_else(|| rest.next_if(|word| word.flag_name().is_none()).map(|word| word.text));
            let value = value.unwrap_or_default();
            check_value(argument, &value)?;
            match argument.form {
                ArgumentForm::Flag(_) => words.flags.push((name, value)),
                ArgumentForm::Word | ArgumentForm::Text => named.push((argument.name, value)),
            }
        }
        words.place(command, named);
        Ok(words)
    }

    /// What was given by name takes the place where it would have been typed.
    fn place(&mut self, command: &Command, named: Vec<(&'static str, String)>) {
        let typed = command.arguments.iter().filter(|argument| !matches!(argument.form, ArgumentForm::Flag(_)));
        for (position, argument) in typed.enumerate() {
            if let Some((_, value)) = named.iter().rev().find(|(name, _)| *name == argument.name) {
                self.plain.insert(position.min(self.plain.len()), value.clone());
            }
        }
    }
}

fn check_value(argument: &Argument, value: &str) -> Result<(), Misuse> {
    let (name, known) = match argument.form {
        ArgumentForm::Flag(known) => (argument.name, known),
        ArgumentForm::Word | ArgumentForm::Text => (argument.name, [].as_slice()),
    };
    if value.is_empty() {
        let example = known.first().unwrap_or(&"…");
        return Err(Misuse(format!("`--{name}` needs a value after it, for example `--{name} {example}`.")));
    }
    if known.is_empty() || known.contains(&value) {
        return Ok(());
    }
    Err(Misuse(format!("`--{name}` cannot be `{value}`; it can be `{}`.", known.join("` or `"))))
}

fn no_such_flag(command: &Command, name: &str) -> Misuse {
    let known = command.arguments.iter().map(|argument| argument.name);
    Misuse(match nearest(name, known) {
        Some(near) => format!("`{}` has no flag `--{name}`; did you mean `--{near}`?", command.name),
        None if command.arguments.is_empty() => format!(
            "`{}` has no flags, so `--{name}` means nothing to it. Usage: `/release {}`",
            command.name, command.usage
        ),
        None => format!("`{}` has no flag `--{name}`. Usage: `/release {}`", command.name, command.usage),
    })
}

struct Word {
    text: String,
    quoted: bool,
}

impl Word {
    /// The flag's name when this is one. Chat programs turn `--` into a dash, so that counts as well.
    fn flag_name(&self) -> Option<&str> {
        if self.quoted {
            return None;
        }
        self.text
            .strip_prefix("--")
            .or_else(|| self.text.strip_prefix('—'))
            .or_else(|| self.text.strip_prefix('–'))
            .filter(|name| name.starts_with(|first: char| first.is_ascii_alphabetic()))
    }
}

/// Splits at white space; keeps what stands in quotes together, whatever kind of quotes the chat made of them.
fn split(text: &str) -> Result<Vec<Word>, Misuse> {
    let mut words = Vec::new();
    let mut word: Option<Word> = None;
    let mut chars = text.chars();
    while let Some(here) = chars.next() {
        match closing(here) {
            Some(end) if word.is_none() => {
                let mut inside = String::new();
                loop {
                    match chars.next() {
                        Some('\\') => inside.extend(chars.next()),
                        Some(next) if end.contains(&next) => break,
                        Some(next) => inside.push(next),
                        None => {
                            return Err(Misuse(format!(
                                "The quote before `{}` is not closed; add `{}` at the end.",
                                cut(&inside),
                                end[0]
                            )));
                        }
                    }
                }
                words.push(Word { text: inside, quoted: true });
            }
            _ if here.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_with(|| Word { text: String::new(), quoted: false }).text.push(here),
        }
    }
    words.extend(word);
    Ok(words)
}

fn closing(open: char) -> Option<&'static [char]> {
    match open {
        '"' => Some(&['"', '”']),
        '“' | '„' => Some(&['”', '“', '"']),
        '«' => Some(&['»']),
        _ => None,
    }
}

fn cut(text: &str) -> String {
    let start: String = text.chars().take(20).collect();
    if start.len() < text.len() { format!("{start}…") } else { start }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::draft::command::DRAFT;
    use crate::features::draft::edit::EDIT;

    fn plain(text: &str) -> Vec<String> {
        Words::of(&EDIT, text).expect("words").plain
    }

    #[test]
    fn quotes_of_any_chat_keep_words_together() {
        assert_eq!(plain("7 rollback \"go back to v2\""), ["7", "rollback", "go back to v2"]);
        assert_eq!(plain("7 rollback “go back to v2”"), ["7", "rollback", "go back to v2"]);
        assert_eq!(plain("7 rollback \"say \\\"no\\\"\""), ["7", "rollback", "say \"no\""]);
        assert_eq!(plain("it's 5 o'clock"), ["it's", "5", "o'clock"]);
        assert_eq!(plain("7 rollback \"--not a flag\""), ["7", "rollback", "--not a flag"]);
    }

    #[test]
    fn an_open_quote_is_named() {
        let Misuse(said) = Words::of(&EDIT, "7 rollback \"go back").expect_err("open");
        assert_eq!(said, "The quote before `go back` is not closed; add `\"` at the end.");
    }

    #[test]
    fn flags_are_found_with_either_spelling_and_with_a_chat_s_dash() {
        for text in ["a --kind work", "a --kind=work", "a —kind work"] {
            let words = Words::of(&DRAFT, text).expect("words");
            assert_eq!(
                (words.plain, words.flags),
                (vec!["a".to_owned()], vec![("kind".to_owned(), "work".to_owned())])
            );
        }
    }

    #[test]
    fn what_is_given_by_name_takes_its_place_among_the_words() {
        for text in
            ["payments v1..v2", "--service payments v1..v2", "v1..v2 --service payments", "--range=v1..v2 payments"]
        {
            assert_eq!(Words::of(&DRAFT, text).expect("words").plain, ["payments", "v1..v2"], "{text}");
        }
        assert_eq!(plain("7 --section rollback \"go back\""), ["7", "rollback", "go back"]);
        assert_eq!(plain("--text \"go back\" --section rollback --note 7"), ["7", "rollback", "go back"]);
    }

    #[test]
    fn a_wrong_flag_names_the_nearest() {
        let said = |text| Words::of(&DRAFT, text).expect_err("wrong").0;
        assert_eq!(said("--knid work"), "`draft` has no flag `--knid`; did you mean `--kind`?");
        assert_eq!(said("--kind wrok"), "`--kind` cannot be `wrok`; it can be `deployment` or `work`.");
        assert_eq!(said("--kind"), "`--kind` needs a value after it, for example `--kind deployment`.");
    }
}
