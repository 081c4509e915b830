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

            /// Sets the limiter of the calls, which other models may share. By default a model has its own, without limits.
            ///
            /// ```
            #[doc = concat!("use council_llm::{Limiter, ", stringify!($model), ", RateLimits};")]
            ///
            /// let limiter = Limiter::new(RateLimits::default().requests_per_minute(60));
            #[doc = concat!("let model = ", $example, ".limiter(&limiter);")]
            /// ```
            #[must_use]
            pub fn limiter(mut self, limiter: &$crate::chat::limiter::Limiter) -> Self {
                self.0.limiter = limiter.clone();
                self
            }

            /// Shares the limiter of the address and the key.
            pub(crate) fn share(
                mut self,
                limiters: &$crate::provider::limiters::Limiters,
                limits: $crate::chat::limiter::settings::RateLimits,
            ) -> Self {
                self.0.share(limiters, limits);
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

            /// Sets the name of the provider, which the name of the model and all errors show.
            ///
            /// ```
            #[doc = concat!("use council_llm::{ChatModel, ", stringify!($model), "};")]
            ///
            #[doc = concat!("let model = ", $example, ".provider_name(\"local\");")]
            /// assert!(model.name().starts_with("local/"));
            /// ```
            #[must_use]
            pub fn provider_name(mut self, provider: impl Into<std::borrow::Cow<'static, str>>) -> Self {
                self.0.set_provider(provider.into());
                self
            }

            /// Adds a header to every request. It replaces a header of the same name. A name or a value that is not valid is an error at the
            /// first call.
            ///
            /// ```
            #[doc = concat!("use council_llm::", stringify!($model), ";")]
            ///
            #[doc = concat!("let model = ", $example, ".header(\"x-title\", \"Council\");")]
            /// ```
            #[must_use]
            pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
                self.0.extras.headers.push((name.into(), value.into()));
                self
            }

            /// Sets where the key and the address are set, for the advice of errors.
            pub(crate) fn sources(mut self, sources: $crate::provider::http::advice::Sources) -> Self {
                self.0.extras.sources = sources;
                self
            }

            /// Checks that every header is valid, without a call.
            pub(crate) fn check(&self) -> Result<(), String> {
                self.0.headers().map(drop).map_err(|error| error.to_string())
            }

            /// Adds a parameter to the query of every request, unless the address has it already.
            ///
            /// ```
            #[doc = concat!("use council_llm::", stringify!($model), ";")]
            ///
            #[doc = concat!("let model = ", $example, ".query(\"api-version\", \"2024-10-21\");")]
            /// ```
            #[must_use]
            pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
                self.0.extras.query.push((name.into(), value.into()));
                self
            }

            /// Sets the header that holds the key and nothing else, such as `api-key` of Azure.
            ///
            /// ```
            #[doc = concat!("use council_llm::", stringify!($model), ";")]
            ///
            #[doc = concat!("let model = ", $example, ".key_header(\"api-key\");")]
            /// ```
            #[must_use]
            pub fn key_header(mut self, name: impl Into<String>) -> Self {
                self.0.extras.key_header = Some(name.into());
                self
            }

            /// Sets the name of the field that limits the length of the answer, for a server that knows only one name.
            ///
            /// ```
            #[doc = concat!("use council_llm::", stringify!($model), ";")]
            ///
            #[doc = concat!("let model = ", $example, ".max_tokens_field(\"max_completion_tokens\");")]
            /// ```
            #[must_use]
            pub fn max_tokens_field(mut self, name: impl Into<String>) -> Self {
                self.0.extras.max_tokens_field = Some(name.into());
                self
            }

            /// Asks the provider for the ids of its models (`GET {base}/models`).
            ///
            /// ```no_run
            #[doc = concat!("use council_llm::", stringify!($model), ";")]
            ///
            /// # #[tokio::main(flavor = "current_thread")]
            /// # async fn main() -> Result<(), council_llm::ChatError> {
            #[doc = concat!("for id in ", $example, ".list_models().await? {")]
            ///     println!("{id}");
            /// }
            /// # Ok(())
            /// # }
            /// ```
            ///
            /// # Errors
            ///
            /// The call failed, or the server has no such list.
            pub async fn list_models(&self) -> Result<Vec<String>, $crate::chat::error::ChatError> {
                self.0.list().await
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
