//! How do files get into Slack? An address is asked for, the bytes go there, and then the file is shared into the thread.

use super::Slack;
use super::api::Problem;
use super::post::Target;
use super::render::Page;
use super::rows::{Posted, Sent};
use super::stamp;
use crate::domain::message::Attachment;
use crate::domain::trouble::Fault;
use chrono::TimeDelta;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

impl Slack {
    /// Each file once, whatever else the message says by now. What was shared stays: people may have answered to it.
    pub(super) async fn send_files(
        &self,
        target: &Target<'_>,
        posted: &mut Posted,
        pages: &[Page],
    ) -> Result<(), Problem> {
        for file in pages.iter().flat_map(|page| &page.files).filter(|file| !file.bytes.is_empty()) {
            let digest = digest(file);
            match posted.files.iter().position(|sent| sent.digest == digest) {
                Some(at) if posted.files[at].shared => {}
                Some(at) if self.is_shared(target, posted, &posted.files[at].file).await? => {
                    posted.files[at].shared = true;
                    self.write_down(target, posted).await?;
                }
                Some(at) => {
                    posted.files.remove(at);
                    self.send_file(target, posted, file, digest).await?;
                }
                None => self.send_file(target, posted, file, digest).await?,
            }
        }
        Ok(())
    }

    /// Its id is written down before it is shared: after a crash in between we can look for it.
    async fn send_file(
        &self,
        target: &Target<'_>,
        posted: &mut Posted,
        file: &Attachment,
        digest: String,
    ) -> Result<(), Problem> {
        let mut params = vec![("filename", file.name.clone()), ("length", file.bytes.len().to_string())];
        if file.media_type.starts_with("image/") {
            params.push(("alt_txt", file.alt.clone()));
        }
        let told = self.api.get("files.getUploadURLExternal", &params).await?;
        let (url, id) = (told["upload_url"].as_str(), told["file_id"].as_str());
        let (Some(url), Some(id)) = (url, id) else {
            return Err(Fault::Malformed("no address for a file".to_owned()).into());
        };
        self.api.upload(url, &file.bytes).await?;
        posted.files.push(Sent { digest, file: id.to_owned(), shared: false });
        posted.whole = false;
        self.write_down(target, posted).await?;
        let title = if file.alt.is_empty() { &file.name } else { &file.alt };
        let root = target.root.as_deref().unwrap_or(&posted.pages[0]);
        let body = json!({
            "files": [{"id": id, "title": title}], "channel_id": target.place.channel, "thread_ts": root,
        });
        self.api.post("files.completeUploadExternal", "", &body).await?;
        posted.files.last_mut().expect("it was just put there").shared = true;
        self.write_down(target, posted).await
    }

    async fn is_shared(&self, target: &Target<'_>, posted: &Posted, file: &str) -> Result<bool, Problem> {
        let head = &posted.pages[0];
        let root = target.root.as_deref().unwrap_or(head);
        let since = stamp::at(stamp::time(head) - TimeDelta::minutes(1));
        let messages = self.said_since(&target.place.channel, Some(root), &since).await?;
        let holds =
            |message: &Value| message["files"].as_array().into_iter().flatten().any(|shared| shared["id"] == file);
        Ok(messages.iter().any(holds))
    }
}

fn digest(file: &Attachment) -> String {
    let mut hash = Sha256::new();
    hash.update(file.name.as_bytes());
    hash.update([0]);
    hash.update(&file.bytes);
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
