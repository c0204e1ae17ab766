//! Which commit does a name mean, and which names are there?

use super::place::Here;
use super::{run, words};
use crate::domain::trouble::Trouble;
use chrono::{DateTime, Utc};

/// A commit somebody named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// As asked; `origin/x` where only the remote has `x`; the short SHA for a SHA.
    pub name: String,
    pub sha: String,
    pub at: Option<DateTime<Utc>>,
}

/// Finds the commits that `names` mean, all in one call of git. Names are read as data, never as options.
///
/// # Errors
/// A sentence for the first name that means nothing, more than one thing, or something that is not a commit.
pub async fn find(here: &Here<'_>, names: &[&str]) -> Result<Vec<Found>, Trouble> {
    for name in names {
        if name.contains(['\n', '\0', '\r']) {
            return Err(words::unknown(&here.name, name, &[]));
        }
    }
    let asked: Vec<String> = names.iter().flat_map(|name| spellings(name)).collect();
    let (ended, output) =
        run::attempt(here.git, here.path, &["cat-file", "--batch"], &(asked.join("\n") + "\n")).await?;
    let answers = read(&asked, &output);
    if !ended.well || answers.len() < asked.len() {
        return Err(words::complaint(here.path, &ended));
    }
    let mut found = Vec::new();
    for (name, answers) in names.iter().zip(answers.chunks(SPELLINGS)) {
        match choose(name, answers) {
            Choice::One(one) => found.push(one),
            Choice::Several => {
                let candidates = [format!("tags/{name}"), format!("heads/{name}")];
                return Err(words::ambiguous(&here.name, name, &candidates));
            }
            Choice::None => return Err(unknown(here, name).await),
        }
    }
    Ok(found)
}

/// What a short name stands for where a service's tags have a form of their own: `v3.2` is `web@v3.2`. A name that means
/// something by itself stays.
pub async fn spelled(here: &Here<'_>, name: &str) -> Result<String, Trouble> {
    let Some((before, after)) = here.source.tags.as_deref().and_then(|tags| tags.split_once('*')) else {
        return Ok(name.to_owned());
    };
    let bare = if before.ends_with('v') { name.strip_prefix('v').unwrap_or(name) } else { name };
    let long = format!("{before}{bare}{after}");
    let asked = [format!("refs/tags/{name}"), format!("refs/heads/{name}"), format!("refs/tags/{long}")];
    let mut args = vec!["for-each-ref", "--format=%(refname)"];
    args.extend(asked.iter().map(String::as_str));
    let there = here.text(&args).await?;
    let is_only_long = there.lines().all(|found| found == asked[2]) && !there.is_empty();
    Ok(if is_only_long { long } else { name.to_owned() })
}

/// Every branch, and every tag that is a release of the source, newest first.
pub async fn all(here: &Here<'_>) -> Result<Vec<String>, Trouble> {
    let args =
        ["for-each-ref", "--sort=-creatordate", "--format=%(refname)", "refs/tags", "refs/heads", "refs/remotes"];
    let output = here.text(&args).await?;
    let short = |name: &str| {
        let name = name.strip_prefix("refs/")?;
        if name.strip_prefix("tags/").is_some_and(|tag| !here.source.takes_tag(tag)) {
            return None;
        }
        let name =
            name.strip_prefix("tags/").or_else(|| name.strip_prefix("heads/")).or(name.strip_prefix("remotes/"))?;
        (!name.ends_with("/HEAD")).then(|| name.to_string())
    };
    let mut seen = std::collections::HashSet::new();
    Ok(output.lines().filter_map(short).filter(|name| seen.insert(name.clone())).collect())
}

/// What git may answer about one spelling.
enum Answer {
    Commit { sha: String, at: Option<DateTime<Utc>> },
    Missing,
}

enum Choice {
    One(Found),
    Several,
    None,
}

const SPELLINGS: usize = 4;

/// As git itself reads it, then as a tag, as a branch, and as a branch only the remote has.
fn spellings(name: &str) -> [String; SPELLINGS] {
    ["", "refs/tags/", "refs/heads/", "refs/remotes/origin/"].map(|place| format!("{place}{name}^{{commit}}"))
}

fn choose(name: &str, answers: &[Answer]) -> Choice {
    use Answer::{Commit, Missing};
    match answers {
        [_, Commit { sha: tag, .. }, Commit { sha: branch, .. }, _] if tag != branch => Choice::Several,
        [Commit { sha, at }, Missing, Missing, _] => {
            Choice::One(Found { name: shown(name, sha), sha: sha.clone(), at: *at })
        }
        [Commit { sha, at }, ..] => Choice::One(Found { name: name.to_string(), sha: sha.clone(), at: *at }),
        [Missing, _, _, Commit { sha, at }] => {
            Choice::One(Found { name: format!("origin/{name}"), sha: sha.clone(), at: *at })
        }
        _ => Choice::None,
    }
}

