//! Who is this browser? A signed cookie says so; nobody can write one without the key in our store.

use super::record::key;
use crate::domain::person::Person;
use crate::ports::store::{Expect, Op, Store, StoreError};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration, Utc};
use ring::hmac;
use serde::{Deserialize, Serialize};

/// How long a browser is remembered.
const DAYS: i64 = 180;

/// What the cookie says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub id: String,
    pub name: String,
    /// Binds the forgery token to this session.
    nonce: String,
    until: DateTime<Utc>,
}

impl Session {
    pub fn new(name: &str, now: DateTime<Utc>) -> Self {
        let (id, nonce) = (format!("p-{}", random(9)), random(18));
        Self { id, name: name.to_owned(), nonce, until: now + Duration::days(DAYS) }
    }

    /// The same person under another name.
    pub fn renamed(&self, name: &str, now: DateTime<Utc>) -> Self {
        Self { name: name.to_owned(), until: now + Duration::days(DAYS), ..self.clone() }
    }

    pub fn person(&self) -> Person {
        Person { platform: super::PLATFORM.to_owned(), id: self.id.clone(), name: self.name.clone() }
    }
}

/// Signs and reads cookies. Another access token makes another signer, so changing it ends every session.
pub struct Signer {
    key: hmac::Key,
}

impl Signer {
    pub fn new(secret: &[u8], token: Option<&str>) -> Self {
        let store_key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let mixed = hmac::sign(&store_key, format!("session\0{}", token.unwrap_or_default()).as_bytes());
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, mixed.as_ref()) }
    }

    pub fn seal(&self, session: &Session) -> String {
        let json = serde_json::to_vec(session).expect("a session is plain strings");
        let said = URL_SAFE_NO_PAD.encode(json);
        let tag = hmac::sign(&self.key, format!("cookie\0{said}").as_bytes());
        format!("{said}.{}", URL_SAFE_NO_PAD.encode(tag.as_ref()))
    }

    pub fn open(&self, cookie: &str, now: DateTime<Utc>) -> Option<Session> {
        let (said, tag) = cookie.split_once('.')?;
        let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
        hmac::verify(&self.key, format!("cookie\0{said}").as_bytes(), &tag).ok()?;
        let session: Session = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(said).ok()?).ok()?;
        (session.until > now).then_some(session)
    }

    /// The token every form of this session carries.
    pub fn csrf(&self, session: &Session) -> String {
        let tag = hmac::sign(&self.key, format!("form\0{}\0{}", session.id, session.nonce).as_bytes());
        URL_SAFE_NO_PAD.encode(tag.as_ref())
    }
}

/// The signing secret of this store, made at the first start.
pub async fn secret(store: &dyn Store) -> Result<Vec<u8>, StoreError> {
    if let Some(stored) = store.get(key::SECRET).await? {
        return Ok(stored.value);
    }
    let mut fresh = vec![0; 32];
    getrandom::fill(&mut fresh).map_err(|error| StoreError::Failed(anyhow::anyhow!("no random numbers: {error}")))?;
    let put = Op::Put { key: key::SECRET.to_owned(), value: fresh.clone(), expect: Expect::Absent };
    match store.transact(vec![put]).await {
        Ok(_) => Ok(fresh),
        Err(StoreError::Conflict { .. }) => Ok(store.get(key::SECRET).await?.map_or(fresh, |stored| stored.value)),
        Err(error) => Err(error),
    }
}

/// Random bytes, safe in an address, a cookie and an attribute.
pub fn random(bytes: usize) -> String {
    let mut buffer = vec![0; bytes];
    getrandom::fill(&mut buffer).expect("an operating system without random numbers cannot serve sessions");
    URL_SAFE_NO_PAD.encode(buffer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_comes_back_only_as_it_was_signed() {
        let now = DateTime::UNIX_EPOCH;
        let signer = Signer::new(b"secret", None);
        let session = Session::new("Release captain", now);
        let cookie = signer.seal(&session);
        assert_eq!(signer.open(&cookie, now), Some(session.clone()));
        assert_eq!(signer.open(&cookie, now + Duration::days(DAYS)), None, "it ends");
        assert_eq!(Signer::new(b"other", None).open(&cookie, now), None, "another store");
        assert_eq!(Signer::new(b"secret", Some("token")).open(&cookie, now), None, "another access token");
        let forged = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&session.renamed("admin", now)).expect("plain strings"));
        let tag = cookie.split_once('.').expect("two parts").1;
        assert_eq!(signer.open(&format!("{forged}.{tag}"), now), None, "another name");
    }

    #[test]
    fn the_form_token_belongs_to_one_session_and_survives_a_new_name() {
        let now = DateTime::UNIX_EPOCH;
        let signer = Signer::new(b"secret", None);
        let (one, other) = (Session::new("a", now), Session::new("a", now));
        assert_ne!(signer.csrf(&one), signer.csrf(&other));
        assert_eq!(signer.csrf(&one), signer.csrf(&one.renamed("b", now)));
    }
}
