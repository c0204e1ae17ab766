//! What may a model look up? Typed, read-only, each answer as facts; nothing here changes anything.

use super::facts::Facts;
use crate::domain::change::{ChangeSet, FileChange};
use crate::domain::note::{Note, Revision};
use crate::domain::trouble::Trouble;
use crate::features::phrase::count;
use crate::features::recall::Wanted;
use crate::features::{Context, radius, store_trouble};
use crate::ports::metrics::Range;
use chrono::{NaiveDate, TimeDelta};
use serde::Serialize;
use tokio::sync::OnceCell;

#[derive(Debug, Clone, Copy, Serialize)]
pub struct Look {
    pub name: &'static str,
    pub about: &'static str,
}

pub const LOOKS: &[Look] = &[
    Look {
        name: "hunks",
        about: "what the change does to files: a path or a part of one (`src/pay.rs`, `migrations/`)",
    },
    Look { name: "search", about: "lines of the diff that hold a word: `legacy_id`" },
    Look { name: "commit", about: "one commit in full: the beginning of its SHA" },
    Look { name: "ticket", about: "one ticket in full: its key" },
    Look { name: "incidents", about: "past incidents like some words: `lock on the invoices table`" },
    Look { name: "calendar", about: "what else happens on a day: `2026-12-03`" },
    Look { name: "samples", about: "what a signal measures now and measured before: its name" },
    Look { name: "path", about: "who needs a service, and what it needs: its name" },
    Look { name: "notes", about: "earlier notes of a service, and how their days went: its name" },
];

/// What a question is looked up in; the change is read once, when it is first asked for.
pub struct Library<'a> {
    pub context: &'a Context,
    pub note: &'a Note,
    pub revision: &'a Revision,
    pub url: String,
    changes: OnceCell<Vec<ChangeSet>>,
}

/// Facts of one look-up.
const MOST: usize = 8;

impl<'a> Library<'a> {
    pub fn new(context: &'a Context, note: &'a Note, revision: &'a Revision) -> Self {
        Self { context, note, revision, url: context.note_url(note.id), changes: OnceCell::new() }
    }

    /// What came of it, in a few words for who waits and for the model; the facts are added.
    pub async fn look(&self, name: &str, argument: &str, facts: &mut Facts) -> Result<String, Trouble> {
        let argument = argument.trim();
        match name {
            "hunks" => self.hunks(argument, facts).await,
            "search" => self.search(argument, facts).await,
            "commit" => self.commit(argument, facts).await,
            "ticket" => self.ticket(argument, facts).await,
            "incidents" => self.incidents(argument, facts).await,
            "calendar" => self.calendar(argument, facts).await,
            "samples" => self.samples(argument, facts).await,
            "path" => Ok(self.path(argument, facts)),
            "notes" => self.notes(argument, facts).await,
            _ => Ok("there is no such look-up".to_owned()),
        }
    }

    async fn changes(&self) -> Result<&[ChangeSet], Trouble> {
        let read = async || {
            let mut changes = Vec::new();
            for module in &self.revision.modules {
                let Some((_, service)) = self.context.service(&module.service) else { continue };
                changes.push(self.context.changes.collect(&service.source, &module.range, &|_| ()).await?);
            }
            Ok::<_, Trouble>(changes)
        };
        self.changes.get_or_try_init(read).await.map(Vec::as_slice)
    }

    async fn hunks(&self, path: &str, facts: &mut Facts) -> Result<String, Trouble> {
        let wanted = path.trim_matches('/');
        let changes = self.changes().await?;
        let files: Vec<&FileChange> =
            changes.iter().flat_map(|set| &set.files).filter(|file| file.path.contains(wanted)).collect();
        let mut added = 0;
        for file in &files {
            for hunk in &file.hunks {
                if added == MOST {
                    return Ok(format!(
                        "more than {MOST} hunks in {}; the first {MOST} are given, name a file for others",
                        count(files.len(), "file")
                    ));
                }
                let text = format!("{}:{} {}\n{}", file.path, hunk.new_start, hunk.context, hunk.body);
                added += usize::from(facts.add(
                    format!("h:{}:{}", file.path, hunk.new_start),
                    &text,
                    Some(self.url.clone()),
                ));
            }
        }
        Ok(match files.is_empty() {
            true => format!("no file of the change has `{wanted}` in its path"),
            false => format!("{} of {}", count(added, "hunk"), count(files.len(), "file")),
        })
    }

