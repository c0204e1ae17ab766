//! What does Discord know of `/release`, and what words does a person's choice of options come to?

use super::rows;
use super::{Discord, page, words};
use crate::ports::chat::{Argument, ArgumentForm, CommandShape, Intake};
use crate::ports::store::StoreError;
use serde_json::{Value, json};
use serenity::http::{LightMethod, Route};
use serenity::model::id::GuildId;
use sha2::{Digest as _, Sha256};

pub const COMMAND: &str = "release";
/// Entries of a message's menu, with the action each is a press of.
pub const MENU: [(&str, &str); 2] = [("Draft a note from this", "note.draft"), ("File as incident", "incident.file")];

const ABOUT: usize = 100;
const SUBCOMMANDS: usize = 25;
const CHOICES: usize = 25;

/// What is registered, as Discord takes it.
pub fn registration(shapes: &[CommandShape], everywhere: bool) -> Value {
    let subcommands: Vec<Value> = shapes.iter().take(SUBCOMMANDS).map(subcommand).collect();
    let mut command = json!({
        "name": COMMAND, "type": 1, "description": "Release notes: draft, read, edit, follow", "options": subcommands,
    });
    let mut menu: Vec<Value> = MENU.iter().map(|(name, _)| json!({ "name": name, "type": 3 })).collect();
    if everywhere {
        // On servers, and in a conversation with the bot.
        for entry in menu.iter_mut().chain([&mut command]) {
            entry["contexts"] = json!([0, 1]);
            entry["integration_types"] = json!([0]);
        }
    }
    menu.insert(0, command);
    json!(menu)
}

fn subcommand(shape: &CommandShape) -> Value {
    // Discord wants what is required first; the words keep the order in which they are typed.
    let (required, optional): (Vec<&Argument>, Vec<&Argument>) =
        shape.arguments.iter().partition(|argument| argument.required);
    let options: Vec<Value> = required.into_iter().chain(optional).map(option).collect();
    json!({ "name": shape.name, "type": 1, "description": about(shape.about), "options": options })
}

fn option(argument: &Argument) -> Value {
    let mut option = json!({
        "name": argument.name, "type": 3, "description": about(argument.about), "required": argument.required,
    });
    match argument.form {
        ArgumentForm::Word => option["autocomplete"] = json!(true),
        ArgumentForm::Flag(known) if !known.is_empty() && known.len() <= CHOICES => {
            option["choices"] = known.iter().map(|value| json!({ "name": value, "value": value })).collect();
        }
        ArgumentForm::Flag(_) | ArgumentForm::Text => {}
    }
    option
}

fn about(text: &str) -> String {
    if text.chars().count() <= ABOUT {
        return text.to_owned();
    }
    let cut: String = text.chars().take(ABOUT - 1).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{}…", cut[..end].trim_end_matches([',', ';', ':', ' ']))
}

/// `draft payments v1..v2 --kind work`: what the person would have typed. `given` are names and values of options.
pub fn words_of(shapes: &[CommandShape], name: &str, given: &[(String, String)]) -> String {
    let mut typed = name.to_owned();
    let arguments = shapes.iter().find(|shape| shape.name == name).map_or([].as_slice(), |shape| shape.arguments);
    let mut gap = false;
    for argument in arguments {
        let Some((_, value)) = given.iter().find(|(name, _)| name == argument.name) else {
            gap |= !matches!(argument.form, ArgumentForm::Flag(_));
            continue;
        };
        // After one that was left out, a place would mean something else.
        if gap || matches!(argument.form, ArgumentForm::Flag(_)) {
            typed.push_str(&format!(" --{}", argument.name));
        }
        let quotes = matches!(argument.form, ArgumentForm::Text);
        typed.push_str(&format!(" {}", if quotes { quoted(value) } else { word(value) }));
    }
    typed
}

/// As it is where it is one plain word.
fn word(value: &str) -> String {
    let plain = !value.is_empty()
        && !value.contains(|letter: char| letter.is_whitespace() || "\"“”„«»\\".contains(letter))
        && !value.starts_with(['-', '—', '–']);
    if plain { value.to_owned() } else { quoted(value) }
}

/// Whatever would end the quotes is escaped.
fn quoted(value: &str) -> String {
    let mut text = String::from("\"");
    for letter in value.chars() {
        if matches!(letter, '"' | '”' | '\\') {
            text.push('\\');
        }
        text.push(letter);
    }
    text.push('"');
    text
}

