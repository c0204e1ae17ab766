//! Which module may go back alone, which must go together, and why?

use super::bonds::{Bond, bonds};
use crate::domain::draft::Field;
use crate::domain::fact::FactId;
use crate::features::draft::rules::phrase::{list, name, told};
use crate::features::draft::rules::rollback as of_one;
use crate::features::draft::rules::story::Story;
use crate::features::draft::{Material, Read};
use serde_json::Value;

/// Of the modules' strategies the most careful one.
pub fn strategy(material: &Material, field: &Field) -> Option<Value> {
    const CAREFUL: [&str; 8] = [
        "ETC",
        "RESTORE_BACKUP",
        "CANARY",
        "BLUE_GREEN",
        "SWITCH_BACK",
        "REVERT_CONFIGURATION",
        "REDEPLOY",
        "REDEPLOY_NO_BUILD",
    ];
    let each = material.modules.iter().filter_map(|read| of_one::strategy(&Story::of_module(material, read), field));
    each.min_by_key(|value| CAREFUL.iter().position(|known| value.as_str() == Some(*known)).unwrap_or(CAREFUL.len()))
}

/// One entry per module, and the order when all go back.
pub fn together(material: &Material) -> String {
    let bonds = bonds(material);
    let mut lines: Vec<String> = material.modules.iter().rev().map(|read| entry(material, read, &bonds)).collect();
    let names: Vec<String> = material.modules.iter().rev().map(|read| name(&read.service.name)).collect();
    lines.push(told(
        &format!("If everything goes back: {}, one after the other, each checked before the next", list(&names)),
        &material.ranges(),
    ));
    lines.iter().map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n")
}

fn entry(material: &Material, read: &Read, bonds: &[Bond<'_>]) -> String {
    let own = name(&read.service.name);
    let (from, to) = (&read.digest.range.from.name, &read.digest.range.to.name);
    let range = || FactId::range().of_module(&read.service.name);
    let users: Vec<&Bond<'_>> = bonds.iter().filter(|bond| bond.used.service.name == read.service.name).collect();
    let used: Vec<&Bond<'_>> = bonds.iter().filter(|bond| bond.user.service.name == read.service.name).collect();
    if let Some(risk) = Story::of_module(material, read).irreversible() {
        let mut facts = vec![risk.id.clone()];
        facts.extend(users.iter().map(|bond| bond.fact()));
        return told(
            &format!("{own} does not simply go back to {from}, whatever the others do; its own steps below say why"),
            &facts,
        );
    }
    if let Some((bond, (what, id))) = used.iter().find_map(|bond| Some((bond, bond.broken()?))) {
        let other = name(&bond.used.service.name);
        let text = format!(
            "{own} does not go back alone: {from} was built for {other} {}, and {} breaks existing use ({}); take both back, {own} first",
            bond.used.digest.range.from.name,
            bond.used.digest.range.to.name,
            what.trim_end_matches('.'),
        );
        return told(&text, &[id, bond.fact()]);
    }
    let built: Vec<&&Bond<'_>> = users.iter().filter(|bond| bond.is_new()).collect();
    if !built.is_empty() {
        let names: Vec<String> = built.iter().map(|bond| name(&bond.user.service.name)).collect();
        let mut facts: Vec<FactId> = built.iter().map(|bond| bond.fact()).collect();
        facts.push(range());
        let (goes, was) = if names.len() == 1 { ("goes", "was") } else { ("go", "were") };
        let text = format!(
            "{own} goes back only after {} {goes}, because {} {was} released to run with {own} {to}",
            list(&names),
            list(&names)
        );
        return told(&text, &facts);
    }
    let mut facts = vec![range()];
    facts.extend(users.iter().chain(&used).map(|bond| bond.fact()));
    let why = match (users.as_slice(), used.as_slice()) {
        ([], []) => "the catalogue knows of no need between it and the others".to_owned(),
        ([], used) => {
            let names: Vec<String> = used.iter().map(|bond| name(&bond.used.service.name)).collect();
            format!("nothing was found in {} that breaks {from}", list(&names))
        }
        (users, _) => {
            let names: Vec<String> = users.iter().map(|bond| name(&bond.user.service.name)).collect();
            format!("nothing was found in it that {} could have been built upon", list(&names))
        }
    };
    told(&format!("{own} may go back to {from} alone: {why}"), &facts)
}