    async fn search(&self, word: &str, facts: &mut Facts) -> Result<String, Trouble> {
        if word.chars().count() < 3 {
            return Ok("a word of at least three letters is needed".to_owned());
        }
        let lower = word.to_lowercase();
        let mut lines = Vec::new();
        for file in self.changes().await?.iter().flat_map(|set| &set.files) {
            for hunk in &file.hunks {
                let found = hunk.body.lines().filter(|line| line.to_lowercase().contains(&lower));
                lines.extend(found.map(|line| format!("{}: {}", file.path, line.trim_end())));
            }
        }
        if lines.is_empty() {
            // That nothing was found is a fact too.
            let text = format!("No line of the diff holds `{word}`");
            facts.add(format!("s:{lower}"), &text, Some(self.url.clone()));
            return Ok("no line of the diff".to_owned());
        }
        let text = format!(
            "{} of the diff hold `{word}`:\n{}",
            count(lines.len(), "line"),
            lines.iter().take(20).cloned().collect::<Vec<_>>().join("\n")
        );
        facts.add(format!("s:{lower}"), &text, Some(self.url.clone()));
        Ok(count(lines.len(), "line"))
    }

    async fn commit(&self, sha: &str, facts: &mut Facts) -> Result<String, Trouble> {
        let sha = sha.trim_start_matches("c:");
        let changes = self.changes().await?;
        let mut found =
            changes.iter().flat_map(|set| &set.commits).filter(|commit| sha.len() >= 4 && commit.sha.starts_with(sha));
        let Some(commit) = found.next() else { return Ok(format!("the change has no commit `{sha}`")) };
        let text = format!(
            "{} by {} on {}\n{}\n{}",
            commit.subject,
            commit.author.name,
            commit.at.format("%Y-%m-%d"),
            commit.body,
            commit.paths.join(", ")
        );
        facts.add(format!("commit:{}", commit.short()), &text, Some(self.url.clone()));
        Ok(commit.subject.chars().take(80).collect())
    }

    async fn ticket(&self, key: &str, facts: &mut Facts) -> Result<String, Trouble> {
        let key = key.trim_start_matches("t:").to_owned();
        let known =
            self.revision.modules.iter().flat_map(|module| &module.background.tickets).find(|ticket| ticket.key == key);
        // Only tickets of this change: what a note does not name is none of its readers' business.
        let Some(ticket) = known else { return Ok(format!("the change names no ticket `{key}` that can be read")) };
        let text = format!("{} ({})\n{}", ticket.title, ticket.status, ticket.description);
        facts.add(format!("ticket:{key}"), &text, Some(ticket.url.clone()));
        Ok(ticket.title.chars().take(80).collect())
    }

