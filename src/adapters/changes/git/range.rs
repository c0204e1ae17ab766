//! Which two commits does a person mean by `FROM..TO`, and how far are they apart?

use super::names::{self, Found};
use super::place::{Here, is_empty_tree, pathspecs};
use super::release::{self, Release, Version};
use super::{Git, log, lost, run, words};
use crate::domain::change::{Range, RangeAsk, Revision};
use crate::domain::service::Source;
use crate::domain::trouble::Trouble;
use std::collections::HashSet;

/// How a range that begins before the first commit is called, and may be asked for.
const BEGINNING: &str = "beginning";

/// How many earlier releases are looked for in the history, round by round. The first few nearly always hold the answer,
/// and the older a release is the further git has to walk.
const ROUNDS: [usize; 3] = [3, 12, 48];

/// How many tags that name no version are passed by on the way to one that does.
const PASSED: usize = 5;

pub async fn resolve(git: &Git, source: &Source, ask: &RangeAsk) -> Result<Range, Trouble> {
    let here = Here::open(git, source).await?;
    let (from, mut to) = ends(&here, ask).await?;
    if ask.to.as_deref().is_none_or(|name| ["", "HEAD", "@"].contains(&name.trim())) {
        // Nobody named the end: where a release is checked out, its tag says more than the branch.
        let releases = releases(&here).await?;
        if let Some(release) = release::highest_at(&releases, &to.sha) {
            to.name.clone_from(&release.tag);
        }
    }
    let (from, chosen) = match from {
        Some(from) => (from, String::new()),
        None => previous(&here, &to).await?,
    };
    if from.sha == to.sha {
        return Err(words::empty(&here.name, &from.name, &to.name));
    }
    let (apart, commits) = distance(&here, &from.sha, &to.sha).await?;
    if commits == 0 && (!is_empty_tree(&from.sha) || !source.paths.is_empty()) {
        if !source.paths.is_empty() && is_ahead(&here, &from.sha, &to.sha).await? {
            return Err(words::elsewhere(&here.name, &from.name, &to.name, &source.paths));
        }
        return Err(words::reversed(&here.name, &from.name, &to.name));
    }
    let lost = lost::really(&here, &from.sha, &to.sha, apart, commits).await?;
    Ok(Range { repo: here.name, from: revision(from), to: revision(to), chosen, commits, lost })
}

/// Both ends as far as they were named.
async fn ends(here: &Here<'_>, ask: &RangeAsk) -> Result<(Option<Found>, Found), Trouble> {
    let named =
        |end: &'_ Option<String>| end.as_deref().map(str::trim).filter(|name| !name.is_empty()).map(String::from);
    let to = match named(&ask.to) {
        Some(to) => names::spelled(here, &to).await?,
        None => here.nature().await?.head.clone().ok_or_else(|| words::no_commits(&here.name))?,
    };
    match named(&ask.from) {
        None => Ok((None, only(names::find(here, &[&to]).await?)?)),
        Some(from) if is_beginning(here, &from).await? => {
            Ok((Some(beginning(here).await?), only(names::find(here, &[&to]).await?)?))
        }
        Some(from) => {
            let from = names::spelled(here, &from).await?;
            let mut found = names::find(here, &[&from, &to]).await?;
            let to = found.pop().ok_or_else(miscounted)?;
            Ok((Some(only(found)?), to))
        }
    }
}

fn only(mut found: Vec<Found>) -> Result<Found, Trouble> {
    found.pop().ok_or_else(miscounted)
}

fn miscounted() -> Trouble {
    Trouble::Bug(anyhow::anyhow!("fewer commits were found than names were asked for"))
}

/// Someone may call a branch `beginning`; then that is meant.
async fn is_beginning(here: &Here<'_>, name: &str) -> Result<bool, Trouble> {
    if is_empty_tree(name) {
        return Ok(true);
    }
    Ok(name == BEGINNING && !names::all(here).await?.iter().any(|known| known == BEGINNING))
}

