//! What is wrong with a configuration file: where, what, and what was probably meant.

use crate::domain::nearest::nearest;
use serde::de::DeserializeOwned;
use std::fmt;
use std::path::{Path, PathBuf};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    pub file: PathBuf,
    /// 1-based; 0 when the whole file or no file is meant.
    pub line: usize,
    pub problem: String,
}

impl ConfigError {
    pub fn of(file: Option<&Path>, problem: impl Into<String>) -> Self {
        Self { file: file.unwrap_or(Path::new("")).to_owned(), line: 0, problem: problem.into() }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.file.as_os_str().is_empty(), self.line) {
            (true, _) => write!(f, "configuration: {}", self.problem),
            (false, 0) => write!(f, "`{}`: {}", self.file.display(), self.problem),
            (false, line) => write!(f, "`{}` line {line}: {}", self.file.display(), self.problem),
        }
    }
}

impl std::error::Error for ConfigError {}

/// Reads a TOML file into `T`, which must deny unknown fields.
pub fn read<T: DeserializeOwned>(file: &Path) -> Result<T, ConfigError> {
    read_with_text(file).map(|(read, _)| read)
}

/// The same, with the text it was read from, for problems that show later.
pub fn read_with_text<T: DeserializeOwned>(file: &Path) -> Result<(T, String), ConfigError> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        let problem = match error.kind() {
            std::io::ErrorKind::NotFound => {
                "there is no such file; check the path, or start without `--config`".to_owned()
            }
            std::io::ErrorKind::PermissionDenied => "this user may not read it".to_owned(),
            std::io::ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
            _ => error.to_string(),
        };
        ConfigError::of(Some(file), problem)
    })?;
    let parsed = toml::from_str(&text).map_err(|error| {
        let before = error.span().map(|span| &text[..span.start.min(text.len())]);
        let line = error.span().map_or(0, |span| line_of(&text, span.start));
        let problem = in_words(error.message());
        let problem = match before.and_then(key_before).filter(|_| !error.message().starts_with("unknown")) {
            Some(key) => format!("`{key}`: {problem}"),
            None => problem,
        };
        ConfigError { file: file.to_owned(), line, problem }
    });
    parsed.map(|parsed| (parsed, text))
}

/// The line, from 1, that the byte `at` stands on.
pub fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes()[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1
}

/// The key whose value begins where `before` ends.
fn key_before(before: &str) -> Option<&str> {
    let key = before.lines().last()?.trim_end().strip_suffix('=')?.trim();
    (!key.is_empty() && !before.ends_with('\n')).then_some(key)
}

/// Turns serde's sentence about an unknown key into ours, with the nearest key first.
fn in_words(message: &str) -> String {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    if let Some((unknown, known)) = quoted.split_first()
        && (message.starts_with("unknown field") || message.starts_with("unknown variant"))
    {
        let what = if message.starts_with("unknown field") { "key" } else { "value" };
        return match nearest(unknown, known.iter().copied()) {
            Some(near) => format!("there is no {what} `{unknown}`; did you mean `{near}`?"),
            None if known.is_empty() => format!("there is no {what} `{unknown}` here, nor any other"),
            None => format!("there is no {what} `{unknown}`; possible here: `{}`", known.join("`, `")),
        };
    }
    match message {
        "invalid socket address syntax" => "an address has a host and a port, for example `127.0.0.1:8787`".to_owned(),
        "invalid IP address syntax" => "an address looks like `10.0.0.7`".to_owned(),
        _ => message.lines().next().unwrap_or(message).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn complaint(text: &str) -> String {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let file = dir.path().join("slipway.toml");
        std::fs::write(&file, text).expect("writable");
        let error = Config::load(Some(&file)).expect_err("a wrong file is refused");
        error.to_string().replace(&dir.path().display().to_string(), "")
    }

    #[test]
    fn a_slip_is_named_with_file_line_and_the_nearest_key() {
        assert_eq!(
            complaint("[log]\nlevel = \"info\"\n\n[web]\nadress = \"127.0.0.1:1\"\n"),
            "`/slipway.toml` line 5: there is no key `adress`; did you mean `address`?"
        );
    }

    #[test]
    fn a_key_that_resembles_nothing_lists_what_is_possible() {
        let said = complaint("[log]\nzzzzzzzzzzzz = 1\n");
        assert!(said.contains("line 2: there is no key `zzzzzzzzzzzz`; possible here: `format`, `level`"), "{said}");
    }

    #[test]
    fn a_wrong_value_and_broken_toml_have_their_line_too() {
        assert!(complaint("[log]\nformat = \"yaml\"\n").contains("line 2: there is no value `yaml`"));
        assert!(complaint("[web]\naddress = 5\n").contains("line 2: `address`: invalid type"));
        assert_eq!(
            complaint("[web]\naddress = \"127.0.0.1:99999\"\n"),
            "`/slipway.toml` line 2: `address`: an address has a host and a port, for example `127.0.0.1:8787`"
        );
        assert!(complaint("[web\n").starts_with("`/slipway.toml` line 1: "));
    }

    #[test]
    fn a_missing_file_says_so() {
        let error = Config::load(Some(Path::new("/nowhere/slipway.toml"))).expect_err("no file");
        assert_eq!(
            error.to_string(),
            "`/nowhere/slipway.toml`: there is no such file; check the path, or start without `--config`"
        );
    }
}
