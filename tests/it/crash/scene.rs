//! Where a crash plays: the real program on one data directory, a person at their browser, perhaps a model.

use super::paid;
use crate::support::fakes::openai::{Asked as Question, FakeOpenAi, Pace, World as ModelWorld};
use crate::support::process::{Bot, Setup};
use crate::support::repo::Repo;
use crate::support::world::{Person, Seen, payments};
use slipway::domain::note::State;
use slipway::records::Records;
use slipway::wiring;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// What a person asked for: the event they sent and the range it names.
pub struct Asked {
    pub event: String,
    pub range: String,
    /// How many questions the model had been asked before.
    pub questions_before: usize,
}

/// What appears in the channel while a draft is made.
#[derive(Debug, Clone, Copy)]
pub enum Sight {
    Placeholder,
    Card,
}

pub struct Scene {
    pub setup: Setup,
    pub person: Person,
    pub fake: Option<FakeOpenAi>,
    pub drafts: Vec<Asked>,
    /// When the process died, each time.
    pub kills: Vec<Instant>,
    bot: Option<Bot>,
    repo: Repo,
    data: TempDir,
}

impl Scene {
    /// A running bot that has drafted nothing yet. With a pace there is a model.
    pub async fn open(pace: Option<Pace>) -> Self {
        let (repo, data) = (payments(), tempfile::tempdir().expect("a temporary directory"));
        let fake = match pace {
            Some(pace) => {
                Some(FakeOpenAi::start_with(ModelWorld { pace: Some(pace), ..ModelWorld::default() }, 7).await)
            }
            None => None,
        };
        let setup = Setup::new(data.path(), repo.path(), fake.as_ref().map(FakeOpenAi::base_url));
        let bot = setup.start().await;
        let person = Person::enter(&bot.url, "release engineer").await;
        Self { setup, person, fake, drafts: Vec::new(), kills: Vec::new(), bot: Some(bot), repo, data }
    }

    /// The next release is cut, with changes of its own; a draft of it is what is asked for next.
    pub fn cut_a_release(&mut self) -> String {
        let number = self.drafts.len() + 2;
        let path = format!("src/refund_{number}.rs");
        let migration = format!("migrations/{number:04}_drop_column_{number}.sql");
        self.repo
            .commit(&format!("feat(refunds): pay by method {number} (#{number}1)"), &[(&path, "pub fn pay() {}\n")])
            .commit(
                &format!("feat(db): drop column {number} (#{number}2)"),
                &[(&migration, &format!("ALTER TABLE invoices DROP COLUMN old_{number};\n"))],
            )
            .tag(&format!("v1.{number}.0"));
        let range = format!("v1.{}.0..v1.{number}.0", number - 1);
        let questions_before = self.fake.as_ref().map_or(0, |fake| fake.asked().len());
        self.drafts.push(Asked { event: format!("crash-event-{number}"), range: range.clone(), questions_before });
        range
    }

    /// Sends the newest draft's event; true when the bot acknowledged it, false when it died before.
    pub async fn ask(&self) -> bool {
        let asked = self.drafts.last().expect("a release was cut");
        let status = self.person.tries_to_say(&asked.event, &format!("/release draft {}", asked.range)).await;
        assert!(matches!(status, None | Some(202)), "{status:?} for {}", asked.range);
        status.is_some()
    }

    /// Asks and kills the bot this long after the question went out; was it acknowledged?
    pub async fn ask_and_kill(&mut self, after: Duration) -> bool {
        let bot = self.bot.take().expect("it runs");
        let (acknowledged, killed) = tokio::join!(self.ask(), async {
            tokio::time::sleep(after).await;
            bot.kill().await;
            Instant::now()
        });
        self.kills.push(killed);
        acknowledged
    }

    /// Kills the bot as soon as somebody sees this of the newest draft.
    pub async fn kill_at_sight(&mut self, sight: Sight) {
        let range = &self.drafts.last().expect("a release was cut").range;
        let begun = Instant::now();
        while !self.person.sees(None).await.iter().any(|message| match sight {
            Sight::Placeholder => message.bot && message.text.contains(range),
            Sight::Card => is_card(message, range),
        }) {
            assert!(begun.elapsed() < Duration::from_secs(30), "{range} does not appear");
        }
        self.kill().await;
    }

    /// Kills the bot that runs.
    pub async fn kill(&mut self) {
        self.bot.take().expect("it runs").kill().await;
        self.kills.push(Instant::now());
    }