    async fn incidents(&self, words: &str, facts: &mut Facts) -> Result<String, Trouble> {
        let services = self.note.services().map(str::to_owned).collect();
        let wanted = Wanted { services, ..Wanted::text(words) };
        let found = self.context.recall.find(&[wanted], 3).await?.pop().unwrap_or_default();
        let found: Vec<_> = found.into_iter().filter(|one| one.hit.score >= 0.3).collect();
        for one in &found {
            let (incident, recap) = (&one.incident, &one.incident.recap);
            let parts = [&recap.happened, &recap.cause, &recap.fix, &recap.lesson];
            let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).map(String::as_str).collect();
            let text = format!("Incident of {}: {} {}", incident.dated(), incident.title(160), parts.join(" · "));
            facts.add(format!("i:{}", incident.id), &text, incident.link.clone());
        }
        Ok(if found.is_empty() { "none like it is remembered".to_owned() } else { count(found.len(), "incident") })
    }

    async fn calendar(&self, day: &str, facts: &mut Facts) -> Result<String, Trouble> {
        let Ok(day) = NaiveDate::parse_from_str(day, "%Y-%m-%d") else {
            return Ok(format!("`{day}` is no day like 2026-12-03"));
        };
        let zone = self.context.zone_of(Some(self.note));
        let from = crate::domain::window::on_the_wall(zone, day.and_time(chrono::NaiveTime::MIN));
        let agenda = self.context.agenda(zone, from, from + TimeDelta::days(1)).await?;
        for (place, entry) in (1..).zip(agenda.entries.iter().take(MOST)) {
            let (begin, end) = (entry.from.with_timezone(&zone), entry.until.with_timezone(&zone));
            let text = format!(
                "{} from {} to {}: {} {}",
                entry.kind.name(),
                begin.format("%Y-%m-%d %H:%M"),
                end.format("%H:%M"),
                entry.title,
                entry.services.join(", ")
            );
            facts.add(format!("cal:{day}:{place}"), &text, Some(format!("{}/calendar", self.context.public_url)));
        }
        if agenda.entries.is_empty() {
            facts.add(
                format!("cal:{day}"),
                &format!("Nothing is in the calendar on {day}"),
                Some(format!("{}/calendar", self.context.public_url)),
            );
        }
        Ok(count(agenda.entries.len(), "entry").replace("entrys", "entries"))
    }

    async fn samples(&self, signal: &str, facts: &mut Facts) -> Result<String, Trouble> {
        let own: Vec<&str> = self.note.services().collect();
        let asked: Vec<_> = self
            .context
            .signals
            .iter()
            .filter(|one| own.contains(&one.service.as_str()) && one.signal.contains(signal))
            .take(4)
            .collect();
        if asked.is_empty() {
            let names: Vec<&str> = self
                .context
                .signals
                .iter()
                .filter(|one| own.contains(&one.service.as_str()))
                .map(|one| one.signal.as_str())
                .collect();
            return Ok(match names.is_empty() {
                true => "nothing of its services is measured".to_owned(),
                false => format!("no such signal; there are {}", names.join(", ")),
            });
        }
        let now = self.context.clock.now().timestamp();
        let mut told = 0;
        for one in asked {
            let range = Range { from: now - 86_400, until: now, step: 300 };
            let Ok(measured) = one.source.range(&one.query, range).await else { continue };
            let samples: Vec<(i64, f64)> = measured.lines.into_iter().flat_map(|line| line.samples).collect();
            let mean = |from: i64, until: i64| {
                let inside: Vec<f64> =
                    samples.iter().filter(|(at, _)| (from..until).contains(at)).map(|(_, value)| *value).collect();
                (!inside.is_empty()).then(|| inside.iter().sum::<f64>() / inside.len() as f64)
            };
            let said = |label: &str, mean: Option<f64>| {
                mean.map_or_else(|| format!("{label}: nothing measured"), |mean| format!("{label}: {mean:.4}"))
            };
            let live = self.note.live.as_ref().map(|live| live.at.timestamp());
            let mut parts = vec![
                said("mean of the last hour", mean(now - 3_600, now + 1)),
                said("mean of the last day", mean(now - 86_400, now + 1)),
            ];
            parts.extend(live.map(|at| said("mean of the hour before it went live", mean(at - 3_600, at))));
            let text = format!("{} of {} ({}): {}", one.signal, one.service, one.source.name(), parts.join("; "));
            told +=
                usize::from(facts.add(format!("sample:{}:{}", one.service, one.signal), &text, Some(self.url.clone())));
        }
        Ok(count(told, "signal"))
    }

    fn path(&self, service: &str, facts: &mut Facts) -> String {
        let Some((_, known)) = self.context.service(service) else {
            return format!("the catalogue has no service `{service}`");
        };
        let needs: Vec<String> = known.depends_on.iter().map(|needed| format!("`{}`", needed.service)).collect();
        let needed = radius::affected(&self.context.workspaces, service);
        let needed: Vec<String> = needed.iter().map(|one| format!("`{}`", one.service)).collect();
        let list = |names: &[String]| if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
        let text = format!("`{service}` needs {}; {} need it, directly or through others", list(&needs), list(&needed));
        facts.add(format!("path:{service}"), &text, Some(self.url.clone()));
        format!("needs {}, needed by {}", needs.len(), needed.len())
    }

    async fn notes(&self, service: &str, facts: &mut Facts) -> Result<String, Trouble> {
        let records = &self.context.records;
        let mut told = 0;
        for note in records.notes.list(200, None).await.map_err(store_trouble)? {
            // Of the note's own team only.
            if note.id == self.note.id
                || note.workspace != self.note.workspace
                || !note.services().any(|name| name == service)
            {
                continue;
            }
            let Some(revision) = records.notes.latest(note.id).await.map_err(store_trouble)? else { continue };
            let worst = records.watches.get(note.id).await.map_err(store_trouble)?.and_then(|(watch, _)| watch.worst);
            let worst = worst.map_or_else(|| "not watched".to_owned(), |state| format!("its day was {}", state.name()));
            let text =
                format!("Note {} of {}: {}; {worst}", note.id, note.created_at.format("%Y-%m-%d"), revision.title());
            told += usize::from(facts.add(format!("n:{}", note.id), &text, Some(self.context.note_url(note.id))));
            if told == MOST {
                break;
            }
        }
        Ok(count(told, "note"))
    }
}
