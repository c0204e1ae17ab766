//! Embeddings on this machine, where the runtime and the model are there.

use crate::support::not_run::not_run;
use slipway::adapters::embedder::fastembed::FastEmbed;
use slipway::ports::embedder::Embedder;
use std::path::{Path, PathBuf};

fn shared() -> PathBuf {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    std::env::var_os("SLIPWAY_SHARED").map_or(beside, PathBuf::from)
}

#[tokio::test]
async fn texts_of_one_meaning_are_nearer_than_texts_of_two() {
    let model = shared().join("models/all-MiniLM-L6-v2");
    let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-tools/onnxruntime/libonnxruntime.so");
    if !model.is_dir() || !library.is_file() {
        not_run(&format!("the embedder's test: it wants `{}` and `{}`.", model.display(), library.display()));
        return;
    }
    let embedder = FastEmbed::load(&model, Some(library)).expect("model and library are there");
    let texts = [
        "Refunds can be retried safely",
        "Paying money back twice is prevented",
        "The font of the settings page is larger",
    ];
    let vectors = embedder.embed(&texts.map(str::to_owned)).await.expect("the model embeds");
    let near = |a: usize, b: usize| vectors[a].iter().zip(&vectors[b]).map(|(a, b)| a * b).sum::<f32>();
    assert_eq!(vectors.iter().map(Vec::len).collect::<Vec<_>>(), [384, 384, 384]);
    assert!((near(0, 0) - 1.0).abs() < 1e-4, "{}", near(0, 0));
    assert!(near(0, 1) > near(0, 2) + 0.1, "{} and {}", near(0, 1), near(0, 2));
    assert_eq!(embedder.embed(&[]).await.expect("nothing is no work"), Vec::<Vec<f32>>::new());
}

#[tokio::test]
async fn what_is_missing_is_named_and_nothing_panics() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let error = FastEmbed::load(folder.path(), None).err().expect("the folder is empty");
    assert!(error.to_string().contains("lacks `model.onnx`"), "{error}");
    for file in ["model.onnx", "tokenizer.json", "config.json", "special_tokens_map.json", "tokenizer_config.json"] {
        std::fs::write(folder.path().join(file), b"{}").expect("the folder is ours");
    }
    let nowhere = folder.path().join("libonnxruntime.so");
    let error = FastEmbed::load(folder.path(), Some(nowhere)).err().expect("there is no library");
    assert!(error.to_string().starts_with("there is no ONNX runtime at `"), "{error}");
}
