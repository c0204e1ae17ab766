//! Which names of one note stand for something that every note has: its service, its version, the one before?

use crate::domain::note::Revision;
use crate::features::draft::Material;
use crate::features::draft::rules::phrase::list;

/// Of one note, each to be written in place of the other.
pub struct Names(Vec<(&'static str, String)>);

impl Names {
    /// Of several services together none of their names stands for the others.
    pub fn of_revision(revision: &Revision) -> Self {
        match revision.modules.as_slice() {
            [only] => {
                let ends = [("{version}", &only.range.to.name), ("{previous}", &only.range.from.name)];
                // `main` is a word as any other; a version has a number.
                let versions = ends.into_iter().filter(|(_, name)| name.bytes().any(|byte| byte.is_ascii_digit()));
                let named = versions.chain([("{service}", &only.service)]);
                Self(named.map(|(mark, name)| (mark, name.clone())).collect())
            }
            _ => Self(Vec::new()),
        }
    }

    pub fn of_material(material: &Material) -> Self {
        if material.modules.is_empty() {
            let services =
                material.work.iter().flat_map(|work| &work.ask.services).map(|service| service.name.as_str());
            return Self(vec![("{service}", list(&services.collect::<Vec<_>>()))]);
        }
        // Of several services each version stands beside its service already.
        let range = &material.digest.range;
        let (version, service) = (range.to.name.clone(), material.name());
        let both = if material.is_several() { version.clone() } else { format!("{service} {version}") };
        Self(vec![
            ("{service} {version}", both),
            ("{version}", version),
            ("{previous}", range.from.name.clone()),
            ("{service}", service),
        ])
    }

    /// `Tell support that v3.2 is out` → `Tell support that {version} is out`. A service's name may be a word as any other
    /// (`web`); it counts where it is set as a name, or stands before the version.
    pub fn general(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (mark, name) in &self.0 {
            if *mark == "{service}" {
                text = text.replace(&format!("`{name}`"), "`{service}`");
                text = replaced(&text, &format!("{name} {{version}}"), "{service} {version}");
            } else {
                text = replaced(&text, name, mark);
            }
        }
        text
    }

    pub fn particular(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (mark, name)| text.replace(mark, name))
    }
}

/// Whole words only: `v3.2` is not in `v3.2.1`.
fn replaced(text: &str, name: &str, mark: &str) -> String {
    if name.is_empty() {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(name) {
        let (before, after) = (&rest[..at], &rest[at + name.len()..]);
        let inside = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '/' | '@');
        let mut follows = after.chars();
        let next = follows.next();
        let ends = match next {
            Some('.') => !follows.next().is_some_and(char::is_alphanumeric),
            Some(letter) => !inside(letter),
            None => true,
        };
        let begins = !before
            .chars()
            .next_back()
            .or_else(|| out.chars().next_back())
            .is_some_and(|letter| inside(letter) || letter == '.');
        out.push_str(before);
        out.push_str(if begins && ends { mark } else { name });
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_note_become_marks_and_back_and_nothing_else_does() {
        let names = Names(vec![
            ("{version}", "v3.2".to_owned()),
            ("{previous}", "v3.1".to_owned()),
            ("{service}", "web".to_owned()),
        ]);
        for (said, general) in [
            ("Tell support that web v3.2 is out.", "Tell support that {service} {version} is out."),
            ("Compare `web` with v3.1", "Compare `{service}` with {previous}"),
            ("Check the web page of v3.2.1", "Check the web page of v3.2.1"),
            ("v3.2, not rev3.2", "{version}, not rev3.2"),
        ] {
            assert_eq!(names.general(said), general);
            assert_eq!(names.particular(general), said);
        }
    }
}
