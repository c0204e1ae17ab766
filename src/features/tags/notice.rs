//! What is done when another system says that a tag was pushed, moved or deleted: somebody looks, if there is anything new.

use super::{catalogued, look};
use crate::domain::message::Heard;
use crate::domain::notice::PushedTag;
use crate::domain::trouble::Trouble;
use crate::features::{Context, Plan, store_trouble};
use crate::records::SeenTag;

pub async fn noticed(context: &Context, heard: &Heard, tag: &PushedTag) -> Result<Plan, Trouble> {
    let Some((remote, _)) = catalogued(context, &tag.remote) else {
        tracing::debug!(repository = tag.remote.name, tag = tag.name, "a tag of a repository that no service names");
        return Ok(Plan::nothing());
    };
    let tags = &context.records.tags;
    let seen = tags.get(&remote, &tag.name).await.map_err(store_trouble)?;
    if !in_doubt(seen.as_ref().map(|(seen, _)| seen), tag) {
        tracing::debug!(repository = remote.name, tag = tag.name, "a tag as it is known already");
        return Ok(Plan::nothing());
    }
    let job = look::told(&remote, tag, &heard.id, context.clock.now());
    let queued = context.records.jobs.enqueue_once(&job).await.map_err(store_trouble)?;
    let mut plan = Plan::nothing().write(queued);
    if !tag.deleted {
        plan = plan.write(tags.tell(&remote, &tag.name, &heard.person));
    }
    Ok(plan)
}

/// May what is told be news? A deletion of what is not there and a push of what stands there are none.
pub(super) fn in_doubt(seen: Option<&SeenTag>, told: &PushedTag) -> bool {
    let stands = seen.and_then(|seen| seen.sha.as_ref());
    match (&told.sha, told.deleted) {
        (_, true) => stands.is_some(),
        (Some(sha), false) => stands != Some(sha),
        (None, false) => stands.is_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::service::Remote;
    use chrono::DateTime;
    use std::collections::BTreeMap;

    fn told(sha: Option<&str>, deleted: bool) -> PushedTag {
        PushedTag {
            remote: Remote { host: "github".to_owned(), name: "acme/web".to_owned() },
            name: "v1".to_owned(),
            sha: sha.map(str::to_owned),
            deleted,
            at: DateTime::UNIX_EPOCH,
        }
    }

    fn seen(sha: Option<&str>) -> SeenTag {
        SeenTag {
            name: "v1".to_owned(),
            sha: sha.map(str::to_owned),
            seen_at: DateTime::UNIX_EPOCH,
            by: None,
            came: BTreeMap::new(),
        }
    }

    #[test]
    fn only_what_may_be_news_is_looked_at() {
        let (there, gone) = (seen(Some("aaa")), seen(None));
        for (seen, told, news) in [
            (None, told(Some("aaa"), false), true),
            (None, told(None, false), true),
            (None, told(None, true), false),
            (Some(&there), told(Some("aaa"), false), false),
            (Some(&there), told(Some("bbb"), false), true),
            (Some(&there), told(None, false), false),
            (Some(&there), told(None, true), true),
            (Some(&gone), told(Some("aaa"), false), true),
            (Some(&gone), told(None, false), true),
            (Some(&gone), told(None, true), false),
        ] {
            assert_eq!(in_doubt(seen, &told), news, "{seen:?} {told:?}");
        }
    }
}
