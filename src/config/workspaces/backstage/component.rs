//! What does a Backstage component say about a service of ours?

use super::Catalogue;
use super::entity::{Entity, Reference};
use crate::config::workspaces::file::{Need, ServiceEntry};
use std::path::{Path, PathBuf};

/// The service it comes to, or why it is none.
pub fn entry(component: &Entity, catalogue: &Catalogue<'_>, unused: &mut Vec<String>) -> Result<ServiceEntry, String> {
    let code = code(component)?;
    Ok(ServiceEntry {
        github: code.github,
        repository: code.repository,
        paths: (!code.path.is_empty()).then(|| vec![code.path]),
        owners: component.spec.owner.as_deref().map(|owner| vec![catalogue.title(&Reference::read(owner, "group"))]),
        tickets: component.annotation("jira/project-key").map(listed),
        dashboards: some(dashboards(component)),
        delivery: component.annotation("argocd/app-name").map(|name| format!("argo-cd:{name}")),
        depends_on: some(needs(component, catalogue, unused)),
        ..ServiceEntry::named(component.name())
    })
}

/// Where a component's code is.
#[derive(Debug, Default, PartialEq, Eq)]
struct Code {
    github: Option<String>,
    repository: Option<PathBuf>,
    /// Its folder in the repository; empty: all of it.
    path: String,
}

/// Said by an annotation, or by where the file lies.
fn code(component: &Entity) -> Result<Code, String> {
    let location = component.annotation("backstage.io/source-location");
    let located = location.and_then(|location| location.strip_prefix("url:")).map(on_github);
    if let Some(slug) = component.annotation("github.com/project-slug") {
        let path = located.and_then(Result::ok).map(|code| code.path).unwrap_or_default();
        return Ok(Code { github: Some(slug.to_owned()), path, ..Code::default() });
    }
    located.unwrap_or_else(|| beside(&component.file))
}

/// `https://github.com/acme/shop/tree/main/services/pay/`
fn on_github(url: &str) -> Result<Code, String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or(url);
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let [owner, name, more @ ..] = parts.as_slice() else {
        return Err(format!("its source is `{url}`, which names no repository"));
    };
    if !host.contains("github") {
        return Err(format!("its source is at `{host}`; set `repository` to a clone of it on this machine"));
    }
    let path = match more {
        ["tree" | "blob", _branch, folders @ ..] => folders.join("/"),
        _ => String::new(),
    };
    Ok(Code { github: Some(format!("{owner}/{}", name.trim_end_matches(".git"))), path, ..Code::default() })
}

/// The working copy that the file itself lies in.
fn beside(file: &Path) -> Result<Code, String> {
    let whole = std::fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let folder = whole.parent().unwrap_or(Path::new("."));
    let Some(root) = folder.ancestors().find(|folder| folder.join(".git").exists()) else {
        return Err("nothing says where its code is; annotate it with `github.com/project-slug`".to_owned());
    };
    let path = folder.strip_prefix(root).unwrap_or(Path::new("")).to_string_lossy().replace('\\', "/");
    Ok(Code { repository: Some(root.to_owned()), path, ..Code::default() })
}

/// What it depends on, each once; what is no component is said.
fn needs(component: &Entity, catalogue: &Catalogue<'_>, unused: &mut Vec<String>) -> Vec<Need> {
    let name = component.name();
    let mut needs = Vec::new();
    for api in component.spec.consumes_apis.iter().map(|api| Reference::read(api, "api").name) {
        match catalogue.providers.get(&api) {
            Some(providers) => needs.extend(providers.iter().map(|service| need(service, &api))),
            None => {
                unused.push(format!("component `{name}` consumes the API `{api}`, which no component here provides"))
            }
        }
    }
    for other in component.spec.depends_on.iter().map(|other| Reference::read(other, "component")) {
        match other.kind.as_str() {
            "component" => needs.push(need(&other.name, "")),
            kind => {
                unused.push(format!("component `{name}` depends on the {kind} `{}`, which is no service", other.name))
            }
        }
    }
    needs.extend(catalogue.says_of(name).map(|service| need(service, "")));
    let mut once: Vec<Need> = Vec::new();
    for need in needs.into_iter().filter(|need| need.service != name) {
        if !once.iter().any(|known| known.service == need.service) {
            once.push(need);
        }
    }
    once
}

fn need(service: &str, through: &str) -> Need {
    Need { service: service.to_owned(), through: through.to_owned() }
}

fn dashboards(component: &Entity) -> Vec<String> {
    let links = component.metadata.links.iter();
    links
        .filter(|link| link.sort == "dashboard" || link.title.to_lowercase().contains("dashboard"))
        .map(|link| link.url.clone())
        .collect()
}

fn listed(text: &str) -> Vec<String> {
    text.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_location_names_repository_and_folder() {
        let code = |url| on_github(url).map(|code| (code.github.unwrap_or_default(), code.path));
        let at = |repository: &str, path: &str| Ok((repository.to_owned(), path.to_owned()));
        assert_eq!(code("https://github.com/acme/shop/tree/main/services/pay/"), at("acme/shop", "services/pay"));
        assert_eq!(code("https://github.acme.example/acme/pay.git"), at("acme/pay", ""));
        assert_eq!(
            code("https://gitlab.com/acme/pay"),
            Err("its source is at `gitlab.com`; set `repository` to a clone of it on this machine".to_owned())
        );
    }
}
