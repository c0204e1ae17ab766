//! How does the server run, and how does it stop with pages still open?

use axum::{Extension, Router};
use std::future::IntoFuture;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Requests under way get this long to finish after `stop`.
const GRACE: Duration = Duration::from_secs(5);

/// Tells event streams that the house is closing.
#[derive(Debug, Clone)]
pub struct Closing(pub CancellationToken);

/// Serves until `stop`, then ends the event streams, lets requests finish, and returns.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) -> anyhow::Result<()> {
    let router = router.layer(Extension(Closing(stop.clone())));
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(stop.clone().cancelled_owned()).into_future();
    let late = async {
        stop.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        ended = server => Ok(ended?),
        () = late => {
            tracing::warn!("requests were cut off {} s after the stop", GRACE.as_secs());
            Ok(())
        }
    }
}
