//! Which jobs run at other times than before?

use super::super::reading::{FileReading, Line, Reading, Sign};
use super::super::role::Role;
use super::super::topics::Topic;
use super::found::{Told, count, joined, risk};
use crate::domain::digest::{Evidence, Risk, RiskKind, Severity};
use crate::domain::pattern::pattern;
use regex::Regex;
use std::sync::LazyLock;

static CRON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?:\b(?:schedule|cron|cronExpression|cronSchedule|SCHEDULE|CRON)\w*["']?\s*[:=(,]+\s*|@Scheduled\(\s*cron\s*=\s*|^\s*-?\s*)["']?(?P<c>(?:[\d*/,?LW#-]+\s+){2}(?:[\d*/,?LW#A-Z-]+\s+){2,3}[\d*/,?LW#A-Z-]+)["']?"#,
    )
});
static EVERY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"@Scheduled\(\s*(?P<a>fixed(?:Rate|Delay)(?:String)?\s*=\s*["']?[\w$.{}:_]+)|\bcrontab\((?P<b>[^)]*(?:minute|hour|day)[^)]*)\)|^\s*every\s+(?P<d>\d*\.?\w+(?:,\s*at:\s*["'][^"']+["'])?)"#,
    )
});

/// Medium in production, low for pipelines.
pub fn look(reading: &Reading) -> Vec<Risk> {
    let mut risks = Vec::new();
    for (role, severity) in [(Role::Production, Severity::Medium), (Role::Tooling, Severity::Low)] {
        let changes: Vec<(String, Evidence)> =
            reading.files.iter().filter(|file| file.noise.is_none() && file.role == role).flat_map(changes).collect();
        if changes.is_empty() {
            continue;
        }
        let words: Vec<&str> = changes.iter().map(|(words, _)| words.as_str()).collect();
        let place = if role == Role::Tooling { "pipeline schedule" } else { "schedule" };
        let title = format!(
            "{} changed: {}",
            count(words.len(), &format!("{place} was"), &format!("{place}s were")),
            joined(&words)
        );
        let meaning = "See that the first run at the new time does not fall into the release or a busy hour, and that nothing waits for the old one.";
        risks.push(
            risk(RiskKind::Schedule, severity, title, meaning).seen(changes.into_iter().map(|(_, evidence)| evidence)),
        );
    }
    risks
}

fn changes(file: &FileReading) -> Vec<(String, Evidence)> {
    let crontab = file.name.to_ascii_lowercase().contains("cron");
    if !crontab && !file.topics.has(Topic::Schedule) {
        return Vec::new();
    }
    let timed = |sign: Sign| -> Vec<(&Line, String)> {
        let lines = file.lines.iter().filter(|line| crontab || line.topics.has(Topic::Schedule));
        let lines = lines.filter(|line| line.sign == sign && !line.silent && !line.test && line.text.len() < 300);
        lines.filter_map(|line| Some((line, time(file, line.text, crontab)?))).collect()
    };
    let (mut old, new) = (timed(Sign::Removed), timed(Sign::Added));
    let mut changes = Vec::new();
    for (line, time) in new {
        if let Some(at) = old.iter().position(|(_, before)| *before == time) {
            old.remove(at);
            continue;
        }
        let before = if old.is_empty() { None } else { Some(old.remove(0).1) };
        let words = before.map_or_else(
            || format!("new: {}", in_words(&time)),
            |before| format!("{} → {}", in_words(&before), in_words(&time)),
        );
        changes.push((words, file.evidence(line)));
    }
    changes.extend(old.into_iter().map(|(line, time)| (format!("gone: {}", in_words(&time)), file.evidence(line))));
    changes
}

fn time(file: &FileReading, text: &str, crontab: bool) -> Option<String> {
    let told = crontab || ["cron", "chedule", "CRON", "SCHEDULE", "every "].iter().any(|word| text.contains(word));
    if !told {
        return None;
    }
    if let Some(found) = CRON.captures(text) {
        return Some(found["c"].trim().to_owned());
    }
    let found = EVERY.captures(text)?;
    let ruby = found.name("d").filter(|_| file.name == "schedule.rb");
    found.name("a").or_else(|| found.name("b")).or(ruby).map(|time| time.as_str().trim().to_owned())
}

/// `every 5 minutes`, `daily at 03:00`; the expression itself where no short words fit.
fn in_words(time: &str) -> String {
    let fields: Vec<&str> = time.split_whitespace().collect();
    let exact = format!("`{time}`");
    let fields: &[&str] = match fields.len() {
        5 => &fields,
        // Quartz and Spring count seconds first.
        6 if fields[0] == "0" => &fields[1..],
        _ => return exact,
    };
    let number = |field: &str| field.parse::<u32>().ok();
    let any = |field: &str| matches!(field, "*" | "?");
    let words = match (fields[0], fields[1], any(fields[2]) && any(fields[3]), fields[4]) {
        ("*", "*", true, day) if any(day) => "every minute".to_owned(),
        (minute, "*", true, day) if any(day) && minute.starts_with("*/") => format!("every {} minutes", &minute[2..]),
        (minute, "*", true, day) if any(day) && number(minute).is_some() => format!("hourly at minute {minute}"),
        (minute, hour, true, day) if any(day) && hour.starts_with("*/") && number(minute).is_some() => {
            format!("every {} hours", &hour[2..])
        }
        (minute, hour, true, day) => match (number(minute), number(hour)) {
            (Some(minute), Some(hour)) if any(day) => format!("daily at {hour:02}:{minute:02}"),
            (Some(minute), Some(hour)) => format!("at {hour:02}:{minute:02} on weekday {day}"),
            _ => return exact,
        },
        _ => return exact,
    };
    format!("{words} ({exact})")
}

#[cfg(test)]
mod tests {
    use super::super::super::story::Story;

    #[test]
    fn times_are_told_in_words() {
        let risks = Story::new()
            .file("k8s/report.yaml", " kind: CronJob\n-  schedule: \"0 3 * * *\"\n+  schedule: \"*/5 * * * *\"\n")
            .file(".github/workflows/nightly.yml", "+    - cron: '0 0 * * 1'\n")
            .risks();
        assert!(
            risks.contains(
                &"Medium 1 schedule was changed: daily at 03:00 (`0 3 * * *`) → every 5 minutes (`*/5 * * * *`)"
                    .to_owned()
            ),
            "{risks:?}"
        );
        assert!(
            risks.contains(&"Low 1 pipeline schedule was changed: new: at 00:00 on weekday 1 (`0 0 * * 1`)".to_owned()),
            "{risks:?}"
        );
    }

    #[test]
    fn other_stars_are_silent() {
        let story = Story::new()
            .file("src/a.rs", "+let x = 1 * 2 * 3 * 4;\n")
            .file("k8s/a.yaml", "-  schedule: \"0 3 * * *\"\n+    schedule: '0 3 * * *'\n");
        assert!(story.risks().is_empty(), "{:?}", story.risks());
    }
}
