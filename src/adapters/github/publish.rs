//! How does a text stand on GitHub once, however often it is put there?

use super::Github;
use crate::domain::trouble::Fault;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Release {
    id: u64,
    tag_name: String,
    #[serde(default)]
    body: Option<String>,
    html_url: String,
}

#[derive(Deserialize)]
struct Comment {
    id: u64,
    #[serde(default)]
    body: Option<String>,
    html_url: String,
}

/// In the body of the tag's release; made as a draft where there is none, which only its makers see.
pub async fn release(github: &Github, repository: &str, tag: &str, marker: &str, text: &str) -> Result<String, Fault> {
    // A draft is not found by its tag, so the list is asked.
    let releases: Vec<Release> =
        github.list(repository, &format!("repos/{repository}/releases?per_page=100"), None).await?;
    let Some(release) = releases.into_iter().find(|release| release.tag_name == tag) else {
        let body = json!({ "tag_name": tag, "name": tag, "body": placed("", marker, text), "draft": true });
        let made = github.send(repository, Method::POST, &format!("repos/{repository}/releases"), &body).await?;
        return Ok(link(&made));
    };
    let old = release.body.unwrap_or_default();
    let new = placed(&old, marker, text);
    if new != old {
        let path = format!("repos/{repository}/releases/{}", release.id);
        github.send(repository, Method::PATCH, &path, &json!({ "body": new })).await?;
    }
    Ok(release.html_url)
}

/// As a comment of its own, found again by the marker.
pub async fn comment(
    github: &Github,
    repository: &str,
    number: u64,
    marker: &str,
    text: &str,
) -> Result<String, Fault> {
    let path = format!("repos/{repository}/issues/{number}/comments");
    let comments: Vec<Comment> = github.list(repository, &format!("{path}?per_page=100"), None).await?;
    let marked = |comment: &Comment| comment.body.as_deref().is_some_and(|body| body.contains(&begin(marker)));
    let Some(comment) = comments.into_iter().find(marked) else {
        let made = github.send(repository, Method::POST, &path, &json!({ "body": placed("", marker, text) })).await?;
        return Ok(link(&made));
    };
    let old = comment.body.unwrap_or_default();
    let new = placed(&old, marker, text);
    if new != old {
        let path = format!("repos/{repository}/issues/comments/{}", comment.id);
        github.send(repository, Method::PATCH, &path, &json!({ "body": new })).await?;
    }
    Ok(comment.html_url)
}

fn link(made: &Value) -> String {
    made["html_url"].as_str().unwrap_or_default().to_owned()
}

fn begin(marker: &str) -> String {
    format!("<!-- slipway:{marker} -->")
}

fn end(marker: &str) -> String {
    format!("<!-- /slipway:{marker} -->")
}

/// The old text with ours in the place of what stood under the marker, or after everything. What people wrote stays.
fn placed(old: &str, marker: &str, text: &str) -> String {
    let (begin, end) = (begin(marker), end(marker));
    let ours = format!("{begin}\n{}\n{end}", text.trim());
    match old.split_once(&begin) {
        None if old.trim().is_empty() => ours,
        None => format!("{}\n\n{ours}", old.trim_end()),
        // Somebody deleted the end: all that follows was ours.
        Some((before, rest)) => format!("{before}{ours}{}", rest.split_once(&end).map_or("", |(_, after)| after)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_around_it_stays_and_ours_stands_once() {
        let first = placed("Thanks to everybody.", "note/7", "one");
        assert_eq!(first, "Thanks to everybody.\n\n<!-- slipway:note/7 -->\none\n<!-- /slipway:note/7 -->");
        let around = format!("{first}\n\nSee you in May.");
        let second = placed(&around, "note/7", "two");
        assert_eq!(
            second,
            "Thanks to everybody.\n\n<!-- slipway:note/7 -->\ntwo\n<!-- /slipway:note/7 -->\n\nSee you in May."
        );
        assert_eq!(placed(&second, "note/7", "two"), second);
        assert!(placed(&second, "note/8", "other").contains("two"), "another note stands beside it");
    }
}
