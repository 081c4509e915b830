//! Numbers and names of settings that are out of range or misspelt, in each place where a setting can stand.

use std::process::Output;

use expect_test::expect;

use crate::configuration::{check, directory, program_in};
use crate::harness::within;

/// Every setting whose value is a number: a value below its range, and one above it.
const NUMBERS: [(&str, &str, &str); 18] = [
    ("threshold", "-1", "10.5"),
    ("max-iterations", "0", "4294967296"),
    ("max-calls", "0", "4294967296"),
    ("model-patience", "-5", "1e10"),
    ("connect-timeout", "0", "1e10"),
    ("first-token-timeout", "0", "1e10"),
    ("between-tokens-timeout", "-0.5", "1e10"),
    ("total-timeout", "0", "1e10"),
    ("max-tokens", "0", "4294967296"),
    ("concurrency", "0", "4294967296"),
    ("requests-per-minute", "-1", "4294967296"),
    ("tokens-per-minute", "0", "99999999999999999999"),
    ("keep-runs", "-1", "4294967296"),
    ("grace", "-1", "4294967296"),
    ("max-runs", "0", "1000001"),
    ("max-waiting", "-1", "1000001"),
    ("max-connections", "0", "1000001"),
    ("max-watchers", "0", "1000001"),
];

/// The settings that are no numbers.
const OTHERS: [&str; 14] = [
    "listen",
    "model",
    "critic-model",
    "writer-model",
    "token",
    "token-file",
    "allowed-origins",
    "allowed-hosts",
    "insecure",
    "base-path",
    "database",
    "log",
    "log-format",
    "config",
];

#[tokio::test]
async fn the_tables_of_this_test_hold_every_setting() {
    let directory = directory("");
    let Output { stdout, .. } = within(program_in(&directory, &["--help"]).output()).await.unwrap();
    let help = String::from_utf8(stdout).unwrap();
    let flags = help.lines().filter_map(|line| line.trim().strip_prefix("--")?.split([' ', '[', '=']).next());
    let mut flags: Vec<_> = flags.collect();
    let mut known: Vec<_> = NUMBERS.iter().map(|(name, ..)| *name).chain(OTHERS).collect();
    flags.sort_unstable();
    known.sort_unstable();
    assert_eq!(flags, known);
}

