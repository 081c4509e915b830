//! The list of models, as the provider has it (`GET {base}/models`).

use serde_json::Value;

use super::body::Body;
use super::client::HttpModel;
use super::dialect::Dialect;
use super::patience::Patience;
use crate::chat::error::ChatError;

impl<D: Dialect> HttpModel<D> {
    /// Asks the provider for the ids of its models.
    pub(crate) async fn list(&self) -> Result<Vec<String>, ChatError> {
        let this = self.for_list();
        let prepared = this.prepared().await?;
        let errors = &prepared.errors;
        let mut patience = Patience::new(&self.limits, self.address.is_loopback());
        let mut url = self.extras.add_query(self.address.endpoint(&["models"]));
        if let Some((name, value)) = self.dialect.list_query() {
            url.query_pairs_mut().append_pair(name, value);
        }
        let call = prepared.connections.send(|client| client.get(url.clone()).headers(prepared.headers.clone()));
        let response = patience.wait(call).await.map_err(|limit| errors.timeout(limit))?;
        let response = response.map_err(|error| errors.connection(error, &self.limits))?;
        if !response.status().is_success() {
            return Err(self.refused(prepared, response, patience).await);
        }
        let body = Body::new(response, errors.clone(), self.limits, patience).whole().await?;
        let value: Value = serde_json::from_slice(&body).map_err(|error| errors.malformed(&error))?;
        errors.reported(&value)?;
        ids(&value).ok_or_else(|| errors.malformed(&"the JSON holds no list of models"))
    }
}

/// The ids in `{"data": [{"id"}]}`, `{"models": [{"name"}]}` or a bare list.
fn ids(value: &Value) -> Option<Vec<String>> {
    let list = [&value["data"], &value["models"], value].into_iter().find_map(Value::as_array)?;
    let id = |model: &Value| {
        let id = ["id", "model", "name"].iter().find_map(|name| model[*name].as_str()).or_else(|| model.as_str())?;
        // Gemini puts the kind of the resource before the name, and takes the name without it.
        Some(id.strip_prefix("models/").unwrap_or(id).to_owned())
    };
    Some(list.iter().filter_map(id).collect())
}
