//! The methods that the models of all HTTP providers have.

/// Implements the builder methods and [`ChatModel`](crate::ChatModel) for a tuple struct of an `HttpModel`.
///
/// `$model` is the struct, `$example` the code that creates a model in the examples. The attributes document `base_url`, because each
/// dialect reads an address by its own rules.
macro_rules! http_model {
    ($(#[$base_url:meta])* $model:ident, $example:literal) => {
        impl $model {
            $(#[$base_url])*
            ///
            /// # Errors
            ///
            /// The text is not an address, or its scheme is neither `http` nor `https`.
            pub fn base_url(mut self, base_url: &str) -> Result<Self, $crate::provider::http::address::AddressError> {
                self.0.address = $crate::provider::http::dialect::Dialect::address(self.0.dialect, base_url)?;
                Ok(self)
            }

            /// Sets the limits of each call.
            ///
            /// ```
            /// use std::time::Duration;
            #[doc = concat!("use council_llm::{CallLimits, ", stringify!($model), "};")]
            ///
            #[doc = concat!("let model = ", $example, ".limits(CallLimits::default().first_token(Duration::from_secs(60)));")]
            /// ```
            #[must_use]
            pub fn limits(mut self, limits: $crate::provider::limits::CallLimits) -> Self {
                self.0.limits = limits;
                self
            }

            /// Sets whether the answer is requested as a stream; `true` by default. Without streaming it is one delta.
            ///
            /// ```
            #[doc = concat!("use council_llm::", stringify!($model), ";")]
            ///
            #[doc = concat!("let model = ", $example, ".streaming(false);")]
            /// ```
            #[must_use]
            pub fn streaming(mut self, streaming: bool) -> Self {
                self.0.streaming = streaming;
                self
            }
        }

        #[async_trait::async_trait]
        impl $crate::chat::model::ChatModel for $model {
            fn name(&self) -> &str {
                &self.0.name
            }

            async fn stream(
                &self,
                request: $crate::chat::request::ChatRequest,
            ) -> Result<$crate::chat::model::ChatStream, $crate::chat::error::ChatError> {
                self.0.stream(request).await
            }
        }
    };
}

pub(crate) use http_model;