#[tokio::test]
async fn a_number_below_its_range_is_refused_with_the_range() {
    let directory = directory("");
    let flags = NUMBERS.iter().map(|(name, below, _)| format!("--{name}={below}"));
    let arguments: Vec<_> = ["check".to_owned()].into_iter().chain(flags).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    check(
        program_in(&directory, &arguments),
        expect![[r#"
            2
            council-server: --grace: `-1` is not a time from 0 to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
            council-server: --max-runs: `0` is not a whole number of runs from 1 to 1000000
            council-server: --max-waiting: `-1` is not a whole number of runs from 0 to 1000000
            council-server: --max-connections: `0` is not a whole number of connections from 1 to 1000000
            council-server: --max-watchers: `0` is not a whole number of watchers from 1 to 1000000
            council-server: --keep-runs: `-1` is not a whole number of runs from 0 to 4294967295
            council-server: --connect-timeout: `0` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
            council-server: --first-token-timeout: `0` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
            council-server: --between-tokens-timeout: `-0.5` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
            council-server: --total-timeout: `0` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
            council-server: --concurrency: `0` is not a whole number of calls from 1 to 4294967295
            council-server: --requests-per-minute: `-1` is not a whole number of calls from 1 to 4294967295
            council-server: --tokens-per-minute: `0` is not a whole number of tokens from 1 to 4294967295
            council-server: --threshold: `-1` is not a number from 0 to 10
            council-server: --max-iterations: `0` is not a whole number of drafts from 1 to 4294967295
            council-server: --max-calls: `0` is not a whole number of calls from 1 to 4294967295
            council-server: --model-patience: `-5` is not a time from 0 to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
            council-server: --max-tokens: `0` is not a whole number of tokens from 1 to 4294967295
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_number_above_its_range_is_refused_with_the_range() {
    let settings = NUMBERS.iter().map(|(name, _, above)| format!("{name} = {above}\n"));
    let directory = directory(&settings.collect::<String>());
    check(program_in(&directory, &["check", "--config", "council.toml"]), expect![[r#"
        2
        council-server: council.toml: line 1: threshold: `10.5` is not a number from 0 to 10
        council-server: council.toml: line 2: max-iterations: `4294967296` is not a whole number of drafts from 1 to 4294967295
        council-server: council.toml: line 3: max-calls: `4294967296` is not a whole number of calls from 1 to 4294967295
        council-server: council.toml: line 4: model-patience: `1e10` is not a time from 0 to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
        council-server: council.toml: line 5: connect-timeout: `1e10` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
        council-server: council.toml: line 6: first-token-timeout: `1e10` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
        council-server: council.toml: line 7: between-tokens-timeout: `1e10` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
        council-server: council.toml: line 8: total-timeout: `1e10` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
        council-server: council.toml: line 9: max-tokens: `4294967296` is not a whole number of tokens from 1 to 4294967295
        council-server: council.toml: line 10: concurrency: `4294967296` is not a whole number of calls from 1 to 4294967295
        council-server: council.toml: line 11: requests-per-minute: `4294967296` is not a whole number of calls from 1 to 4294967295
        council-server: council.toml: line 12: tokens-per-minute: `99999999999999999999` is not a whole number of tokens from 1 to 4294967295
        council-server: council.toml: line 13: keep-runs: `4294967296` is not a whole number of runs from 0 to 4294967295
        council-server: council.toml: line 14: grace: `4294967296` is not a time from 0 to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
        council-server: council.toml: line 15: max-runs: `1000001` is not a whole number of runs from 1 to 1000000
        council-server: council.toml: line 16: max-waiting: `1000001` is not a whole number of runs from 0 to 1000000
        council-server: council.toml: line 17: max-connections: `1000001` is not a whole number of connections from 1 to 1000000
        council-server: council.toml: line 18: max-watchers: `1000001` is not a whole number of watchers from 1 to 1000000
    "#]]).await;
}

#[tokio::test]
async fn a_text_in_place_of_a_number_is_refused_by_the_name_of_its_variable() {
    let directory = directory("");
    let mut command = program_in(&directory, &["check"]);
    for (name, ..) in NUMBERS {
        let variable = format!("COUNCIL_{}", name.replace('-', "_").to_uppercase());
        command.env(variable, if name.ends_with("timeout") { "NaN" } else { "many" });
    }
    check(
        command,
        expect![[r#"
            2
            council-server: COUNCIL_GRACE: `many` is not a time from 0 to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
            council-server: COUNCIL_MAX_RUNS: `many` is not a whole number of runs from 1 to 1000000
            council-server: COUNCIL_MAX_WAITING: `many` is not a whole number of runs from 0 to 1000000
            council-server: COUNCIL_MAX_CONNECTIONS: `many` is not a whole number of connections from 1 to 1000000
            council-server: COUNCIL_MAX_WATCHERS: `many` is not a whole number of watchers from 1 to 1000000
            council-server: COUNCIL_KEEP_RUNS: `many` is not a whole number of runs from 0 to 4294967295
            council-server: COUNCIL_CONNECT_TIMEOUT: `NaN` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
            council-server: COUNCIL_FIRST_TOKEN_TIMEOUT: `NaN` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
            council-server: COUNCIL_BETWEEN_TOKENS_TIMEOUT: `NaN` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
            council-server: COUNCIL_TOTAL_TIMEOUT: `NaN` is not a time above 0 and up to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
            council-server: COUNCIL_CONCURRENCY: `many` is not a whole number of calls from 1 to 4294967295
            council-server: COUNCIL_REQUESTS_PER_MINUTE: `many` is not a whole number of calls from 1 to 4294967295
            council-server: COUNCIL_TOKENS_PER_MINUTE: `many` is not a whole number of tokens from 1 to 4294967295
            council-server: COUNCIL_THRESHOLD: `many` is not a number from 0 to 10
            council-server: COUNCIL_MAX_ITERATIONS: `many` is not a whole number of drafts from 1 to 4294967295
            council-server: COUNCIL_MAX_CALLS: `many` is not a whole number of calls from 1 to 4294967295
            council-server: COUNCIL_MODEL_PATIENCE: `many` is not a time from 0 to 4294967295 seconds, such as `90`, `90s`, `20m` or `1.5h`
            council-server: COUNCIL_MAX_TOKENS: `many` is not a whole number of tokens from 1 to 4294967295
        "#]],
    )
    .await;
}

#[tokio::test]
async fn the_ends_of_a_range_are_in_it() {
    let ends = [
        &["--threshold", "0", "--model-patience", "0", "--keep-runs", "0", "--grace", "0", "--max-waiting", "0"][..],
        &["--threshold", "10", "--max-runs", "1", "--max-connections", "1", "--max-watchers", "1000000"],
        &["--total-timeout", "0.001s", "--connect-timeout", "4294967295", "--max-tokens", "4294967295"],
    ];
    let directory = directory("");
    for arguments in ends {
        let output = within(program_in(&directory, &[&["check"], arguments].concat()).output()).await.unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[tokio::test]
async fn a_misspelt_variable_is_refused_with_the_name_that_was_meant() {
    let misspelt = [
        "COUNCIL_MAX_RUN",
        "COUNCIL_TOKN",
        "COUNCIL_MODELS",
        "COUNCIL_KEEPRUNS",
        "COUNCIL_LOG_FROMAT",
        "COUNCIL_CONFG",
    ];
    // Kubernetes sets variables for services with the names `council`, `council-database` and `council-model`.
    let foreign = [
        "COUNCIL_PORT",
        "COUNCIL_PORT_8000_TCP",
        "COUNCIL_SERVICE_HOST",
        "COUNCIL_SERVICE_PORT",
        "COUNCIL_HOME",
        "COUNCIL_DATABASE_SERVICE_HOST",
        "COUNCIL_DATABASE_URL",
        "COUNCIL_MODEL_PORT_11434_TCP_ADDR",
        "COUNCIL_MODEL_SERVICE_HOST",
        "COUNCIL_LOG_DIR",
        "COUNCIL_CONFIG_DIR",
        "COUNCIL_TOKEN_SECRET",
    ];
    let directory = directory("");
    let mut told = Vec::new();
    for arguments in [&["check"][..], &[]] {
        let mut command = program_in(&directory, arguments);
        command.envs(misspelt.into_iter().chain(foreign).map(|name| (name, "1")));
        command.env("COUNCIL_SERVER", "http://127.0.0.1:8000").env("COUNCIL_GRACES", "");
        let Output { status, stderr, .. } = within(command.output()).await.unwrap();
        assert_eq!(status.code(), Some(2));
        told.push(String::from_utf8(stderr).unwrap());
    }
    assert_eq!(told[0], told[1]);
    expect![[r#"
        council-server: COUNCIL_CONFG: unknown variable: did you mean COUNCIL_CONFIG?
        council-server: COUNCIL_KEEPRUNS: unknown variable: did you mean COUNCIL_KEEP_RUNS?
        council-server: COUNCIL_LOG_FROMAT: unknown variable: did you mean COUNCIL_LOG_FORMAT?
        council-server: COUNCIL_MAX_RUN: unknown variable: did you mean COUNCIL_MAX_RUNS?
        council-server: COUNCIL_MODELS: unknown variable: did you mean COUNCIL_MODEL?
        council-server: COUNCIL_TOKN: unknown variable: did you mean COUNCIL_TOKEN?
    "#]]
    .assert_eq(&told[0]);
}

#[tokio::test]
async fn a_log_level_is_a_level_or_a_target_with_a_level() {
    let directory = directory("");
    for level in ["debug", "3", "info,council_server=debug", "hyper=off, warn", ""] {
        let output = within(program_in(&directory, &["check", "--log", level]).output()).await.unwrap();
        assert_eq!(output.status.code(), Some(0), "{level}: {}", String::from_utf8_lossy(&output.stderr));
    }
    check(program_in(&directory, &["check", "--log", "debgu"]), expect![[r#"
        2
        council-server: --log: `debgu` is neither a level (`off`, `error`, `warn`, `info`, `debug`, `trace`) nor a target with its level, such as `council_server=debug`
    "#]]).await;
    check(program_in(&directory, &["check", "--log", "info,council_server=loud", "--database", " "]), expect![[r#"
        2
        council-server: --database: the name of the file is empty: set a name, or `:memory:`
        council-server: --log: `council_server=loud` is neither a level (`off`, `error`, `warn`, `info`, `debug`, `trace`) nor a target with its level, such as `council_server=debug`
    "#]]).await;
}

#[tokio::test]
async fn a_table_of_one_provider_is_refused_with_the_name_of_the_table() {
    let directory = directory("[provider.local]\ndialect = 'openai'\n");
    check(program_in(&directory, &["check", "--config", "council.toml", "--model", "local/gpt"]), expect![[r#"
        2
        council-server: council.toml: line 1: unknown setting `provider`: did you mean `providers`?
        council-server: --model: unknown provider `local` in `local/gpt`: choose one of anthropic, azure, deepseek, gemini, groq, llamacpp, lmstudio, mistral, ollama, openai, openrouter, rehearsal, vllm, or add `[providers.local]` to the file of settings
    "#]]).await;
}

/// By default, the provider `openai` needs a key. A server at another address may need none, but its table must say so.
#[tokio::test]
async fn a_provider_named_openai_at_another_address_must_say_that_it_needs_no_key() {
    let own = "[providers.openai]\nbase-url = 'http://127.0.0.1:8080/v1'\n";
    let arguments = ["check", "--config", "council.toml"];
    let without_key = directory(own);
    check(program_in(&without_key, &arguments), expect![[r#"
        2
        council-server: council.toml: line 1: providers.openai: the provider needs a key: set the variable OPENAI_API_KEY, name another variable in `key-env`, or write `key = ""` if the server needs no key
    "#]]).await;
    let directory = directory(&format!("{own}key = ''"));
    let Output { status, stdout, .. } = within(program_in(&directory, &arguments).output()).await.unwrap();
    assert_eq!(status.code(), Some(0));
    let line = "providers.openai = openai at http://127.0.0.1:8080/v1, no key (council.toml: line 1)";
    assert!(String::from_utf8(stdout).unwrap().contains(line));
}

#[tokio::test]
async fn a_provider_with_a_key_and_a_variable_of_the_key_is_refused() {
    let directory = directory(
        "[providers.gpu]\ndialect = 'openai'\nbase-url = 'http://gpu.example'\nkey = ''\nkey-env = 'A_VARIABLE_THAT_IS_NOT_SET'\n",
    );
    check(
        program_in(&directory, &["check", "--config", "council.toml"]),
        expect![[r#"
            2
            council-server: council.toml: line 5: providers.gpu: `key` and `key-env` are both set: give only one
        "#]],
    )
    .await;
}
