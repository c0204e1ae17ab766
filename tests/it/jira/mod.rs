//! Jira through its real adapter: why a change was wanted, from Cloud and from a Data Center.

use crate::support::fakes::jira::{EMAIL, FakeJira, TOKEN, Trouble};
use serde_json::{Value, json};
use slipway::adapters::tickets::jira::{Account, Jira, JiraOptions};
use slipway::domain::ticket::{Stage, Ticket};
use slipway::domain::trouble::{Fault, Refusal};
use slipway::ports::tickets::Tickets;
use std::time::{Duration, Instant};

fn cloud(fake: &FakeJira) -> Jira {
    let account = Account::Cloud { email: EMAIL.to_owned(), token: TOKEN.to_owned().into() };
    with(fake, account, None)
}

fn data_center(fake: &FakeJira) -> Jira {
    with(fake, Account::Token(TOKEN.to_owned().into()), Some("customfield_10042"))
}

fn with(fake: &FakeJira, account: Account, field: Option<&str>) -> Jira {
    let acceptance_field = field.map(str::to_owned);
    Jira::new(JiraOptions { url: fake.url().to_owned(), account, acceptance_field }).expect("an address")
}

fn keys(of: &[&str]) -> Vec<String> {
    of.iter().map(|key| (*key).to_owned()).collect()
}

fn criteria(ticket: &Ticket) -> Vec<(&str, Option<bool>)> {
    ticket.acceptance.iter().map(|one| (one.text.as_str(), one.met)).collect()
}

fn sentence(fault: Fault) -> String {
    match fault {
        Fault::Refused(Refusal(sentence)) => sentence,
        other => panic!("nobody can mend {other:?}"),
    }
}

/// A document as Cloud keeps it: a sentence, a panel, a heading with a list under it, and a node nobody knows.
fn document() -> Value {
    let text = |text: &str| json!({ "type": "text", "text": text });
    let paragraph = |said: &str| json!({ "type": "paragraph", "content": [text(said)] });
    let item = |said: &str| json!({ "type": "listItem", "content": [paragraph(said)] });
    json!({ "type": "doc", "version": 1, "content": [
        { "type": "paragraph", "content": [
            { "type": "mention", "attrs": { "id": "1", "text": "@kim" } }, text(" wants refunds "),
            { "type": "text", "text": "shown", "marks": [{ "type": "strong" }] }, text("."),
        ] },
        { "type": "panel", "attrs": { "panelType": "info" }, "content": [paragraph("Since last week.")] },
        { "type": "heading", "attrs": { "level": 2 }, "content": [text("Acceptance criteria")] },
        { "type": "bulletList", "content": [item("shown in the basket"), item("shown in the mail")] },
        { "type": "extension", "attrs": { "extensionKey": "chart" } },
        { "type": "somethingNew", "content": [paragraph("Kept all the same.")] },
    ] })
}

#[tokio::test]
async fn a_cloud_ticket_is_read_with_its_criteria_links_and_state() {
    let fake = FakeJira::cloud().await;
    {
        let mut state = fake.state();
        let fields = &mut state.issue("PAY-311", "Show refunds").fields;
        fields["description"] = document();
        fields["status"] = json!({ "name": "In Review", "statusCategory": { "key": "indeterminate" } });
        fields["assignee"] = json!({ "displayName": "Lee" });
        fields["fixVersions"] = json!([{ "name": "3.2" }]);
        fields["labels"] = json!(["refunds"]);
        let other = json!({ "key": "OPS-9", "fields": { "summary": "Open the port", "status": { "statusCategory": { "key": "new" } } } });
        fields["issuelinks"] =
            json!([{ "type": { "inward": "is blocked by", "outward": "blocks" }, "inwardIssue": other }]);
    }
    let found = cloud(&fake).tickets(&keys(&["PAY-311"]), None).await.expect("Jira answers");
    let ticket = &found.tickets[0];
    assert_eq!(
        (ticket.title.as_str(), ticket.status.as_str(), ticket.stage),
        ("Show refunds", "In Review", Stage::InProgress)
    );
    assert!(
        ticket.description.contains("@kim wants refunds shown.") && ticket.description.contains("Since last week.")
    );
    assert!(ticket.description.contains("Kept all the same."), "{}", ticket.description);
    assert_eq!(criteria(ticket), [("shown in the basket", None), ("shown in the mail", None)]);
    assert_eq!(
        (ticket.assignees.as_slice(), ticket.fix_versions.as_slice()),
        (["Lee".to_owned()].as_slice(), ["3.2".to_owned()].as_slice())
    );
    let link = &ticket.links[0];
    assert_eq!((link.how.as_str(), link.key.as_str(), link.stage), ("is blocked by", "OPS-9", Stage::ToDo));
    assert_eq!(ticket.url, format!("{}/browse/PAY-311", fake.url()));
    assert_eq!(fake.complaints(), Vec::<String>::new());
}

