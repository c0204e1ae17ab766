//! Who may approve it, and how does it stand?

use super::{head, note};
use crate::domain::approval::{Approval, approval};
use crate::domain::note::Note;
use crate::domain::review::Decision;
use crate::domain::trouble::Trouble;
use crate::features::ask::{Asked, Manner, Permission, Reply, Spoken};
use crate::features::phrase::{list, plain};
use crate::features::texts as text;
use crate::features::{Context, store_trouble};
use futures::future::BoxFuture;

pub const APPROVERS: Spoken = Spoken {
    says: ["who approves note 7?", "노트 7은 누가 승인해?"],
    needs: Permission::Read,
    manner: Manner::Question,
    patterns: &[
        r"\bwho\b.*\b(?:approves?|approved|approvers?|sign(?:s|ed)? (?:this |it )?off|reviews?|reviewers?)\b",
        r"\b(?:is|was|has)\b.*\b(?:approved|signed off)\b",
        r"(?:누가|누구).*(?:승인|리뷰|결재)",
        r"승인.*(?:됐|되었|받았|누가|누구|상태)",
    ],
    fits: |_| true,
    answer,
};

fn answer<'a>(context: &'a Context, asked: &'a Asked<'a>) -> BoxFuture<'a, Result<Reply, Trouble>> {
    Box::pin(async move {
        let language = asked.language;
        let mut lines = Vec::new();
        let found = match note(context, asked).await {
            Ok(note) => Some(note),
            // Who may approve at all can be told without a note.
            Err(Trouble::Refused(_)) => None,
            Err(trouble) => return Err(trouble),
        };
        if let Some(note) = &found {
            let latest = context.records.notes.latest(note.id).await.map_err(store_trouble)?;
            if let Some(revision) = latest {
                lines.push(format!(
                    "{}{}",
                    head(context, asked, note).await?,
                    stands(note, &approval(note, &revision), asked)
                ));
            }
        }
        lines.push(text::MAY_APPROVE.of(language, &[("lines", &may_approve(context, asked).join("\n"))]));
        lines.extend(found.map(|note| text::NOT_OWN.of(language, &[("name", &plain(&note.created_by.name))])));
        Ok(Reply::text(lines.join("\n\n")))
    })
}

fn stands(note: &Note, approval: &Approval<'_>, asked: &Asked<'_>) -> String {
    let language = asked.language;
    let names = |given: &[&Decision]| list(&given.iter().map(|one| plain(&one.by.name)).collect::<Vec<_>>());
    match approval {
        Approval::Open => text::APPROVAL_OPEN.of(language, &[("id", &note.id)]),
        Approval::Requested(by) => text::APPROVAL_REQUESTED.of(language, &[("name", &plain(&by.by.name))]),
        Approval::ChangesRequested(by) => {
            text::APPROVAL_CHANGES.of(language, &[("name", &plain(&by.by.name)), ("text", &plain(&by.text))])
        }
        Approval::Approved(given) => text::APPROVAL_GIVEN.of(language, &[("names", &names(given))]),
        Approval::Lapsed(given, sections) => {
            text::APPROVAL_LAPSED.of(language, &[("names", &names(given)), ("sections", &list(sections))])
        }
    }
}

fn may_approve(context: &Context, asked: &Asked<'_>) -> Vec<String> {
    let everybody = text::EVERYBODY.plain(asked.language);
    let named = |people: &[String]| {
        let people: Vec<String> =
            people.iter().map(|one| if one == "*" { everybody.clone() } else { format!("`{}`", plain(one)) }).collect();
        list(&people)
    };
    let levels = &context.policy.reviewers.levels;
    if levels.is_empty() {
        let allowed = &context.permissions.approve;
        return if allowed.iter().any(|one| one == "*") {
            vec![text::APPROVE_ANYBODY.plain(asked.language)]
        } else {
            vec![format!("- {}", named(allowed))]
        };
    }
    let line = |name: &str, people: &[String]| {
        text::APPROVE_LEVEL.of(asked.language, &[("level", &plain(name)), ("people", &named(people))])
    };
    levels.iter().map(|level| line(&level.name, &level.people)).collect()
}
