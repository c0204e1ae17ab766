//! From configuration to a running bot. The only place that names products.

mod chats;
mod outside;
mod signals;
pub use signals::signals;

use crate::adapters::changes::git::Git;
use crate::adapters::chat::web::{self, Web};
use crate::adapters::clock::system::SystemClock;
use crate::adapters::embedder::fastembed::FastEmbed;
use crate::adapters::model::openai::{OpenAi, OpenAiOptions};
use crate::adapters::store::memory::MemoryStore;
use crate::adapters::store::sled::SledStore;
use crate::bot::Bot;
use crate::config::{Config, ModelConfig, load_workspaces};
use crate::domain::service::{Service, Workspace};
use crate::features::agenda::Calendars;
use crate::features::draft::collect::Sources;
use crate::features::draft::schemas::Schemas;
use crate::features::draft::steps::Drafting;
use crate::features::draft::work::Knowledge;
use crate::features::draft::work::template::Templates;
use crate::features::recall::Recall;
use crate::features::review::policy::Policy;
use crate::features::{Context, Permissions};
use crate::ports::certificates::Certificates;
use crate::ports::changes::Changes;
use crate::ports::chat::Chat;
use crate::ports::clock::Clock;
use crate::ports::code_host::CodeHost;
use crate::ports::embedder::Embedder;
use crate::ports::model::Model;
use crate::ports::store::{Store, StoreError};
use crate::ports::tickets::Tickets;
use crate::prompt::{Asker, AskerOptions, Memo, Role, Roles, StoreMemo};
use crate::records::Records;
use crate::site;
use chats::{Chats, web_options};
use outside::Outside;
use secrecy::SecretString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use crate::adapters::http::install_tls;

pub fn system_clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

pub fn memory_store() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new())
}

/// The embedded store in `dir`; the error's text is a sentence that says why it cannot be used.
pub fn open_store(dir: &Path) -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(SledStore::open(dir)?))
}

/// What a draft needs and nothing more.
pub struct Tools {
    changes: Arc<dyn Changes>,
    hosts: Vec<Arc<dyn CodeHost>>,
    trackers: Vec<Arc<dyn Tickets>>,
    clock: Arc<dyn Clock>,
    asker: Asker,
    model: Option<Arc<dyn Model>>,
    embedder: Option<Arc<dyn Embedder>>,
    schemas: Schemas,
    templates: Templates,
    certificates: Option<Arc<dyn Certificates>>,
    context_tokens: usize,
}

impl Tools {
    pub fn build(config: &Config, with_model: bool) -> Result<Self, String> {
        Self::with(config, system_clock(), with_model, None)
    }

    pub fn asker(&self) -> &Asker {
        &self.asker
    }

    fn with(
        config: &Config,
        clock: Arc<dyn Clock>,
        with_model: bool,
        memo: Option<Arc<dyn Memo>>,
    ) -> Result<Self, String> {
        let model = if with_model { model(&config.model)? } else { None };
        let asker = match &model {
            None => Asker::none(),
            Some(model) => Asker::new(AskerOptions {
                model: model.clone(),
                clock: clock.clone(),
                roles: roles(&config.model),
                prompts_dir: config.draft.prompts.clone(),
                memo,
                daily_tokens: (config.model.daily_tokens > 0).then_some(config.model.daily_tokens),
            })
            .map_err(|error| format!("{error:#}"))?,
        };
        let outside = Outside::build(config, clock.clone())?;
        Ok(Self {
            changes: Arc::new(Git::new().hosts(outside.hosts.clone())),
            hosts: outside.hosts,
            trackers: outside.trackers,
            certificates: outside::certificates(&config.certificates, clock.clone())?,
            templates: Templates::load(config.draft.work.as_deref())?,
            clock,
            asker,
            model,
            embedder: embedder(config)?,
            schemas: Schemas::load(config.draft.schemas.as_deref())?,
            context_tokens: config.draft.context_tokens,
        })
    }

