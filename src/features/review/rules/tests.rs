//! Each rule over notes that meet it, break it and cannot be told; what it says is held here word by word.

use super::{Checked, RULES};
use crate::domain::calendar::{Entry, EntryKind};
use crate::domain::checks::{CheckRun, Checks, Coverage, Outcome};
use crate::domain::digest::{Risk, RiskKind, Severity};
use crate::domain::message::Place;
use crate::domain::note::{Kind, Module, Note, Planned, Released, Revision, Section, State, Writer};
use crate::domain::person::Person;
use crate::domain::review::{Decided, Decision, Grade};
use crate::domain::service::{Dependency, Service, Workspace};
use crate::features::review::facts::{Active, Ends, Facts};
use crate::features::review::opinion::Trust;
use crate::features::review::policy::{Level, Policy, Reviewers};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

/// Thursday, 3 December 2026, 10:00 in Berlin.
const THURSDAY: &str = "2026-12-03T09:00:00Z";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a moment")
}

fn person(id: &str) -> Person {
    Person { platform: "web".to_owned(), id: id.to_owned(), name: id.to_owned() }
}

/// A note of `pay` that no rule has anything against, planned for a Thursday morning.
struct Case {
    note: Note,
    revision: Revision,
    agenda: Vec<Entry>,
    active: Vec<Active>,
    certificates: Vec<Ends>,
    asked_lines: Vec<String>,
    reviewers: Reviewers,
    workspaces: Vec<Workspace>,
}

fn section(key: &str, value: Value) -> Section {
    Section {
        key: key.to_owned(),
        group: "noteDetails".to_owned(),
        group_title: String::new(),
        title: key.to_owned(),
        value,
        generated: Value::Null,
        writer: Writer::Rules,
        stale: None,
        cites: Vec::new(),
    }
}

impl Case {
    fn good() -> Self {
        let place = Place { platform: "web".to_owned(), channel: "releases".to_owned(), thread: None };
        let mut note = Note::new(7, Kind::Deployment, "shop", person("kim"), place, at(THURSDAY));
        note.state = State::Drafted;
        note.modules = vec![Module { service: "pay".to_owned(), ask: Default::default() }];
        note.planned = Some(Planned { from: at(THURSDAY), minutes: 30, zone: Tz::Europe__Berlin });
        let revision = Revision {
            number: 1,
            at: at(THURSDAY),
            writer: Writer::Rules,
            what: "drafted".to_owned(),
            sections: vec![
                section("title", json!("Pay 2.4")),
                section("operators", json!(["kim", "lee"])),
                section("rollback_scenario", json!("Deploy the version before and watch for errors.")),
                section("before", json!(["Tell support"])),
                section("after", json!(["Look at the error rate"])),
            ],
            modules: Vec::new(),
            seen: Default::default(),
            risks: Vec::new(),
            breaking: Vec::new(),
            facts: Vec::new(),
            remarks: Vec::new(),
        };
        let service = |name: &str, needs: &[&str]| Service {
            depends_on: needs
                .iter()
                .map(|name| Dependency { service: (*name).to_owned(), through: String::new() })
                .collect(),
            ..Service::plain(name, "/srv/git".into())
        };
        let services = vec![service("pay", &["ledger"]), service("ledger", &[]), service("shop", &["pay"])];
        Self {
            note,
            revision,
            agenda: Vec::new(),
            active: Vec::new(),
            certificates: Vec::new(),
            asked_lines: Vec::new(),
            reviewers: Reviewers::default(),
            workspaces: vec![Workspace::plain("shop", services)],
        }
    }

    fn set(mut self, key: &str, value: Value) -> Self {
        self.revision.sections.retain(|section| section.key != key);
        self.revision.sections.push(section(key, value));
        self
    }

    fn planned(mut self, from: &str, minutes: u32) -> Self {
        self.note.planned = Some(Planned { from: at(from), minutes, zone: Tz::Europe__Berlin });
        self
    }

    fn unplanned(mut self) -> Self {
        self.note.planned = None;
        self
    }

    fn with(mut self, entry: Entry) -> Self {
        self.agenda.push(entry);
        self
    }

    fn checked(&self, rule: &str, options: &str) -> Checked {
        let text = format!("[rules.{rule}]\n{options}");
        let policy = Policy::read(&text).expect("a policy");
        let facts = self.facts();
        policy.rule(rule).expect("a rule").check.check(&facts)
    }

