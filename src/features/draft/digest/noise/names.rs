//! Which files are noise by their name or nature alone?

use super::super::language::language;
use crate::domain::change::{FileChange, Nature, Status};
use crate::domain::digest::NoiseKind;

/// The reason a file need not be read, as far as its name, kind and counts tell.
pub fn by_name(change: &FileChange) -> Option<NoiseKind> {
    let lower = change.path.to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    if is_lock(name) {
        Some(NoiseKind::LockFile)
    } else if is_vendored(folders) {
        Some(NoiseKind::Vendored)
    } else if change.nature == Nature::Binary {
        Some(NoiseKind::Binary)
    } else if is_minified(name) {
        Some(NoiseKind::Minified)
    } else if is_snapshot(folders, name) {
        Some(NoiseKind::Snapshot)
    } else if is_generated(folders, name) {
        Some(NoiseKind::Generated)
    } else if is_changelog(folders, name) {
        Some(NoiseKind::Changelog)
    } else if change.status == Status::Renamed && change.added + change.removed == 0 && change.mode.is_none() {
        Some(NoiseKind::Moved)
    } else {
        None
    }
}

pub fn is_lock(name: &str) -> bool {
    const LOCKS: [&str; 30] = [
        "cargo.lock",
        "package-lock.json",
        "npm-shrinkwrap.json",
        "yarn.lock",
        "pnpm-lock.yaml",
        "bun.lock",
        "bun.lockb",
        "deno.lock",
        "go.sum",
        "go.work.sum",
        "poetry.lock",
        "pipfile.lock",
        "pdm.lock",
        "uv.lock",
        "conda-lock.yml",
        "gemfile.lock",
        "composer.lock",
        "mix.lock",
        "pubspec.lock",
        "podfile.lock",
        "package.resolved",
        "cartfile.resolved",
        "flake.lock",
        "gradle.lockfile",
        "packages.lock.json",
        "chart.lock",
        ".terraform.lock.hcl",
        "stack.yaml.lock",
        "cabal.project.freeze",
        "module.bazel.lock",
    ];
    LOCKS.contains(&name)
        || name == "elm-stuff"
        || name == "rebar.lock"
        || name == "buf.lock"
        || name == "project.lock.json"
}

fn is_vendored(folders: &str) -> bool {
    folders.split('/').any(|folder| {
        matches!(
            folder,
            "vendor"
                | "node_modules"
                | "third_party"
                | "third-party"
                | "thirdparty"
                | "bower_components"
                | "godeps"
                | "_vendor"
                | "vendored"
        )
    }) || folders.contains(".yarn/releases")
        || folders.contains(".yarn/plugins")
}

fn is_minified(name: &str) -> bool {
    [".min.js", ".min.css", ".min.mjs", "-min.js", ".bundle.js", ".chunk.js", ".js.map", ".css.map"]
        .iter()
        .any(|end| name.ends_with(end))
}

fn is_snapshot(folders: &str, name: &str) -> bool {
    [".snap", ".snap.new", ".golden", ".approved.txt", ".ambr"].iter().any(|end| name.ends_with(end))
        || !language(name).is_code()
            && folders.split('/').any(|folder| {
                matches!(
                    folder,
                    "__snapshots__" | "golden" | "goldens" | "__image_snapshots__" | "cassettes" | "snapshots"
                )
            })
}

fn is_generated(folders: &str, name: &str) -> bool {
    const ENDINGS: [&str; 27] = [
        ".pb.go",
        ".pb.gw.go",
        ".pb.cc",
        ".pb.h",
        "_pb2.py",
        "_pb2.pyi",
        "_pb2_grpc.py",
        "_pb.js",
        "_pb.d.ts",
        "_pb.ts",
        ".pb.rs",
        "_gen.go",
        ".gen.go",
        "_generated.go",
        ".generated.ts",
        ".generated.go",
        ".generated.cs",
        ".g.dart",
        ".freezed.dart",
        ".g.cs",
        ".designer.cs",
        "_string.go",
        ".gen.ts",
        "_easyjson.go",
        ".bindata.go",
        ".xcscheme",
        ".pbxproj",
    ];
    let folder = folders.split('/').any(|folder| {
        matches!(
            folder,
            "dist" | "zz_generated" | "__generated__" | "generated" | "gen-go" | ".next" | "storybook-static"
        )
    });
    let client = folders.contains("pkg/client/")
        && ["clientset", "informers", "listers"].iter().any(|part| folders.contains(part));
    // A generated contract is still a contract: it is read as such.
    let contract = ["openapi", "swagger"].iter().any(|word| name.contains(word))
        || name.ends_with(".proto")
        || name.ends_with(".graphql");
    (folder || client || name.starts_with("zz_generated") || ENDINGS.iter().any(|end| name.ends_with(end))) && !contract
}

/// A changelog for people; fragments that tools assemble are evidence and stay.
fn is_changelog(folders: &str, name: &str) -> bool {
    const STEMS: [&str; 11] = [
        "changelog",
        "changes",
        "news",
        "history",
        "release",
        "releases",
        "release_notes",
        "release-notes",
        "releasenotes",
        "change_log",
        "whatsnew",
    ];
    let (stem, ending) = name.split_once('.').unwrap_or((name, ""));
    let prose = matches!(
        ending.rsplit('.').next().unwrap_or(""),
        "" | "md" | "rst" | "txt" | "adoc" | "markdown" | "mdx" | "org"
    );
    if is_fragment(folders, name) || !prose {
        return false;
    }
    STEMS.contains(&stem)
        || stem.starts_with("changelog-")
        || stem.starts_with("changelog_")
        || stem.starts_with("release-notes-")
        || stem.starts_with("release_notes_")
        || folders.split('/').any(|folder| {
            matches!(
                folder,
                "changelog"
                    | "changelogs"
                    | "release-notes"
                    | "release_notes"
                    | "releasenotes"
                    | "whatsnew"
                    | "releases"
            )
        })
}

/// Pieces of a changelog, one per change, as towncrier, changesets, scriv and others keep them.
pub fn is_fragment(folders: &str, name: &str) -> bool {
    folders.split('/').any(|folder| {
        matches!(
            folder,
            ".changeset"
                | ".changes"
                | "changelog.d"
                | "newsfragments"
                | "news_fragments"
                | ".changelog"
                | "changelog_unreleased"
                | "next-release"
        )
    }) || (folders == "changes" || folders == "news") && name.split('.').count() >= 3
}
