//! Which pull request did a commit come in with? The graph says so, where the commit itself does not.

use crate::domain::change::Commit;
use std::collections::HashMap;

/// Commits and their parents, by their object names; newest first, children before parents.
pub type Graph = Vec<Node>;

pub struct Node {
    pub sha: String,
    pub parents: Vec<String>,
}

/// The graph that `git rev-list --parents` prints.
pub fn graph(printed: &str) -> Graph {
    let lines = printed.lines().map(|line| line.split_ascii_whitespace().map(str::to_owned));
    lines.filter_map(|mut names| Some(Node { sha: names.next()?, parents: names.collect() })).collect()
}

/// Says which commits are merges, and gives every commit that only a pull request's merge brought in that request's number.
///
/// `graph` holds at least all `commits`, which may be few of it: those on the folders of one service. Linear in the graph: the
/// trunk is the first-parent chain of its newest commit; a merge on it that names one request owns what is reachable from
/// its other parents and not yet owned or trunk, oldest merge first. A merge that names none (of a long-lived branch) makes
/// its side another trunk.
pub fn attribute(commits: &mut [Commit], graph: &Graph) {
    let at: HashMap<&str, usize> = graph.iter().enumerate().map(|(index, node)| (node.sha.as_str(), index)).collect();
    let parents: Vec<Vec<Option<usize>>> =
        graph.iter().map(|node| node.parents.iter().map(|sha| at.get(sha.as_str()).copied()).collect()).collect();
    let mut requests: Vec<&[u64]> = vec![&[]; graph.len()];
    for commit in commits.iter() {
        if let Some(index) = at.get(commit.sha.as_str()) {
            requests[*index] = &commit.pull_requests;
        }
    }
    let mut taken = vec![false; graph.len()];
    let mut owners: HashMap<usize, u64> = HashMap::new();
    let mut trunks: Vec<usize> = (!graph.is_empty()).then_some(0).into_iter().collect();
    while let Some(tip) = trunks.pop() {
        let mut trunk = Vec::new();
        let mut next = Some(tip);
        while let Some(index) = next.filter(|index| !taken[*index]) {
            taken[index] = true;
            trunk.push(index);
            next = parents[index].first().copied().flatten();
        }
        for merge in trunk.into_iter().rev().filter(|index| parents[*index].len() > 1) {
            let sides = parents[merge][1..].iter().copied().flatten();
            match requests[merge] {
                [request] => own(sides.collect(), *request, &parents, &mut taken, &mut owners),
                _ => trunks.extend(sides),
            }
        }
    }
    for commit in commits {
        let Some(index) = at.get(commit.sha.as_str()) else { continue };
        commit.is_merge = parents[*index].len() > 1;
        if commit.pull_requests.is_empty() {
            commit.pull_requests.extend(owners.get(index));
        }
    }
}

fn own(
    mut open: Vec<usize>,
    request: u64,
    parents: &[Vec<Option<usize>>],
    taken: &mut [bool],
    owners: &mut HashMap<usize, u64>,
) {
    while let Some(index) = open.pop() {
        if std::mem::replace(&mut taken[index], true) {
            continue;
        }
        owners.insert(index, request);
        open.extend(parents[index].iter().copied().flatten());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::change::Author;

    /// `sha parents… | subject`, newest first; a number in the subject is a pull request.
    fn after(history: &[&str]) -> Vec<(String, Vec<u64>)> {
        let mut graph = Graph::new();
        let mut commits: Vec<Commit> = history
            .iter()
            .map(|line| {
                let (names, subject) = line.split_once('|').expect("a bar");
                let mut names = names.split_whitespace().map(str::to_owned);
                let sha = names.next().expect("a name");
                graph.push(Node { sha: sha.clone(), parents: names.collect() });
                Commit {
                    sha,
                    author: Author { name: String::new(), email: String::new() },
                    co_authors: Vec::new(),
                    at: chrono::DateTime::UNIX_EPOCH,
                    subject: subject.trim().to_owned(),
                    body: String::new(),
                    is_merge: false,
                    pull_requests: subject
                        .split('#')
                        .nth(1)
                        .and_then(|number| number.trim().parse().ok())
                        .into_iter()
                        .collect(),
                    tickets: Vec::new(),
                    paths: Vec::new(),
                }
            })
            .collect();
        attribute(&mut commits, &graph);
        commits.into_iter().map(|commit| (commit.sha, commit.pull_requests)).collect()
    }

    fn of(found: &[(String, Vec<u64>)], sha: &str) -> Vec<u64> {
        found.iter().find(|(name, _)| name == sha).map(|(_, numbers)| numbers.clone()).expect("the commit")
    }

    #[test]
    fn interleaved_branches_go_to_their_own_requests() {
        let found = after(&[
            "m2 m1 b2 | Merge #2",
            "m1 base a2 | Merge #1",
            "b2 b1 | b",
            "a2 a1 | a",
            "b1 base | b",
            "a1 base | a",
        ]);
        for (sha, number) in [("a1", 1), ("a2", 1), ("b1", 2), ("b2", 2)] {
            assert_eq!(of(&found, sha), [number], "{sha}");
        }
    }

    #[test]
    fn a_branch_that_took_in_the_trunk_does_not_own_the_trunk() {
        let found = after(&[
            "m2 d b2 | Merge #2",
            "b2 b1 d | take in main",
            "d m1 | direct",
            "b1 m1 | b",
            "m1 base a1 | Merge #1",
            "a1 base | a",
        ]);
        assert_eq!(of(&found, "d"), Vec::<u64>::new());
        assert_eq!((of(&found, "b1"), of(&found, "b2"), of(&found, "a1")), (vec![2], vec![2], vec![1]));
    }

    #[test]
    fn requests_inside_a_merged_long_lived_branch_are_found_and_own_numbers_stay() {
        let found = after(&[
            "r t d2 | Merge develop",
            "d2 d1 f1 | Merge #7",
            "f1 d1 | f",
            "d1 t | squashed #5",
            "t base | trunk",
        ]);
        assert_eq!((of(&found, "f1"), of(&found, "d1"), of(&found, "t")), (vec![7], vec![5], vec![]));
    }
}