    /// A clone on this machine, as it is.
    pub async fn service(&self, name: Option<&str>, repository: PathBuf) -> Service {
        service(&*self.changes, name, repository).await
    }

    pub fn drafting(&self) -> Drafting<'_> {
        Drafting {
            sources: Sources { changes: &*self.changes, hosts: &self.hosts, trackers: &self.trackers, workspaces: &[] },
            clock: &*self.clock,
            asker: &self.asker,
            embedder: self.embedder.as_deref(),
            schemas: &self.schemas,
            knowledge: Knowledge { templates: &self.templates, certificates: self.certificates.as_deref() },
            context_tokens: self.context_tokens,
        }
    }
}

/// The memory of incidents without a bot around it.
pub struct Memory {
    pub records: Records,
    pub recall: Recall,
    pub clock: Arc<dyn Clock>,
    /// Names of the catalogue's services.
    pub services: Vec<String>,
}

impl Memory {
    pub fn build(config: &Config, store: Arc<dyn Store>) -> Result<Self, String> {
        let clock = system_clock();
        let records = Records::new(store, clock.clone());
        let spaces = match &config.workspaces {
            Some(folder) => load_workspaces(folder, &config.data_dir).map_err(|error| error.to_string())?,
            None => Vec::new(),
        };
        let services = spaces.into_iter().flat_map(|space| space.services).map(|service| service.name).collect();
        Ok(Self { recall: Recall::new(records.clone(), embedder(config)?), records, clock, services })
    }
}

fn model(config: &ModelConfig) -> Result<Option<Arc<dyn Model>>, String> {
    let Some(base_url) = &config.base_url else { return Ok(None) };
    let key = secret(config.key_env.as_deref(), config.key_file.as_deref(), "model's key")?;
    let mut models = config.models.clone();
    models.extend(config.roles.values().filter_map(|role| role.models.clone()).flatten());
    models.dedup();
    let model = OpenAi::new(OpenAiOptions::new(base_url, key, models));
    Ok(Some(Arc::new(model.map_err(|error| format!("{error:#}"))?)))
}

fn roles(config: &ModelConfig) -> Roles {
    let default = Role {
        models: config.models.clone(),
        max_tokens: config.max_tokens,
        temperature: config.temperature,
        time_limit: Duration::from_secs(config.time_limit_s),
    };
    let of = config.roles.iter().map(|(name, role)| {
        let own = Role {
            models: role.models.clone().unwrap_or_else(|| default.models.clone()),
            max_tokens: role.max_tokens.unwrap_or(default.max_tokens),
            temperature: role.temperature.unwrap_or(default.temperature),
            time_limit: role.time_limit_s.map_or(default.time_limit, Duration::from_secs),
        };
        (name.clone(), own)
    });
    Roles { named: of.collect(), default }
}

fn embedder(config: &Config) -> Result<Option<Arc<dyn Embedder>>, String> {
    let runtime = config.embedder.onnxruntime.clone();
    let (named, loaded) = match (&config.embedder.model, &config.embedder.model_dir) {
        (Some(model), _) => {
            (format!("`{model}`"), FastEmbed::from_hub(model, &config.data_dir.join("models"), runtime))
        }
        (None, Some(dir)) => (format!("in `{}`", dir.display()), FastEmbed::load(dir, runtime)),
        (None, None) => return Ok(None),
    };
    Ok(Some(Arc::new(loaded.map_err(|error| format!("the embedder {named} cannot be used: {error:#}"))?)))
}

/// A secret from an environment variable or a file; an empty one is a mistake worth a sentence.
fn secret(env: Option<&str>, file: Option<&Path>, what: &str) -> Result<Option<SecretString>, String> {
    let text = match (env, file) {
        (Some(name), _) => std::env::var(name)
            .map_err(|_| format!("the {what} should be in the environment variable `{name}`, which is not set"))?,
        (None, Some(file)) => std::fs::read_to_string(file)
            .map_err(|error| format!("the {what} should be in `{}`: {error}", file.display()))?,
        (None, None) => return Ok(None),
    };
    match text.trim() {
        "" => Err(format!("the {what} is empty; set it, or remove the setting that names it")),
        key => Ok(Some(SecretString::from(key.to_owned()))),
    }
}

