//! Reading an answer, and not more of it than can be kept.

use reqwest::Response;

use super::MAX_BODY_BYTES;

/// Why a body was not read whole.
pub(super) enum BodyError {
    /// More than [`MAX_BODY_BYTES`].
    TooLong,
    /// The connection failed.
    Broken(reqwest::Error),
}

/// The whole body, if it is no longer than the limit.
pub(super) async fn read(mut response: Response) -> Result<Vec<u8>, BodyError> {
    let announced = response.content_length().unwrap_or(0);
    if announced > MAX_BODY_BYTES as u64 {
        return Err(BodyError::TooLong);
    }
    let mut body = Vec::with_capacity(announced as usize);
    while let Some(chunk) = response.chunk().await.map_err(BodyError::Broken)? {
        if body.len() + chunk.len() > MAX_BODY_BYTES {
            return Err(BodyError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
