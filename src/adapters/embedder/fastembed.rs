//! How are texts embedded on this machine, with the ONNX runtime and a model from a folder or from the hub?

use crate::ports::embedder::Embedder;
use anyhow::{Context, anyhow, bail};
use async_trait::async_trait;
use fastembed::{
    EmbeddingModel, InitOptionsUserDefined, ModelInfo, Pooling, TextEmbedding, TextInitOptions, TokenizerFiles,
    UserDefinedEmbeddingModel,
};
use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// What a model folder holds.
const FILES: [&str; 5] =
    ["model.onnx", "tokenizer.json", "config.json", "special_tokens_map.json", "tokenizer_config.json"];

/// Texts embedded at once: enough to keep a core busy, little enough to keep memory small.
const BATCH: usize = 32;

/// So long do texts wait for a model that is being fetched; who asks for them goes on without.
const PATIENCE: Duration = Duration::from_secs(20);

/// After a model could not be loaded; a hub that nobody reaches is not asked at every text.
const AGAIN: Duration = Duration::from_secs(60);

/// A sentence-embedding model. What can be missing is looked for at once, so that `doctor` can tell; the model itself is loaded
/// when the first text comes.
pub struct FastEmbed {
    files: Arc<Files>,
    library: PathBuf,
    /// Tells this model's vectors from those of others.
    name: String,
    model: Arc<Mutex<Loaded>>,
}

/// Where a model's files are.
enum Files {
    Folder(PathBuf),
    /// `cache`: where they are kept once they were fetched.
    Hub {
        info: ModelInfo<EmbeddingModel>,
        cache: PathBuf,
    },
}

#[derive(Default)]
enum Loaded {
    #[default]
    Not,
    Ready(Box<TextEmbedding>),
    Failed {
        why: String,
        at: Instant,
    },
}

impl FastEmbed {
    /// Fails with a sentence that names the file or library that is missing and where it was looked for.
    ///
    /// `onnxruntime` is the library or a folder with it; without it, `ORT_DYLIB_PATH` and the usual folders are searched.
    pub fn load(dir: &Path, onnxruntime: Option<PathBuf>) -> anyhow::Result<FastEmbed> {
        if let Some(missing) = FILES.iter().find(|file| !dir.join(file).is_file()) {
            bail!("the embedding model in `{}` lacks `{missing}`", dir.display());
        }
        // Another file in the same folder is another model.
        let size = std::fs::metadata(dir.join(FILES[0])).map_or(0, |file| file.len());
        let folder = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
        let name = format!("{}-{size}", folder.file_name().unwrap_or_default().to_string_lossy());
        Self::of(Files::Folder(dir.to_owned()), name, onnxruntime)
    }

    /// One of the models whose shape is known: by its address on the hub, or by its name alone.
    pub fn from_hub(model: &str, cache: &Path, onnxruntime: Option<PathBuf>) -> anyhow::Result<FastEmbed> {
        let info = on_hub(model)?;
        let name = format!("{}/{}", info.model_code, info.model_file);
        Self::of(Files::Hub { info, cache: cache.to_owned() }, name, onnxruntime)
    }

    fn of(files: Files, name: String, onnxruntime: Option<PathBuf>) -> anyhow::Result<Self> {
        let library = find_library(onnxruntime, std::env::var_os("ORT_DYLIB_PATH"), &usual_folders())?;
        Ok(Self { files: Arc::new(files), library, name, model: Arc::default() })
    }
}

/// Of models that differ in nothing but exactness the exact one.
fn on_hub(model: &str) -> anyhow::Result<ModelInfo<EmbeddingModel>> {
    let known = TextEmbedding::list_supported_models();
    let last = |code: &str| code.rsplit('/').next().unwrap_or(code).trim_end_matches("-onnx").to_lowercase();
    let rank = |info: &ModelInfo<EmbeddingModel>| (info.model_file.contains("quantized"), info.model_code.clone());
    let fits = |info: &&ModelInfo<EmbeddingModel>| {
        info.model_code.eq_ignore_ascii_case(model) || last(&info.model_code) == model.to_lowercase()
    };
    let found = known.iter().filter(fits).min_by_key(|info| rank(info)).cloned();
    found.with_context(|| {
        let mut names: Vec<String> = known.iter().map(|info| last(&info.model_code)).collect();
        names.sort();
        names.dedup();
        format!("no model of the hub is known as `{model}`; known are {}", names.join(", "))
    })
}

