//! All that filing incidents says.

use crate::domain::incident::Incident;
use crate::domain::message::{Block, Message};
use crate::domain::trouble::Trouble;

pub fn nothing_to_file() -> Trouble {
    Trouble::refused(
        "There is no text to file. Use “File as incident” in the menu of the message that tells what happened.",
    )
}

pub fn filed_before(id: u64) -> Trouble {
    Trouble::refused(format!("That message is filed already, as incident {id}. `/release incidents` lists them."))
}

pub fn filed(incident: &Incident) -> Message {
    Message::text(format!("Filed as incident {}: {}", incident.id, name(incident)))
        .with(Block::Footnote { markdown: "`/release incidents` lists what was filed.".to_owned() })
}

pub fn list(incidents: &[Incident]) -> Message {
    if incidents.is_empty() {
        return Message::text(
            "No incident was filed yet. In Slack and Discord, a message's menu has “File as incident”.",
        );
    }
    let lines: Vec<String> = incidents
        .iter()
        .map(|incident| {
            let day = incident.filed_at.format("%Y-%m-%d");
            format!("- {} · {day} · {} · filed by {}", incident.id, name(incident), incident.filed_by.name)
        })
        .collect();
    Message::default()
        .with(Block::Heading { text: "Filed incidents".to_owned() })
        .with(Block::Text { markdown: lines.join("\n") })
}

/// Its first line, leading to the message where that is possible. What people wrote is shown, never interpreted.
fn name(incident: &Incident) -> String {
    let title: String =
        incident.title(80).chars().map(|letter| if "`[]".contains(letter) { '\'' } else { letter }).collect();
    match &incident.link {
        Some(link) => format!("[`{title}`]({link})"),
        None => format!("`{title}`"),
    }
}