    fn facts(&self) -> Facts<'_> {
        Facts {
            note: &self.note,
            revision: &self.revision,
            now: at("2026-12-02T09:00:00Z"),
            zone: Tz::Europe__Berlin,
            workspaces: &self.workspaces,
            agenda: &self.agenda,
            active: &self.active,
            decisions: &self.note.decisions,
            certificates: &self.certificates,
            asked_lines: &self.asked_lines,
            reviewers: &self.reviewers,
        }
    }

    /// What a rule with its defaults says, finding by finding.
    fn says(&self, rule: &str) -> Vec<String> {
        match self.checked(rule, "") {
            Checked::Broken(found) => found.into_iter().map(|found| found.what).collect(),
            Checked::Met => Vec::new(),
            Checked::Unknown(why) => vec![format!("unknown: {why}")],
            Checked::NotAsked => vec!["does not apply".to_owned()],
        }
    }
}

fn entry(kind: EntryKind, title: &str, services: &[&str], people: &[&str]) -> Entry {
    let texts = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Entry {
        kind,
        title: title.to_owned(),
        from: at("2026-12-03T09:15:00Z"),
        until: at("2026-12-03T10:00:00Z"),
        services: texts(services),
        people: texts(people),
        shared: false,
        note: Some(9),
        source: String::new(),
    }
}

#[test]
fn a_good_note_passes_every_rule() {
    let case = Case::good();
    let review = crate::features::review::judged(&case.facts(), &Policy::plain(), &Trust::default(), 1);
    assert_eq!((review.grade, review.findings.as_slice()), (Grade::Pass, [].as_slice()));
    let (met, asked) = review.standards_met();
    assert_eq!(met, asked);
    assert_eq!(review.standards.len(), RULES.len());
}

#[test]
fn two_people_operate_it_whatever_their_names_look_like() {
    assert_eq!(Case::good().set("operators", json!([])).says("two-operators"), ["Nobody is named to operate it."]);
    assert_eq!(
        Case::good().set("operators", json!(["Kim", "@kim"])).says("two-operators"),
        ["Only 1 person operates it: Kim."]
    );
    let Checked::Broken(found) = Case::good().checked("two-operators", "left = [\"lee\"]") else { panic!("lee left") };
    assert_eq!(found[0].what, "Only 1 person operates it: kim. lee left the team.");
    assert!(found[0].instead.starts_with("Name one more under"));
    assert_eq!(Case::good().checked("two-operators", "least = 1"), Checked::Met);
}

#[test]
fn hours_are_those_of_the_workspace_s_clock_holidays_and_fridays_too() {
    let case = |from, minutes| Case::good().planned(from, minutes).says("working-hours");
    assert_eq!(case(THURSDAY, 30), Vec::<String>::new());
    // 17:30 UTC is 18:30 in Berlin in winter.
    assert_eq!(
        case("2026-12-03T17:30:00Z", 30),
        ["It is planned for Thu 3 Dec 18:30–19:00 (Europe/Berlin). That is outside of 09:00–18:00."]
    );
    // The same hour by UTC is fine in the morning: 08:00 UTC is 09:00.
    assert_eq!(case("2026-12-03T08:00:00Z", 30), Vec::<String>::new());
    assert!(case("2026-12-05T09:00:00Z", 30)[0].ends_with("That is a Saturday."));
    assert!(case("2026-12-04T15:30:00Z", 30)[0].ends_with("That is a Friday after 16:00."));
    assert!(case("2026-12-03T16:45:00Z", 60)[0].ends_with("That is outside of 09:00–18:00."), "its end counts");
    let holiday = Case::good().with(Entry { note: None, ..entry(EntryKind::Holiday, "Founders' day", &[], &[]) });
    assert!(holiday.says("working-hours")[0].ends_with("That day is Founders' day."));
    let night = Case::good().planned("2026-12-03T22:30:00Z", 60);
    assert_eq!(night.checked("working-hours", "monitored = [\"22:00-02:00\"]"), Checked::Met, "over midnight");
    assert!(matches!(night.checked("working-hours", ""), Checked::Broken(_)));
    assert_eq!(
        Case::good().unplanned().says("working-hours"),
        ["unknown: nobody said when it is to happen; `/release plan 7 --at \"…\"`"]
    );
}

#[test]
fn what_the_type_of_work_asks_for_stands_in_the_checklist() {
    let mut case = Case::good();
    case.asked_lines = vec!["Check that the new certificate covers every name of the old one".to_owned()];
    assert_eq!(
        case.says("checklist"),
        ["The checklist lacks: Check that the new certificate covers every name of the old one."]
    );
    let case = Case {
        asked_lines: case.asked_lines.clone(),
        ..Case::good().set("before", json!(["The new certificate covers all names of the old one"]))
    };
    assert_eq!(case.says("checklist"), Vec::<String>::new(), "in other words");
    assert_eq!(
        Case::good().set("after", json!([])).says("checklist"),
        ["The checklist after it has 0 lines; 1 is the least."]
    );
}

