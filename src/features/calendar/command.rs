//! `/release calendar`: what happens this week or another, with how busy each half day is.

use crate::chart;
use crate::domain::message::{Attachment, Block, Heard, Message};
use crate::domain::trouble::Trouble;
use crate::features::agenda::{lines, week};
use crate::features::ask::{Command, Misuse, Permission, Request, complete_nothing, word};
use crate::features::plan::only;
use crate::features::words::Words;
use crate::features::{Context, Plan, load};
use async_trait::async_trait;
use chrono::{Datelike as _, Days, NaiveDate};

pub const CALENDAR: Command = Command {
    name: "calendar",
    usage: "calendar [WEEK]",
    about: "Show what is planned this week, or in the week of a day: deployments, works, freezes, holidays.",
    examples: &["calendar", "calendar next", "calendar 2026-12-14"],
    needs: Permission::Read,
    arguments: &[word("week", "`next`, or a day of the week that is meant", false)],
    parse,
    complete: complete_nothing,
};

enum Week {
    Now,
    Next,
    Of(NaiveDate),
}

fn parse(words: &Words) -> Result<Box<dyn Request>, Misuse> {
    Ok(Box::new(match words.plain.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => Week::Now,
        ["next"] => Week::Next,
        [day] => Week::Of(
            NaiveDate::parse_from_str(day, "%Y-%m-%d")
                .map_err(|_| Misuse(format!("`{day}` is no day; write `next`, or a day like `2026-12-14`.")))?,
        ),
        [_, more, ..] => {
            return Err(Misuse(format!("`{more}` is one word too many. Usage: `/release {}`", CALENDAR.usage)));
        }
    }))
}

#[async_trait]
impl Request for Week {
    async fn handle(&self, context: &Context, heard: &Heard) -> Result<Plan, Trouble> {
        let zone = context.calendars.home;
        let today = context.clock.now().with_timezone(&zone).date_naive();
        let day = match self {
            Self::Now => today,
            Self::Next => today + Days::new(7),
            Self::Of(day) => *day,
        };
        let (monday, from, until) = week(day, zone);
        let agenda = context.agenda(zone, from, until).await?;
        let load = load::of(&agenda.entries, zone, monday, 7);
        let title = format!(
            "Week {} · {} to {}",
            monday.iso_week().week(),
            monday.format("%-d %b"),
            (monday + Days::new(6)).format("%-d %b %Y")
        );
        let mut message = Message::default().with(Block::Heading { text: title.clone() });
        if let Some(bytes) = chart::heat_map(&title, &load) {
            let (name, media_type) = ("calendar.png".to_owned(), "image/png".to_owned());
            message = message
                .with(Block::Image { attachment: Attachment { name, media_type, alt: chart::told(&load), bytes } });
        }
        message = message.with(Block::Text { markdown: lines(&agenda.entries, zone) });
        for gap in &agenda.gaps {
            message = message.with(Block::Footnote { markdown: gap.clone() });
        }
        let page = format!("[The calendar]({}/calendar) · times in {}", context.public_url, zone.name());
        let message = message.with(Block::Footnote { markdown: page });
        Ok(Plan::nothing().say(format!("calendar/{}", heard.id), only(&heard.place, &heard.person), message))
    }
}
