//! How is a person told that git cannot answer, and what to do next?

use super::run::Ended;
use crate::domain::trouble::{Fault, Refusal, Trouble};
use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

/// A name somebody typed or a repository holds, fit to stand between backticks.
pub fn quoted(name: &str) -> String {
    const LONGEST: usize = 80;
    let mut shown: String = name
        .chars()
        .take(LONGEST)
        .map(|c| {
            if c.is_control() {
                '?'
            } else if c == '`' {
                '\''
            } else {
                c
            }
        })
        .collect();
    if name.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

/// `a`, `b` and `c`
pub fn listed(names: &[impl AsRef<str>], conjunction: &str) -> String {
    let names: Vec<String> = names.iter().map(|name| quoted(name.as_ref())).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} {conjunction} {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// 12345 → 12,345
pub fn counted(number: usize) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

pub fn cannot_start(program: &OsStr, error: &std::io::Error) -> Trouble {
    let program = quoted(&program.to_string_lossy());
    match error.kind() {
        ErrorKind::NotFound => {
            Trouble::refused(format!("{program} is not installed here. Install git 2.36 or later and ask again."))
        }
        ErrorKind::PermissionDenied => {
            Trouble::refused(format!("{program} may not be run by this user. Check its permissions and ask again."))
        }
        _ => Trouble::Outside { service: "git".into(), fault: Fault::Unreachable(error.to_string()) },
    }
}

pub fn too_slow(repository: &Path, args: &[&str], limit: Duration) -> Trouble {
    let command = args.first().copied().unwrap_or_default();
    let shown = if limit.as_secs() >= 60 {
        format!("{} minutes", limit.as_secs() / 60)
    } else {
        format!("{} seconds", limit.as_secs_f32())
    };
    Trouble::refused(format!(
        "`git {command}` on {} took longer than {shown} and was stopped. Ask for a shorter range, or run `git gc` there.",
        path(repository)
    ))
}

pub fn cannot_open(repository: &Path, kind: ErrorKind) -> Trouble {
    let path = path(repository);
    Trouble::refused(match kind {
        ErrorKind::PermissionDenied => format!("{path} may not be read by this user. Grant it access and ask again."),
        ErrorKind::NotADirectory => format!("{path} is not a directory. Name the directory of a repository."),
        _ => format!("There is no {path}. Check the path of the repository."),
    })
}

pub fn not_mirrored_yet(repo: &str) -> Trouble {
    Trouble::refused(format!("{} was not read yet; the first draft makes our copy of it.", quoted(repo)))
}

/// There is no copy to fall back on.
pub fn no_copy(repo: &str, why: &str) -> Trouble {
    Trouble::refused(format!(
        "{why}, and there is no copy of {} here yet. Mend that and ask again, or set `repository` to a clone on this machine.",
        quoted(repo)
    ))
}

pub fn not_compared(repo: &str, from: &str, to: Option<&str>) -> Trouble {
    let ends = match to {
        Some(to) => format!("{} or {}", quoted(from), quoted(to)),
        None => quoted(from),
    };
    Trouble::refused(format!(
        "{ends} is no tag, branch or commit of {}. Look there for what it is called, and name it so.",
        quoted(repo)
    ))
}

pub fn no_start_afar(repo: &str) -> Trouble {
    Trouble::refused(format!("No earlier release tag of {} was found. Name the start, like `FROM..TO`.", quoted(repo)))
}

pub fn no_host(host: &str) -> Refusal {
    Refusal(format!("{} is not set up here, so its repositories cannot be read", quoted(host)))
}

/// Half a sentence: why our copy is not current.
pub fn not_fetched(repo: &str, ended: &Ended) -> String {
    match super::mirror::why(ended) {
        "git could not read it" => {
            format!("{} could not be read: {}", quoted(repo), quoted(first_line(&ended.complaint)))
        }
        why => format!("{} could not be read: {why}", quoted(repo)),
    }
}

pub fn cannot_keep(path: &Path, error: &std::io::Error) -> Trouble {
    Trouble::refused(format!(
        "{} cannot be kept: {error}. Check the data directory's space and permissions and ask again.",
        self::path(path)
    ))
}

/// The range holds commits, but none of them touches what is asked about.
pub fn elsewhere(repo: &str, from: &str, to: &str, paths: &[String]) -> Trouble {
    Trouble::refused(format!(
        "Between {} and {} nothing changed in {} of {}, so there is nothing to draft. Name another range, or check `paths` of the service.",
        quoted(from),
        quoted(to),
        listed(paths, "or"),
        quoted(repo)
    ))
}

/// Git's own complaint, as a sentence that says what to do.
pub fn complaint(repository: &Path, ended: &Ended) -> Trouble {
    let said = ended.complaint.as_str();
    let any = |signs: &[&str]| signs.iter().any(|sign| said.contains(sign));
    let path = path(repository);
    if any(&["dubious ownership"]) {
        let plain = repository.display();
        Trouble::refused(format!(
            "{path} belongs to another user, so git does not read it. If it is trusted, run \
             `git config --global --add safe.directory {plain}` as the user Slipway runs as."
        ))
    } else if any(&["cannot use bare repository"]) {
        Trouble::refused(format!(
            "{path} is a bare repository and `safe.bareRepository` forbids reading it. Set it to `all` or use a working copy."
        ))
    } else if any(&["not a git repository"]) {
        Trouble::refused(format!("{path} is not a git repository. Name a working copy or a bare repository."))
    } else if any(&["Permission denied"]) {
        Trouble::refused(format!("{path} holds files this user may not read. Grant access and ask again."))
    } else if any(&["repository format", "repository extension", "repo version"]) {
        Trouble::refused(format!("{path} was written by a newer git than the one here. Update git and ask again."))
    } else if damaged(said) {
        Trouble::refused(format!(
            "{path} is damaged: {}. Run `git fsck` there, or clone it again.",
            quoted(first_line(said))
        ))
    } else {
        let message = first_line(said).to_string();
        let status = u16::try_from(ended.code).unwrap_or_default();
        Trouble::Outside { service: "git".into(), fault: Fault::Rejected { status, message } }
    }
}

/// Does this sound like objects that are broken or absent?
fn damaged(said: &str) -> bool {
    const SIGNS: &[&str] = &[
        "corrupt",
        "loose object",
        "bad object",
        "bad tree",
        "unable to read",
        "unable to unpack",
        "Could not read",
        "could not read",
        "could not parse",
        "could not fetch",
        "is empty",
        "inflate",
        "missing object",
        "invalid object",
        "packfile",
        "unable to parse",
        "failed to traverse",
        "broken",
        "hash mismatch",
    ];
    SIGNS.iter().any(|sign| said.contains(sign))
}

fn first_line(said: &str) -> &str {
    let line = said.lines().find(|line| line.starts_with("fatal:") || line.starts_with("error:"));
    let line = line.or_else(|| said.lines().next()).unwrap_or("git said nothing");
    line.trim_start_matches("fatal: ").trim_start_matches("error: ").trim()
}

pub fn path(repository: &Path) -> String {
    quoted(&repository.to_string_lossy())
}

pub fn no_commits(repo: &str) -> Trouble {
    Trouble::refused(format!("{} has no commits yet. Commit something, or name a branch that has.", quoted(repo)))
}

pub fn unknown(repo: &str, name: &str, nearest: &[String]) -> Trouble {
    let near = if nearest.is_empty() { String::new() } else { format!(" Nearest: {}.", listed(nearest, "and")) };
    Trouble::refused(format!(
        "{} is no tag, branch or commit of {}.{near} `git tag` and `git branch --all` list what is there.",
        quoted(name),
        quoted(repo)
    ))
}

pub fn not_in_shallow(repo: &str, name: &str) -> Trouble {
    Trouble::refused(format!(
        "{} is not in {}, which is a shallow clone. Run `git fetch --unshallow --tags` there and ask again.",
        quoted(name),
        quoted(repo)
    ))
}

pub fn no_start_in_shallow(repo: &str) -> Trouble {
    Trouble::refused(format!(
        "{} is a shallow clone without an earlier release tag. Run `git fetch --unshallow --tags` there, or name the start: \
         `FROM..TO`.",
        quoted(repo)
    ))
}

pub fn not_a_commit(repo: &str, name: &str, kind: &str) -> Trouble {
    Trouble::refused(format!(
        "{} names a {kind} of {}, not a commit. Name a tag, a branch or a commit.",
        quoted(name),
        quoted(repo)
    ))
}

pub fn ambiguous(repo: &str, name: &str, candidates: &[String]) -> Trouble {
    Trouble::refused(format!(
        "{} means more than one thing in {}: {}. Type one of these.",
        quoted(name),
        quoted(repo),
        listed(candidates, "or")
    ))
}

pub fn empty(repo: &str, from: &str, to: &str) -> Trouble {
    let (from, to) = (quoted(from), quoted(to));
    let what =
        if from == to { format!("{from} to itself") } else { format!("{from} and {to} are the same commit, so it") };
    Trouble::refused(format!("The range in {} is empty: {what} holds no change. Name an earlier start.", quoted(repo)))
}

pub fn reversed(repo: &str, from: &str, to: &str) -> Trouble {
    Trouble::refused(format!(
        "{} is older than {} in {}, so the range is empty. Did you mean {}?",
        quoted(to),
        quoted(from),
        quoted(repo),
        quoted(&format!("{to}..{from}"))
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(complaint: &str) -> String {
        let ended = Ended { well: false, code: 128, bytes: 0, complaint: complaint.to_string() };
        super::complaint(Path::new("/srv/payments"), &ended).to_string()
    }

    #[test]
    fn each_complaint_of_git_becomes_what_to_do_next() {
        for (complaint, expected) in [
            ("fatal: not a git repository (or any of the parent directories): .git", "is not a git repository. Name a"),
            ("fatal: detected dubious ownership in repository at '/srv/payments'", "safe.directory /srv/payments`"),
            (
                "fatal: cannot use bare repository '/srv/payments' (safe.bareRepository is 'explicit')",
                "Set it to `all`",
            ),
            ("error: open(\".git/HEAD\"): Permission denied", "Grant access and ask again"),
            ("fatal: Expected git repo version <= 1, found 2", "Update git and ask again"),
            ("error: object file .git/objects/ab/cd is empty\nfatal: bad object HEAD", "Run `git fsck` there"),
            ("error: inflate: data stream error (incorrect header check)", "is damaged: `inflate: data stream error"),
            ("fatal: something unheard of", "git refused the request (128: something unheard of)"),
        ] {
            assert!(said(complaint).contains(expected), "{complaint}: {}", said(complaint));
        }
    }

    #[test]
    fn names_cannot_break_out_of_their_backticks() {
        assert_eq!(quoted("a`b\nc"), "`a'b?c`");
        assert_eq!(quoted(&"x".repeat(90)), format!("`{}…`", "x".repeat(80)));
        assert_eq!(listed(&["a", "b", "c"], "or"), "`a`, `b` or `c`");
        assert_eq!((counted(7), counted(1234), counted(1_234_567)), ("7".into(), "1,234".into(), "1,234,567".into()));
    }
}