impl Discord {
    /// Tells Discord what there is, where it does not know it yet.
    pub(super) async fn register(&self, intake: &dyn Intake) -> Result<(), StoreError> {
        let shapes = intake.commands();
        let guilds = &self.options.guilds;
        let wanted: Vec<Option<u64>> =
            if guilds.is_empty() { vec![None] } else { guilds.iter().copied().map(Some).collect() };
        for (key, _) in self.rows.all::<String>(rows::COMMANDS).await? {
            let scope = key[rows::COMMANDS.len()..].parse().ok();
            if !wanted.contains(&scope) {
                // Registered by an earlier configuration; beside the others it would be there twice.
                self.register_in(intake, scope, &json!([])).await?;
                self.rows.delete(key).await?;
            }
        }
        for scope in wanted {
            self.register_in(intake, scope, &registration(&shapes, scope.is_none())).await?;
        }
        Ok(())
    }

    /// A server that invites us anew has forgotten our commands.
    pub(super) async fn register_again(&self, intake: &dyn Intake, guild: u64) -> Result<(), StoreError> {
        if !self.options.guilds.contains(&guild) {
            return Ok(());
        }
        self.rows.delete(rows::commands(Some(guild))).await?;
        self.register_in(intake, Some(guild), &registration(&intake.commands(), false)).await
    }

    async fn register_in(&self, intake: &dyn Intake, guild: Option<u64>, body: &Value) -> Result<(), StoreError> {
        let key = rows::commands(guild);
        let hash = page::short(&Sha256::digest(body.to_string()));
        if self.rows.get::<String>(&key).await? == Some(hash.clone()) {
            return Ok(());
        }
        let notice = format!("commands/{}", guild.map_or("everywhere".to_owned(), |guild| guild.to_string()));
        let registered = match self.me().await {
            Err(problem) => Err(problem),
            Ok(me) => {
                let application_id = me.application.into();
                let route = match guild {
                    Some(guild) => Route::GuildCommands { application_id, guild_id: GuildId::new(guild) },
                    None => Route::Commands { application_id },
                };
                self.calls.send(LightMethod::Put, route, body).await
            }
        };
        match registered {
            Ok(_) => {
                tracing::info!(guild, "commands are registered on Discord");
                intake.notice(super::PLATFORM, &notice, None).await;
                self.rows.put(key, &hash).await
            }
            Err(problem) => {
                let told = words::commands_refused(guild, &problem.fault.to_string());
                intake.notice(super::PLATFORM, &notice, Some(told)).await;
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRAFT: CommandShape = CommandShape {
        name: "draft",
        about: "Draft a note for a change. Without FROM, it starts at the previous release tag, and more words than fit here do.",
        arguments: &[
            Argument { name: "service", about: "What is released", required: false, form: ArgumentForm::Word },
            Argument { name: "range", about: "FROM..TO", required: false, form: ArgumentForm::Word },
            Argument {
                name: "kind",
                about: "Which",
                required: false,
                form: ArgumentForm::Flag(&["deployment", "work"]),
            },
        ],
    };
    const EDIT: CommandShape = CommandShape {
        name: "edit",
        about: "Change a section",
        arguments: &[
            Argument { name: "hint", about: "Optional", required: false, form: ArgumentForm::Word },
            Argument { name: "text", about: "Your words", required: true, form: ArgumentForm::Text },
        ],
    };

    fn typed(name: &str, given: &[(&str, &str)]) -> String {
        let given: Vec<_> = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        words_of(&[DRAFT, EDIT], name, &given)
    }

    #[test]
    fn options_become_the_words_people_would_type() {
        assert_eq!(typed("draft", &[]), "draft");
        assert_eq!(
            typed("draft", &[("range", "v1..v2"), ("service", "payments"), ("kind", "work")]),
            "draft payments v1..v2 --kind work"
        );
        assert_eq!(typed("draft", &[("range", "v1..v2")]), "draft --range v1..v2", "a place left out keeps its place");
        assert_eq!(typed("draft", &[("service", "my service")]), "draft \"my service\"");
        assert_eq!(typed("edit", &[("text", "say \"no\" and \\ and ”")]), r#"edit --text "say \"no\" and \\ and \”""#);
    }

    #[test]
    fn what_is_required_is_registered_first_and_descriptions_end_at_a_word() {
        let registered = registration(&[DRAFT, EDIT], false);
        let release = &registered[0];
        assert_eq!(release["options"][1]["options"][0]["name"], "text");
        let about = release["options"][0]["description"].as_str().expect("a text");
        assert!(about.chars().count() <= 100 && about.ends_with("more words…"), "{about}");
        assert_eq!(release["options"][0]["options"][2]["choices"][1]["value"], "work");
        assert_eq!(registered[1], json!({ "name": "Draft a note from this", "type": 3 }));
        assert_eq!(registration(&[DRAFT], true)[2]["contexts"], json!([0, 1]));
    }
}