#[test]
fn the_level_of_the_approval_follows_from_what_the_note_does() {
    let level = |name: &str, people: &[&str]| Level {
        name: name.to_owned(),
        people: people.iter().map(|id| (*id).to_owned()).collect(),
    };
    let mut case = Case::good();
    assert_eq!(case.says("reviewer-level"), ["does not apply"]);
    case.reviewers = Reviewers { levels: vec![level("peer", &["*"]), level("lead", &["web:sam"])] };
    assert_eq!(
        case.says("reviewer-level"),
        ["It needs the approval of peer, because nothing about it is out of the ordinary."]
    );
    let decide = |who: &str| Decision {
        by: person(who),
        at: at(THURSDAY),
        what: Decided::Approved,
        text: String::new(),
        revision: 1,
        sections: Vec::new(),
        level: String::new(),
    };
    case.note.decisions = vec![decide("lee")];
    assert_eq!(case.says("reviewer-level"), Vec::<String>::new());
    case.revision.risks = vec![risk(RiskKind::Migration, Some(false))];
    assert_eq!(
        case.says("reviewer-level"),
        ["lee approved it as peer; it needs lead, because part of it cannot be undone."]
    );
    case.note.decisions.push(decide("sam"));
    assert_eq!(case.says("reviewer-level"), Vec::<String>::new());
}

fn risk(kind: RiskKind, reversible: Option<bool>) -> Risk {
    Risk {
        id: crate::domain::fact::FactId::risk(1),
        kind,
        severity: Severity::High,
        title: "`V42` drops a column".to_owned(),
        meaning: String::new(),
        reversible,
        evidence: Vec::new(),
        facts: Vec::new(),
    }
}

#[test]
fn a_way_back_is_there_and_knows_what_cannot_be_undone() {
    assert_eq!(Case::good().set("rollback_scenario", json!("")).says("rollback"), ["No way back is described."]);
    assert_eq!(
        Case::good().set("rollback_scenario", json!("redeploy")).says("rollback"),
        ["The way back is \"redeploy\", which nobody can follow."]
    );
    let mut case = Case::good();
    case.revision.risks = vec![risk(RiskKind::Migration, Some(false))];
    assert_eq!(
        case.says("rollback"),
        ["The way back does not say what becomes of what cannot be undone: `V42` drops a column."]
    );
    let case = Case { revision: case.revision, ..Case::good() };
    let told = case.set(
        "rollback_scenario",
        json!("The column is gone for good: restore it from last night's backup, the database team does."),
    );
    assert_eq!(told.says("rollback"), Vec::<String>::new());
}

#[test]
fn a_freeze_holds_for_all_or_for_the_services_it_names() {
    let freeze = |services: &[&str]| Entry {
        note: None,
        source: "policy".to_owned(),
        ..entry(EntryKind::Freeze, "Year end", services, &[])
    };
    assert_eq!(
        Case::good().with(freeze(&[])).says("freeze-window"),
        ["The freeze \"Year end\" holds Thu 3 Dec 10:15–11:00."]
    );
    assert_eq!(Case::good().with(freeze(&["pay"])).says("freeze-window").len(), 1);
    assert_eq!(Case::good().with(freeze(&["ledger"])).says("freeze-window"), Vec::<String>::new());
    // One that ends when this begins does not touch it.
    let over = Entry { from: at("2026-12-01T00:00:00Z"), until: at(THURSDAY), ..freeze(&[]) };
    assert_eq!(Case::good().with(over).says("freeze-window"), Vec::<String>::new());
}

#[test]
fn conflicts_are_told_apart_by_how_near_they_are() {
    let deploys = |services: &[&str]| Case::good().with(entry(EntryKind::Deployment, "Other", services, &[]));
    assert_eq!(
        deploys(&["pay"]).says("service-conflict"),
        ["Note 9 changes `pay` at the same time: Other, Thu 3 Dec 10:15–11:00."]
    );
    assert_eq!(deploys(&["pay"]).says("dependency-conflict"), Vec::<String>::new(), "said once");
    assert_eq!(
        deploys(&["ledger"]).says("dependency-conflict"),
        ["Note 9 changes `ledger` (`pay` needs it): Other, Thu 3 Dec 10:15–11:00."]
    );
    assert_eq!(
        deploys(&["shop"]).says("dependency-conflict"),
        ["Note 9 changes `shop` (it needs `pay`): Other, Thu 3 Dec 10:15–11:00."]
    );
    assert_eq!(deploys(&["elsewhere"]).says("dependency-conflict"), Vec::<String>::new());
    let shared = Entry { shared: true, ..entry(EntryKind::Work, "Cluster upgrade", &[], &[]) };
    assert_eq!(Case::good().with(shared).says("shared-work").len(), 1);
}

#[test]
fn nobody_is_booked_twice_or_away() {
    let other = Case::good().with(entry(EntryKind::Deployment, "Other", &["elsewhere"], &["@Kim"]));
    assert_eq!(other.says("double-booked"), ["kim operates note 9 too, Thu 3 Dec 10:15–11:00."]);
    let away = Case::good().with(Entry { note: None, ..entry(EntryKind::Absence, "", &[], &["lee"]) });
    assert_eq!(away.says("double-booked"), ["lee is away Thu 3 Dec 10:15–11:00."]);
}

