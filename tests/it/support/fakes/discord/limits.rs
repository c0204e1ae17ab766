//! Which limits does the official description leave out? The documented ones, and a core of the description for where it
//! cannot be had.

use super::spec::Wrong;
use serde_json::Value;
use std::collections::HashSet;

/// Bots get less than the 4,000 characters of the description.
const CONTENT: usize = 2_000;
const EMBEDS: usize = 10;
/// Titles, descriptions, field names and values, footers and authors of all embeds of a message.
const EMBED_TEXT: usize = 6_000;
const ROWS: usize = 5;
const BUTTONS: usize = 5;
const OPTIONS: usize = 25;
const CUSTOM_ID: usize = 100;
const NONCE: usize = 25;
const ALT: usize = 1_024;
const MODAL_TITLE: usize = 45;
const CHOICE: usize = 100;

struct Check(Vec<Wrong>);

impl Check {
    fn demand(&mut self, met: bool, path: &str, code: &str, message: impl Into<String>) {
        if !met {
            self.0.push((path.to_owned(), code.to_owned(), message.into()));
        }
    }

    fn text(&mut self, value: &Value, path: &str, most: usize) {
        let letters = value.as_str().map_or(0, |text| text.chars().count());
        let message = format!("Must be {most} or fewer in length.");
        self.demand(letters <= most, path, "BASE_TYPE_MAX_LENGTH", message);
    }

    fn filled(&mut self, value: &Value, path: &str, most: usize) {
        let blank = value.as_str().is_none_or(|text| text.trim().is_empty());
        self.demand(!blank, path, "BASE_TYPE_REQUIRED", "This field is required");
        self.text(value, path, most);
    }

    fn count(&mut self, value: &Value, path: &str, most: usize) {
        let items = value.as_array().map_or(0, Vec::len);
        self.demand(items <= most, path, "BASE_TYPE_MAX_LENGTH", format!("Must be {most} or fewer in length."));
    }
}

/// A message about to stand somewhere; `files` are the numbers of those sent with it.
pub fn message(body: &Value, files: &[u64]) -> Vec<Wrong> {
    let mut check = Check(Vec::new());
    check.text(&body["content"], "content", CONTENT);
    check.count(&body["embeds"], "embeds", EMBEDS);
    embeds(&mut check, body);
    components(&mut check, &body["components"]);
    attachments(&mut check, body, files);
    check.text(&body["nonce"], "nonce", NONCE);
    let enforced = body["enforce_nonce"] == true;
    check.demand(
        !enforced || !body["nonce"].is_null(),
        "nonce",
        "NONCE_REQUIRED",
        "A nonce is to be enforced, and there is none",
    );
    check.0
}

fn embeds(check: &mut Check, body: &Value) {
    let mut sum = 0;
    for (at, embed) in body["embeds"].as_array().into_iter().flatten().enumerate() {
        let path = |part: &str| format!("embeds.{at}.{part}");
        check.text(&embed["title"], &path("title"), 256);
        check.text(&embed["description"], &path("description"), 4_096);
        check.text(&embed["footer"]["text"], &path("footer.text"), 2_048);
        check.text(&embed["author"]["name"], &path("author.name"), 256);
        check.count(&embed["fields"], &path("fields"), 25);
        let mut texts =
            vec![&embed["title"], &embed["description"], &embed["footer"]["text"], &embed["author"]["name"]];
        for (number, field) in embed["fields"].as_array().into_iter().flatten().enumerate() {
            check.filled(&field["name"], &path(&format!("fields.{number}.name")), 256);
            check.filled(&field["value"], &path(&format!("fields.{number}.value")), 1_024);
            texts.extend([&field["name"], &field["value"]]);
        }
        let letters: usize = texts.iter().filter_map(|text| text.as_str()).map(|text| text.chars().count()).sum();
        let shows = letters > 0 || ["image", "thumbnail"].iter().any(|part| embed[*part]["url"].is_string());
        check.demand(shows, &format!("embeds.{at}"), "BASE_TYPE_REQUIRED", "This embed has nothing in it");
        sum += letters;
    }
    let message = format!("Embed size exceeds maximum size of {EMBED_TEXT}");
    check.demand(sum <= EMBED_TEXT, "embeds", "MAX_EMBED_SIZE_EXCEEDED", message);
}

