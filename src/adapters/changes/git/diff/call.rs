//! How is the diff asked for so that its form depends on nobody's configuration?

/// The arguments for everything that differs between two trees. Whatever a person or a repository configured, the output
/// has the form that [`super::Diff`] reads.
/// `paths` bound it, none mean all.
pub fn arguments<'a>(from: &'a str, to: &'a str, with_patches: bool, paths: &'a [String]) -> Vec<&'a str> {
    let mut args = vec![
        "diff",
        "--raw",
        "-z",
        "--no-abbrev",
        "--no-color",
        "--no-ext-diff",
        "--no-textconv",
        "--no-relative",
        "--ignore-submodules=none",
        "-O/dev/null",
    ];
    if with_patches {
        args.extend([
            "--patch",
            "--find-renames",
            "--submodule=short",
            "--unified=3",
            "--inter-hunk-context=0",
            "--diff-algorithm=default",
            "--indent-heuristic",
            "--src-prefix=a/",
            "--dst-prefix=b/",
            "--output-indicator-new=+",
            "--output-indicator-old=-",
            "--output-indicator-context= ",
            "--ws-error-highlight=none",
        ]);
    } else {
        // Finding renames reads contents, which is what failed.
        args.extend(["--no-patch", "--raw", "--no-renames"]);
    }
    args.extend([from, to, "--"]);
    args.extend(paths.iter().map(String::as_str));
    args
}
