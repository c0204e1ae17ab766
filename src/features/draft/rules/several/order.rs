//! In which order do the modules go out, and why?

use super::bonds::{Bond, bonds};
use crate::domain::draft::Field;
use crate::domain::fact::FactId;
use crate::features::draft::Read;
use crate::features::draft::rules::phrase::{list, name, told};
use crate::features::draft::rules::story::Story;
use serde_json::Value;

/// A numbered list; nothing where only one module goes out.
pub fn order(story: &Story<'_>, _: &Field) -> Option<Value> {
    if !story.is_several() {
        return None;
    }
    let bonds = bonds(story.material);
    let modules = &story.material.modules;
    let steps = modules.iter().enumerate().map(|(n, read)| format!("{}. {}", n + 1, step(read, &bonds)));
    let mut lines: Vec<String> = steps.collect();
    let warnings: Vec<String> = bonds.iter().filter_map(between).collect();
    if !warnings.is_empty() {
        lines.push(String::new());
        lines.extend(warnings.iter().map(|warning| format!("- {warning}")));
    }
    super::super::text(lines.join("\n"))
}

/// ``1. `api` (v8.0..v8.1) before `web`, which needs it through `http` ``
fn step(read: &Read, bonds: &[Bond<'_>]) -> String {
    let own = &read.service.name;
    let users: Vec<&Bond<'_>> = bonds.iter().filter(|bond| bond.used.service.name == *own).collect();
    let used: Vec<&Bond<'_>> = bonds.iter().filter(|bond| bond.user.service.name == *own).collect();
    let is_mutual = |bond: &&&Bond<'_>| used.iter().any(|other| other.used.service.name == bond.user.service.name);
    let mutual: Vec<String> = users.iter().filter(is_mutual).map(|bond| name(&bond.user.service.name)).collect();
    let before = before(users.iter().filter(|bond| !is_mutual(bond)));
    let after = used
        .iter()
        .filter(|bond| !mutual.contains(&name(&bond.used.service.name)))
        .map(|bond| name(&bond.used.service.name));
    let after: Vec<String> = after.collect();
    let mut places = Vec::new();
    if !mutual.is_empty() {
        places.push(format!("together with {}, because each needs the other", list(&mutual)));
    }
    if !after.is_empty() {
        places.push(format!("after {}", list(&after)));
    }
    places.extend(before);
    if places.is_empty() {
        places.push("at any time, because the catalogue knows of no need between it and the others".to_owned());
    }
    let mut facts = vec![FactId::range().of_module(own)];
    facts.extend(users.iter().chain(&used).map(|bond| bond.fact()));
    told(&format!("{} ({}) {}", name(own), read.digest.range.label(), list(&places)), &facts)
}

/// ``before `checkout` and `web`, which need it through `http` ``, for each thing they need it through.
fn before<'a>(users: impl Iterator<Item = &'a &'a Bond<'a>>) -> Vec<String> {
    let mut through: Vec<(String, Vec<String>)> = Vec::new();
    for bond in users {
        let (user, what) = (name(&bond.user.service.name), bond.through());
        match through.iter_mut().find(|(known, _)| *known == what) {
            Some((_, users)) => users.push(user),
            None => through.push((what, vec![user])),
        }
    }
    let told = through.iter().map(|(what, users)| {
        let need = if users.len() == 1 { "needs" } else { "need" };
        format!("before {}, which {need} it{what}", list(users))
    });
    told.collect()
}

/// What the old version of the user meets while only the used one is out.
fn between(bond: &Bond<'_>) -> Option<String> {
    let (what, id) = bond.broken()?;
    let (user, used) = (bond.user, bond.used);
    let text = format!(
        "Between the two, {} {} meets {} {}, which breaks existing use ({}): keep that time short, or let {} serve both for a while",
        name(&user.service.name),
        user.digest.range.from.name,
        name(&used.service.name),
        used.digest.range.to.name,
        what.trim_end_matches('.'),
        name(&used.service.name),
    );
    Some(told(&text, &[id, bond.fact()]))
}
