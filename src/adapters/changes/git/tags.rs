//! Which tags are there, on which commits, and which of them hold a commit?

use super::place::Here;
use crate::domain::change::Author;
use crate::domain::trouble::Trouble;
use crate::ports::code_host::Tag;
use chrono::DateTime;

const FORMAT: &str = "--format=%(refname)%00%(objecttype)%00%(*objecttype)%00%(objectname)%00%(*objectname)%00%(creatordate:unix)%00%(taggername)%00%(taggeremail:trim)";

/// In the order of their names. A tag on something else than a commit is no release of anything, and is left out.
pub async fn all(here: &Here<'_>) -> Result<Vec<Tag>, Trouble> {
    Ok(here.text(&["for-each-ref", FORMAT, "refs/tags"]).await?.lines().filter_map(read).collect())
}

pub async fn holding(here: &Here<'_>, sha: &str) -> Result<Vec<String>, Trouble> {
    let output = here.text(&["for-each-ref", "--format=%(refname)", "--contains", sha, "refs/tags"]).await?;
    Ok(output.lines().filter_map(|name| name.strip_prefix("refs/tags/")).map(str::to_owned).collect())
}

fn read(line: &str) -> Option<Tag> {
    let mut fields = line.split('\0');
    let name = fields.next()?.strip_prefix("refs/tags/")?.to_owned();
    let (own_type, peeled_type, own, peeled) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
    let sha = match (own_type, peeled_type) {
        ("commit", _) => own,
        ("tag", "commit") => peeled,
        _ => return None,
    };
    let at = fields.next()?.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    let (tagger, email) = (fields.next()?, fields.next()?);
    let by = (!tagger.is_empty()).then(|| Author { name: tagger.to_owned(), email: email.to_owned() });
    Some(Tag { name, sha: sha.to_owned(), at, by })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_tags_lead_to_their_commit_and_a_tag_on_a_file_is_left_out() {
        let light = read("refs/tags/web@v1\0commit\0\0aaa\0\x001700000000\0\0").expect("a commit");
        assert_eq!((light.name.as_str(), light.sha.as_str(), light.by), ("web@v1", "aaa", None));
        let annotated =
            read("refs/tags/v1\0tag\0commit\0bbb\0aaa\x001700000000\0Release Engineer\0release@shop.example");
        let annotated = annotated.expect("a commit");
        assert_eq!(
            (annotated.sha.as_str(), annotated.by.expect("a tagger").name.as_str()),
            ("aaa", "Release Engineer")
        );
        assert_eq!(read("refs/tags/key\0blob\0\0ccc\0\0\0\0"), None);
    }
}
