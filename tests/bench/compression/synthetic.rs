//! A repository that exists everywhere: generated history, diff and a changelog as people would write it.

use super::{Ask, at};
use anyhow::{Context as _, Result, ensure};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// Changes that people made, each a pull request; every fourth is merged with its commits, the others are squashed.
const CHANGES: usize = 96;
/// One in so many further commits is a bot's.
const BOT_EVERY: usize = 4;

/// Writes the repository into `folder` by one `git fast-import`; the same on every run.
pub fn generate(folder: &Path) -> Result<Ask> {
    git(folder, &["init", "--quiet", "--initial-branch=main"])?;
    let mut import = Import::default();
    import.commit("Start the shop", "", &[("src/lib.rs".to_string(), "//! The shop.\n".to_string())]);
    import.tag("v1.0.0");
    let mut notes = String::new();
    for number in 0..CHANGES {
        change(&mut import, number);
        if is_mentioned(number) {
            note(&mut notes, number);
        }
        if number.is_multiple_of(BOT_EVERY) {
            let title =
                format!("build(deps): bump parcel from 1.{number}.0 to 1.{}.0 (#{})", number + 1, 2_000 + number);
            import.commit(&title, "Bumps [parcel](https://example.org/parcel).\n\nSigned-off-by: a bot", &[]);
        }
    }
    let changelog = format!("# Changelog\n\n## 1.1.0\n\n{notes}\n## 1.0.0\n\nFirst.\n");
    import.commit("Release 1.1.0", "", &[("CHANGELOG.md".to_string(), changelog)]);
    import.tag("v1.1.0");
    import.run(folder)?;
    Ok(at(folder, "v1.0.0", "v1.1.0", "CHANGELOG.md"))
}

