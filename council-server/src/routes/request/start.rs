//! Request that starts a run.

use utoipa::ToSchema;

use crate::http::json::{BoundedText, Json, ReadJson};

/// Starts a run.
#[derive(ToSchema)]
pub(crate) struct StartRequest {
    /// The topic, 1 to 10,000 code points. A blank one is accepted, as in the original.
    #[schema(min_length = 1, max_length = 10_000)]
    pub(crate) input_topic: String,
    /// Whether the run pauses before each node.
    #[schema(required = false, default = false)]
    pub(crate) god_mode: bool,
}

/// A topic, wherever a request has one.
pub(super) type Topic = BoundedText<10_000>;

impl ReadJson for StartRequest {
    fn read(json: Json<'_>) -> Option<Self> {
        let mut fields = json.fields()?;
        Some(Self {
            input_topic: fields.required::<Topic>("input_topic").0,
            god_mode: fields.given("god_mode").unwrap_or_default(),
        })
    }
}
