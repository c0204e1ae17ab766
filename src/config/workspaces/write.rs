//! How are imported services written down as workspaces' files?

use super::backstage::Imported;
use super::file::{Need, ServiceEntry};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use toml::Value;

/// One file per system, each under a comment with its name; components of no system are the workspace `services`.
pub fn as_toml(imported: &Imported) -> String {
    let mut workspaces: BTreeMap<&str, Vec<&ServiceEntry>> = BTreeMap::new();
    for found in &imported.found {
        workspaces.entry(found.system.as_deref().unwrap_or("services")).or_default().push(&found.entry);
    }
    let mut text = String::new();
    for (name, services) in workspaces {
        let _ = writeln!(text, "# config/workspaces/{name}.toml\nname = {}", quoted(name));
        for service in services {
            text.push('\n');
            text.push_str(&entry(service));
        }
        text.push('\n');
    }
    text.trim_end().to_owned()
}

fn entry(service: &ServiceEntry) -> String {
    let repository = service.repository.as_ref().map(|path| path.to_string_lossy().into_owned());
    let mut lines = vec!["[[services]]".to_owned(), line("name", quoted(service.name()))];
    let texts = [("github", &service.github), ("repository", &repository), ("tags", &service.tags)];
    lines.extend(texts.into_iter().filter_map(|(key, text)| Some(line(key, quoted(text.as_deref()?)))));
    let lists = [
        ("paths", &service.paths),
        ("owners", &service.owners),
        ("operators", &service.operators),
        ("tickets", &service.tickets),
        ("dashboards", &service.dashboards),
    ];
    lines.extend(
        lists.into_iter().filter_map(|(key, list)| Some(line(key, array(list.as_ref()?, |text| quoted(text))))),
    );
    let texts = [("channel", &service.channel), ("delivery", &service.delivery)];
    lines.extend(texts.into_iter().filter_map(|(key, text)| Some(line(key, quoted(text.as_deref()?)))));
    lines.extend(service.depends_on.as_ref().map(|needs| line("depends_on", array(needs, need))));
    lines.join("\n") + "\n"
}

fn line(key: &str, value: String) -> String {
    format!("{key} = {value}")
}

fn array<T>(items: &[T], each: impl Fn(&T) -> String) -> String {
    format!("[{}]", items.iter().map(each).collect::<Vec<_>>().join(", "))
}

fn need(need: &Need) -> String {
    match need.through.as_str() {
        "" => quoted(&need.service),
        through => format!("{{ service = {}, through = {} }}", quoted(&need.service), quoted(through)),
    }
}

fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}