/// Runs git there and gives what it printed.
pub fn git(folder: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output().context("git")?;
    ensure!(output.status.success(), "git {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim());
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn is_mentioned(number: usize) -> bool {
    number % 3 != 1
}

/// Words of a change: where, what for, and the trouble before it.
fn words(number: usize) -> (&'static str, &'static str, &'static str, &'static str) {
    let part = PARTS[number % PARTS.len()];
    (
        part,
        THINGS[number % THINGS.len()],
        THINGS[(number * 7 + 3) % THINGS.len()],
        TROUBLES[(number * 5) % TROUBLES.len()],
    )
}

fn change(import: &mut Import, number: usize) {
    let (part, thing, other, trouble) = words(number);
    let (pull, issue) = (1_000 + number, 400 + number);
    let verb = if number.is_multiple_of(2) { "Add" } else { "Fix" };
    let title = format!("{verb} {thing} in the {part}");
    let body = format!(
        "Until now the {part} did not look at the {other}, and people saw {trouble}.\n\
         The new setting `{part}.{thing}` turns it off again.\n\nFixes #{issue}\n\nSigned-off-by: A Role <role@example.org>"
    );
    let files = [
        (format!("src/{part}/{thing}_{number}.rs"), code(number)),
        (
            format!("docs/{part}-{number}.md"),
            format!("# {part}: {thing}\n\nThe {part} handles {thing}. See also {other}.\n"),
        ),
    ];
    if number.is_multiple_of(4) {
        import.side(&format!("wip on {thing}"), &body, &files);
        import.merge(&format!("Merge pull request #{pull} from role/{part}-{thing}"), &title, &files);
    } else {
        import.commit(&format!("{title} (#{pull})"), &body, &files);
    }
}

/// What a person would write of it: the title's words, and some of what only the body says.
fn note(notes: &mut String, number: usize) {
    let (part, thing, other, trouble) = words(number);
    let pull = 1_000 + number;
    let _ = match number % 4 {
        0 => writeln!(notes, "- {part}: {thing} added, switch it off by `{part}.{thing}` (#{pull})"),
        1 => writeln!(notes, "- The {part} respects the {other} again; no more {trouble} (#{pull})"),
        2 => writeln!(
            notes,
            "- New in the {part}: {thing} together with {other} (#{pull}, thanks for the report in #{})",
            400 + number
        ),
        _ => writeln!(notes, "- Fixed {trouble} caused by {thing} (#{pull})"),
    };
}

/// Some code, with names that repeat and names that do not.
fn code(number: usize) -> String {
    let (part, thing, other, _) = words(number);
    let mut text = format!("//! How does the {part} handle {thing}?\n\n");
    for line in 0..24 {
        let _ = writeln!(text, "pub fn {thing}_{line}(input: &{other}_input) -> Result<u64> {{");
        let _ = writeln!(
            text,
            "    let value = input.{part}.checked_add({})?;\n    Ok(value * {line})\n}}\n",
            number * 31 + line
        );
    }
    text
}

/// A stream for `git fast-import`.
#[derive(Default)]
struct Import {
    stream: String,
    marks: usize,
    main: usize,
}

impl Import {
    fn commit(&mut self, subject: &str, body: &str, files: &[(String, String)]) {
        let from = self.main;
        self.main = self.write("refs/heads/main", subject, body, from, None, files);
    }

    /// A commit beside the main line, merged by the next `merge`.
    fn side(&mut self, subject: &str, body: &str, files: &[(String, String)]) {
        self.write("refs/heads/side", subject, body, self.main, None, files);
    }

    /// A merge's files are written again: `git fast-import` takes over none from the merged side.
    fn merge(&mut self, subject: &str, body: &str, files: &[(String, String)]) {
        let (from, side) = (self.main, self.marks);
        self.main = self.write("refs/heads/main", subject, body, from, Some(side), files);
    }

    fn write(
        &mut self,
        branch: &str,
        subject: &str,
        body: &str,
        from: usize,
        merged: Option<usize>,
        files: &[(String, String)],
    ) -> usize {
        self.marks += 1;
        let message = format!("{subject}\n\n{body}");
        let at = 1_700_000_000 + self.marks * 3_600;
        let _ = writeln!(
            self.stream,
            "commit {branch}\nmark :{}\ncommitter A Role <role@example.org> {at} +0000",
            self.marks
        );
        let _ = writeln!(self.stream, "data {}\n{message}", message.len());
        for parent in
            (from > 0).then(|| format!("from :{from}")).into_iter().chain(merged.map(|side| format!("merge :{side}")))
        {
            let _ = writeln!(self.stream, "{parent}");
        }
        for (path, text) in files {
            let _ = writeln!(self.stream, "M 100644 inline {path}\ndata {}\n{text}", text.len());
        }
        self.stream.push('\n');
        self.marks
    }

    fn tag(&mut self, name: &str) {
        let _ = writeln!(self.stream, "reset refs/tags/{name}\nfrom :{}\n", self.main);
    }

    fn run(self, folder: &Path) -> Result<()> {
        let mut child = Command::new("git")
            .arg("-C")
            .arg(folder)
            .args(["fast-import", "--quiet"])
            .stdin(Stdio::piped())
            .spawn()
            .context("git fast-import")?;
        let mut stdin = child.stdin.take().context("its input")?;
        stdin.write_all(self.stream.as_bytes()).context("its input")?;
        drop(stdin);
        ensure!(child.wait()?.success(), "git fast-import did not accept the generated history");
        Ok(())
    }
}

const PARTS: [&str; 8] = ["checkout", "basket", "catalog", "refunds", "courier", "invoices", "search", "accounts"];

const THINGS: [&str; 37] = [
    "vouchers",
    "deadlines",
    "currencies",
    "rounding",
    "receipts",
    "throttling",
    "pagination",
    "retries",
    "timezones",
    "barcodes",
    "signatures",
    "wishlists",
    "discounts",
    "streaming",
    "archiving",
    "tracking",
    "previews",
    "replicas",
    "sharding",
    "quotas",
    "webhooks",
    "captchas",
    "passkeys",
    "locales",
    "thumbnails",
    "synonyms",
    "facets",
    "ranking",
    "snapshots",
    "rollups",
    "tokens",
    "sessions",
    "journals",
    "backorders",
    "bundles",
    "loyalty",
    "gifts",
];

const TROUBLES: [&str; 19] = [
    "blank pages",
    "double charges",
    "stale prices",
    "lost messages",
    "endless spinners",
    "negative totals",
    "wrong addresses",
    "duplicate parcels",
    "garbled umlauts",
    "missing attachments",
    "premature logouts",
    "broken redirects",
    "truncated exports",
    "phantom stock",
    "deadlocked workers",
    "unreadable scans",
    "swapped columns",
    "leaked handles",
    "flickering banners",
];
