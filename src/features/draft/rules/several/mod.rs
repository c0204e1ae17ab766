//! What does the note say when several modules go out together? What each needs under its name, and what they need together.

mod bonds;
mod order;
mod rollback;

pub use order::order;

use super::phrase::{list, name};
use super::story::Story;
use super::{Tell, summary};
use crate::domain::draft::Field;
use crate::features::draft::{Material, Read};
use serde_json::Value;

/// Entries of a list when its schema names no limit.
const ENTRIES: usize = 30;

/// One section over all modules.
pub fn tell(material: &Material, field: &Field, tell: Tell) -> Option<Value> {
    let whole = Story::of(material);
    match field.key.as_str() {
        "title" | "operators" | "dashboards" | "announce_channel" | "announcement" | "deployment_order" => {
            tell(&whole, field)
        }
        "summary" => super::text(summary::together(&whole)),
        "rollback_strategy" => rollback::strategy(material, field),
        "rollback_scenario" => {
            let each = under_names(material, field, tell)?;
            let text = format!("{}\n\n{}", rollback::together(material), each.as_str().unwrap_or_default());
            Some(fitting(text, field, || tell(&whole, field)))
        }
        "repositories" => {
            Some(all(material, field, tell).into_iter().flat_map(entries).map(|(_, entry)| entry).collect())
        }
        _ => match field.schema["type"].as_str() {
            Some("array") => listed(material, field, tell),
            _ => {
                let each = under_names(material, field, tell)?;
                let text = each.as_str().unwrap_or_default().to_owned();
                Some(fitting(text, field, || tell(&whole, field)))
            }
        },
    }
}

/// What each module has to say, in the order of deployment.
fn all<'a>(material: &'a Material, field: &Field, tell: Tell) -> Vec<(&'a Read, Value)> {
    let told = |read: &'a Read| Some((read, tell(&Story::of_module(material, read), field)?));
    material.modules.iter().filter_map(told).collect()
}

fn entries((read, value): (&Read, Value)) -> Vec<(&Read, Value)> {
    match value {
        Value::Array(entries) => entries.into_iter().map(|entry| (read, entry)).collect(),
        other => vec![(read, other)],
    }
}

/// The texts of the modules, each under a heading.
fn under_names(material: &Material, field: &Field, tell: Tell) -> Option<Value> {
    let parts: Vec<String> = all(material, field, tell)
        .iter()
        .filter_map(|(read, value)| Some(format!("### {}\n\n{}", read.service.name, value.as_str()?)))
        .collect();
    super::text(parts.join("\n\n"))
}

/// Entries of all modules, each with its module; the same of several modules is one. Where the list has no room for all, each
/// module keeps its first.
fn listed(material: &Material, field: &Field, tell: Tell) -> Option<Value> {
    let most = field.schema["maxItems"].as_u64().and_then(|most| usize::try_from(most).ok()).unwrap_or(ENTRIES);
    let share = (most / material.modules.len()).max(1);
    let told = all(material, field, tell).into_iter().flat_map(|one| entries(one).into_iter().take(share));
    let mut lines: Vec<(String, Vec<String>, String)> = Vec::new();
    for (read, entry) in told {
        let Some((text, cites)) = entry.as_str().map(without_citations) else { continue };
        let module = name(&read.service.name);
        match lines.iter_mut().find(|(known, ..)| known == text) {
            Some((_, modules, all)) => {
                modules.push(module);
                all.push_str(cites);
            }
            None => lines.push((text.to_owned(), vec![module], cites.to_owned())),
        }
    }
    let lines = lines.into_iter().take(most);
    let lines: Vec<Value> =
        lines.map(|(text, modules, cites)| Value::from(format!("{}: {text}{cites}", list(&modules)))).collect();
    (!lines.is_empty()).then_some(Value::Array(lines))
}

/// `Check it [risk:1] [c:1a2b3c4]` → `Check it`, ` [risk:1] [c:1a2b3c4]`
fn without_citations(entry: &str) -> (&str, &str) {
    let mut text = entry;
    while let Some((before, _)) = text.strip_suffix(']').and_then(|rest| rest.rsplit_once(" [")) {
        text = before;
    }
    entry.split_at(text.len())
}

/// The text, or a shorter telling when the schema has no room for it; citations do not count, they are taken out.
fn fitting(text: String, field: &Field, shorter: impl Fn() -> Option<Value>) -> Value {
    let most = field.schema["maxLength"].as_u64().and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
    let mut depth = 0_usize;
    let shown = text.chars().filter(|letter| {
        depth = if *letter == '[' { depth + 1 } else { depth };
        let counts = depth == 0;
        depth = if *letter == ']' { depth.saturating_sub(1) } else { depth };
        counts
    });
    let fits = shown.count() <= most;
    let shorter = if fits { None } else { shorter() };
    shorter.unwrap_or(Value::String(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::note::Kind;
    use crate::features::draft::rules::tests::several;
    use crate::features::draft::schema::Schema;
    use serde_json::json;

    #[test]
    fn the_same_entry_of_several_modules_is_one_that_rests_on_what_each_rests_on() {
        let material = several();
        let schema = Schema::embedded(Kind::Deployment);
        let field = schema.field("before").expect("there");
        let told = listed(&material, field, |story, _| {
            Some(json!([format!("Check the logs [{}]", story.range()[0]), format!("Look at {}", story.name())]))
        });
        let told = told.expect("entries");
        let modules: Vec<&str> = material.modules.iter().map(|read| read.service.name.as_str()).collect();
        let [first, second] = modules.as_slice() else { panic!("two modules: {modules:?}") };
        assert_eq!(
            told,
            json!([
                format!("`{first}` and `{second}`: Check the logs [{first}/range:1] [{second}/range:1]"),
                format!("`{first}`: Look at {first}"),
                format!("`{second}`: Look at {second}"),
            ])
        );
    }
}
