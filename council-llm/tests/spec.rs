//! Names of models, and the keys and addresses that each model needs.
#![expect(clippy::unwrap_used, reason = "the helpers of a test are a test, too")]

use std::time::Duration;

use council_llm::{CallTimeouts, Environment, ModelSpec, SpecError};
use expect_test::expect;

fn named(name: &str) -> Result<String, SpecError> {
    name.parse::<ModelSpec>().map(|spec| spec.to_string())
}

#[test]
fn names_of_models_are_parsed() {
    for (name, meaning) in [
        ("anthropic/claude-sonnet-4-5", "anthropic/claude-sonnet-4-5"),
        ("anthropic/my-own", "anthropic/my-own"),
        ("anthropic/claude-3-5-sonnet", "anthropic/claude-3-5-sonnet-20241022"),
        ("claude-opus-4-1", "anthropic/claude-opus-4-1"),
        ("claude-3-5-sonnet", "anthropic/claude-3-5-sonnet-20241022"),
        ("claude-3-5-sonnet-20240620", "anthropic/claude-3-5-sonnet-20240620"),
        ("openai/gpt-4o", "openai/gpt-4o"),
        ("openai/meta-llama/Llama-3.1-8B", "openai/meta-llama/Llama-3.1-8B"),
        ("gpt-4o", "openai/gpt-4o"),
        ("gpt-5-mini", "openai/gpt-5-mini"),
        ("chatgpt-4o-latest", "openai/chatgpt-4o-latest"),
        ("o1", "openai/o1"),
        ("o3-mini", "openai/o3-mini"),
        ("o4-mini", "openai/o4-mini"),
        ("ollama/llama3.2", "ollama/llama3.2"),
        ("ollama/hf.co/some/model:7b", "ollama/hf.co/some/model:7b"),
        ("rehearsal", "rehearsal"),
        ("  gpt-4o\n", "openai/gpt-4o"),
    ] {
        assert_eq!(named(name).unwrap(), meaning, "{name:?}");
        assert_eq!(named(meaning).unwrap(), meaning, "what is shown can be read");
    }
}

#[test]
fn an_unknown_name_is_refused_with_the_known_forms() {
    for name in
        ["", "llama3.2", "claude", "o1x", "o2", "two words/x", "/gpt-4o", "rehearsal/x", "rehearsal/", "Rehearsal"]
    {
        let error = named(name).unwrap_err().to_string();
        assert!(error.starts_with(&format!("unknown model `{name}`")), "{error}");
        for word in ["anthropic/", "openai/", "ollama/", "rehearsal", "claude-", "gpt-", "o3"] {
            assert!(error.contains(word), "{error}");
        }
    }
}

