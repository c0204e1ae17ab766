//! What becomes of a tag that was seen: a note of its own, a place in the note of its release, or a word in an older note.

mod fate;
mod join;
mod words;

use crate::domain::note::{Note, ReleaseTag};
use crate::domain::person::Person;
use crate::domain::service::{Remote, Service, Workspace};
use crate::domain::trouble::Trouble;
use crate::features::ask::{Job, Planning, Say};
use crate::features::draft::{modules, told};
use crate::features::{Context, Plan, store_trouble};
use crate::ports::store::Expect;
use crate::records::{Claimed, Outcome, SeenTag, Tagged};
use anyhow::Context as _;
use fate::Fate;
use std::collections::BTreeSet;

pub const TAGGED: Job = Job { name: Tagged::JOB, run, failed };

/// A tag with what is known about it, for one workspace.
struct Tag<'a> {
    context: &'a Context,
    space: &'a Workspace,
    remote: Remote,
    seen: SeenTag,
    version: u64,
}

fn run<'a>(context: &'a Context, claimed: &'a Claimed, _: &'a dyn Say) -> Planning<'a> {
    Box::pin(async move {
        let tagged: Tagged =
            serde_json::from_value(claimed.payload.clone()).context("a job for a tag without a tag")?;
        let found = context.records.tags.get(&tagged.remote, &tagged.tag).await.map_err(store_trouble)?;
        let space = context.workspaces.iter().find(|space| space.name == tagged.workspace);
        let (Some((seen, version)), Some(space)) = (found, space) else { return Ok(Plan::nothing()) };
        let tag = Tag { context, space, remote: tagged.remote, seen, version };
        match tag.seen.sha.clone() {
            None => tag.gone().await,
            Some(sha) => tag.stands(&sha).await,
        }
    })
}

/// What could not be read is in the log; the tag stays as it is, and the next look at the repository begins with it.
fn failed<'a>(_: &'a Context, _: &'a Claimed, _: &'a str) -> Planning<'a> {
    Box::pin(async { Ok(Plan::nothing()) })
}

impl Tag<'_> {
    /// Services of the workspace that take it.
    fn services(&self) -> Vec<&Service> {
        let takes = |service: &&Service| {
            service.source.repository().is(&self.remote) && self.seen.came.contains_key(&service.name)
        };
        self.space.services.iter().filter(takes).collect()
    }

    /// Whoever pushed it, as far as anybody knows.
    fn person(&self) -> Person {
        let nobody = || Person { platform: self.remote.host.clone(), id: String::new(), name: "somebody".to_owned() };
        self.seen.by.clone().unwrap_or_else(nobody)
    }

    fn release(&self, service: &Service, sha: &str) -> ReleaseTag {
        ReleaseTag {
            service: service.name.clone(),
            name: self.seen.name.clone(),
            sha: sha.to_owned(),
            by: self.seen.by.clone(),
            gone: false,
        }
    }

    /// Notes that were drafted for it, each once.
    fn notes(&self) -> BTreeSet<u64> {
        let noted = self.services().into_iter().filter_map(|service| match self.seen.came.get(&service.name) {
            Some(Outcome::Noted { note }) => Some(*note),
            _ => None,
        });
        noted.collect()
    }

    async fn note(&self, id: u64) -> Result<Option<(Note, u64)>, Trouble> {
        self.context.records.notes.get(id).await.map_err(store_trouble)
    }

    /// The notes keep what they tell, and say that the tag is gone.
    async fn gone(&self) -> Result<Plan, Trouble> {
        let mut plan = Plan::nothing();
        for id in self.notes() {
            let Some((mut note, version)) = self.note(id).await? else { continue };
            let of_it = |tag: &&mut ReleaseTag| tag.name == self.seen.name && !tag.gone;
            let Some(tag) = note.tags.iter_mut().find(of_it) else { continue };
            tag.gone = true;
            let tag = tag.clone();
            plan.ops.extend(self.context.records.notes.put(&note, Expect::Version(version)));
            plan.says.extend(told::detail(&note, &self.key(id, "gone"), &words::gone(&note, &tag)));
        }
        Ok(plan)
    }

    async fn stands(self, sha: &str) -> Result<Plan, Trouble> {
        let mut plan = Plan::nothing();
        for id in self.notes() {
            self.moved(id, sha, &mut plan).await?;
        }
        let mut came = self.seen.came.clone();
        let mut goes = Vec::new();
        for service in self.services() {
            if came.get(&service.name) != Some(&Outcome::Waiting) {
                continue;
            }
            match fate::of(&self, service, sha).await? {
                Fate::Goes => goes.push(service),
                Fate::SameAs { tag, note } => {
                    if let Some((note, _)) = self.note(note).await? {
                        let said = words::same(&self.seen.name, &tag);
                        plan.says.extend(told::detail(&note, &self.key(note.id, "same"), &said));
                    }
                    came.insert(service.name.clone(), Outcome::SameAs { tag });
                }
                Fate::Older { than } => drop(came.insert(service.name.clone(), Outcome::Older { than })),
            }
        }
        if !goes.is_empty() {
            let note = join::draft(&self, &goes, sha, &mut plan).await?;
            came.extend(goes.iter().map(|service| (service.name.clone(), Outcome::Noted { note })));
        }
        if came != self.seen.came {
            let seen = SeenTag { came, ..self.seen.clone() };
            plan.ops.extend(self.context.records.tags.put(&self.remote, &seen, Expect::Version(self.version)));
        }
        Ok(plan)
    }

    /// Force-pushed: the note is drafted again for what the name means now.
    async fn moved(&self, id: u64, sha: &str, plan: &mut Plan) -> Result<(), Trouble> {
        let Some((mut note, version)) = self.note(id).await? else { return Ok(()) };
        let of_it = |tag: &&mut ReleaseTag| tag.name == self.seen.name && (tag.sha != sha || tag.gone);
        let Some(tag) = note.tags.iter_mut().find(of_it) else { return Ok(()) };
        let before = tag.clone();
        for tag in note.tags.iter_mut().filter(|tag| tag.name == self.seen.name) {
            (tag.sha, tag.gone) = (sha.to_owned(), false);
        }
        if before.sha == sha {
            // Deleted and pushed again as it was.
            plan.ops.extend(self.context.records.notes.put(&note, Expect::Version(version)));
            plan.says.extend(told::detail(&note, &self.key(id, "back"), &words::back(&before)));
            return Ok(());
        }
        let said = words::moved(&before, sha, &self.person());
        plan.says.extend(told::detail(&note, &self.key(id, sha), &said));
        let again = modules::again(self.context, note, version, &self.person()).await?;
        plan.ops.extend(again.ops);
        plan.says.extend(again.says);
        Ok(())
    }

    fn key(&self, note: u64, what: &str) -> String {
        format!("note/{note}/tag/{}/{what}/{}", self.seen.name, self.seen.seen_at.timestamp_millis())
    }
}
