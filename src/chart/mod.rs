//! PICTURES FOR A CHAT: drawn as SVG, handed over as PNG with a text that says the same. Pure.
//!
//! Light ground and dark ink whatever the chat looks like; what a colour says is written as a number too.

mod heat;
mod line;

pub use heat::{heat_map, told};
pub use line::{Line, line};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};
use std::sync::{Arc, LazyLock};

static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_data(include_bytes!("DejaVuSans-subset.ttf").to_vec());
    Arc::new(fonts)
});

/// Twice the size: phones have small pixels.
const SCALE: f32 = 2.0;

/// `None` only if what we drew is no picture.
fn png(svg: &str) -> Option<Vec<u8>> {
    let options = Options { fontdb: FONTS.clone(), font_family: "DejaVu Sans".to_owned(), ..Options::default() };
    let tree = Tree::from_str(svg, &options).ok()?;
    let size = tree.size().to_int_size().scale_by(SCALE)?;
    let mut pixels = Pixmap::new(size.width(), size.height())?;
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
    pixels.encode_png().ok()
}

/// As text inside SVG; letters that the font has not are shown as a mark.
fn escaped(text: &str) -> String {
    let known = |letter: char| matches!(letter, ' '..='~' | '\u{a0}'..='\u{ff}' | '–' | '—' | '…' | '→' | '−');
    let text: String = text.chars().map(|letter| if known(letter) { letter } else { '·' }).collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