/// The team's policy, or the rules with their defaults.
fn policy(config: &Config) -> Result<Policy, String> {
    let Some(file) = &config.policy else { return Ok(Policy::plain()) };
    let of = |problem: String| format!("the policy in `{}` cannot be used: {problem}", file.display());
    let text = std::fs::read_to_string(file).map_err(|error| of(error.to_string()))?;
    Policy::read(&text).map_err(of)
}

fn permissions(config: &Config) -> Permissions {
    let lists = config.permissions.clone();
    Permissions {
        draft: lists.draft,
        edit: lists.edit,
        file: lists.file,
        approve: lists.approve,
        overrule: lists.r#override,
    }
}

/// The whole bot, ready to run.
pub struct House {
    context: Arc<Context>,
    bot: Arc<Bot>,
    web: Arc<Web>,
    listener: TcpListener,
    router: axum::Router,
}

impl House {
    /// What `doctor` looks at: everything but the port.
    pub async fn looked_at(config: &Config, store: Arc<dyn Store>, repo: Option<&Path>) -> Result<Context, String> {
        let chats = Chats::build(config, store.clone(), system_clock())?;
        Self::context(config, store, system_clock(), repo, chats.all()).await
    }

    async fn context(
        config: &Config,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        repo: Option<&Path>,
        chats: Vec<Arc<dyn Chat>>,
    ) -> Result<Context, String> {
        let memo: Arc<dyn Memo> = Arc::new(StoreMemo::new(store.clone()));
        let tools = Tools::with(config, clock.clone(), true, Some(memo))?;
        let records = Records::new(store, clock.clone());
        let (policy, workspaces) = (policy(config)?, workspaces(config, &*tools.changes, repo).await?);
        let (checkpoints, tell_at) = config.watch.times()?;
        // The first workspace's clock: whoever has several zones sees which one it is.
        let home = workspaces.first().map_or(chrono_tz::Tz::UTC, |space| space.time_zone);
        Ok(Context {
            recall: Recall::new(records.clone(), tools.embedder.clone()).with_restricted(config.incidents.closed()?),
            records,
            clock,
            workspaces,
            changes: tools.changes,
            hosts: tools.hosts,
            trackers: tools.trackers,
            asker: tools.asker,
            model: tools.model,
            embedder: tools.embedder,
            schemas: tools.schemas,
            templates: tools.templates,
            certificates: tools.certificates,
            context_tokens: tools.context_tokens,
            permissions: permissions(config),
            calendars: Calendars {
                windows: policy.windows.clone(),
                feeds: config.calendars.iter().map(|calendar| calendar.name.clone()).collect(),
                home,
                url: web_options(config)?.base(),
            },
            policy,
            feeds: outside::feeds(config)?,
            signals: signals(config)?,
            checkpoints,
            tell_at,
            live_in: config.deployments.environments.iter().map(|name| name.to_lowercase()).collect(),
            incident_channels: config.incidents.places()?,
            public_url: web_options(config)?.base(),
            look_for_tags: config.tags.every()?,
            chats,
            admin: config.admin()?,
        })
    }

    /// Takes the port and builds everything; nothing runs yet. `Err` is a sentence for the person who starts it.
    pub async fn build(
        config: &Config,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        repo: Option<&Path>,
    ) -> Result<Self, String> {
        let mut config = config.clone();
        web_options(&config)?;
        let listener = listen(&config).await?;
        // Port 0 means any free one: links must name the one that was given.
        config.web.address = listener.local_addr().map_err(|error| error.to_string())?;
        let chats = Chats::build(&config, store.clone(), clock.clone())?;
        let context = Arc::new(Self::context(&config, store, clock.clone(), repo, chats.all()).await?);
        let bot = Bot::new(context.clone());
        let hooks = outside::hooks(&config, bot.clone(), clock.clone())?;
        let router =
            chats.router(site::router(context.records.clone(), context.calendars.clone(), clock.clone())).merge(hooks);
        let web = chats.web;
        Ok(Self { bot, context, web, listener, router })
    }

