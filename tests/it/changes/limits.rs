//! What happens to changes larger than we keep, and to histories longer than people read?

use super::{collect, file, from, gaps, resolve};
use crate::support::repo::Repo;
use slipway::adapters::changes::git::Git;
use slipway::domain::change::Nature;
use slipway::ports::changes::Changes;
use std::fmt::Write;
use std::sync::Mutex;

fn started() -> Repo {
    let repo = Repo::new();
    repo.commit("Begin", &[("a", "1\n")]).tag("start");
    repo
}

#[tokio::test]
async fn of_a_large_file_the_beginning_is_kept_and_all_lines_are_counted() {
    let repo = started();
    let large: String = (0..200_000).map(|line| format!("line {line}\n")).collect();
    repo.commit("Large", &[("large.txt", &large), ("small.txt", "one\n")]);
    let changes = collect(&repo, from("start")).await;

    let large = file(&changes, "large.txt");
    assert_eq!((large.added, large.cut, large.hunks.len()), (200_000, true, 1));
    let body = &large.hunks[0].body;
    assert!(body.starts_with("+line 0\n+line 1\n") && body.ends_with('\n'));
    assert!((60_000..=65_536).contains(&body.len()), "{}", body.len());
    assert_eq!(file(&changes, "small.txt").hunks[0].body, "+one\n");
    assert_eq!(gaps(&changes), ["Only the beginning of the changes to `large.txt` was read: they are too large."]);
    assert!(changes.raw_bytes > 2_000_000);
}

#[tokio::test]
async fn of_a_long_line_the_beginning_is_kept() {
    let repo = started();
    repo.commit("Minified", &[("app.min.js", &"é".repeat(100_000)), ("z", "one\n")]);
    let changes = collect(&repo, from("start")).await;
    let minified = file(&changes, "app.min.js");
    assert_eq!((minified.added, minified.cut), (1, false));
    assert_eq!(minified.hunks[0].body, format!("+{}\n", "é".repeat(2047)), "cut between two characters");
    assert_eq!(file(&changes, "z").hunks[0].body, "+one\n");
    assert_eq!(gaps(&changes), ["One very long line was read only in its beginning."]);
}

#[tokio::test]
async fn when_everything_is_too_much_names_and_counts_remain() {
    let repo = started();
    let text: String = (0..6000).map(|line| format!("line {line}\n")).collect();
    for number in 0..480 {
        repo.write(format!("f{number:03}.txt"), &text);
    }
    repo.commit("Much", &[]);
    let changes = collect(&repo, from("start")).await;

    let kept: usize = changes.files.iter().flat_map(|file| &file.hunks).map(|hunk| hunk.body.len()).sum();
    assert!((23 << 20..=24 << 20).contains(&kept), "{kept}");
    assert!(changes.files.iter().all(|file| file.added == 6000));
    let bare = changes.files.iter().filter(|file| file.hunks.is_empty()).count();
    assert!((50..150).contains(&bare), "{bare}");
    let cut: Vec<_> = changes.files.iter().filter(|file| file.cut && !file.hunks.is_empty()).collect();
    assert_eq!(changes.files.iter().filter(|file| file.cut).count(), bare + cut.len());
    let [last] = cut.as_slice() else { panic!("{} files are cut", cut.len()) };
    assert_eq!(
        gaps(&changes),
        [
            format!("Only the beginning of the changes to `{}` was read: they are too large.", last.path),
            format!("{bare} files are known by name and counts only: the whole change is too large."),
        ]
    );
}

#[tokio::test]
async fn a_commit_of_five_thousand_files_is_read_whole() {
    let repo = started();
    for number in 0..5000 {
        repo.write(format!("dir{}/file{number}", number % 50), format!("{number}\n"));
    }
    repo.commit("Five thousand", &[]);
    let changes = collect(&repo, from("start")).await;
    assert_eq!((changes.files.len(), changes.commits[0].paths.len()), (5000, 5000));
    assert_eq!(file(&changes, "dir7/file4957").hunks[0].body, "+4957\n");
    assert!(changes.gaps.is_empty(), "{:?}", changes.gaps);
}

#[tokio::test]
async fn a_hundred_megabytes_of_text_and_of_noise_pass_through() {
    let repo = started();
    repo.git(&["config", "core.compression", "0"]);
    let mut text = String::new();
    while text.len() < 100 << 20 {
        writeln!(text, "row {} of a table somebody committed", text.len()).expect("memory takes it");
    }
    let rows = u32::try_from(text.lines().count()).expect("fewer rows than that");
    repo.commit("A table", &[("table.csv", &text)]);
    drop(text);
    repo.write("noise.bin", vec![0u8; 20 << 20]).commit("Noise", &[]);
    let changes = collect(&repo, from("start")).await;
    let table = file(&changes, "table.csv");
    assert_eq!((table.added, table.cut), (rows, true));
    assert!(table.hunks[0].body.len() <= 65_536);
    assert_eq!(file(&changes, "noise.bin").nature, Nature::Binary);
}

/// A history of so many commits, made at once. Each touches one file and is numbered.
fn long_history(commits: usize) -> Repo {
    let repo = Repo::new();
    let mut stream = String::new();
    for number in 0..commits {
        let message = format!("Change {number} (#{number})\n\nPAY-{}\n", number + 1);
        let content = format!("{number}\n");
        let at = 1_600_000_000 + number * 60;
        write!(
            stream,
            "commit refs/heads/main\ncommitter A <a@shop.example> {at} +0000\ndata {}\n{message}\nM 644 inline src/f{}\ndata {}\n{content}\n",
            message.len(),
            number % 100,
            content.len(),
        )
        .expect("memory takes it");
    }
    repo.import(stream.as_bytes());
    repo
}

#[tokio::test]
async fn ten_thousand_of_a_hundred_thousand_commits_are_read() {
    let repo = long_history(100_000);
    let range = resolve(&repo, from("main~10000")).await;
    assert_eq!(range.commits, 10_000);
    let told = Mutex::new(Vec::new());
    let progress = |sentence: &str| told.lock().expect("nobody panics here").push(sentence.to_string());
    let changes = Git::new().collect(&repo.source(), &range, &progress).await.unwrap();
    assert_eq!(changes.commits.len(), 10_000);
    assert_eq!(changes.commits[0].pull_requests, [99_999]);
    assert_eq!(changes.commits[9_999].tickets, ["PAY-90001"]);
    assert_eq!(changes.files.len(), 100);
    assert!(changes.commits.iter().all(|commit| commit.paths.is_empty()));
    assert_eq!(gaps(&changes), ["Which files each commit touched was not read; the range has 10,000 commits."]);
    for sentence in told.into_inner().expect("nobody panics here") {
        assert!(sentence.starts_with("read "), "{sentence}");
    }

    let fewer = resolve(&repo, from("main~5000")).await;
    let changes = Git::new().collect(&repo.source(), &fewer, &|_| {}).await.unwrap();
    assert_eq!(changes.commits[4_999].paths, ["src/f0"]);
    assert!(changes.gaps.is_empty(), "{:?}", changes.gaps);

    let everything = resolve(&repo, from("beginning")).await;
    assert_eq!(everything.commits, 100_000);
}
