//! Note pages.

use crate::records::Records;
use axum::Router;

pub fn router(_: Records) -> Router {
    Router::new()
}
