//! How do the parts of a message come to stand on pages of embeds and buttons?

use super::buttons::rows;
use super::chapter::{Chapter, Part};
use super::markdown::Markdown;
use super::{Page, files, limits};
use crate::adapters::chat::cut::Rest;
use crate::adapters::chat::script::{width, write};
use crate::domain::message::{Attachment, Block, Button, Message, Tone};
use serde_json::{Value, json};

/// Words alone, with the buttons of the message below.
pub fn with_buttons(content: String, message: &Message) -> Vec<Page> {
    let groups = message.blocks.iter().filter_map(|block| match block {
        Block::Buttons { buttons } => Some(buttons.clone()),
        _ => None,
    });
    let mut desk = Desk { pages: vec![Page { content, ..Page::default() }], ..Desk::default() };
    groups.for_each(|buttons| desk.buttons(&buttons, 0));
    desk.finished()
}

pub fn pages(parts: Vec<Part>) -> Vec<Page> {
    let groups: Vec<&Vec<Button>> = parts
        .iter()
        .filter_map(|part| match part {
            Part::Buttons(buttons) => Some(buttons),
            _ => None,
        })
        .collect();
    let (lone, alike) = (groups.len() == 1, say_the_same(&groups));
    let mut desk = Desk { pages: vec![Page::default()], ..Desk::default() };
    for part in parts {
        match part {
            Part::Chapter(chapter) => desk.chapter(chapter),
            Part::File(file) => {
                desk.file(&file);
            }
            Part::Buttons(buttons) => {
                // The only buttons belong to all of it.
                let page = if lone { 0 } else { desk.pages.len() - 1 };
                desk.buttons(&buttons, page);
                desk.full = alike;
            }
        }
    }
    desk.finished()
}

/// Buttons of one message stand together at its end: if two groups read the same, nobody could tell them apart.
fn say_the_same(groups: &[&Vec<Button>]) -> bool {
    let labels = |group: &Vec<Button>| group.iter().map(|button| button.label.clone()).collect::<Vec<_>>();
    let of: Vec<Vec<String>> = groups.iter().map(|group| labels(group)).collect();
    of.iter().enumerate().any(|(index, group)| of[..index].iter().flatten().any(|label| group.contains(label)))
}

const NOTHING: &str = "There is nothing to show here.";

#[derive(Default)]
struct Desk {
    pages: Vec<Page>,
    /// What the embeds of the last page hold.
    used: usize,
    /// The last page takes no more text.
    full: bool,
}

/// What a footer like `Part 12 of 34` takes.
const FOOTER: usize = 30;
/// With less room than that, an embed begins on the next page.
const LEAST: usize = 300;

impl Desk {
    fn page(&mut self) -> &mut Page {
        self.pages.last_mut().expect("there is always one")
    }

    fn turn(&mut self) {
        self.pages.push(Page::default());
        (self.used, self.full) = (0, false);
    }

    fn chapter(&mut self, chapter: Chapter) {
        let Chapter { mut title, lines, tone, image } = chapter;
        let mut rest = Rest::new(lines, limits::DESCRIPTION);
        let mut image = image;
        while !title.is_empty() || !rest.is_empty() || image.is_some() {
            let left = (limits::EMBEDS_TEXT - FOOTER).saturating_sub(self.used + width(&title));
            let fresh = self.page().embeds.is_empty();
            if self.full || self.page().embeds.len() == limits::EMBEDS || (left < LEAST && !fresh) {
                self.turn();
                continue;
            }
            let lines = rest.take(left.min(limits::DESCRIPTION), &Markdown);
            if lines.is_empty() && !rest.is_empty() {
                self.turn();
                continue;
            }
            let description = write(&lines, &Markdown);
            let shown = if rest.is_empty() { image.take() } else { None };
            self.embed(std::mem::take(&mut title), description, tone, shown);
        }
    }

    fn embed(&mut self, title: String, description: String, tone: Option<Tone>, image: Option<Attachment>) {
        let image = image.map(|image| self.file(&image));
        self.used += width(&title) + width(&description);
        let mut embed = json!({ "color": colour(tone) });
        if !title.is_empty() {
            embed["title"] = json!(title);
        }
        if !description.is_empty() {
            embed["description"] = json!(description);
        }
        if let Some(name) = image {
            embed["image"] = json!({ "url": format!("attachment://{name}") });
        }
        self.page().embeds.push(embed);
    }

    /// The name under which it is sent.
    fn file(&mut self, file: &Attachment) -> String {
        if self.page().files.len() == limits::FILES {
            self.turn();
        }
        let named = files::named(file, &self.page().files);
        let name = named.name.clone();
        self.page().files.push(named);
        name
    }

    /// Below the page's text; what its rows do not hold stands on pages of its own.
    fn buttons(&mut self, buttons: &[Button], page: usize) {
        for group in buttons.chunks(limits::ROWS * limits::BUTTONS) {
            let (mut index, needed) = (page, group.len().div_ceil(limits::BUTTONS));
            if self.pages[index].components.len() + needed > limits::ROWS {
                self.turn();
                index = self.pages.len() - 1;
            }
            let page = &mut self.pages[index];
            let number = page.components.iter().filter_map(|row| row["components"].as_array()).map(Vec::len).sum();
            let (rows, kept) = rows(group, number);
            page.components.extend(rows);
            page.kept.extend(kept);
        }
    }

    fn finished(mut self) -> Vec<Page> {
        let count = self.pages.len();
        for (index, page) in self.pages.iter_mut().enumerate() {
            let part = format!("Part {} of {count}", index + 1);
            match page.embeds.last_mut() {
                Some(embed) if count > 1 => embed["footer"] = json!({ "text": part }),
                None if page.content.is_empty() && count > 1 => page.content = part,
                None if page.content.is_empty() && page.files.is_empty() => {
                    let words = if page.components.is_empty() { NOTHING } else { "What next?" };
                    page.content = words.to_owned();
                }
                _ => {}
            }
        }
        self.pages
    }
}

/// The colours of our own pages. The word is always in the text.
fn colour(tone: Option<Tone>) -> Value {
    json!(match tone {
        None | Some(Tone::Plain) => 0x3b_5b_db,
        Some(Tone::Good) => 0x17_72_4a,
        Some(Tone::Caution) => 0xe5_a0_2c,
        Some(Tone::Danger) => 0xc2_2d_3f,
    })
}
