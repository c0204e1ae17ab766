//! Where in a team's schema file is a mistake, and what was probably meant?

/// A schema file, for error sentences.
pub struct Source<'a> {
    pub name: &'a str,
    pub text: &'a str,
}

impl Source<'_> {
    pub fn problem(&self, path: &[&str], what: &str) -> String {
        let key = path.iter().rev().find(|part| **part != "properties").unwrap_or(&"properties");
        match self.line(path) {
            Some(line) => format!("`{}` line {line}: `{key}` {what}", self.name),
            None => format!("`{}`: `{key}` {what}", self.name),
        }
    }

    /// Walks the keys of `path` in order of appearance; right for any file in which parents stand above their children.
    fn line(&self, path: &[&str]) -> Option<usize> {
        let mut at = 0;
        for part in path {
            at += self.text.get(at..)?.find(&format!("\"{part}\""))? + 1;
        }
        Some(self.text[..at].matches('\n').count() + 1)
    }
}

/// ` The nearest is `x-part`.`, or nothing when nothing is near.
pub fn nearest<'a>(asked: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    known
        .into_iter()
        .map(|name| (strsim::jaro_winkler(asked, name), name))
        .filter(|(score, _)| *score > 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| format!(" The nearest is `{name}`."))
        .unwrap_or_default()
}
