//! What does a workspace's file come to? Every value is read into what the domain knows, or refused with a sentence.

use super::file::{Need, ServiceEntry, WorkspaceFile};
use crate::config::channel::channel;
use crate::config::span::span;
use crate::domain::nearest::nearest;
use crate::domain::service::{Dependency, Remote, Service, Source, Workspace};
use chrono_tz::{TZ_VARIANTS, Tz};
use std::path::{Component, Path};
use std::time::Duration;

/// Where paths in a file are meant from, and where our own copies of repositories are kept.
#[derive(Clone, Copy)]
pub struct Folders<'a> {
    pub file: &'a Path,
    pub data: &'a Path,
}

/// The workspace without its services.
pub fn workspace(file: &WorkspaceFile) -> Result<Workspace, String> {
    if file.name.trim().is_empty() {
        return Err("a workspace needs a `name`".to_owned());
    }
    let plain = Workspace::plain(&file.name, Vec::new());
    Ok(Workspace {
        channel: file.channel.as_deref().map(|named| channel("channel", named)).transpose()?,
        time_zone: file.time_zone.as_deref().map_or(Ok(plain.time_zone), zone)?,
        language: file.language,
        join_within: file.join_within.as_deref().map_or(Ok(plain.join_within), join_within)?,
        tell_owners: file.tell_owners.unwrap_or(plain.tell_owners),
        ..plain
    })
}

pub fn service(entry: &ServiceEntry, file: &WorkspaceFile, folders: Folders<'_>) -> Result<Service, String> {
    let name = entry.name();
    if name.trim().is_empty() || name.contains(char::is_whitespace) || name.contains("..") {
        return Err(format!("`{name}` cannot be a service's name; use one word without spaces and `..`"));
    }
    let of = |problem: String| format!("service `{name}`: {problem}");
    let own = |list: &Option<Vec<String>>, default: &[String]| list.clone().unwrap_or_else(|| default.to_vec());
    Ok(Service {
        name: name.to_owned(),
        source: source(entry, folders).map_err(of)?,
        operators: own(&entry.operators, &file.operators),
        owners: own(&entry.owners, &file.owners),
        channel: entry.channel.as_deref().map(|named| channel("channel", named)).transpose().map_err(of)?,
        tickets: own(&entry.tickets, &file.tickets).into_iter().map(project).collect::<Result<_, _>>().map_err(of)?,
        dashboards: own(&entry.dashboards, &[]).into_iter().map(link).collect::<Result<_, _>>().map_err(of)?,
        delivery: entry.delivery.clone(),
        depends_on: entry.depends_on.iter().flatten().map(dependency).collect(),
    })
}

fn dependency(need: &Need) -> Dependency {
    Dependency { service: need.service.clone(), through: need.through.clone() }
}

fn source(entry: &ServiceEntry, folders: Folders<'_>) -> Result<Source, String> {
    let remote = entry.github.as_deref().map(remote).transpose()?;
    let (path, mirrored) = match (&entry.repository, &remote) {
        (Some(repository), _) => (folders.file.join(repository), false),
        (None, Some(remote)) => {
            (folders.data.join("mirrors").join(&remote.host).join(format!("{}.git", remote.name)), true)
        }
        (None, None) => {
            return Err("where is its code? Set `repository` to a clone on this machine, or `github` to `owner/name`"
                .to_owned());
        }
    };
    let paths = entry.paths.iter().flatten().map(|path| folder(path)).collect::<Result<_, _>>()?;
    let tags = entry.tags.as_deref().map(tags).transpose()?;
    Ok(Source { path, mirrored, remote, paths, tags })
}

/// `acme/pay`
fn remote(name: &str) -> Result<Remote, String> {
    let fits = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter))
    };
    match name.split_once('/') {
        Some((owner, repository)) if fits(owner) && fits(repository) => {
            Ok(Remote { host: "github".to_owned(), name: name.strip_suffix(".git").unwrap_or(name).to_owned() })
        }
        _ => Err(format!("`github` is `{name}`; write owner and name, for example `acme/pay`")),
    }
}

/// A folder of the repository, as git writes it; `.` is the whole of it.
fn folder(path: &str) -> Result<String, String> {
    let mut parts = Vec::new();
    for component in Path::new(path).components() {
        match component {
            Component::Normal(part) => parts.push(part.to_string_lossy().into_owned()),
            Component::CurDir => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => {
                return Err(format!(
                    "`paths` names `{path}`, which leaves the repository; name folders inside it, for example `services/pay`"
                ));
            }
        }
    }
    match parts.as_slice() {
        [] => Err(format!(
            "`paths` names `{path}`, which is the whole repository; name folders inside it, or leave `paths` out"
        )),
        _ => Ok(parts.join("/")),
    }
}

fn tags(pattern: &str) -> Result<String, String> {
    let stars = pattern.matches('*').count();
    if stars <= 1 && !pattern.is_empty() && !pattern.contains([' ', '?', '[', '~', '^', ':', '\\']) {
        return Ok(pattern.to_owned());
    }
    Err(format!(
        "`tags` is `{pattern}`; write how its release tags are named, with at most one `*`, for example `web@v*`"
    ))
}

/// `PAY`
fn project(key: String) -> Result<String, String> {
    let fits = key.starts_with(|first: char| first.is_ascii_uppercase())
        && key.chars().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_');
    if fits {
        return Ok(key);
    }
    Err(format!("`tickets` names `{key}`; write the keys of projects, for example `PAY` for tickets like `PAY-311`"))
}

fn link(text: String) -> Result<String, String> {
    if text.starts_with("https://") || text.starts_with("http://") {
        return Ok(text);
    }
    Err(format!("`dashboards` names `{text}`; write links that begin with `https://`"))
}

fn zone(name: &str) -> Result<Tz, String> {
    name.parse().map_err(|_| match nearest(name, TZ_VARIANTS.iter().map(|zone| zone.name())) {
        Some(near) => format!("`time_zone` is `{name}`, which is no time zone; did you mean `{near}`?"),
        None => format!("`time_zone` is `{name}`, which is no time zone; write one like `Europe/Berlin` or `UTC`"),
    })
}

/// `30m`
fn join_within(text: &str) -> Result<Duration, String> {
    let span = span("join_within", text)?;
    if span > Duration::from_secs(7 * 24 * 60 * 60) {
        return Err(format!("`join_within` is `{text}`; more than a week joins what does not belong together"));
    }
    Ok(span)
}