/// Nobody wants to read forty digits.
fn shown(name: &str, sha: &str) -> String {
    let typed = name.to_ascii_lowercase();
    if sha.starts_with(&typed) { sha[..typed.len().clamp(7, 12)].to_string() } else { name.to_string() }
}

/// Reads `cat-file --batch`: for each line asked, `LINE missing`, or `SHA TYPE SIZE` and the object.
fn read(asked: &[String], output: &[u8]) -> Vec<Answer> {
    let mut rest = output;
    let mut answers = Vec::new();
    for name in asked {
        let Some(end) = rest.iter().position(|byte| *byte == b'\n') else { break };
        let head = String::from_utf8_lossy(&rest[..end]);
        rest = &rest[end + 1..];
        answers.push(match head.strip_prefix(name.as_str()) {
            Some(" missing") => Answer::Missing,
            _ => {
                let Some((sha, "commit", size)) = parts(&head) else { break };
                let content = String::from_utf8_lossy(rest.get(..size).unwrap_or(rest));
                rest = rest.get(size + 1..).unwrap_or_default();
                Answer::Commit { sha: sha.to_string(), at: committed(&content) }
            }
        });
    }
    answers
}

fn parts(head: &str) -> Option<(&str, &str, usize)> {
    let mut words = head.split(' ');
    Some((words.next()?, words.next()?, words.next()?.parse().ok()?))
}

/// `committer NAME <EMAIL> SECONDS ZONE`
fn committed(content: &str) -> Option<DateTime<Utc>> {
    let line = content.lines().take_while(|line| !line.is_empty()).find(|line| line.starts_with("committer "))?;
    let seconds = line.rsplit(' ').nth(1)?.parse().ok()?;
    DateTime::from_timestamp(seconds, 0)
}

/// The commits among these objects, as SHAs short enough to type and long enough to differ; at most five.
async fn commits_among(here: &Here<'_>, objects: &str) -> Vec<String> {
    let checked =
        run::attempt(here.git, here.path, &["cat-file", "--batch-check=%(objecttype) %(objectname)"], objects);
    let output = checked.await.map(|(_, output)| output).unwrap_or_default();
    let output = String::from_utf8_lossy(&output);
    output.lines().filter_map(|line| line.strip_prefix("commit ")).take(5).map(|sha| sha[..12].to_string()).collect()
}

async fn unknown(here: &Here<'_>, name: &str) -> Trouble {
    let args = ["cat-file", "--batch-check=%(objecttype)"];
    let kind = run::attempt(here.git, here.path, &args, &format!("{name}\n")).await;
    let kind = kind.map(|(_, kind)| kind).unwrap_or_default();
    if kind.ends_with(b" ambiguous\n")
        && let Ok(objects) = here.text(&["rev-parse", &format!("--disambiguate={name}")]).await
    {
        return words::ambiguous(&here.name, name, &commits_among(here, &objects).await);
    }
    match kind.trim_ascii() {
        b"blob" => return words::not_a_commit(&here.name, name, "file"),
        b"tree" => return words::not_a_commit(&here.name, name, "directory"),
        b"tag" => return words::not_a_commit(&here.name, name, "tag"),
        _ => {}
    }
    if here.nature().await.is_ok_and(|nature| nature.shallow) {
        return words::not_in_shallow(&here.name, name);
    }
    match all(here).await {
        Ok(names) => words::unknown(&here.name, name, &nearest(name, names)),
        Err(trouble) => trouble,
    }
}

/// At most three names a typing person may have meant, nearest first.
fn nearest(name: &str, names: Vec<String>) -> Vec<String> {
    let asked = name.to_lowercase();
    let nearness = |other: &str| strsim::normalized_damerau_levenshtein(&asked, &other.to_lowercase());
    let mut near: Vec<(f64, String)> = names.into_iter().map(|other| (nearness(&other), other)).collect();
    near.retain(|(nearness, _)| *nearness >= 0.5);
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    near.into_iter().take(3).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_names_come_first_and_strangers_not_at_all() {
        let names = ["main", "v2.3.0", "v2.4.1", "V2.4.0-rc.1", "feature/refunds"].map(String::from).to_vec();
        assert_eq!(nearest("v2.4.0", names.clone()), ["v2.3.0", "v2.4.1", "V2.4.0-rc.1"]);
        assert_eq!(nearest("mian", names.clone()), ["main"]);
        assert!(nearest("something-else-entirely", names).is_empty());
    }
}
