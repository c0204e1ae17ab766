//! The job behind a review: looks at the note as it is, keeps the review, says it, and tells only what is different later.

use super::{difference, review, words as say};
use crate::domain::note::{Note, Reviewed, State};
use crate::domain::review::Review;
use crate::domain::trouble::Trouble;
use crate::features::ask::{Job, Planning, Say};
use crate::features::{Context, Plan, reviewing, store_trouble, told};
use crate::ports::store::{Expect, Op};
use crate::records::Claimed;
use anyhow::Context as _;
use std::collections::BTreeSet;

pub const REVIEW: Job = Job { name: reviewing::REVIEW, run, failed };

fn run<'a>(context: &'a Context, job: &'a Claimed, _: &'a dyn Say) -> Planning<'a> {
    Box::pin(async move {
        let id = job.payload["note"].as_u64().context("a review job without a note")?;
        let Some((mut note, version)) = context.records.notes.get(id).await.map_err(store_trouble)? else {
            return Ok(Plan::nothing());
        };
        let latest = context.records.notes.latest(id).await.map_err(store_trouble)?;
        let Some(revision) = latest.filter(|_| note.state == State::Drafted) else { return Ok(Plan::nothing()) };
        let before = context.records.reviews.latest(id).await.map_err(store_trouble)?;
        let number = before.as_ref().map_or(0, |before| before.number) + 1;
        let now = review(context, &note, &revision, number).await?;
        let asked = job.key.contains("/asked/");
        let difference = before.as_ref().map(|before| difference::between(before, &now));
        let same = before.as_ref().is_some_and(|before| {
            before.revision == now.revision && before.grade == now.grade && before.overlaps == now.overlaps
        });
        if same && !asked && difference.as_ref().is_some_and(difference::Difference::is_none) {
            return Ok(Plan::nothing());
        }
        let (met, of) = now.standards_met();
        note.reviewed = Some(Reviewed {
            number,
            revision: now.revision,
            grade: now.grade,
            met,
            asked: of,
            reason: now.reasons.first().cloned().unwrap_or_default(),
        });
        let mut plan = Plan::nothing()
            .write(context.records.notes.put(&note, Expect::Version(version)))
            .write(context.records.reviews.add(&now))
            .write(reviewing::face(context, &note, &format!("review-{number}")).await?)
            .write(beside(context, before.as_ref(), &now).await?);
        plan.says.extend(says(context, &note, &revision, &now));
        if let (Some(before), Some(difference)) = (&before, &difference)
            && !difference.is_none()
        {
            let message = say::difference(&note, before, &now, difference);
            plan.says.extend(told::detail(&note, &format!("note/{id}/review/{number}"), &message));
        }
        Ok(plan)
    })
}

/// Who is planned beside this one hears of it too, also when it moves away: their reviews are made again.
async fn beside(context: &Context, before: Option<&Review>, now: &Review) -> Result<Vec<Op>, Trouble> {
    let ids = |review: &Review| -> BTreeSet<u64> {
        let coming = review.overlaps.iter().filter(|overlap| overlap.until > context.clock.now());
        coming.filter_map(|overlap| overlap.note).collect()
    };
    let (here, left) = (ids(now), before.map(ids).unwrap_or_default());
    let mut ops = Vec::new();
    for other in here.union(&left) {
        let Some(review) = context.records.reviews.latest(*other).await.map_err(store_trouble)? else { continue };
        if ids(&review).contains(&now.note) != here.contains(other) {
            let because = format!("beside/{}/{}", now.note, now.number);
            ops.extend(reviewing::again(context, *other, &because).await?);
        }
    }
    Ok(ops)
}

/// The review's one living message, and beside it what concerns approval.
pub fn says(
    context: &Context,
    note: &Note,
    revision: &crate::domain::note::Revision,
    review: &Review,
) -> Vec<crate::features::Saying> {
    let card = say::card(note, revision, review, &context.policy, &context.note_url(note.id));
    told::detail(note, &say::card_key(note.id), &card)
}

/// A review that could not be made is said where it would have stood; the note is as good as it was.
fn failed<'a>(context: &'a Context, job: &'a Claimed, sentence: &'a str) -> Planning<'a> {
    Box::pin(async move {
        let id = job.payload["note"].as_u64().context("a review job without a note")?;
        let Some((note, _)) = context.records.notes.get(id).await.map_err(store_trouble)? else {
            return Ok(Plan::nothing());
        };
        let mut plan = Plan::nothing();
        plan.says.extend(told::detail(&note, &format!("note/{id}/review/failed"), &say::failed(id, sentence)));
        Ok(plan)
    })
}