fn components(check: &mut Check, rows: &Value) {
    check.count(rows, "components", ROWS);
    let mut ids = HashSet::new();
    for (at, row) in rows.as_array().into_iter().flatten().enumerate() {
        let path = format!("components.{at}");
        check.demand(row["type"] == 1, &path, "COMPONENT_TYPE", "Top-level components are action rows");
        let inside = row["components"].as_array().cloned().unwrap_or_default();
        let selects = inside.iter().filter(|part| part["type"] != 2).count();
        let fits = !inside.is_empty() && inside.len() <= BUTTONS && (selects == 0 || inside.len() == 1);
        check.demand(fits, &path, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "A row takes five buttons or one select");
        for (number, part) in inside.iter().enumerate() {
            component(check, part, &format!("{path}.components.{number}"), &mut ids);
        }
    }
}

fn component(check: &mut Check, part: &Value, path: &str, ids: &mut HashSet<String>) {
    check.text(&part["custom_id"], &format!("{path}.custom_id"), CUSTOM_ID);
    if let Some(id) = part["custom_id"].as_str() {
        let fresh = ids.insert(id.to_owned());
        check.demand(fresh, path, "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated");
    }
    match part["type"].as_u64() {
        Some(2) => {
            check.text(&part["label"], &format!("{path}.label"), 80);
            let link = part["style"] == 5;
            let right = if link {
                part["url"].is_string() && part["custom_id"].is_null()
            } else {
                part["custom_id"].is_string()
            };
            check.demand(right, path, "BUTTON_COMPONENT_INVALID", "A button has a custom id, a link has an address");
            let told =
                part["label"].as_str().is_some_and(|label| !label.trim().is_empty()) || part["emoji"].is_object();
            check.demand(told, path, "BUTTON_COMPONENT_NO_LABEL", "A button must have a label or an emoji");
        }
        Some(3) => {
            check.filled(&part["custom_id"], &format!("{path}.custom_id"), CUSTOM_ID);
            check.text(&part["placeholder"], &format!("{path}.placeholder"), 150);
            check.count(&part["options"], &format!("{path}.options"), OPTIONS);
            let mut values = HashSet::new();
            for (number, option) in part["options"].as_array().into_iter().flatten().enumerate() {
                let path = format!("{path}.options.{number}");
                check.filled(&option["label"], &format!("{path}.label"), 100);
                check.filled(&option["value"], &format!("{path}.value"), 100);
                check.text(&option["description"], &format!("{path}.description"), 100);
                let fresh = values.insert(option["value"].to_string());
                check.demand(fresh, &path, "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The value is there twice");
            }
        }
        _ => {}
    }
}

