//! How does a request that `async-openai` built reach the server, and its answer come back as one piece?

use crate::adapters::http::{Answer, Failure, Gate, Http, Retry};
use crate::adapters::model::openai::dialect::about_form;
use crate::adapters::model::openai::stream::gather;
use crate::domain::trouble::Fault;
use async_openai::error::OpenAIError;
use async_openai::middleware::HttpRequestFactory;
use futures::future::BoxFuture;
use reqwest::header::CONTENT_TYPE;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::time::Instant;

/// One question's way to the server. Answers are streamed, so that a stall is seen at once and not after the whole time
/// limit; the pieces are put together here, and what stood in the middle of an answer is tried again like any other.
#[derive(Clone)]
pub struct Transport {
    pub http: Http,
    pub retry: Retry,
    pub gate: Arc<Gate>,
    /// Requests of a lane wait together when the server asks for it.
    pub lane: String,
    pub deadline: Instant,
}

impl tower::Service<HttpRequestFactory> for Transport {
    type Response = reqwest::Response;
    type Error = OpenAIError;
    type Future = BoxFuture<'static, Result<reqwest::Response, OpenAIError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), OpenAIError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, factory: HttpRequestFactory) -> Self::Future {
        let this = self.clone();
        Box::pin(async move {
            let attempt = || this.attempt(&factory);
            let body = this.retry.run(&this.gate, &this.lane, this.deadline, attempt).await;
            let body = body.map_err(|failure| OpenAIError::Boxed(Box::new(failure)))?;
            Ok(reqwest::Response::from(http::Response::new(body)))
        })
    }
}

impl Transport {
    async fn attempt(&self, factory: &HttpRequestFactory) -> Result<Vec<u8>, Failure> {
        let request = factory.build().await.map_err(super::failure_in)?;
        let answered = self.http.exchange(request, self.deadline).await;
        let Answer { headers, body, .. } = answered.map_err(without_hope)?;
        let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        // A server that does not stream answers in one piece, whatever it was asked.
        if kind.starts_with("text/event-stream") { gather(&body) } else { Ok(body.to_vec()) }
    }
}

/// A failure that is about the form of the request is final here, whatever its status: the form is changed further up.
fn without_hope(failure: Failure) -> Failure {
    if !about_form(&failure) {
        return failure;
    }
    let status = failure.status.unwrap_or_default();
    Failure { fault: Fault::Rejected { status, message: failure.message.clone() }, ..failure }
}
