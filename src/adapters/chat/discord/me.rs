//! Who is the bot on Discord, and what may it ask to hear?

use super::Discord;
use super::fault::Problem;
use super::rooms::id;
use crate::domain::trouble::Fault;
use serde_json::Value;
use serenity::http::Route;
use serenity::model::id::ApplicationId;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Me {
    pub user: u64,
    pub name: String,
    pub application: u64,
}

/// The two bits that allow message content: to an application Discord has approved, and to one on few servers.
const CONTENT: u64 = 1 << 18 | 1 << 19;

/// What the portal lets the application do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowed {
    pub content: bool,
}

impl Discord {
    /// Asked once; it does not change while a token is good.
    pub async fn me(&self) -> Result<&Me, Problem> {
        self.me.get_or_try_init(|| async { self.ask_who().await.map(|(me, _)| me) }).await
    }

    /// Asks now.
    pub async fn who(&self) -> Result<(Me, Allowed), Problem> {
        let (me, allowed) = self.ask_who().await?;
        // It fails where it is known already.
        let _ = self.me.set(me.clone());
        Ok((me, allowed))
    }

    async fn ask_who(&self) -> Result<(Me, Allowed), Problem> {
        let user = self.calls.get(Route::UserMe).await?;
        // Its own page; serenity has a route only for the older one, which says the same.
        let application = self.calls.get(Route::Oauth2ApplicationCurrent).await?;
        let number = |value: &Value| value["id"].as_str().and_then(id);
        let malformed = || Fault::Malformed("a bot without an id".to_owned());
        let me = Me {
            user: number(&user).ok_or_else(malformed)?,
            name: user["username"].as_str().unwrap_or("Slipway").to_owned(),
            application: number(&application).ok_or_else(malformed)?,
        };
        self.calls.http().set_application_id(ApplicationId::new(me.application));
        let content = application["flags"].as_u64().unwrap_or_default() & CONTENT != 0;
        Ok((me, Allowed { content }))
    }
}
