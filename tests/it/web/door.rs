//! Who may come in: hosts, origins, tokens, proxies, names.

use super::house::{House, Visitor, between};
use reqwest::StatusCode;
use slipway::adapters::store::memory::MemoryStore;
use std::sync::Arc;

#[tokio::test]
async fn a_foreign_name_for_this_machine_is_turned_away() {
    let house = House::open().await;
    let visitor = Visitor::new(&house);
    for host in ["evil.example", "evil.example:80", &format!("evil.example:{}", house.address.port())] {
        let answer = visitor.client.get(house.url("/c/releases")).header("host", host).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::MISDIRECTED_REQUEST);
        assert!(answer.headers().get("set-cookie").is_none(), "and gets no session");
    }
    let local = format!("localhost:{}", house.address.port());
    let answer = visitor.client.get(house.url("/c/releases")).header("host", local).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_form_needs_the_token_of_its_own_session_and_a_page_of_ours() {
    let house = House::open().await;
    let (visitor, other) = (house.visitor().await, house.visitor().await);
    let body = serde_json::json!({ "text": "forged", "id": "event-0001" });
    let post = || visitor.request("/c/releases/say").header("accept", "application/json").json(&body);
    let status = async |request: reqwest::RequestBuilder| request.send().await.expect("an answer").status();

    assert_eq!(status(post()).await, StatusCode::FORBIDDEN, "no token");
    assert_eq!(status(post().header("x-csrf", &other.csrf)).await, StatusCode::FORBIDDEN, "somebody else's");
    for (name, value) in [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")] {
        let forged = post().header("x-csrf", &visitor.csrf).header(name, value);
        assert_eq!(status(forged).await, StatusCode::FORBIDDEN, "{name}: {value}");
    }
    for path in ["/c/releases/press", "/c/releases/submit", "/c/releases/dismiss", "/c/releases/read", "/name"] {
        assert_eq!(status(visitor.request(path).json(&body)).await, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(house.ear.heard(), []);
    let ours = post().header("x-csrf", &visitor.csrf).header("origin", house.url(""));
    assert_eq!(status(ours).await, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let house = House::open().await;
    let answer = Visitor::new(&house).get("/c/releases").await;
    let cookie = answer.headers()["set-cookie"].to_str().expect("ASCII").to_owned();
    assert!(cookie.starts_with(&format!("slipway-{}=", house.address.port())), "{cookie}");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && cookie.contains("Path=/"), "{cookie}");
    assert!(!cookie.contains("Secure"), "loopback is plain HTTP");
}

#[tokio::test]
async fn a_link_from_elsewhere_keeps_the_person_they_are() {
    let house = House::open().await;
    let visitor = Visitor::new(&house);
    let request = visitor.client.get(house.url("/c/releases?at=m-000000001")).header("sec-fetch-site", "cross-site");
    let answer = request.send().await.expect("an answer");
    assert!(answer.headers().get("set-cookie").is_none(), "no new person in place of the known one");
    let page = answer.text().await.expect("a page");
    assert!(page.contains("http-equiv=\"refresh\"") && page.contains("at=m-000000001"), "{page}");
}

#[tokio::test]
async fn a_token_opens_the_door_once_and_leaves_the_address() {
    let token = "correct horse battery";
    let house = House::with(Arc::new(MemoryStore::new()), |options| options.token = Some(token.into()));
    let house = tokio::time::timeout(std::time::Duration::from_secs(10), house).await.expect("opens");
    let mut visitor = Visitor::new(&house);
    let closed = visitor.get("/c/releases").await;
    assert_eq!(closed.status(), StatusCode::UNAUTHORIZED);
    assert!(closed.text().await.expect("a page").contains("Access token"));
    let (status, answer) = visitor.say("hello", "event-0001").await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer["problem"], "Your session has ended. Open the page again and sign in.");
    for path in ["/events", "/complete?words=", "/files/m-000000001/0/x"] {
        assert_eq!(visitor.get(path).await.status(), StatusCode::UNAUTHORIZED, "{path}");
    }
    assert_eq!(visitor.get("/?token=wrong").await.status(), StatusCode::UNAUTHORIZED);

    let opened = visitor.get("/?token=correct%20horse%20battery").await;
    assert_eq!(
        (opened.status(), &opened.headers()["location"]),
        (StatusCode::SEE_OTHER, &"/name".parse().expect("a path"))
    );
    visitor.keep(&opened);
    visitor.arrive("/c/releases").await;
    assert_eq!(visitor.say("hello", "event-0001").await.0, StatusCode::ACCEPTED);

    let mut second = Visitor::new(&house);
    let login = |token: &str| {
        let request = second.request("/login").header("content-type", "application/x-www-form-urlencoded");
        request.body(format!("token={}&name=Night+shift", token.replace(' ', "+"))).send()
    };
    assert_eq!(login("wrong").await.expect("an answer").status(), StatusCode::UNAUTHORIZED);
    let opened = login(token).await.expect("an answer");
    second.keep(&opened);
    second.arrive("/c/releases").await;
    second.say("good evening", "event-0001").await;
    assert_eq!(house.ear.heard()[1].person.name, "Night shift");
}

#[tokio::test]
async fn a_proxys_word_counts_only_from_the_proxy() {
    let trusted = |from: &'static str| {
        House::deaf(Arc::new(MemoryStore::new()), move |options| {
            options.identity_header = Some(("x-user".to_owned(), vec![from.parse().expect("an address")]));
        })
    };
    let house = trusted("127.0.0.1").await;
    house.listen();
    let mut visitor = Visitor::new(&house);
    assert_eq!(visitor.get("/c/releases").await.status(), StatusCode::FORBIDDEN, "nobody vouched");
    let request = visitor.client.get(house.url("/c/releases")).header("x-user", "release-captain");
    let answer = request.send().await.expect("an answer");
    visitor.keep(&answer);
    let page = answer.text().await.expect("a page");
    let csrf = between(&page, "name=\"csrf\" content=\"", "\"").expect("a token").to_owned();
    let say = visitor.request("/c/releases/say").header("x-user", "release-captain").header("x-csrf", csrf);
    let body = serde_json::json!({ "text": "hi", "id": "event-0001" });
    let said = say.header("accept", "application/json").json(&body).send().await.expect("an answer");
    assert_eq!(said.status(), StatusCode::ACCEPTED);
    let person = house.ear.heard()[0].person.clone();
    assert_eq!((person.id.as_str(), person.name.as_str()), ("release-captain", "release-captain"));

    let elsewhere = trusted("10.1.2.3").await;
    let request = visitor.client.get(elsewhere.url("/c/releases")).header("x-user", "release-captain");
    assert_eq!(request.send().await.expect("an answer").status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_person_chooses_a_name_and_is_the_same_person_after_it() {
    let house = House::open().await;
    let mut visitor = house.visitor().await;
    visitor.say("before", "event-0001").await;
    let form = |name: &str| {
        let request = visitor.request("/name").header("content-type", "application/x-www-form-urlencoded");
        request.header("x-csrf", &visitor.csrf).body(format!("name={name}")).send()
    };
    let refused = form("%E2%80%AE").await.expect("an answer").text().await.expect("a page");
    assert!(refused.contains("1 to 40 visible characters"));
    let renamed = form("Release+captain").await.expect("an answer");
    visitor.keep(&renamed);
    visitor.arrive("/c/releases").await;
    visitor.say("after", "event-0002").await;
    let heard = house.ear.heard();
    assert_eq!(heard[0].person.id, heard[1].person.id);
    assert_eq!(heard[1].person.name, "Release captain");
}
