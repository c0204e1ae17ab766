//! What does a typed command come to, by the commands that are registered? Discord's client offers nothing else.

use super::state::State;
use serde_json::{Value, json};

/// A command as the bot will hear it, and whether the last option is only being typed.
pub struct Typed {
    pub data: Value,
    pub about: String,
}

impl State {
    /// `/release draft service:payments range:v1..v2`. `Err`: what the client would not let anybody send.
    pub fn typed(&self, guild: Option<u64>, text: &str, completing: bool) -> Result<Typed, String> {
        let rest = text.strip_prefix('/').ok_or("a command starts with `/`")?;
        let (name, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let command = self.command(guild, 1, name)?;
        let mut data = json!({ "id": command["id"], "name": name, "type": 1 });
        if let Some(guild) = command.get("guild_id") {
            data["guild_id"] = guild.clone();
        }
        let known = list(&command["options"]);
        let given = if known.iter().any(|option| option["type"] == 1) {
            let rest = rest.trim_start();
            let (sub, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            let found = known.iter().find(|option| option["name"] == sub);
            let found = found.ok_or_else(|| format!("`/{name}` has no `{sub}`; it has {}", names(&known)))?;
            let options = options(&list(&found["options"]), rest, completing)?;
            json!([{ "name": sub, "type": 1, "options": options }])
        } else {
            json!(options(&known, rest, completing)?)
        };
        data["options"] = given;
        Ok(Typed { data, about: text.to_owned() })
    }

    /// A command of the message menu: `Draft a note from this`.
    pub fn menu(&self, guild: Option<u64>, name: &str, message: u64) -> Result<Typed, String> {
        let command = self.command(guild, 3, name)?;
        let target = message.to_string();
        let shown = self.message_json(&self.messages[&message]);
        let resolved = json!({ "messages": { target.clone(): shown } });
        let mut data =
            json!({ "id": command["id"], "name": name, "type": 3, "target_id": target, "resolved": resolved });
        if let Some(guild) = command.get("guild_id") {
            data["guild_id"] = guild.clone();
        }
        Ok(Typed { data, about: name.to_owned() })
    }

    /// A server's own command hides a global one of the same name.
    fn command(&self, guild: Option<u64>, kind: u64, name: &str) -> Result<&Value, String> {
        let own = guild.and_then(|guild| self.commands.get(&Some(guild))).into_iter().flatten();
        let everywhere = self.commands.get(&None).into_iter().flatten().filter(|command| {
            let contexts = command["contexts"].as_array();
            contexts.is_none_or(|contexts| contexts.iter().any(|context| *context == u8::from(guild.is_none())))
        });
        let all: Vec<&Value> = own.chain(everywhere).filter(|command| command["type"] == kind).collect();
        let found = all.iter().find(|command| command["name"] == name).copied();
        found.ok_or_else(|| format!("there is no command `{name}` here; there is {}", names_of(all.into_iter())))
    }
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn names(options: &[Value]) -> String {
    names_of(options.iter())
}

fn names_of<'a>(options: impl Iterator<Item = &'a Value>) -> String {
    let names: Vec<String> =
        options.map(|option| format!("`{}`", option["name"].as_str().unwrap_or_default())).collect();
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}

/// `service:payments range:v1..v2`; a value reaches to the next option's name.
fn options(known: &[Value], text: &str, completing: bool) -> Result<Vec<Value>, String> {
    let mut starts: Vec<(usize, &Value, usize)> = Vec::new();
    for option in known {
        let label = format!("{}:", option["name"].as_str().unwrap_or_default());
        let at = text.match_indices(&label).map(|(at, _)| at);
        let mut at = at.filter(|at| *at == 0 || text[..*at].ends_with(char::is_whitespace));
        if let Some(at) = at.next() {
            starts.push((at, option, at + label.len()));
        }
    }
    starts.sort_by_key(|(at, _, _)| *at);
    let before = &text[..starts.first().map_or(text.len(), |(at, _, _)| *at)];
    if !before.trim().is_empty() {
        return Err(format!("`{}` belongs to no option; there is {}", before.trim(), names(known)));
    }
    let mut given = Vec::new();
    for (number, (_, option, from)) in starts.iter().enumerate() {
        let last = number + 1 == starts.len();
        let to = starts.get(number + 1).map_or(text.len(), |(at, _, _)| *at);
        let typed = text[*from..to].trim();
        if completing && last {
            if option["autocomplete"] != true {
                return Err(format!("`{}` completes nothing", option["name"]));
            }
            given.push(json!({ "name": option["name"], "type": option["type"], "value": typed, "focused": true }));
        } else {
            given.push(json!({ "name": option["name"], "type": option["type"], "value": value(option, typed)? }));
        }
    }
    let missing = known.iter().find(|option| {
        option["required"] == true && !completing && starts.iter().all(|(_, given, _)| given["name"] != option["name"])
    });
    match missing {
        Some(option) => Err(format!("`{}` is required", option["name"].as_str().unwrap_or_default())),
        None => Ok(given),
    }
}

fn value(option: &Value, typed: &str) -> Result<Value, String> {
    let name = option["name"].as_str().unwrap_or_default();
    let choices = list(&option["choices"]);
    if !choices.is_empty() {
        let chosen = choices.iter().find(|choice| choice["name"] == typed || choice["value"] == typed);
        let chosen = chosen.ok_or_else(|| format!("`{name}` cannot be `{typed}`; it can be {}", names(&choices)))?;
        return Ok(chosen["value"].clone());
    }
    let wrong = || format!("`{typed}` does not fit `{name}`");
    match option["type"].as_u64() {
        Some(3) => {
            let letters = typed.chars().count() as u64;
            let most = option["max_length"].as_u64().unwrap_or(6_000);
            let least = option["min_length"].as_u64().unwrap_or(1);
            if (least..=most).contains(&letters) { Ok(json!(typed)) } else { Err(wrong()) }
        }
        Some(4) => typed.parse::<i64>().map(|number| json!(number)).map_err(|_| wrong()),
        Some(5) => typed.to_lowercase().parse::<bool>().map(|is| json!(is)).map_err(|_| wrong()),
        _ => Err(format!("this client cannot type `{name}`")),
    }
}
