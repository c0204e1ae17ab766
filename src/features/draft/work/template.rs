//! What is known about a type of work before anybody says anything? One TOML file per type.

use regex::Regex;
use serde::Deserialize;
use std::path::Path;

const EMBEDDED: [(&str, &str); 14] = [
    ("capacity-change", include_str!("../../../../config/work/capacity-change.toml")),
    ("certificate-renewal", include_str!("../../../../config/work/certificate-renewal.toml")),
    ("database-minor-upgrade", include_str!("../../../../config/work/database-minor-upgrade.toml")),
    ("database-upgrade", include_str!("../../../../config/work/database-upgrade.toml")),
    ("dns-change", include_str!("../../../../config/work/dns-change.toml")),
    ("failover-exercise", include_str!("../../../../config/work/failover-exercise.toml")),
    ("kubernetes-upgrade", include_str!("../../../../config/work/kubernetes-upgrade.toml")),
    ("network-change", include_str!("../../../../config/work/network-change.toml")),
    ("os-patching", include_str!("../../../../config/work/os-patching.toml")),
    ("other", include_str!("../../../../config/work/other.toml")),
    ("restore-exercise", include_str!("../../../../config/work/restore-exercise.toml")),
    ("schema-change", include_str!("../../../../config/work/schema-change.toml")),
    ("secret-rotation", include_str!("../../../../config/work/secret-rotation.toml")),
    ("server-replacement", include_str!("../../../../config/work/server-replacement.toml")),
];

/// The one that is taken when no other is recognised.
pub const OTHER: &str = "other";

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    pub name: String,
    pub title: String,
    /// What is worked on where nobody says what: `the database`.
    pub target: String,
    /// The same of a service that was named: `the database of {service}`.
    #[serde(default)]
    pub of: Option<String>,
    /// By these it is recognised: words that all stand in the request, in this order.
    pub words: Vec<String>,
    /// Are the hosts that are named asked for their certificate?
    #[serde(default)]
    pub certificates: bool,
    /// How long it usually takes.
    pub minutes: u32,
    pub purpose: String,
    pub downtime: String,
    pub impact: Vec<String>,
    pub rollback: String,
    pub point_of_no_return: String,
    pub back: Vec<String>,
    pub before: Vec<String>,
    pub after: Vec<String>,
    pub monitoring: Vec<String>,
    pub signals: Vec<String>,
    pub announcement: String,
    pub questions: Vec<String>,
    pub steps: Vec<Step>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    #[serde(rename = "do")]
    pub action: String,
    pub check: String,
}

/// Every type, ours and a team's own.
pub struct Templates(Vec<Template>);

impl Templates {
    /// Ours, and those of `dir` over them; `Err` is a sentence that names the file and what is wrong in it.
    pub fn load(dir: Option<&Path>) -> Result<Self, String> {
        let mut all = Vec::new();
        for (name, text) in EMBEDDED {
            all.push(read(name, text).map_err(|problem| format!("the built-in template `{name}`: {problem}"))?);
        }
        let Some(dir) = dir else { return Ok(Self(all)) };
        let unreadable =
            |error: std::io::Error| format!("the templates' directory `{}` cannot be read: {error}", dir.display());
        let mut files: Vec<_> = Vec::new();
        for entry in std::fs::read_dir(dir).map_err(unreadable)? {
            files.push(entry.map_err(unreadable)?.path());
        }
        files.sort();
        for path in files.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "toml")) {
            let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            let of = |problem: String| format!("`{}`: {problem}", path.display());
            let text = std::fs::read_to_string(&path).map_err(|error| of(error.to_string()))?;
            let template = read(&stem, &text).map_err(of)?;
            match all.iter_mut().find(|known| known.name == template.name) {
                Some(known) => *known = template,
                None => all.push(template),
            }
        }
        Ok(Self(all))
    }

    pub fn named(&self, name: &str) -> Option<&Template> {
        self.0.iter().find(|template| template.name == name)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|template| template.name.as_str())
    }

    /// The type that the words of a request mean, with the words that said so: those that say most.
    pub fn recognised(&self, what: &str) -> Option<(&Template, &str)> {
        let text = what.to_lowercase();
        let found =
            self.0.iter().flat_map(|template| template.words.iter().map(move |words| (template, words.as_str())));
        let found = found.filter(|(_, words)| says(&text, &words.to_lowercase()));
        found.max_by_key(|(_, words)| (words.split(' ').count(), words.chars().count()))
    }
}

fn read(name: &str, text: &str) -> Result<Template, String> {
    let template: Template = toml::from_str(text).map_err(|error| error.to_string().trim().to_owned())?;
    if template.name != name {
        return Err(format!("it calls itself `{}`; a template has its file's name", template.name));
    }
    Ok(template)
}

/// Do the words stand in the text in this order, perhaps with others between them? Latin words as a whole, others also inside
/// a longer word, as Korean builds them.
fn says(text: &str, words: &str) -> bool {
    let mut rest = text;
    words.split(' ').all(|word| {
        let found = if word.is_ascii() {
            let pattern = format!(r"(?:^|[^a-z0-9]){}(?:[^a-z0-9]|$)", regex::escape(word));
            Regex::new(&pattern).ok().and_then(|pattern| pattern.find(rest)).map(|found| found.start() + word.len())
        } else {
            rest.find(word).map(|at| at + word.len())
        };
        match found {
            Some(after) => {
                rest = &rest[rest.ceil_char_boundary(after.min(rest.len()))..];
                true
            }
            None => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(what: &str) -> Option<&'static str> {
        let templates = Templates::load(None).expect("ours can be read");
        let name = templates.recognised(what).map(|(template, _)| template.name.clone())?;
        EMBEDDED.iter().map(|(known, _)| *known).find(|known| *known == name)
    }

    #[test]
    fn the_type_follows_from_the_words_people_use() {
        for (what, name) in [
            ("renew certificate of pay.example.com", "certificate-renewal"),
            ("pay.example.com 인증서 교체", "certificate-renewal"),
            ("upgrade the orders postgres from 14 to 15", "database-upgrade"),
            ("minor upgrade of postgres 15.3 to 15.6", "database-minor-upgrade"),
            ("replace the server in rack 7", "server-replacement"),
            ("rotate the api key of the mailer", "secret-rotation"),
            ("patch kernel on all hosts", "os-patching"),
            ("결제 데이터베이스 업그레이드", "database-upgrade"),
            ("change dns record of shop.example", "dns-change"),
            ("EKS upgrade to 1.31", "kubernetes-upgrade"),
        ] {
            assert_eq!(meant(what), Some(name), "{what}");
        }
        for what in ["move the coffee machine", "certificatesque things", "cleanup"] {
            assert_eq!(meant(what), None, "{what}");
        }
    }

    #[test]
    fn a_team_s_own_template_is_over_ours_and_a_broken_one_is_named() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("other.toml");
        let own = EMBEDDED[9].1.replace("Other work", "Our work");
        std::fs::write(&file, own).expect("writable");
        let templates = Templates::load(Some(dir.path())).expect("it can be read");
        assert_eq!(templates.named(OTHER).expect("there").title, "Our work");
        std::fs::write(&file, "name = \"other\"\ntitel = \"?\"").expect("writable");
        let problem = Templates::load(Some(dir.path())).err().expect("it is broken");
        assert!(problem.contains("other.toml") && problem.contains("titel"), "{problem}");
    }
}
