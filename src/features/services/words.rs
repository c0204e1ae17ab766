//! What is said about the catalogue.

use crate::domain::message::{Block, Message, Tone};
use crate::domain::service::{Dependency, Service, Workspace};
use crate::domain::trouble::Trouble;

/// Services told one by one before the rest is counted.
const LISTED: usize = 60;

pub fn unknown(name: &str, near: Option<&str>) -> Trouble {
    Trouble::refused(match near {
        Some(near) => format!("There is no service `{name}`; did you mean `{near}`?"),
        None => format!("There is no service `{name}`. `/release services` lists them."),
    })
}

/// By workspace, a line each.
pub fn all(spaces: &[Workspace], circles: &[Vec<&str>]) -> Message {
    let count: usize = spaces.iter().map(|space| space.services.len()).sum();
    if count == 0 {
        return Message::text(
            "No service is configured. Start Slipway inside a git repository, or name services in `config/workspaces/*.toml`.",
        );
    }
    let mut message = Message::default().with(Block::Heading { text: "Services".to_owned() });
    let mut left = LISTED;
    for space in spaces {
        let shown = space.services.iter().take(left);
        let lines: Vec<String> = shown.map(|service| format!("- {}", line(service))).collect();
        left -= lines.len();
        message = message.with(Block::Text { markdown: format!("**{}**\n\n{}", space.name, lines.join("\n")) });
        if left == 0 {
            break;
        }
    }
    if count > LISTED {
        message = message.with(Block::Text { markdown: format!("and {} more", count - LISTED) });
    }
    for way in circles {
        let names: Vec<String> = way.iter().map(|name| format!("`{name}`")).collect();
        let markdown =
            format!("**{} need each other in a circle**, so no order of deployment is right.", names.join(" → "));
        message = message.with(Block::Callout { tone: Tone::Caution, markdown });
    }
    message
}

fn line(service: &Service) -> String {
    let mut parts = vec![format!("`{}`", service.name)];
    if !service.owners.is_empty() {
        parts.push(format!("of {}", service.owners.join(", ")));
    }
    if !service.depends_on.is_empty() {
        parts.push(format!("needs {}", needs(&service.depends_on)));
    }
    parts.join(" · ")
}

fn needs(all: &[Dependency]) -> String {
    let one = |need: &Dependency| match need.through.as_str() {
        "" => format!("`{}`", need.service),
        through => format!("`{}` ({through})", need.service),
    };
    all.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Everything that is known of one; what is not known is not told.
pub fn one(space: &Workspace, service: &Service, dependents: &[&Service]) -> Message {
    let source = &service.source;
    let code = match (&source.remote, source.mirrored) {
        (Some(remote), true) => format!("`{}` on {}, read from a mirror", remote.name, remote.host),
        (Some(remote), false) => format!("`{}` on {}, read from `{}`", remote.name, remote.host, source.path.display()),
        (None, _) => format!("`{}`", source.path.display()),
    };
    let listed = |all: &[String]| all.iter().map(|one| format!("`{one}`")).collect::<Vec<_>>().join(", ");
    let users: Vec<String> = dependents.iter().map(|user| user.name.clone()).collect();
    let told = [
        ("Workspace", space.name.clone()),
        ("Code", code),
        ("Folders", listed(&source.paths)),
        ("Tags", source.tags.iter().map(|tags| format!("`{tags}`")).collect()),
        ("Owners", service.owners.join(", ")),
        ("Operators", service.operators.join(", ")),
        ("Told in", service.channel.iter().map(|place| format!("`{}:{}`", place.platform, place.channel)).collect()),
        ("Tickets", listed(&service.tickets)),
        ("Dashboards", service.dashboards.join(", ")),
        ("Delivery", service.delivery.iter().map(|name| format!("`{name}`")).collect()),
        ("Needs", needs(&service.depends_on)),
        ("Needed by", listed(&users)),
    ];
    let fields = told.into_iter().filter(|(_, value)| !value.is_empty());
    let fields = fields.map(|(name, value)| (name.to_owned(), value)).collect();
    Message::default().with(Block::Heading { text: service.name.clone() }).with(Block::Fields { fields })
}