#[async_trait]
impl Embedder for FastEmbed {
    async fn embed(&self, texts: &[String]) -> anyhow::Result<Vec<Vec<f32>>> {
        if texts.is_empty() {
            return Ok(Vec::new());
        }
        self.loaded().await?;
        let model = Arc::clone(&self.model);
        // Of one length together: a batch is as slow as its longest text.
        let mut order: Vec<usize> = (0..texts.len()).collect();
        order.sort_by_key(|place| texts[*place].len());
        let sorted: Vec<String> = order.iter().map(|place| texts[*place].clone()).collect();
        let work = move || {
            let mut model = model.lock().unwrap_or_else(PoisonError::into_inner);
            let Loaded::Ready(model) = &mut *model else { bail!("the embedding model is not loaded") };
            without_panic(|| Ok(model.embed(sorted, Some(BATCH))?)).context("texts could not be embedded")
        };
        let vectors = tokio::task::spawn_blocking(work).await.context("embedding was interrupted")??;
        let mut placed = vec![Vec::new(); order.len()];
        for (place, vector) in order.into_iter().zip(vectors) {
            placed[place] = unit(vector);
        }
        Ok(placed)
    }

    fn model(&self) -> String {
        self.name.clone()
    }

    fn describe(&self) -> String {
        format!("{} with `{}`", self.files, self.library.display())
    }
}

impl FastEmbed {
    /// Loads the model if nobody did; while it is being fetched others wait no longer than they should.
    async fn loaded(&self) -> anyhow::Result<()> {
        let (model, files, library) = (Arc::clone(&self.model), Arc::clone(&self.files), self.library.clone());
        let load = move || {
            let mut model = model.lock().unwrap_or_else(PoisonError::into_inner);
            match &*model {
                Loaded::Ready(_) => return Ok(()),
                Loaded::Failed { why, at } if at.elapsed() < AGAIN => bail!("{why}"),
                Loaded::Failed { .. } | Loaded::Not => {}
            }
            let opened = files.open(&library).with_context(|| format!("the {files} cannot be loaded"));
            match opened {
                Ok(opened) => *model = Loaded::Ready(Box::new(opened)),
                Err(error) => {
                    *model = Loaded::Failed { why: format!("{error:#}"), at: Instant::now() };
                    return Err(error);
                }
            }
            Ok(())
        };
        match tokio::time::timeout(PATIENCE, tokio::task::spawn_blocking(load)).await {
            Ok(ended) => ended.context("loading the embedding model was interrupted")?,
            Err(_) => bail!("the {} is still being fetched", self.files),
        }
    }
}

impl std::fmt::Display for Files {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folder(folder) => write!(f, "embedding model in `{}`", folder.display()),
            Self::Hub { info, cache } => {
                write!(f, "embedding model `{}` of the hub, kept in `{}`", info.model_code, cache.display())
            }
        }
    }
}

impl Files {
    fn open(&self, library: &Path) -> anyhow::Result<TextEmbedding> {
        let environment = runtime(library)?;
        match self {
            Self::Folder(folder) => {
                let read =
                    |file: &str| std::fs::read(folder.join(file)).with_context(|| format!("`{file}` cannot be read"));
                let tokenizer = TokenizerFiles {
                    tokenizer_file: read("tokenizer.json")?,
                    config_file: read("config.json")?,
                    special_tokens_map_file: read("special_tokens_map.json")?,
                    tokenizer_config_file: read("tokenizer_config.json")?,
                };
                let model = UserDefinedEmbeddingModel::new(read("model.onnx")?, tokenizer).with_pooling(Pooling::Mean);
                let options = InitOptionsUserDefined::new().with_environment(environment);
                without_panic(|| Ok(TextEmbedding::try_new_from_user_defined(model, options)?))
            }
            Self::Hub { info, cache } => {
                std::fs::create_dir_all(cache).with_context(|| format!("`{}` cannot be made", cache.display()))?;
                let options = TextInitOptions::new(info.model.clone())
                    .with_cache_dir(cache.clone())
                    .with_show_download_progress(false)
                    .with_environment(environment);
                without_panic(|| Ok(TextEmbedding::try_new(options)?))
            }
        }
    }
}

/// Once per process: the runtime cannot be loaded a second time from elsewhere. A failure stays one.
fn runtime(library: &Path) -> anyhow::Result<ort::environment::Environment> {
    static RUNTIME: OnceLock<Result<ort::environment::Environment, String>> = OnceLock::new();
    let start = || {
        // A relative path would be taken as relative to our program, not to where it runs.
        let start = || Ok(ort::init_from(library.canonicalize()?)?.with_telemetry(false).build()?);
        without_panic(start).map_err(|error| format!("{error:#}"))
    };
    let started = RUNTIME.get_or_init(start).clone();
    started.map_err(|error| anyhow!("the ONNX runtime `{}` cannot be loaded: {error}", library.display()))
}