    /// Waits until one question of the newest draft was answered and written down while another is still open.
    pub async fn half_written(&self) {
        let (draft, fake) =
            (self.drafts.last().expect("a release was cut"), self.fake.as_ref().expect("there is a model"));
        let last_kill = *self.kills.last().expect("it was killed before");
        let begun = Instant::now();
        loop {
            let asked = fake.asked();
            let questions = &asked[draft.questions_before..];
            let written = |one: &Question| one.answered.is_some_and(|answered| answered.at.elapsed() > paid::SETTLING);
            let open = |one: &Question| one.answered.is_none() && one.at > last_kill;
            if questions.iter().any(written) && questions.iter().any(open) {
                return;
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "the draft is never half written");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Starts the program and kills it this long after, ready or not.
    pub async fn start_and_kill(&mut self, after: Duration) {
        let mut child = self.setup.spawn();
        tokio::time::sleep(after).await;
        child.kill().await.expect("it was ours to kill");
        self.kills.push(Instant::now());
    }

    pub async fn restart(&mut self) {
        let bot = self.setup.start().await;
        self.person.follows(&bot.url);
        self.bot = Some(bot);
    }

    /// `kill -TERM`: it must end well, within ten seconds. Answers what it said.
    pub async fn stop(&mut self) -> String {
        let (status, took, said) = self.bot.take().expect("it runs").terminate().await;
        assert_eq!(status.code(), Some(0), "{said}");
        assert!(took < Duration::from_secs(10), "it took {took:?} to stop: {said}");
        said
    }

    /// Waits for the newest draft, and proves that the channel and its thread have it once.
    pub async fn arrives(&self) {
        let range = &self.drafts.last().expect("a release was cut").range;
        let card = self.person.waits_for(None, range, |message| is_card(message, range)).await;
        let is_review = |message: &Seen| message.bot && message.text.contains("Review: ");
        self.person.waits_for(Some(&card.id), "the note's review", is_review).await;
        self.assert_once(range).await;
    }

    async fn assert_once(&self, range: &str) {
        let channel = self.person.sees(None).await;
        let about: Vec<&Seen> = channel.iter().filter(|message| message.text.contains(range)).collect();
        assert_eq!(about.len(), 2, "the words and the card: {about:#?}");
        assert!(!about[0].bot && about[0].text == format!("/release draft {range}"), "{about:#?}");
        assert!(is_card(about[1], range), "{about:#?}");
        let thread = self.person.sees(Some(&about[1].id)).await;
        let replies: Vec<&Seen> = thread.iter().filter(|message| message.id != about[1].id).collect();
        assert_eq!(replies.len(), 2, "one note and its review: {replies:#?}");
        assert!(replies[0].text.contains("Rollback scenario"), "all of it: {}", replies[0].text);
        assert!(replies[1].text.contains("Review: "), "{}", replies[1].text);
    }

    /// Proves that everything stands there once, for people and in the records, and that nothing is left to do.
    pub async fn close(mut self) {
        for asked in &self.drafts {
            self.assert_once(&asked.range).await;
        }
        assert_eq!(self.person.sees(None).await.len(), 2 * self.drafts.len(), "nothing else was said");
        self.stop().await;
        let store = wiring::open_store(self.data.path()).expect("it was closed well");
        let records = Records::new(store, wiring::system_clock());
        let notes = records.notes.list(99, None).await.expect("readable");
        assert_eq!(notes.len(), self.drafts.len(), "a note for each draft: {notes:#?}");
        for note in &notes {
            assert_eq!((note.state, note.revision), (State::Drafted, 1), "{note:#?}");
            assert_eq!(records.notes.revisions(note.id).await.expect("readable").len(), 1);
        }
        assert_eq!(records.inbox.pending(9).await.expect("readable"), [], "nothing unhandled");
        assert_eq!(records.outbox.due("web", 9).await.expect("readable").deliveries, [], "nothing unsaid");
        assert_eq!(records.jobs.list(9).await.expect("readable"), [], "nothing waits or runs");
        assert_eq!(records.jobs.dead(9).await.expect("readable"), [], "nothing was given up");
    }
}

fn is_card(message: &Seen, range: &str) -> bool {
    message.bot && message.text.contains(range) && message.buttons.iter().any(|button| button.action == "note.edit")
}
