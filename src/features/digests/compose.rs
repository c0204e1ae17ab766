//! What is there to tell? On watch, waiting, planned and in conflict, un-announced, and what went wrong.

use super::words as say;
use crate::domain::approval::{Approval, approval};
use crate::domain::note::{Note, Revision, State as Drafted};
use crate::domain::periodic::{Digest, Kind};
use crate::domain::trouble::Trouble;
use crate::domain::watch::{End, State, Watch};
use crate::features::{Context, store_trouble};
use chrono::{DateTime, TimeDelta, Utc};

/// Notes and incidents that are looked through.
const LOOKED_AT: usize = 300;
/// Lines of one part.
const LISTED: usize = 12;

/// One part of a digest: its title, and a line for each thing.
pub struct Part {
    pub title: &'static str,
    pub lines: Vec<String>,
    pub more: usize,
}

/// Rules whose findings are conflicts of time.
const CONFLICTS: [&str; 5] =
    ["service-conflict", "dependency-conflict", "shared-work", "double-booked", "freeze-window"];

/// Parts that have something to tell.
pub async fn compose(context: &Context, digest: &Digest, now: DateTime<Utc>) -> Result<Vec<Part>, Trouble> {
    let (back, ahead) = match digest.kind {
        Kind::Daily => (TimeDelta::days(1), TimeDelta::days(1)),
        Kind::Weekly => (TimeDelta::days(7), TimeDelta::days(7)),
        Kind::Handover => (TimeDelta::hours(12), TimeDelta::hours(24)),
    };
    let looked = Looked { context, digest, now };
    let notes = looked.notes().await?;
    let mut parts = vec![
        part("On watch", looked.on_watch(&notes).await?),
        part("Waiting for approval", looked.waiting(&notes)),
        part("Planned", looked.planned(&notes, now, now + ahead).await?),
        part("Went live without a note", looked.unannounced(now - TimeDelta::days(7)).await?),
        part("Went wrong", looked.wrong(&notes, now - back).await?),
    ];
    if digest.kind == Kind::Handover {
        parts.retain(|part| part.title != "Waiting for approval");
    }
    parts.retain(|part| !part.lines.is_empty());
    Ok(parts)
}

fn part(title: &'static str, mut lines: Vec<String>) -> Part {
    let more = lines.len().saturating_sub(LISTED);
    lines.truncate(LISTED);
    Part { title, lines, more }
}

struct Looked<'a> {
    context: &'a Context,
    digest: &'a Digest,
    now: DateTime<Utc>,
}

impl Looked<'_> {
    fn concerns(&self, services: &[&str]) -> bool {
        let wanted = &self.digest.services;
        wanted.is_empty() || services.iter().any(|name| wanted.iter().any(|wanted| wanted == name))
    }

    async fn notes(&self) -> Result<Vec<(Note, Revision)>, Trouble> {
        let mut found = Vec::new();
        for note in self.context.records.notes.list(LOOKED_AT, None).await.map_err(store_trouble)? {
            if note.state != Drafted::Drafted || !self.concerns(&note.services().collect::<Vec<_>>()) {
                continue;
            }
            if let Some(revision) = self.context.records.notes.latest(note.id).await.map_err(store_trouble)? {
                found.push((note, revision));
            }
        }
        Ok(found)
    }

    async fn watches(&self) -> Result<Vec<Watch>, Trouble> {
        let all = self.context.records.watches.list(LOOKED_AT).await.map_err(store_trouble)?;
        let own = |watch: &Watch| self.concerns(&watch.services.iter().map(String::as_str).collect::<Vec<_>>());
        Ok(all.into_iter().filter(own).collect())
    }

    async fn on_watch(&self, notes: &[(Note, Revision)]) -> Result<Vec<String>, Trouble> {
        let mut watches = self.watches().await?;
        watches.retain(|watch| watch.end.is_none());
        // What is worst comes first.
        watches.sort_by_key(|watch| std::cmp::Reverse(watch.state));
        let line = |watch: &Watch| {
            let (note, revision) = notes.iter().find(|(note, _)| note.id == watch.note)?;
            let operators = revision.section("operators").and_then(|section| section.value.as_array());
            let operators: Vec<&str> = operators.into_iter().flatten().filter_map(|name| name.as_str()).collect();
            let url = self.context.note_url(note.id);
            Some(say::on_watch(note, watch, &operators, self.digest.zone, self.now, &url))
        };
        Ok(watches.iter().filter_map(line).collect())
    }

    fn waiting(&self, notes: &[(Note, Revision)]) -> Vec<String> {
        let asked = notes.iter().filter_map(|(note, revision)| match approval(note, revision) {
            Approval::Requested(asked) => {
                Some(say::waiting(note, revision, asked, self.now, &self.context.note_url(note.id)))
            }
            _ => None,
        });
        asked.collect()
    }

    /// With what speaks against it.
    async fn planned(
        &self,
        notes: &[(Note, Revision)],
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<String>, Trouble> {
        let agenda = self.context.agenda(self.digest.zone, from, until).await?;
        let mut lines = Vec::new();
        for entry in agenda.entries.iter().filter(|entry| {
            let services: Vec<&str> = entry.services.iter().map(String::as_str).collect();
            services.is_empty() || self.concerns(&services)
        }) {
            let note = entry.note.and_then(|id| notes.iter().find(|(note, _)| note.id == id));
            let mut against = Vec::new();
            if let Some((note, revision)) = note {
                let review = self.context.records.reviews.latest(note.id).await.map_err(store_trouble)?;
                let findings = review.into_iter().flat_map(|review| review.findings);
                against
                    .extend(findings.filter(|one| CONFLICTS.contains(&one.rule.as_str())).map(|finding| finding.what));
                if !matches!(approval(note, revision), Approval::Approved(_)) {
                    against.push("Not approved.".to_owned());
                }
            }
            lines.push(say::planned(entry, &against, self.digest.zone));
        }
        Ok(lines)
    }

    async fn unannounced(&self, since: DateTime<Utc>) -> Result<Vec<String>, Trouble> {
        let mut all = self.context.records.watches.all_unannounced(LOOKED_AT).await.map_err(store_trouble)?;
        all.retain(|seen| seen.answer.is_none() && seen.at >= since && self.concerns(&[&seen.service]));
        all.sort_by_key(|seen| std::cmp::Reverse(seen.at));
        Ok(all.iter().map(|seen| say::unannounced(seen, self.digest.zone)).collect())
    }

    /// Days that went badly, and incidents that were told of.
    async fn wrong(&self, notes: &[(Note, Revision)], since: DateTime<Utc>) -> Result<Vec<String>, Trouble> {
        let mut lines = Vec::new();
        for watch in self.watches().await? {
            let over = watch.end == Some(End::Over) && watch.worst == Some(State::Unstable);
            if !over || watch.at + TimeDelta::days(1) < since {
                continue;
            }
            if let Some((note, _)) = notes.iter().find(|(note, _)| note.id == watch.note) {
                lines.push(say::went_badly(note, &watch, &self.context.note_url(note.id)));
            }
        }
        for incident in self.context.records.incidents.list(LOOKED_AT).await.map_err(store_trouble)? {
            let services: Vec<&str> = incident.recap.services.iter().map(String::as_str).collect();
            let own = !["watch", "import"].contains(&incident.place.platform.as_str());
            let seen = self.context.recall.is_seen_from(&incident, None);
            if own && seen && incident.filed_at >= since && (services.is_empty() || self.concerns(&services)) {
                lines.push(say::incident(&incident));
            }
        }
        Ok(lines)
    }
}