async fn beginning(here: &Here<'_>) -> Result<Found, Trouble> {
    Ok(Found { name: BEGINNING.to_string(), sha: here.empty_tree().await?.to_string(), at: None })
}

/// `HEAD~3` or `main@{yesterday}` mean something else tomorrow; a note names the commit they mean today.
fn revision(found: Found) -> Revision {
    let moving =
        found.name.contains(['~', '^']) || found.name.contains("@{") || ["@", "HEAD"].contains(&found.name.as_str());
    let name = if moving { found.sha.get(..10).unwrap_or(&found.sha).to_owned() } else { found.name };
    Revision { name, sha: found.sha, at: found.at }
}

/// Does `to` have anything at all that `from` has not, wherever it lies?
async fn is_ahead(here: &Here<'_>, from: &str, to: &str) -> Result<bool, Trouble> {
    if is_empty_tree(from) {
        return Ok(true);
    }
    let found = here.text(&["rev-list", "--max-count=1", to, &format!("^{from}"), "--"]).await?;
    Ok(!found.trim().is_empty())
}

/// Commits that only `from` has and that only `to` has, in the folders that are asked about.
async fn distance(here: &Here<'_>, from: &str, to: &str) -> Result<(usize, usize), Trouble> {
    let (paths, both) = (pathspecs(here.source), format!("{from}...{to}"));
    let is_whole = is_empty_tree(from);
    let mut args = vec!["rev-list", "--count"];
    args.extend(log::bounded(&paths));
    args.extend(if is_whole { vec![to, "--"] } else { vec!["--left-right", both.as_str(), "--"] });
    args.extend(paths.iter().map(String::as_str));
    let output = here.text(&args).await?;
    let output = if is_whole { format!("0\t{output}") } else { output };
    let counts =
        output.trim().split_once('\t').and_then(|(lost, commits)| Some((lost.parse().ok()?, commits.parse().ok()?)));
    counts.ok_or_else(|| Trouble::Bug(anyhow::anyhow!("`git rev-list --count` printed {output:?}")))
}

/// The release before `to`, and the sentence that says so.
async fn previous(here: &Here<'_>, to: &Found) -> Result<(Found, String), Trouble> {
    let releases = releases(here).await?;
    let Some(end) = version_of(here, &releases, to).await? else {
        return from_the_beginning(here, to, "No earlier release tag was found").await;
    };
    let earlier = match &end {
        End::Release(version) => release::before(&releases, version, &to.sha),
        End::After(release) if release.version.is_final() => vec![release],
        End::After(release) => release::before(&releases, &release.version.finished(), &to.sha),
    };
    let itself = if let End::After(release) = &end { Some(release) } else { None };
    let to_name = words::quoted(&to.name);
    if let Some(release) = reached(here, &earlier, &to.sha).await?.or(itself) {
        let tag = words::quoted(&release.tag);
        return Ok((found(release), format!("{tag} was taken as the start: it is the release tag before {to_name}.")));
    }
    // A project that tags only on release branches has no earlier release in the history of the next one.
    let end = to.at.map_or(i64::MAX, |at| at.timestamp());
    if let Some(release) = earlier.iter().find(|release| release.at <= end) {
        let tag = words::quoted(&release.tag);
        let sentence = format!(
            "{tag} was taken as the start: it is the release tag before {to_name}, although it is not part of its history."
        );
        return Ok((found(release), sentence));
    }
    from_the_beginning(here, to, &format!("{to_name} is the first release of its line")).await
}

fn found(release: &Release) -> Found {
    let at = chrono::DateTime::from_timestamp(release.at, 0);
    Found { name: release.tag.clone(), sha: release.sha.clone(), at }
}

async fn from_the_beginning(here: &Here<'_>, to: &Found, why: &str) -> Result<(Found, String), Trouble> {
    if here.nature().await?.shallow {
        return Err(words::no_start_in_shallow(&here.name));
    }
    let to = words::quoted(&to.name);
    Ok((beginning(here).await?, format!("{why}, so everything from the first commit to {to} was read.")))
}

