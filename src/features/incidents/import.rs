//! Reports from elsewhere: postmortems as Markdown, or one JSON object a line.

use super::recap::recap;
use crate::domain::incident::Incident;
use crate::domain::message::Place;
use crate::domain::person::Person;
use crate::domain::secret::masked;
use crate::domain::trouble::Trouble;
use crate::features::recall::Recall;
use crate::features::store_trouble;
use crate::ports::store::Expect;
use crate::records::{Fate, Records};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The platform of what stands in no chat.
pub const PLATFORM: &str = "import";

/// A report as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Where it comes from: the file's own word for it, or the folder.
    pub origin: String,
    pub name: String,
    pub title: String,
    pub date: String,
    pub text: String,
    pub link: Option<String>,
}

/// What can be read, and a sentence for each part that cannot.
#[derive(Debug, Default)]
pub struct Read {
    pub reports: Vec<Report>,
    pub refused: Vec<String>,
}

#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    source: String,
    id: serde_json::Value,
    #[serde(default)]
    title: String,
    #[serde(default)]
    date: String,
    #[serde(default)]
    text: String,
    #[serde(default, alias = "link")]
    url: Option<String>,
}

/// A `.jsonl` file, a Markdown file, or a folder of Markdown files, sub-folders too.
pub fn read(path: &Path) -> Result<Read, String> {
    let told = path.display();
    if path.is_dir() {
        let mut files = Vec::new();
        markdown_files(path, &mut files).map_err(|error| format!("`{told}` cannot be read: {error}"))?;
        if files.is_empty() {
            return Err(format!("`{told}` holds no Markdown file. Give a folder of `.md` files, or a `.jsonl` file."));
        }
        let origin = path.file_name().map_or_else(|| told.to_string(), |name| name.to_string_lossy().into_owned());
        let mut read = Read::default();
        for file in files {
            match text_of(&file) {
                Ok(text) => read.reports.push(markdown(&origin, &file, text)),
                Err(sentence) => read.refused.push(sentence),
            }
        }
        return Ok(read);
    }
    let text = text_of(path)?;
    let origin = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("md")) {
        return Ok(Read { reports: vec![markdown(&origin, path, text)], refused: Vec::new() });
    }
    let read = lines(&origin, &text);
    if read.reports.is_empty() && read.refused.is_empty() {
        return Err(format!(
            "`{told}` is empty; it should hold one JSON object a line, each with `id`, `title` and `text`."
        ));
    }
    Ok(read)
}

fn text_of(path: &Path) -> Result<String, String> {
    let told = path.display();
    std::fs::read_to_string(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => format!("There is no file or folder `{told}`."),
        std::io::ErrorKind::InvalidData => format!("`{told}` is not UTF-8 text."),
        _ => format!("`{told}` cannot be read: {error}"),
    })
}

fn lines(origin: &str, text: &str) -> Read {
    let mut read = Read::default();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let line: Line = match serde_json::from_str(line) {
            Ok(line) => line,
            Err(error) => {
                let error = error.to_string();
                let error = error.split(" at line").next().unwrap_or_default();
                read.refused.push(format!("Line {number} is left out: {error}."));
                continue;
            }
        };
        let name = match &line.id {
            serde_json::Value::String(name) => name.clone(),
            other => other.to_string(),
        };
        if name.trim().is_empty() || name == "null" {
            read.refused.push(format!("Line {number} is left out: its `id` is empty."));
            continue;
        }
        if line.text.trim().is_empty() && line.title.trim().is_empty() {
            read.refused.push(format!("Line {number} (`{name}`) is left out: it has neither `title` nor `text`."));
            continue;
        }
        let origin = if line.source.is_empty() { origin.to_owned() } else { line.source };
        let text = if line.text.trim().is_empty() { line.title.clone() } else { line.text };
        read.reports.push(Report { origin, name, title: line.title, date: line.date, text, link: line.url });
    }
    read
}

fn markdown_files(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_dir() && !hidden && !path.is_symlink() {
            markdown_files(&path, found)?;
        } else if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("md")) {
            found.push(path);
        }
    }
    found.sort();
    Ok(())
}

/// Its title is its first heading, or what its front matter says; its date the front matter's, or the one in its name.
fn markdown(origin: &str, file: &Path, text: String) -> Report {
    let name = file.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (front, body) = match text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---")) {
        Some((front, body)) => (front, body.trim_start_matches('-').trim_start()),
        None => ("", text.as_str()),
    };
    let said = |key: &str| {
        let line = front.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
        line.map(|value| value.trim().trim_matches(['"', '\'']).to_owned()).filter(|value| !value.is_empty())
    };
    let heading = || body.lines().find_map(|line| line.strip_prefix("# ")).map(|title| title.trim().to_owned());
    let dated = || name.get(..10).filter(|date| NaiveDate::parse_from_str(date, "%Y-%m-%d").is_ok()).map(str::to_owned);
    Report {
        origin: origin.to_owned(),
        title: said("title").or_else(heading).unwrap_or_else(|| name.clone()),
        date: said("date").or_else(dated).unwrap_or_default(),
        text: body.to_owned(),
        link: said("url").or_else(|| said("link")),
        name,
    }
}

/// What became of an import.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kept {
    pub new: usize,
    pub changed: usize,
    pub unchanged: usize,
}

/// Reports committed together.
const TOGETHER: usize = 50;