/// The runtime's binding panics on a library it does not like. Nothing of ours is half changed when it does.
fn without_panic<T>(work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let told = panic.downcast_ref::<String>().cloned();
        let told = told.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Err(anyhow!(told.unwrap_or_else(|| "it panicked".to_owned())))
    })
}

/// Where the library is: what was configured, else what `variable` names, else the first in `folders`.
fn find_library(
    configured: Option<PathBuf>,
    variable: Option<OsString>,
    folders: &[PathBuf],
) -> anyhow::Result<PathBuf> {
    let named = configured.or_else(|| variable.map(PathBuf::from).filter(|path| !path.as_os_str().is_empty()));
    if let Some(path) = named {
        let found = if path.is_dir() { library_in(&path) } else { Some(path.clone()).filter(|path| path.is_file()) };
        return found.with_context(|| format!("there is no ONNX runtime at `{}`", path.display()));
    }
    let found = folders.iter().find_map(|folder| library_in(folder));
    found.context("no ONNX runtime was found; name the library in the configuration or in `ORT_DYLIB_PATH`")
}

/// `libonnxruntime.so`, `libonnxruntime.so.1.32.0`, `libonnxruntime.dylib` or `onnxruntime.dll`.
fn library_in(folder: &Path) -> Option<PathBuf> {
    let plain = ["libonnxruntime.so", "libonnxruntime.dylib", "onnxruntime.dll"].map(|name| folder.join(name));
    let plain = plain.into_iter().find(|path| path.is_file());
    plain.or_else(|| {
        let entries = std::fs::read_dir(folder).ok()?.flatten();
        let versioned = |name: &str| name.starts_with("libonnxruntime.so.") || name.starts_with("libonnxruntime.1.");
        entries.filter(|entry| entry.file_name().to_str().is_some_and(versioned)).map(|entry| entry.path()).max()
    })
}

fn usual_folders() -> Vec<PathBuf> {
    let beside_us = std::env::current_exe().ok().and_then(|path| path.parent().map(Path::to_owned));
    let searched = std::env::var_os("LD_LIBRARY_PATH").unwrap_or_default();
    let fixed = [
        "/usr/local/lib",
        "/usr/lib",
        "/usr/lib64",
        "/usr/lib/x86_64-linux-gnu",
        "/usr/lib/aarch64-linux-gnu",
        "/opt/onnxruntime/lib",
        "/opt/homebrew/lib",
    ];
    let searched: Vec<PathBuf> = std::env::split_paths(&searched).filter(|path| path.is_absolute()).collect();
    beside_us.into_iter().chain(searched).chain(fixed.map(PathBuf::from)).collect()
}

/// Scaled to length one, so that nearness is a plain product; a zero vector stays one.
fn unit(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|value| *value /= length);
    }
    vector
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_is_where_it_was_named_and_else_in_a_usual_folder() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let library = folder.path().join("libonnxruntime.so.1.32.0");
        std::fs::write(&library, b"").expect("the folder is ours");
        let nowhere = PathBuf::from("/nowhere/libonnxruntime.so");
        let found = |configured: Option<&Path>, variable: Option<&Path>, folders: &[PathBuf]| {
            let variable = variable.map(|path| path.as_os_str().to_owned());
            find_library(configured.map(Path::to_owned), variable, folders).map_err(|error| error.to_string())
        };
        assert_eq!(found(Some(folder.path()), None, &[]), Ok(library.clone()));
        assert_eq!(found(None, Some(&library), &[]), Ok(library.clone()));
        assert_eq!(found(None, None, &[PathBuf::from("/nowhere"), folder.path().to_owned()]), Ok(library));
        // A wrong name is an error and not a reason to take another library.
        let wrong = found(Some(&nowhere), None, &[folder.path().to_owned()]);
        assert_eq!(wrong, Err("there is no ONNX runtime at `/nowhere/libonnxruntime.so`".to_owned()));
        assert!(found(None, None, &[]).is_err_and(|error| error.contains("`ORT_DYLIB_PATH`")));
    }

    #[test]
    fn a_panic_becomes_an_error() {
        let error = without_panic::<()>(|| panic!("no such library")).expect_err("it panicked");
        assert_eq!(error.to_string(), "no such library");
    }
}
