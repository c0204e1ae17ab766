//! Tells whoever runs the bot that a platform is in trouble, and that it is over: one living message per trouble.

use super::{Bot, words};
use crate::features::Plan;
use crate::features::plan::at;
use crate::ports::store::StoreError;
use crate::records::Notice;

impl Bot {
    /// Told once however often it is noticed; the end of it replaces it. The log has it in any case.
    pub(super) async fn tell_notice(&self, platform: &str, about: &str, sentence: Option<String>) {
        let told = match &sentence {
            Some(sentence) => self.trouble_begins(platform, about, sentence).await,
            None => self.trouble_ends(platform, about).await,
        };
        match told {
            // Two noticed it at once: the other one tells it.
            Ok(()) | Err(StoreError::Conflict { .. }) => {}
            Err(error) => tracing::error!(error = %error, platform, about, "a notice could not be stored"),
        }
    }

    async fn trouble_begins(&self, platform: &str, about: &str, sentence: &str) -> Result<(), StoreError> {
        let notices = &self.context.records.notices;
        if notices.open(platform, about).await?.is_some() {
            return Ok(());
        }
        tracing::error!(platform, about, sentence, "a chat platform is in trouble");
        let notice = Notice { sentence: sentence.to_owned(), since: self.context.clock.now() };
        let mut plan = Plan::nothing().write(notices.begin(platform, about, &notice));
        if let Some(admin) = &self.context.admin {
            plan = plan.say(notice.message_key(platform, about), at(admin), words::notice(platform, &notice));
        }
        self.commit(plan, Vec::new()).await
    }

    async fn trouble_ends(&self, platform: &str, about: &str) -> Result<(), StoreError> {
        let notices = &self.context.records.notices;
        let Some((notice, version)) = notices.open(platform, about).await? else { return Ok(()) };
        tracing::info!(platform, about, since = %notice.since, "a chat platform's trouble is over");
        let mut plan = Plan::nothing().write(notices.end(platform, about, version));
        if let Some(admin) = &self.context.admin {
            let over = words::notice_over(platform, &notice, self.context.clock.now());
            plan = plan.say(notice.message_key(platform, about), at(admin), over);
        }
        self.commit(plan, Vec::new()).await
    }
}
