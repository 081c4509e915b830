//! Request that starts a run.

use council_llm::is_blank;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::json::{BoundedText, Json, ReadJson};
use crate::wire::fault::RequestFault;

/// Starts a run.
#[derive(ToSchema)]
pub(crate) struct StartRequest {
    /// The topic, 1 to 10,000 code points. At least one of them is neither white space nor invisible.
    #[schema(min_length = 1, max_length = 10_000, pattern = r"\S")]
    pub(crate) input_topic: String,
    /// Whether the run pauses before each node.
    #[schema(required = false, default = false)]
    pub(crate) god_mode: bool,
    /// The id of the run, if the client chooses it; otherwise the server does. The repeat of a start with the same id and the same body
    /// has the same answer. With another body, or if another run has this id, it is refused with 409. An `Idempotency-Key` is not
    /// used then.
    #[schema(value_type = Option<String>, format = "uuid")]
    pub(crate) run_id: Option<Uuid>,
}

impl ReadJson for Uuid {
    fn read(json: Json<'_>) -> Option<Self> {
        let id = json.value().as_str().and_then(|text| Self::parse_str(text).ok());
        id.or_else(|| json.note(RequestFault::not_a_uuid))
    }
}

/// A topic, wherever a request has one.
#[derive(Default)]
pub(super) struct Topic(pub(super) String);

impl ReadJson for Topic {
    fn read(json: Json<'_>) -> Option<Self> {
        match json.value().as_str() {
            Some(topic) if !topic.is_empty() && is_blank(topic) => json.note(RequestFault::blank),
            _ => BoundedText::<10_000>::read(json).map(|BoundedText(topic)| Self(topic)),
        }
    }
}

impl ReadJson for StartRequest {
    fn read(json: Json<'_>) -> Option<Self> {
        let mut fields = json.fields()?;
        Some(Self {
            input_topic: fields.required::<Topic>("input_topic").0,
            god_mode: fields.given("god_mode").unwrap_or_default(),
            run_id: fields.optional("run_id"),
        })
    }
}
