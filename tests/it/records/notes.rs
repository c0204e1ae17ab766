//! Notes are numbered, versioned, and remembered with every revision they had.

use super::{Desk, channel, operator};
use chrono::{DateTime, Utc};
use slipway::domain::background::Background;
use slipway::domain::change::{Range, RangeAsk, Revision as Commit};
use slipway::domain::digest::Seen;
use slipway::domain::note::{Kind, Module, Note, Released, Revision, State, Writer};
use slipway::ports::store::Expect;

fn note(id: u64, workspace: &str, kind: Kind, revision: u32) -> Note {
    Note {
        id,
        kind,
        workspace: workspace.into(),
        modules: vec![Module { service: "payments".into(), ask: RangeAsk::default() }],
        work: None,
        planned: None,
        state: if revision == 0 { State::Drafting } else { State::Drafted },
        failure: None,
        revision,
        created_by: operator(),
        created_at: DateTime::UNIX_EPOCH,
        place: channel("releases"),
        followers: Vec::new(),
        asked_again_by: None,
        tags: Vec::new(),
        owners: Vec::new(),
        reviewed: None,
        watched: None,
        agreed: Vec::new(),
        live: None,
        decisions: Vec::new(),
    }
}

fn revision(number: u32, what: &str, at: DateTime<Utc>) -> Revision {
    let end = |name: &str| Commit { name: name.into(), sha: "0".repeat(40), at: None };
    let (from, to) = (end("v1"), end("v2"));
    Revision {
        number,
        at,
        writer: Writer::Rules,
        what: what.into(),
        sections: Vec::new(),
        modules: vec![Released {
            service: "payments".into(),
            range: Range { repo: "payments".into(), from, to, chosen: String::new(), commits: 1, lost: 0 },
            background: Background::default(),
        }],
        seen: Seen::default(),
        risks: Vec::new(),
        breaking: Vec::new(),
        facts: Vec::new(),
        remarks: Vec::new(),
    }
}

impl Desk {
    /// A drafted note with so many revisions; returns its number.
    async fn drafted(&self, workspace: &str, kind: Kind, revisions: u32) -> u64 {
        let (id, mut ops) = self.records.notes.next_id().await.expect("a read");
        ops.extend(self.records.notes.put(&note(id, workspace, kind, revisions), Expect::Absent));
        for number in 1..=revisions {
            ops.extend(self.records.notes.add_revision(id, &revision(number, &format!("note {id}"), self.now())));
        }
        self.commit(ops).await;
        id
    }
}

#[tokio::test]
async fn numbers_count_up_and_two_who_ask_at_once_do_not_share_one() {
    let mut desk = Desk::new();
    assert_eq!(desk.drafted("shop", Kind::Deployment, 0).await, 1);
    let (same, theirs) = desk.records.notes.next_id().await.expect("a read");
    let (again, ours) = desk.records.notes.next_id().await.expect("a read");
    assert_eq!((same, again), (2, 2));
    desk.commit(theirs).await;
    desk.assert_conflicts(ours).await;
    desk.restart();
    assert_eq!(desk.drafted("shop", Kind::Deployment, 0).await, 3);
}

#[tokio::test]
async fn a_note_changes_under_its_version_and_its_revisions_never() {
    for desk in [Desk::new(), Desk::on_disk()] {
        let notes = &desk.records.notes;
        assert_eq!(notes.get(1).await.expect("a read"), None);
        assert_eq!(notes.latest(1).await.expect("a read"), None);
        let id = desk.drafted("shop", Kind::Deployment, 0).await;
        let (found, version) = notes.get(id).await.expect("a read").expect("it is there");
        assert_eq!(found, note(id, "shop", Kind::Deployment, 0));

        let first = revision(1, "drafted", desk.now());
        let mut ops =
            notes.put(&Note { revision: 1, state: State::Drafted, ..found.clone() }, Expect::Version(version));
        ops.extend(notes.add_revision(id, &first));
        desk.commit(ops.clone()).await;
        desk.assert_conflicts(ops).await;
        desk.assert_conflicts(notes.add_revision(id, &revision(1, "another past", desk.now()))).await;
        for number in 2..=12 {
            desk.commit(notes.add_revision(id, &revision(number, "edited", desk.now()))).await;
        }
        assert_eq!(notes.revision(id, 1).await.expect("a read"), Some(first));
        assert_eq!(notes.revision(id, 13).await.expect("a read"), None);
        assert_eq!(notes.latest(id).await.expect("a read").map(|latest| latest.number), Some(12));
        let history = notes.revisions(id).await.expect("a read");
        assert_eq!(history.iter().map(|line| line.number).collect::<Vec<_>>(), (1..=12).rev().collect::<Vec<_>>());
        assert_eq!(
            (history[11].what.as_str(), &history[11].writer, history[11].at),
            ("drafted", &Writer::Rules, desk.now())
        );
        assert_eq!(notes.revisions(id + 1).await.expect("a read"), []);
    }
}

#[tokio::test]
async fn lists_are_newest_first_and_turn_their_pages() {
    let desk = Desk::new();
    for _ in 0..25 {
        desk.drafted("shop", Kind::Deployment, 0).await;
    }
    let mut before = None;
    let mut seen = Vec::new();
    loop {
        let page = desk.records.notes.list(10, before).await.expect("a read");
        let Some(last) = page.last() else { break };
        before = Some(last.id);
        seen.extend(page.iter().map(|note| note.id));
    }
    assert_eq!(seen, (1..=25).rev().collect::<Vec<_>>());
}

#[tokio::test]
async fn recent_notes_are_of_the_same_workspace_and_kind_and_have_a_revision() {
    let desk = Desk::new();
    let oldest = desk.drafted("shop", Kind::Deployment, 1).await;
    let twice = desk.drafted("shop", Kind::Deployment, 2).await;
    let newest = desk.drafted("shop", Kind::Deployment, 1).await;
    desk.drafted("shop", Kind::Work, 1).await;
    desk.drafted("shop/deployment", Kind::Deployment, 1).await;
    desk.drafted("shop", Kind::Deployment, 0).await;
    let recent = |n: usize| {
        let notes = desk.records.notes.clone();
        async move {
            let recent = notes.recent("shop", Kind::Deployment, n).await.expect("a read");
            recent.into_iter().map(|(_, revision)| (revision.what, revision.number)).collect::<Vec<_>>()
        }
    };
    let line = |id: u64, number: u32| (format!("note {id}"), number);
    assert_eq!(recent(5).await, [line(newest, 1), line(twice, 2), line(oldest, 1)]);
    assert_eq!(recent(2).await, [line(newest, 1), line(twice, 2)]);
}