/// Every tag that names a version.
async fn releases(here: &Here<'_>) -> Result<Vec<Release>, Trouble> {
    let format = "--format=%(refname)%00%(objectname)%00%(*objectname)%00%(creatordate:unix)";
    let output = here.text(&["for-each-ref", format, "refs/tags"]).await?;
    let release = |line: &str| {
        let mut fields = line.split('\0');
        let tag = fields.next()?.strip_prefix("refs/tags/")?.to_string();
        let (own, peeled, at) = (fields.next()?, fields.next()?, fields.next()?);
        let sha = if peeled.is_empty() { own } else { peeled }.to_string();
        let version = Version::parse(&tag).filter(|_| here.source.takes_tag(&tag))?;
        Some(Release { version, tag, sha, at: at.parse().unwrap_or_default() })
    };
    Ok(output.lines().filter_map(release).collect())
}

/// What is known about the end of a range whose start nobody named.
enum End {
    /// It is this release.
    Release(Version),
    /// It is somewhere after this release.
    After(Release),
}

/// By its name, by a tag on it, or by the nearest tag in its history.
async fn version_of(here: &Here<'_>, releases: &[Release], to: &Found) -> Result<Option<End>, Trouble> {
    let name = to.name.strip_prefix("refs/").unwrap_or(&to.name);
    let name = name.strip_prefix("tags/").unwrap_or(name);
    let by_name = releases.iter().find(|release| release.tag == name && release.sha == to.sha);
    if let Some(release) = by_name.or_else(|| release::highest_at(releases, &to.sha)) {
        return Ok(Some(End::Release(release.version.clone())));
    }
    Ok(nearest(here, releases, &to.sha).await?.map(End::After))
}

/// The release nearest in the history of `sha`, counted in commits as `git describe` counts them.
async fn nearest(here: &Here<'_>, releases: &[Release], sha: &str) -> Result<Option<Release>, Trouble> {
    let mut passed: Vec<String> = Vec::new();
    let ours = match here.source.tags.as_deref() {
        None => "--match=*[0-9]*".to_owned(),
        Some(pattern) if pattern.contains('*') => format!("--match={pattern}"),
        Some(beginning) => format!("--match={beginning}*"),
    };
    // Each round passes by one tag that names no version.
    for _ in 0..=PASSED {
        let mut args = vec!["describe", "--tags", "--abbrev=0", &ours];
        args.extend(passed.iter().map(String::as_str));
        args.push(sha);
        let (_, output) = run::attempt(here.git, here.path, &args, "").await?;
        let name = String::from_utf8_lossy(&output).trim().to_string();
        let known = releases.iter().find(|release| release.tag == name);
        if known.is_some() || name.is_empty() {
            return Ok(known.cloned());
        }
        passed.push(format!("--exclude={name}"));
    }
    Ok(None)
}

/// The first of these releases that is part of the history of `sha`.
async fn reached<'r>(here: &Here<'_>, releases: &[&'r Release], sha: &str) -> Result<Option<&'r Release>, Trouble> {
    let merged = format!("--merged={sha}");
    let mut rest = releases;
    for size in ROUNDS {
        let (candidates, older) = rest.split_at(size.min(rest.len()));
        rest = older;
        if candidates.is_empty() {
            break;
        }
        let refs: Vec<String> = candidates.iter().map(|release| format!("refs/tags/{}", release.tag)).collect();
        let mut args = vec!["for-each-ref", "--format=%(refname)", &merged];
        args.extend(refs.iter().map(String::as_str));
        let output = here.text(&args).await?;
        let inside: HashSet<&str> = output.lines().filter_map(|name| name.strip_prefix("refs/tags/")).collect();
        if let Some(release) = candidates.iter().find(|release| inside.contains(release.tag.as_str())) {
            return Ok(Some(release));
        }
    }
    Ok(None)
}