#[test]
fn a_provider_without_a_model_is_refused_with_the_form_of_a_model() {
    let texts = [
        "openai/",
        " ollama",
        "GROQ",
        "fake/",
        "fake/?total-timeout=1h",
        "vllm?total-timeout=1h",
        "fake",
        "qwen3:8b",
        "rehersal",
        "cluade-sonnet-4",
    ];
    let lines: Vec<_> = texts.iter().map(|text| named(text).unwrap_err().to_string()).collect();
    expect![[r#"
        `openai/` names a provider and no model: write `openai/MODEL`
        `ollama` names a provider and no model: write `ollama/MODEL`
        `GROQ` names a provider and no model: write `groq/MODEL`
        `fake/` names a provider and no model: write `fake/MODEL`
        `fake/?total-timeout=1h` names a provider and no model: write `fake/MODEL`
        `vllm?total-timeout=1h` names a provider and no model: write `vllm/MODEL`
        unknown model `fake` (`ollama/fake`, or `fake/MODEL` if `fake` is a provider?): a model is `anthropic/...`, `openai/...`, `ollama/...`, `rehearsal`, or a name that begins with `claude-`, `gpt-`, `chatgpt-`, `o1`, `o3` or `o4`
        unknown model `qwen3:8b` (`ollama/qwen3:8b`?): a model is `anthropic/...`, `openai/...`, `ollama/...`, `rehearsal`, or a name that begins with `claude-`, `gpt-`, `chatgpt-`, `o1`, `o3` or `o4`
        unknown model `rehersal` (did you mean `rehearsal`?): a model is `anthropic/...`, `openai/...`, `ollama/...`, `rehearsal`, or a name that begins with `claude-`, `gpt-`, `chatgpt-`, `o1`, `o3` or `o4`
        unknown model `cluade-sonnet-4` (did you mean `claude-sonnet-4`?): a model is `anthropic/...`, `openai/...`, `ollama/...`, `rehearsal`, or a name that begins with `claude-`, `gpt-`, `chatgpt-`, `o1`, `o3` or `o4`"#]].assert_eq(&lines.join("\n"));
}

#[test]
fn time_limits_of_a_spec_are_parsed() {
    let (seconds, none) = (Duration::from_secs_f64, CallTimeouts::default());
    for (text, shown, timeouts) in [
        ("gpt-5?first-token-timeout=20m", "openai/gpt-5?first-token-timeout=20m", none.first_token(seconds(1_200.0))),
        ("gpt-5?first-token-timeout=1200", "openai/gpt-5?first-token-timeout=20m", none.first_token(seconds(1_200.0))),
        (
            "ollama/a?between-tokens-timeout=90s",
            "ollama/a?between-tokens-timeout=90s",
            none.between_tokens(seconds(90.0)),
        ),
        ("gpu/org/a?total-timeout=1.5h", "gpu/org/a?total-timeout=90m", none.total(seconds(5_400.0))),
        ("gpu/a?total-timeout=0.05", "gpu/a?total-timeout=0.05s", none.total(seconds(0.05))),
        ("gpu/a?total-timeout=1e3", "gpu/a?total-timeout=1000s", none.total(seconds(1_000.0))),
        ("gpu/a?total-timeout=4294967295", "gpu/a?total-timeout=4294967295s", none.total(seconds(4_294_967_295.0))),
        (
            " gpu/a ? total-timeout = 7200 & between-tokens-timeout = 2m & first-token-timeout = 20m\n",
            "gpu/a?first-token-timeout=20m&between-tokens-timeout=2m&total-timeout=2h",
            none.first_token(seconds(1_200.0)).between_tokens(seconds(120.0)).total(seconds(7_200.0)),
        ),
    ] {
        let spec: ModelSpec = text.parse().unwrap();
        assert_eq!((spec.to_string().as_str(), spec.timeouts()), (shown, timeouts), "{text}");
        assert_eq!(shown.parse::<ModelSpec>().unwrap(), spec, "what is shown can be read");
        let plain = spec.without_timeouts();
        let name = shown.split_once('?').unwrap().0;
        assert_eq!((plain.to_string().as_str(), plain.timeouts()), (name, none), "{text}");
        assert_eq!((plain.provider(), plain.model()), (spec.provider(), spec.model()), "{text}");
    }
}

#[test]
fn wrong_time_limits_of_a_spec_are_refused() {
    let texts = [
        "gpt-5?",
        "gpt-5?total-timeout=1h&",
        "gpt-5?total-timeout",
        "gpt-5?total-timeout=",
        "gpt-5?total-timeout=0",
        "gpt-5?total-timeout=0.0000000001s",
        "gpt-5?total-timeout=-1m",
        "gpt-5?total-timeout=4294967296",
        "gpt-5?total-timeout=1193047h",
        "gpt-5?total-timeout=inf",
        "gpt-5?total-timeout=nan",
        "gpt-5?total-timeout=soon",
        "gpt-5?total-timeout=1h30m",
        "gpt-5?total-timeout=1d",
        "gpt-5?total-timeout=1h&total-timeout=2h",
        "gpt-5?total-timout=1h",
        "gpt-5?first_token_timeout=1h",
        "gpt-5?connect-timeout=5",
        "gpt-5?temperature=1",
        "desk/what?now",
        "gpt-5?total-timeout=1h?first-token-timeout=1m",
        "rehearsal?total-timeout=1h",
        "rehearsal?",
        "llama3.2?total-timeout=1h",
        "?total-timeout=1h",
    ];
    let lines: Vec<_> = texts.iter().map(|text| named(text).unwrap_err().to_string()).collect();
    expect![[r#"
        the time limits of `gpt-5?` cannot be used: a limit is missing: write `?total-timeout=20m`, or leave out the `?`
        the time limits of `gpt-5?total-timeout=1h&` cannot be used: a limit is missing: write `?total-timeout=20m`, or leave out the `?`
        the time limits of `gpt-5?total-timeout` cannot be used: total-timeout: `` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
        the time limits of `gpt-5?total-timeout=` cannot be used: total-timeout: `` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
        the time limits of `gpt-5?total-timeout=0` cannot be used: total-timeout: `0` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
        the time limits of `gpt-5?total-timeout=0.0000000001s` cannot be used: total-timeout: `0.0000000001s` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
        the time limits of `gpt-5?total-timeout=-1m` cannot be used: total-timeout: `-1m` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
        the time limits of `gpt-5?total-timeout=4294967296` cannot be used: total-timeout: `4294967296` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
        the time limits of `gpt-5?total-timeout=1193047h` cannot be used: total-timeout: `1193047h` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
        the time limits of `gpt-5?total-timeout=inf` cannot be used: total-timeout: `inf` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
        the time limits of `gpt-5?total-timeout=nan` cannot be used: total-timeout: `nan` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
        the time limits of `gpt-5?total-timeout=soon` cannot be used: total-timeout: `soon` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
        the time limits of `gpt-5?total-timeout=1h30m` cannot be used: total-timeout: `1h30m` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
        the time limits of `gpt-5?total-timeout=1d` cannot be used: total-timeout: `1d` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
        the time limits of `gpt-5?total-timeout=1h&total-timeout=2h` cannot be used: `total-timeout` is there twice
        the time limits of `gpt-5?total-timout=1h` cannot be used: unknown limit `total-timout`: did you mean `total-timeout`?
        the time limits of `gpt-5?first_token_timeout=1h` cannot be used: unknown limit `first_token_timeout`: did you mean `first-token-timeout`?
        the time limits of `gpt-5?connect-timeout=5` cannot be used: unknown limit `connect-timeout`: the limits after the `?` are first-token-timeout, between-tokens-timeout, total-timeout
        the time limits of `gpt-5?temperature=1` cannot be used: unknown limit `temperature`: the limits after the `?` are first-token-timeout, between-tokens-timeout, total-timeout
        the time limits of `desk/what?now` cannot be used: unknown limit `now`: the limits after the `?` are first-token-timeout, between-tokens-timeout, total-timeout
        the time limits of `gpt-5?total-timeout=1h?first-token-timeout=1m` cannot be used: total-timeout: `1h?first-token-timeout=1m` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
        the time limits of `rehearsal?total-timeout=1h` cannot be used: the rehearsal calls no provider, so it takes no limits
        the time limits of `rehearsal?` cannot be used: the rehearsal calls no provider, so it takes no limits
        unknown model `llama3.2?total-timeout=1h` (`ollama/llama3.2?total-timeout=1h`, or `llama3.2/MODEL?total-timeout=1h` if `llama3.2` is a provider?): a model is `anthropic/...`, `openai/...`, `ollama/...`, `rehearsal`, or a name that begins with `claude-`, `gpt-`, `chatgpt-`, `o1`, `o3` or `o4`
        unknown model `?total-timeout=1h`: a model is `anthropic/...`, `openai/...`, `ollama/...`, `rehearsal`, or a name that begins with `claude-`, `gpt-`, `chatgpt-`, `o1`, `o3` or `o4`"#]].assert_eq(&lines.join("\n"));
}

fn environment(variables: &[(&str, &str)]) -> Environment {
    Environment::from_variables(|name| {
        variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    })
}

#[test]
fn without_a_name_the_environment_chooses_the_model() {
    for (variables, spec) in [
        (&[][..], "rehearsal"),
        (&[("ANTHROPIC_API_KEY", "k")], "anthropic/claude-sonnet-4-5"),
        (&[("ANTHROPIC_API_KEY", "k"), ("OPENAI_API_KEY", "k")], "anthropic/claude-sonnet-4-5"),
        (&[("OPENAI_API_KEY", "k")], "openai/gpt-4o"),
        (&[("OPENAI_BASE_URL", "http://127.0.0.1:8080/v1")], "openai/gpt-4o"),
        (&[("ANTHROPIC_API_KEY", ""), ("OPENAI_API_KEY", " \n")], "rehearsal"),
        (&[("OLLAMA_HOST", "127.0.0.1"), ("ANTHROPIC_BASE_URL", "http://127.0.0.1")], "rehearsal"),
    ] {
        assert_eq!(environment(variables).default_spec().to_string(), spec, "{variables:?}");
    }
}

/// The name of the created model, or the error with its cause.
fn made(variables: &[(&str, &str)], name: &str) -> String {
    match environment(variables).model(&name.parse().unwrap()) {
        Ok(model) => model.name().to_owned(),
        Err(error) => match std::error::Error::source(&error) {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        },
    }
}

#[cfg(all(feature = "anthropic", feature = "openai"))]
#[test]
fn a_model_is_made_from_its_key_and_address() {
    let local = "http://127.0.0.1:8080/v1";
    for (variables, name, expected) in [
        (&[("ANTHROPIC_API_KEY", "k\n")][..], "claude-opus-4-1", "anthropic/claude-opus-4-1"),
        (&[("ANTHROPIC_API_KEY", "k"), ("ANTHROPIC_BASE_URL", local)], "anthropic/x", "anthropic/x"),
        (&[("OPENAI_API_KEY", "k")], "o3", "openai/o3"),
        (&[("OPENAI_BASE_URL", local)], "openai/qwen3", "openai/qwen3"),
        (&[], "ollama/llama3.2", "ollama/llama3.2"),
        (&[("OLLAMA_HOST", "gpu.example:11434")], "ollama/llama3.2", "ollama/llama3.2"),
        (
            &[],
            "claude-opus-4-1",
            "`anthropic/claude-opus-4-1` needs a key: set ANTHROPIC_API_KEY, or choose `rehearsal`, \
             which needs none",
        ),
        (
            &[("OPENAI_API_KEY", "")],
            "gpt-4o",
            "`openai/gpt-4o` needs a key: set OPENAI_API_KEY, or choose `rehearsal`, which needs none",
        ),
        (
            &[("OPENAI_BASE_URL", "user:secret@nowhere")],
            "gpt-4o",
            "OPENAI_BASE_URL cannot be used: `nowhere` is not an address of a chat model: it has to begin with http:// or https://",
        ),
        (
            &[("OLLAMA_HOST", "gpu:many")],
            "ollama/llama3.2",
            "OLLAMA_HOST cannot be used: `http://gpu:many/` is not an address of a chat model: invalid port number",
        ),
    ] {
        assert_eq!(made(variables, name), expected, "{name} with {variables:?}");
    }
}

#[cfg(not(feature = "anthropic"))]
#[test]
fn without_its_feature_there_is_no_anthropic() {
    let error = made(&[("ANTHROPIC_API_KEY", "k")], "claude-opus-4-1");
    assert!(error.contains("needs the cargo feature `anthropic`"), "{error}");
}

#[cfg(not(feature = "openai"))]
#[test]
fn without_its_feature_there_is_no_openai_and_no_ollama() {
    for name in ["gpt-4o", "ollama/llama3.2"] {
        let error = made(&[("OPENAI_API_KEY", "k")], name);
        assert!(error.contains("needs the cargo feature `openai`"), "{error}");
    }
}

#[test]
fn no_key_is_shown() {
    let environment = environment(&[
        ("ANTHROPIC_API_KEY", "secret"),
        ("OPENAI_API_KEY", "secret"),
        ("OPENAI_BASE_URL", "http://user:secret@host/v1?key=secret"),
        ("OLLAMA_HOST", "gpu"),
    ]);
    let shown = format!("{environment:?}");
    assert!(!shown.contains("secret") && shown.contains("host/v1") && shown.contains("gpu"), "{shown}");
}
