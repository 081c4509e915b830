//! The words by which providers say that an account has no credit. Some of them send these words with a status that asks to call again.

/// Whether an error says that the account has no credit.
pub(super) fn is_billing(kind: &str, message: &str) -> bool {
    let (kind, message) = (kind.to_lowercase(), message.to_lowercase());
    KINDS.contains(&kind.as_str()) || MESSAGES.iter().any(|words| words.iter().all(|part| message.contains(part)))
}

/// The names of the error, in lower case: of OpenAI and many others, OpenAI, Anthropic, DeepSeek, proxies, Moonshot, LiteLLM.
const KINDS: [&str; 9] = [
    "insufficient_quota",
    "billing_hard_limit_reached",
    "billing_not_active",
    "billing_error",
    "insufficient_balance",
    "insufficient_user_quota",
    "insufficient_credits",
    "exceeded_current_quota_error",
    "budget_exceeded",
];

/// The words of a message, in lower case: each entry is a list of words that all stand in it.
const MESSAGES: [&[&str]; 11] = [
    // OpenAI, also behind a proxy. Gemini begins a message about the quota of a minute with the same sentence.
    &["exceeded your current quota", "platform.openai.com"],
    &["billing hard limit"],
    // Anthropic.
    &["credit balance is too low"],
    // DeepSeek, Z.ai, Moonshot.
    &["insufficient balance"],
    &["insufficient account balance"],
    &["余额不足"],
    &["欠费"],
    // OpenRouter, Together.
    &["insufficient credits"],
    // xAI.
    &["used all available credits"],
    // Gemini, of a model that the free tier does not have.
    &["quota exceeded for metric", "limit: 0,"],
    // LiteLLM.
    &["budget has been exceeded"],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_each_provider_are_known() {
        let docs = "read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.";
        let openai =
            format!("You exceeded your current quota, please check your plan and billing details. For more, {docs}");
        for message in [
            openai.as_str(),
            "Your credit balance is too low to access the Anthropic API.",
            "Insufficient Balance",
            "Insufficient balance or no resource package. Please recharge.",
            "余额不足或无可用资源包,请充值。",
            "Your team x has either used all available credits or reached its monthly spending limit.",
            "* Quota exceeded for metric: generate_content_free_tier_requests, limit: 0, model: gemini-3-pro",
            "Budget has been exceeded! Current cost: 1.2, Max budget: 1.0",
        ] {
            assert!(is_billing("", message), "{message}");
        }
        assert!(is_billing("Insufficient_Quota", "no"));
    }

    #[test]
    fn a_quota_of_a_minute_is_no_matter_of_credit() {
        for (kind, message) in [
            ("rate_limit_error", "Rate limit reached for requests"),
            ("rate_limit_exceeded", "Rate limit reached for gpt-4o on requests per min (RPM): Limit 3, Used 3"),
            (
                "RESOURCE_EXHAUSTED",
                "You exceeded your current quota, please check your plan and billing details. For more, head to: \
                 https://ai.google.dev/gemini-api/docs/rate-limits. * Quota exceeded for metric: requests, limit: 10, \
                 model: gemini-2.5-flash Please retry in 34.07s.",
            ),
        ] {
            assert!(!is_billing(kind, message), "{message}");
        }
    }
}