    /// What was started, where its records are, what to try: three lines.
    pub fn greeting(&self, data_dir: &Path) -> String {
        let words = match &self.context.model {
            Some(_) => "the configured model words the notes",
            None => "rules write the notes, no model is configured",
        };
        let services: Vec<String> = self
            .context
            .services()
            .map(|(_, service)| format!("`{}` from `{}`", service.name, service.source.path.display()))
            .collect();
        let services = match services.len() {
            0 => "No service yet: start inside a git repository or with `--repo PATH`.".to_owned(),
            1..=3 => format!("Ready to draft for {}.", services.join(", ")),
            more => format!("Ready to draft for {more} services."),
        };
        format!(
            "Slipway is running: {} (records in `{}`, {words}).\n{services}\nOpen the page and type `/release draft`, or `/release help`. Ctrl-C stops.",
            self.context.public_url,
            data_dir.display()
        )
    }

    pub fn url(&self) -> &str {
        &self.context.public_url
    }

    /// Runs until `stop`.
    pub async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
        let serving = async {
            // The port is taken already: who comes earlier waits in its queue.
            tokio::select! {
                () = self.web.ready() => {}
                () = stop.cancelled() => {}
            }
            web::serve(self.listener, self.router, stop.clone()).await
        };
        let running = self.bot.run(stop.clone());
        let (served, ran) = tokio::join!(
            async {
                let served = serving.await;
                stop.cancel();
                served
            },
            async {
                let ran = running.await;
                stop.cancel();
                ran
            }
        );
        served.and(ran)
    }
}

async fn listen(config: &Config) -> Result<TcpListener, String> {
    let address = config.web.address;
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => format!(
            "`{address}` is taken by another program. Stop that program, or choose another port: `slipway --listen 127.0.0.1:{}`.",
            address.port().wrapping_add(1).max(1024)
        ),
        std::io::ErrorKind::PermissionDenied => format!("this user may not listen on `{address}`. Choose a port above 1023."),
        std::io::ErrorKind::AddrNotAvailable => format!("`{address}` is not an address of this machine. Choose one that is, for example `127.0.0.1:8787`."),
        _ => format!("the web chat cannot listen on `{address}`: {error}"),
    })
}

/// The configured workspaces, or an example one around a repository on this machine.
async fn workspaces(config: &Config, changes: &dyn Changes, repo: Option<&Path>) -> Result<Vec<Workspace>, String> {
    if let (Some(folder), None) = (&config.workspaces, repo) {
        return load_workspaces(folder, &config.data_dir).map_err(|error| error.to_string());
    }
    let repository = match repo {
        Some(path) => path.to_owned(),
        None => match changes.root(Path::new(".")).await {
            Some(root) => root,
            None => return Ok(Vec::new()),
        },
    };
    Ok(vec![Workspace::plain("example", vec![service(changes, None, repository).await])])
}

/// A clone on this machine that no catalogue names. It is called by its folder, and where it comes from is asked as well.
async fn service(changes: &dyn Changes, name: Option<&str>, repository: PathBuf) -> Service {
    let name = name.map_or_else(|| service_name(&repository), str::to_owned);
    let mut service = Service::plain(&name, repository);
    service.source.remote = changes.remote(&service.source.path).await;
    service
}

/// A folder's name as one word: `payments` for `/srv/git/payments.git` and for `.` inside it.
fn service_name(repository: &Path) -> String {
    let whole = std::fs::canonicalize(repository).unwrap_or_else(|_| PathBuf::from(repository));
    let name = whole.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name: String =
        name.trim_end_matches(".git").chars().map(|letter| if letter.is_whitespace() { '-' } else { letter }).collect();
    if name.is_empty() { "service".to_owned() } else { name }
}