#[tokio::test]
async fn a_data_center_ticket_in_wiki_markup_with_html_and_macros_is_plain_text() {
    let fake = FakeJira::data_center().await;
    {
        let mut state = fake.state();
        let fields = &mut state.issue("PAY-311", "Show refunds").fields;
        fields["description"] = json!(
            "h2. Why\n*Refunds* are {color:red}invisible{color}, see [the page|https://shop.example].\n{code:java}int x = 1;{code}\n{panel:title=Note}Since <b>last</b> week.{panel}\n!screen.png|thumbnail!"
        );
        fields["customfield_10042"] = json!("* shown in the basket\n* shown in the mail");
    }
    let found = data_center(&fake).tickets(&keys(&["PAY-311"]), None).await.expect("Jira answers");
    let ticket = &found.tickets[0];
    for gone in ["{color", "{panel", "{code", "<b>", "h2."] {
        assert!(!ticket.description.contains(gone), "{gone} in {}", ticket.description);
    }
    for kept in ["Refunds are invisible", "the page", "int x = 1;", "week."] {
        assert!(ticket.description.contains(kept), "{kept} not in {}", ticket.description);
    }
    assert_eq!(criteria(ticket), [("shown in the basket", None), ("shown in the mail", None)]);
    assert_eq!(fake.complaints(), Vec::<String>::new());
}