/// Keeps the reports; one that is known under its origin and name is replaced when it says something else now.
pub async fn keep(
    records: &Records,
    reports: &[Report],
    services: &[&str],
    now: DateTime<Utc>,
) -> Result<Kept, Trouble> {
    let mut kept = Kept::default();
    for reports in reports.chunks(TOGETHER) {
        let mut last = records.incidents.last_id().await.map_err(store_trouble)?;
        let mut writing: Vec<(Incident, Expect)> = Vec::new();
        for report in reports {
            let known = records.incidents.named(&report.origin, &report.name).await.map_err(store_trouble)?;
            let among =
                writing.iter().position(|(one, _)| one.name == report.name && one.place.channel == report.origin);
            let known = match known {
                Some(id) => records.incidents.get(id).await.map_err(store_trouble)?,
                None => None,
            };
            let id = match (&known, among) {
                (Some((incident, _)), _) => incident.id,
                (None, Some(place)) => writing[place].0.id,
                (None, None) => {
                    last += 1;
                    last
                }
            };
            let new = incident(id, report, services, now);
            match known {
                Some((old, _)) if old.text == new.text && old.headline == new.headline => kept.unchanged += 1,
                Some((_, version)) => {
                    kept.changed += 1;
                    writing.push((new, Expect::Version(version)));
                }
                // Twice in one file: the later one counts.
                None if among.is_some() => {
                    writing[among.unwrap_or_default()].0 = new;
                    kept.unchanged += 1;
                }
                None => {
                    kept.new += 1;
                    writing.push((new, Expect::Absent));
                }
            }
        }
        let mut ops = records.incidents.take_ids(last).await.map_err(store_trouble)?;
        let fates: Vec<Fate<'_>> = writing.iter().map(|(incident, expect)| Fate::Keep(incident, *expect)).collect();
        ops.extend(records.incidents.write(&fates).await.map_err(store_trouble)?);
        records.commit(ops).await.map_err(store_trouble)?;
    }
    Ok(kept)
}

fn incident(id: u64, report: &Report, services: &[&str], now: DateTime<Utc>) -> Incident {
    let text = masked(&report.text).into_owned();
    let headline = masked(report.title.trim()).into_owned();
    let posted = moment(&report.date);
    Incident {
        id,
        name: report.name.clone(),
        recap: recap(&headline, &text, services, posted),
        headline,
        date: report.date.clone(),
        text,
        link: report.link.clone(),
        place: Place { platform: PLATFORM.to_owned(), channel: report.origin.clone(), thread: None },
        filed_by: Person { platform: PLATFORM.to_owned(), id: String::new(), name: report.origin.clone() },
        filed_at: posted.unwrap_or(now),
        message: None,
        replies: Vec::new(),
        copies: Vec::new(),
    }
}

/// `2021-11-18T02:33:00+01:00`, `2021-11-18 02:33:00`, `2021-11-18`, `2019`.
pub fn moment(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    let plain = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"];
    let plain = plain.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let day = || NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d").ok();
    let year = || NaiveDate::from_ymd_opt(text.parse().ok().filter(|year| (1990..2100).contains(year))?, 1, 1);
    plain.or_else(|| day().or_else(year)?.and_hms_opt(0, 0, 0)).map(|at| at.and_utc())
}

/// Embeds everything that waits for it; `told` hears how many are left. A failing embedder costs meaning, not the import.
pub async fn embed(recall: &Recall, told: impl Fn(usize)) -> Result<(), Trouble> {
    loop {
        let left = recall.embed_some().await?;
        told(left);
        if left == 0 {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_cannot_be_read_are_named_and_cost_nothing_else() {
        let text = "{\"id\":\"a\",\"title\":\"A\",\"text\":\"x\"}\n\nnot json\n{\"id\":\"\",\"text\":\"y\"}\n{\"id\":7,\"title\":\"Seven\"}\n{\"id\":\"b\"}";
        let read = lines("file", text);
        assert_eq!(
            read.reports.iter().map(|one| (one.name.as_str(), one.text.as_str())).collect::<Vec<_>>(),
            [("a", "x"), ("7", "Seven")]
        );
        assert_eq!(
            read.refused,
            [
                "Line 3 is left out: expected ident.",
                "Line 4 is left out: its `id` is empty.",
                "Line 6 (`b`) is left out: it has neither `title` nor `text`.",
            ]
        );
    }

    #[test]
    fn a_postmortem_s_title_and_date_stand_in_its_head_or_its_name() {
        let plain = markdown("pm", Path::new("/x/2024-02-03-dns.md"), "# DNS fell\n\nIt did.".to_owned());
        assert_eq!(
            (plain.title.as_str(), plain.date.as_str(), plain.name.as_str()),
            ("DNS fell", "2024-02-03", "2024-02-03-dns")
        );
        let front = "---\ntitle: \"It fell\"\ndate: 2023-01-02\n---\nText.".to_owned();
        let front = markdown("pm", Path::new("/x/a.md"), front);
        assert_eq!(
            (front.title.as_str(), front.date.as_str(), front.text.as_str()),
            ("It fell", "2023-01-02", "Text.")
        );
    }

    #[test]
    fn dates_of_all_kinds_are_moments() {
        let told = |text: &str| moment(text).map(|at| at.format("%Y-%m-%d %H:%M").to_string());
        assert_eq!(told("2021-12-07T09:06:14+01:00").as_deref(), Some("2021-12-07 08:06"));
        assert_eq!(told("2021-11-18 02:33:00").as_deref(), Some("2021-11-18 02:33"));
        assert_eq!(told("2023-09-18").as_deref(), Some("2023-09-18 00:00"));
        assert_eq!(told("2019").as_deref(), Some("2019-01-01 00:00"));
        assert_eq!(told("last week"), None);
    }
}
