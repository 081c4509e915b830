//! The words by which servers say that a request does not fit: into the context of the model, or into the largest request.

/// Whether an error says that the request is too long. `status` is that of the answer, or `None` if the error stands in a stream.
pub(super) fn is_overflow(status: Option<u16>, kind: &str, message: &str) -> bool {
    let (kind, message) = (kind.to_lowercase(), message.to_lowercase());
    match status {
        Some(413) => true,
        // Providers say that there are too many tokens per minute in the same words, except for a request that never fits.
        Some(429) => message.contains(NEVER_FITS),
        Some(401..=403) => false,
        _ => KINDS.contains(&kind.as_str()) || MESSAGES.iter().any(|words| message.contains(words)),
    }
}

/// OpenAI and Groq, of a request that has more tokens than the quota of a minute.
const NEVER_FITS: &str = "request too large for";

/// The names of the error, in lower case: of OpenAI and Groq, OpenAI, llama.cpp, Z.ai, GitHub, Copilot, Anthropic.
const KINDS: [&str; 7] = [
    "context_length_exceeded",
    "string_above_max_length",
    "exceed_context_size_error",
    "model_context_window_exceeded",
    "tokens_limit_reached",
    "model_max_prompt_tokens_exceeded",
    "request_too_large",
];

/// The words in a message, in lower case, each with the servers that write them.
const MESSAGES: [&str; 41] = [
    // OpenAI, Azure, vLLM, SGLang, DeepSeek, Mistral, OpenRouter, Fireworks, llama-cpp-python.
    "maximum context length",
    "maximum context limit",
    "context length exceeded",
    "context_length_exceeded",
    "exceeds the context window",
    "input tokens exceed",
    "string too long",
    "reduce the length of the",
    "reduce your prompt",
    NEVER_FITS,
    // LiteLLM.
    "contextwindowexceeded",
    // Anthropic, on its own and at Bedrock and Vertex.
    "prompt is too long",
    "exceed context limit",
    "exceeds the maximum size",
    // Bedrock.
    "input is too long",
    "too many input tokens",
    // Gemini.
    "input token count",
    // llama.cpp and llama-cpp-python.
    "available context size",
    "context size has been exceeded",
    "exceed context window",
    // Ollama.
    "prompt too long",
    "exceeds the context length",
    // LM Studio.
    "greater than the context length",
    "loaded with context length",
    "reached context length",
    // vLLM, SGLang, Together, TGI, TensorRT-LLM.
    "longer than the maximum model length",
    "longer than the model's context length",
    "exceeds model's maximum",
    "maximum input length",
    "maximum allowed input length",
    "max_new_tokens` must be <=",
    "inputs` must have less than",
    // xAI, Moonshot, Copilot, MiniMax, Z.ai, Qwen, SiliconFlow, Cohere, GitHub.
    "maximum prompt length",
    "exceeded model token limit",
    "prompt token count",
    "context window exceeds limit",
    "prompt exceeds max length",
    "range of input length",
    "length of prompt_tokens",
    "tokens in the prompt cannot exceed",
    "request body too large",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_each_server_are_known() {
        for (status, message) in [
            (
                400,
                "This model's maximum context length is 8192 tokens. However, your messages resulted in 10061 tokens.",
            ),
            (
                400,
                "Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 509178 tokens.",
            ),
            (400, "Your input exceeds the context window of this model. Please adjust your input and try again."),
            (400, "Invalid 'messages[1].content': string too long. Expected a string with maximum length 1048576"),
            (
                429,
                "Request too large for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Requested 39143.",
            ),
            (
                413,
                "Request too large for model `llama-3.1-8b-instant` on tokens per minute (TPM): Limit 6000, Requested 7000",
            ),
            (400, "Please reduce the length of the messages or completion."),
            (400, "litellm.ContextWindowExceededError: litellm.BadRequestError: OpenAIException - too long"),
            (400, "prompt is too long: 213462 tokens > 200000 maximum"),
            (400, "input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000, decrease input length"),
            (413, "Request exceeds the maximum size"),
            (400, "Input is too long for requested model."),
            (400, "Too many input tokens. Max input tokens: 8192, request input token count: 9000"),
            (400, "The input token count (1196265) exceeds the maximum number of tokens allowed (1048575)."),
            (400, "request (1407 tokens) exceeds the available context size (256 tokens), try increasing it"),
            (
                500,
                "the request exceeds the available context size. try increasing the context size or enable context shift",
            ),
            (500, "Context size has been exceeded."),
            (500, "Requested tokens (516) exceed context window of 512"),
            (400, "prompt too long; exceeded max context length by 100918 tokens"),
            (400, "The number of tokens to keep from the initial prompt is greater than the context length."),
            (
                400,
                "Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens",
            ),
            (400, "The decoder prompt (length 8357) is longer than the maximum model length of 8192."),
            (400, "Input length (265330) exceeds model's maximum context length (262144)."),
            (400, "The input (516368 tokens) is longer than the model's context length (262144 tokens)."),
            (
                422,
                "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 4000 `inputs` tokens",
            ),
            (422, "Input validation error: `inputs` must have less than 1024 tokens. Given: 2000"),
            (
                400,
                "Prompt contains 65673 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
            ),
            (
                400,
                "This endpoint's maximum context length is 131072 tokens. However, you requested about 150000 tokens",
            ),
            (400, "Input length 131393 exceeds the maximum allowed input length of 131040 tokens."),
            (400, "This model's maximum prompt length is 131072 but the request contains 537812 tokens."),
            (400, "Invalid request: Your request exceeded model token limit: 262144"),
            (400, "prompt token count of 200000 exceeds the limit of 128000"),
            (400, "invalid params, context window exceeds limit (2013)"),
            (400, "Prompt exceeds max length"),
            (400, "<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 129024]"),
            (400, "length of prompt_tokens (20015) must be less than max_seq_len (8192)."),
            (400, "too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 5000."),
            (413, "Request body too large for gpt-4o model. Max size: 8000 tokens."),
            (413, ""),
        ] {
            assert!(is_overflow(Some(status), "", message), "{status}: {message}");
            assert!(status != 400 || is_overflow(None, "", message), "in a stream: {message}");
        }
        for kind in KINDS {
            assert!(is_overflow(None, kind, "no") && is_overflow(Some(400), &kind.to_uppercase(), "no"), "{kind}");
        }
    }

    #[test]
    fn a_spent_quota_and_other_faults_are_not_an_overflow() {
        for (status, message) in [
            (429, "Too many tokens, please wait before trying again."),
            (429, "Rate limit reached for gpt-4o on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000."),
            (429, "This request would exceed your organization's rate limit of 40,000 input tokens per minute"),
            (429, "Quota exceeded for metric: generate_content_free_tier_input_token_count, limit: 250000"),
            (503, "Service unavailable: too many tokens queued"),
            (400, "max_tokens: 9000 > 8192, which is the maximum allowed number of output tokens for claude"),
            (400, "temperature: range: 0..1"),
            (401, "your key expired: the prompt is too long"),
            (404, "model 'x' not found"),
            (500, "the model has crashed"),
        ] {
            assert!(!is_overflow(Some(status), "", message), "{status}: {message}");
        }
    }
}