#[test]
fn what_is_broken_now_holds_up_what_is_soon() {
    let active = |service: &str| Active {
        id: 4,
        title: "Errors".to_owned(),
        services: vec![service.to_owned()],
        since: at("2026-12-02T08:00:00Z"),
    };
    let case = |service: &str, from: &str| Case { active: vec![active(service)], ..Case::good().planned(from, 30) };
    assert_eq!(
        case("pay", "2026-12-02T14:00:00Z").says("active-incident"),
        ["Incident 4 on `pay` is not over since Wed 2 Dec 09:00: Errors."]
    );
    assert_eq!(
        case("ledger", "2026-12-02T14:00:00Z").says("active-incident"),
        ["Incident 4 on `ledger` (`pay` needs it) is not over since Wed 2 Dec 09:00: Errors."]
    );
    assert_eq!(
        case("pay", "2026-12-10T14:00:00Z").says("active-incident"),
        Vec::<String>::new(),
        "next week is another day"
    );
    assert_eq!(case("elsewhere", "2026-12-02T14:00:00Z").says("active-incident"), Vec::<String>::new());
}

#[test]
fn a_certificate_s_end_is_said_in_time_and_worse_when_it_comes_first() {
    let ends = |days: i64| Case {
        certificates: vec![Ends {
            host: "pay.example.com".to_owned(),
            at: at("2026-12-02T09:00:00Z") + TimeDelta::days(days),
        }],
        ..Case::good()
    };
    assert_eq!(Case::good().says("certificate-expiry"), ["does not apply"]);
    assert_eq!(ends(60).says("certificate-expiry"), Vec::<String>::new());
    assert_eq!(
        ends(10).says("certificate-expiry"),
        ["The certificate of `pay.example.com` ends on 12 Dec 2026 10:00, in 10 days."]
    );
    let Checked::Broken(found) = ends(1).checked("certificate-expiry", "") else {
        panic!("it ends before the work does")
    };
    assert_eq!(found[0].grade, Some(Grade::Danger));
}

#[test]
fn red_open_and_thinner_tests_are_told_and_silence_is_not_green() {
    let run = |name: &str, outcome, change| CheckRun {
        name: name.to_owned(),
        outcome,
        url: String::new(),
        tests: None,
        coverage: change,
    };
    let with = |runs: Vec<CheckRun>, known: bool| {
        let mut case = Case::good();
        let json = json!({ "service": "pay", "range": { "repo": "pay", "from": { "name": "v1", "sha": "a", "at": null }, "to": { "name": "v2", "sha": "b", "at": null }, "chosen": "", "commits": 1, "lost": 0 } });
        let mut released: Released = serde_json::from_value(json).expect("a module");
        released.background.checks = known.then(|| Checks { sha: "b".to_owned(), runs });
        case.revision.modules = vec![released];
        case.says("checks")
    };
    assert_eq!(Case::good().says("checks"), ["does not apply"]);
    assert_eq!(with(vec![], false), ["unknown: no code host told how the checks of this revision ended"]);
    assert_eq!(with(vec![run("build", Outcome::Passed, None)], true), Vec::<String>::new());
    assert_eq!(with(vec![run("build", Outcome::Failed, None)], true), ["`build` of `pay` failed on what goes out."]);
    assert_eq!(with(vec![run("e2e", Outcome::Running, None)], true), ["`e2e` of `pay` did not end yet."]);
    let drop = Some(Coverage { percent: 70.0, change: Some(-3.5) });
    assert_eq!(
        with(vec![run("cov", Outcome::Passed, drop)], true),
        ["Coverage of `pay` drops by 3.5 points; 2.0 is the most."]
    );
}

#[test]
fn a_rule_that_is_only_tried_counts_for_nothing_and_one_that_is_off_is_silent() {
    let case = Case::good().set("operators", json!([]));
    let judged = |text: &str| {
        crate::features::review::judged(&case.facts(), &Policy::read(text).expect("a policy"), &Trust::default(), 1)
    };
    let dry = judged("[rules.two-operators]\nmode = \"dry\"\n");
    assert_eq!((dry.grade, dry.findings.len(), dry.tried.len()), (Grade::Pass, 0, 1));
    let off = judged("[rules.two-operators]\nmode = \"off\"\n");
    assert!(off.tried.is_empty() && off.standards.iter().all(|standard| standard.rule != "two-operators"));
    let block = judged("[rules.two-operators]\ngrade = \"block\"\n");
    assert_eq!((block.grade, block.reasons[0].as_str()), (Grade::Block, "Nobody is named to operate it."));
}
