//! How does a language declare what other code can name?

use super::super::super::reading::{FileReading, Line};
use crate::domain::pattern::pattern;
use regex::Regex;
use std::sync::LazyLock;

pub struct Item<'a> {
    pub keyword: &'a str,
    pub name: &'a str,
    /// What stands after the name, white space aside; empty where the line does not end the signature.
    pub signature: String,
}

/// The public items that lines of the file declare.
pub fn items<'f, 'a>(
    file: &'f FileReading<'a>,
    wanted: impl Fn(&Line) -> bool + 'f,
) -> impl Iterator<Item = (&'f Line<'a>, Item<'a>)> {
    let shape = shape(file.language.name);
    let lines: &[Line] = if shape.is_some() { &file.lines } else { &[] };
    lines.iter().filter(move |line| wanted(line)).filter_map(move |line| Some((line, shape.as_ref()?.item(line.text)?)))
}

/// How a language declares what others can name.
struct Shape {
    /// One of these begins every declaration, after so much white space at most: told in a moment, and few lines do.
    begins: &'static [&'static str],
    indent: usize,
    whole: &'static LazyLock<Regex>,
}

fn shape(language: &str) -> Option<Shape> {
    let shape = |begins, indent, whole| Some(Shape { begins, indent, whole });
    match language {
        "Rust" => shape(&["pub "], 4, &RUST),
        "Go" => shape(&["func ", "type ", "var ", "const "], 0, &GO),
        "TypeScript" | "JavaScript" => shape(&["export "], 0, &SCRIPT),
        "Python" => shape(&["def ", "class ", "async "], 0, &PYTHON),
        "Java" | "C#" | "Kotlin" => shape(&["public "], 4, &JVM),
        _ => None,
    }
}

impl Shape {
    fn item<'a>(&self, text: &'a str) -> Option<Item<'a>> {
        let indent =
            text.bytes().take(self.indent).take_while(|byte| byte.is_ascii_whitespace() || *byte == 0x0b).count();
        let behind = &text[indent..];
        let first = behind.as_bytes().first();
        if !self.begins.iter().any(|begin| first == begin.as_bytes().first() && behind.starts_with(begin)) {
            return None;
        }
        let found = self.whole.captures(text)?;
        let rest = found.name("s").map_or("", |rest| rest.as_str());
        let complete = rest.matches('(').count() == rest.matches(')').count() && rest.contains('(');
        let signature = if complete { signature(rest) } else { String::new() };
        let keyword = found.name("k").map_or("", |keyword| keyword.as_str());
        Some(Item { keyword, name: found.name("n")?.as_str(), signature })
    }
}

/// Parameters and result without white space, names of bodies and braces.
fn signature(rest: &str) -> String {
    rest.trim_end_matches(['{', ' ', ':', ';']).chars().filter(|c| !c.is_whitespace()).collect()
}

static RUST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\s{0,4}pub (?:const |async |unsafe |extern \x22C\x22 )*(?P<k>fn|struct|enum|trait|type|const|static|mod|macro) (?P<n>[A-Za-z_][A-Za-z0-9_]*)(?P<s>.*)$",
    )
});
static GO: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?P<k>func|type|var|const) (?:\([^)]*?\*?(?P<r>[A-Za-z][A-Za-z0-9_]*)(?:\[[^\]]*\])?\) )?(?P<n>[A-Z][A-Za-z0-9_]*)(?P<s>.*)$",
    )
});
static SCRIPT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^export (?:default )?(?:declare )?(?:abstract )?(?:async )?(?P<k>function|class|interface|type|enum|const|let)\*? (?P<n>[A-Za-z_$][A-Za-z0-9_$]*)(?P<s>.*)$",
    )
});
static PYTHON: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:async )?(?P<k>def|class) (?P<n>[A-Za-z][A-Za-z0-9_]*)(?P<s>.*)$"));
static JVM: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\s{0,4}public (?:static |final |abstract |synchronized |sealed |async |virtual |override |partial )*(?:(?P<k>class|interface|enum|record) |(?:[A-Za-z_][A-Za-z0-9_.<>,\[\]? ]*) )(?P<n>[A-Za-z_][A-Za-z0-9_]*)(?P<s>[({<: ].*|$)",
    )
});