#[tokio::test]
async fn two_hundred_tickets_half_of_them_hidden_are_two_calls_and_every_key_comes_back_once() {
    for fake in [FakeJira::cloud().await, FakeJira::data_center().await] {
        let mut asked = Vec::new();
        for n in 1..=200 {
            let key = format!("PAY-{n}");
            fake.state().issue(&key, &format!("Wish {n}")).hidden = n % 2 == 0;
            asked.push(key);
        }
        // Named twice by two commits; asked once.
        asked.push("PAY-1".to_owned());
        let is_cloud = fake.is_cloud();
        let jira = if is_cloud { cloud(&fake) } else { data_center(&fake) };
        let found = jira.tickets(&asked, None).await.expect("Jira answers");
        assert_eq!((found.tickets.len(), found.unreadable.len()), (100, 100));
        assert!(found.unreadable.iter().all(|one| one.why == "does not exist or is hidden from Slipway's account"));
        let path = if is_cloud { "POST issue/bulkfetch of 100 keys" } else { "POST search of 100 keys" };
        assert_eq!(fake.calls(), [path, path]);
        assert_eq!(fake.complaints(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_moved_ticket_answers_to_the_key_people_wrote() {
    let fake = FakeJira::cloud().await;
    fake.state().issue("SHOP-7", "Show refunds");
    fake.state().moved.insert("PAY-1".to_owned(), "SHOP-7".to_owned());
    let found = cloud(&fake).tickets(&keys(&["PAY-1"]), None).await.expect("Jira answers");
    assert_eq!((found.tickets[0].key.as_str(), found.tickets[0].url.ends_with("/browse/SHOP-7")), ("PAY-1", true));
    // Of two that were left nobody can tell which is which.
    let found = cloud(&fake).tickets(&keys(&["PAY-1", "PAY-2"]), None).await.expect("Jira answers");
    assert_eq!(found.tickets, []);
    assert!(
        found.unreadable[0].why.ends_with("or is one of those that were moved: SHOP-7"),
        "{}",
        found.unreadable[0].why
    );
}

#[tokio::test]
async fn jira_that_is_down_busy_or_unkind_says_what_to_do() {
    let fake = FakeJira::cloud().await;
    fake.state().issue("PAY-1", "Show refunds");
    let ask = async || cloud(&fake).tickets(&keys(&["PAY-1"]), None).await;
    fake.next([Trouble::Limited { seconds: 2 }]);
    let begun = Instant::now();
    assert_eq!(ask().await.expect("it answers in the end").tickets.len(), 1);
    assert!(begun.elapsed() >= Duration::from_secs(2) && fake.calls().len() == 2, "as long as it asked, and no longer");
    fake.next([Trouble::Status(503), Trouble::Status(503), Trouble::Status(503), Trouble::Status(503)]);
    assert_eq!(ask().await.expect_err("it is down"), Fault::Failed { status: 503 });
    for (trouble, told) in [
        (Trouble::Captcha, "to sign in through a browser once"),
        (Trouble::SignIn, "answers with a page for people instead of data"),
        (Trouble::Status(403), "give it `Browse projects` and `Add comments`"),
        (Trouble::Status(401), "check `email`, and make a new token"),
    ] {
        fake.next([trouble]);
        let said = sentence(ask().await.expect_err("no"));
        assert!(said.contains(told), "{said}");
    }
    let wrong = with(&fake, Account::Cloud { email: EMAIL.to_owned(), token: "wrong-token".to_owned().into() }, None);
    let said = sentence(wrong.tickets(&keys(&["PAY-1"]), None).await.expect_err("no"));
    assert!(said.contains("does not accept the address with its API token") && !said.contains("wrong-token"), "{said}");
    let checks = wrong.check().await;
    assert!(checks[0].sentence.contains("does not accept"), "{}", checks[0].sentence);
    let works = cloud(&fake).check().await;
    assert!(works[0].sentence.ends_with("(Cloud 10.3.0), read as Slipway."), "{}", works[0].sentence);
}

#[tokio::test]
async fn a_note_on_a_ticket_is_one_comment_in_either_markup() {
    for (fake, is_cloud) in [(FakeJira::cloud().await, true), (FakeJira::data_center().await, false)] {
        fake.state().issue("PAY-1", "Show refunds");
        // Another note's comment, whose number begins alike, and much talk after it.
        let jira = if is_cloud { cloud(&fake) } else { data_center(&fake) };
        jira.publish("PAY-1", "note/71", "Another.").await.expect("it is put there");
        for n in 0..150 {
            let said = if is_cloud { json!({ "type": "doc", "version": 1, "content": [] }) } else { json!("talk") };
            fake.state().issues.get_mut("PAY-1").expect("there").comments.push((format!("t{n}"), said));
        }
        let first = jira.publish("PAY-1", "note/7", "# Web\n\nOne **thing**.").await.expect("it is put there");
        let second = jira.publish("PAY-1", "note/7", "# Web\n\nTwo.").await.expect("it is edited");
        let third = jira.publish("PAY-1", "note/7", "# Web\n\nTwo.").await.expect("it stands already");
        assert_eq!((&first, &second), (&second, &third), "one link, because it is one comment");
        let bodies: Vec<String> =
            fake.state().issues["PAY-1"].comments.iter().map(|(_, body)| body.to_string()).collect();
        let ours: Vec<&String> = bodies.iter().filter(|body| body.contains("slipway:")).collect();
        assert_eq!(ours.len(), 2, "{ours:?}");
        assert!(ours[1].contains("Two.") && !ours[1].contains("One"), "{}", ours[1]);
        let changes = fake.calls().into_iter().filter(|call| !call.starts_with("GET")).count();
        assert_eq!(changes, 3, "what stands there already is not written again");
        let missing = jira.publish("PAY-99", "note/7", "One.").await;
        assert_eq!(missing.expect_err("there is none"), Fault::NotFound);
        assert_eq!(fake.complaints(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn many_tickets_are_few_calls_and_at_most_twelve_at_a_time() {
    for fake in [FakeJira::cloud().await, FakeJira::data_center().await] {
        let asked: Vec<String> = (1..=2_000).map(|number| format!("PAY-{number}")).collect();
        for key in &asked {
            fake.state().issue(key, "Something");
        }
        fake.answers_after(Duration::from_millis(20));
        let jira = if fake.is_cloud() { cloud(&fake) } else { data_center(&fake) };
        let found = jira.tickets(&asked, None).await.expect("Jira answers");
        assert_eq!((found.tickets.len(), found.unreadable.len()), (2_000, 0));
        // In batches of a hundred.
        assert_eq!(fake.calls().len(), 20);
        assert!((2..=12).contains(&fake.most_in_flight()), "{} at a time", fake.most_in_flight());
        assert_eq!(fake.complaints(), Vec::<String>::new());
    }
}