fn attachments(check: &mut Check, body: &Value, files: &[u64]) {
    let mut described = HashSet::new();
    for (at, attachment) in body["attachments"].as_array().into_iter().flatten().enumerate() {
        check.text(&attachment["description"], &format!("attachments.{at}.description"), ALT);
        let id = attachment["id"].as_str().and_then(|id| id.parse::<u64>().ok());
        if let Some(id) = id.filter(|id| *id < 1_000) {
            let sent = files.contains(&id) && described.insert(id);
            check.demand(
                sent,
                &format!("attachments.{at}.id"),
                "ATTACHMENT_NOT_FOUND",
                format!("There is no file {id}"),
            );
        }
    }
    check.demand(files.len() <= 10, "attachments", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.");
}

/// A modal about to open.
pub fn modal(data: &Value) -> Vec<Wrong> {
    let mut check = Check(Vec::new());
    check.filled(&data["title"], "data.title", MODAL_TITLE);
    check.filled(&data["custom_id"], "data.custom_id", CUSTOM_ID);
    check.count(&data["components"], "data.components", ROWS);
    let mut ids = HashSet::new();
    for (at, row) in data["components"].as_array().into_iter().flatten().enumerate() {
        let path = format!("data.components.{at}");
        let inside = match row["type"].as_u64() {
            Some(1) => row["components"].as_array().cloned().unwrap_or_default(),
            Some(18) => vec![row["component"].clone()],
            _ => Vec::new(),
        };
        check.demand(inside.len() == 1, &path, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "A row of a modal holds one input");
        for input in inside {
            check.filled(&input["custom_id"], &format!("{path}.custom_id"), CUSTOM_ID);
            let fresh = ids.insert(input["custom_id"].to_string());
            check.demand(fresh, &path, "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated");
            if input["type"] == 4 {
                text_input(&mut check, &input, row, &path);
            }
        }
    }
    check.0
}

fn text_input(check: &mut Check, input: &Value, row: &Value, path: &str) {
    let label = if row["type"] == 18 { &row["label"] } else { &input["label"] };
    check.filled(label, &format!("{path}.label"), 45);
    check.text(&input["placeholder"], &format!("{path}.placeholder"), 100);
    let most = input["max_length"].as_u64().unwrap_or(4_000);
    check.demand((1..=4_000).contains(&most), path, "NUMBER_TYPE_MAX", "max_length is from 1 to 4000");
    let letters = input["value"].as_str().map_or(0, |text| text.chars().count() as u64);
    check.demand(letters <= most, path, "BASE_TYPE_MAX_LENGTH", "The value is longer than max_length");
    let least = input["min_length"].as_u64().unwrap_or(0);
    check.demand(
        letters == 0 || letters >= least,
        path,
        "BASE_TYPE_MIN_LENGTH",
        "The value is shorter than min_length",
    );
}

/// Completions of what a person types.
pub fn choices(data: &Value) -> Vec<Wrong> {
    let mut check = Check(Vec::new());
    check.count(&data["choices"], "data.choices", OPTIONS);
    for (at, choice) in data["choices"].as_array().into_iter().flatten().enumerate() {
        check.filled(&choice["name"], &format!("data.choices.{at}.name"), CHOICE);
        check.filled(&choice["value"], &format!("data.choices.{at}.value"), CHOICE);
    }
    check.0
}

/// Commands about to be registered.
pub fn commands(body: &Value) -> Vec<Wrong> {
    let mut check = Check(Vec::new());
    let mut names = HashSet::new();
    for (at, command) in body.as_array().into_iter().flatten().enumerate() {
        let kind = command["type"].as_u64().unwrap_or(1);
        let fresh = names.insert((kind, command["name"].to_string()));
        check.demand(fresh, &at.to_string(), "APPLICATION_COMMANDS_DUPLICATE_NAME", "A command of this name is there");
        if kind == 1 {
            name(&mut check, &command["name"], &at.to_string());
            check.filled(&command["description"], &format!("{at}.description"), 100);
            options(&mut check, &command["options"], &at.to_string());
            let size = sizes(command);
            check.demand(
                size <= 8_000,
                &at.to_string(),
                "APPLICATION_COMMAND_TOO_LARGE",
                format!("{size} characters of names, descriptions and values; 8000 fit"),
            );
        } else {
            check.filled(&command["name"], &format!("{at}.name"), 32);
            let bare = command["description"].as_str().unwrap_or_default().is_empty() && command["options"].is_null();
            check.demand(
                bare,
                &at.to_string(),
                "APPLICATION_COMMAND_INVALID",
                "A menu command has neither description nor options",
            );
        }
    }
    check.0
}

fn options(check: &mut Check, options: &Value, path: &str) {
    check.count(options, &format!("{path}.options"), OPTIONS);
    let mut names = HashSet::new();
    let mut optional = false;
    for (at, option) in options.as_array().into_iter().flatten().enumerate() {
        let path = format!("{path}.options.{at}");
        name(check, &option["name"], &path);
        check.demand(
            names.insert(option["name"].to_string()),
            &path,
            "APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATE",
            "An option of this name is there",
        );
        check.filled(&option["description"], &format!("{path}.description"), 100);
        check.count(&option["choices"], &format!("{path}.choices"), OPTIONS);
        let both = option["autocomplete"] == true && !option["choices"].as_array().is_none_or(Vec::is_empty);
        check.demand(
            !both,
            &path,
            "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES",
            "Choices and autocompletion exclude each other",
        );
        for (number, choice) in option["choices"].as_array().into_iter().flatten().enumerate() {
            check.filled(&choice["name"], &format!("{path}.choices.{number}.name"), CHOICE);
            check.filled(&choice["value"], &format!("{path}.choices.{number}.value"), CHOICE);
        }
        if option["type"] == 1 || option["type"] == 2 {
            self::options(check, &option["options"], &path);
            continue;
        }
        let required = option["required"] == true;
        check.demand(
            !(required && optional),
            &path,
            "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
            "Required options must be placed before non-required options",
        );
        optional |= !required;
    }
}

/// `^[-_'\p{L}\p{N}]{1,32}$`, in lower case where there is one.
fn name(check: &mut Check, name: &Value, path: &str) {
    let name = name.as_str().unwrap_or_default();
    let fits = (1..=32).contains(&name.chars().count())
        && name.chars().all(|letter| letter.is_alphanumeric() || "-_'".contains(letter))
        && name.to_lowercase() == name;
    check.demand(fits, &format!("{path}.name"), "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
}

fn sizes(part: &Value) -> usize {
    let letters = |value: &Value| value.as_str().map_or(0, |text| text.chars().count());
    let inside: usize =
        ["options", "choices"].iter().flat_map(|list| part[*list].as_array().into_iter().flatten()).map(sizes).sum();
    letters(&part["name"]) + letters(&part["description"]) + letters(&part["value"]) + inside
}
