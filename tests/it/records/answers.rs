//! A model's answer is paid for once, and forgotten in time.

use super::Desk;
use serde_json::json;

#[tokio::test]
async fn an_answer_is_remembered_over_a_restart_until_it_is_swept() {
    let mut desk = Desk::on_disk();
    let long = json!({ "text": "word ".repeat(40_000) });
    let answers = desk.records.answers.clone();
    assert_eq!(answers.get("hash").await.expect("a read"), None);
    answers.put("hash", &json!({ "text": "first" }), desk.now()).await.expect("stored");
    answers.put("other", &long, desk.now()).await.expect("stored");
    desk.restart();
    let answers = desk.records.answers.clone();
    assert_eq!(answers.get("hash").await.expect("a read"), Some(json!({ "text": "first" })));
    assert_eq!(answers.get("other").await.expect("a read"), Some(long));

    desk.pass(60);
    answers.put("hash", &json!({ "text": "second" }), desk.now()).await.expect("stored");
    assert_eq!(answers.sweep(desk.now()).await.expect("swept"), 1, "the one that was given again is young");
    assert_eq!(answers.get("other").await.expect("a read"), None);
    assert_eq!(answers.get("hash").await.expect("a read"), Some(json!({ "text": "second" })));
    desk.pass(1);
    assert_eq!(answers.sweep(desk.now()).await.expect("swept"), 1);
    assert_eq!(desk.keys("answer/").await, [""; 0], "nothing is left behind");
}
