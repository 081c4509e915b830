//! Time limits after the name of a model: `openai/a?total-timeout=1h`.

use expect_test::expect;

use crate::changed_models::{Restarts, interrupted};
use crate::configuration::{check, directory, program_in};
use crate::models::{Gated, two_rounds};
use crate::retry::events;

#[tokio::test]
async fn time_limits_of_a_model_are_shown_or_refused() {
    let settings = "model = 'ollama/a?first-token-timeout=1200'\ncritic-model = 'ollama/a?total-timeout=1h'\n";
    check(program_in(&directory(settings), &["--config", "council.toml", "check"]), expect![[r#"
        0
        ok
        models: master_agent ollama/a?first-token-timeout=20m; critic_agent ollama/a?total-timeout=1h; writer_agent ollama/a?first-token-timeout=20m
        runs: stored in council.db
        listen = 127.0.0.1:8000 (default)
        model = ollama/a?first-token-timeout=1200 (council.toml: line 1)
        critic-model = ollama/a?total-timeout=1h (council.toml: line 2)
        threshold = 8 (default)
        max-iterations = 5 (default)
        model-patience = 24h (default)
        connect-timeout = 10s (default)
        between-tokens-timeout = 5m (default)
        allowed-origins = http://localhost:3000 (default)
        insecure = false (default)
        base-path = / (default)
        database = council.db (default)
        grace = 10s (default)
        max-runs = 256 (default)
        max-waiting = 10000 (default)
        max-connections = 4096 (default)
        max-watchers = 3072 (default)
        log = info (default)
        log-format = text (default)
    "#]]).await;

    let directory = directory("model = 'ollama/a?first-token-timout=20m'\n");
    let arguments = ["--config", "council.toml", "--critic-model", "ollama/a?", "check"];
    let mut command = program_in(&directory, &arguments);
    command.env("COUNCIL_WRITER_MODEL", "rehearsal?total-timeout=1h");
    check(command, expect![[r#"
        2
        council-server: council.toml: line 1: model: the time limits of `ollama/a?first-token-timout=20m` cannot be used: unknown limit `first-token-timout`: did you mean `first-token-timeout`?
        council-server: COUNCIL_WRITER_MODEL: the time limits of `rehearsal?total-timeout=1h` cannot be used: the rehearsal calls no provider, so it takes no limits
        council-server: --critic-model: the time limits of `ollama/a?` cannot be used: a limit is missing: write `?total-timeout=20m`, or leave out the `?`
    "#]]).await;
}

#[tokio::test]
async fn the_same_model_with_other_time_limits_is_no_other_model() {
    let (plain, patient) = ("openai/a", "openai/a?first-token-timeout=20m&total-timeout=2h");
    for (name, before, now) in [
        (plain, plain, patient),
        (plain, patient, plain),
        (plain, patient, "openai/a?total-timeout=1h"),
        ("gpt-5", "gpt-5", "gpt-5?total-timeout=1h"),
    ] {
        let (restarts, model) = (Restarts::new(), Gated::new(two_rounds()));
        let id = interrupted(&restarts, before, &model).await;
        let server = restarts.start(now, model.clone()).await;
        model.allow(3);
        server.when(&id, "completed").await;
        assert!(!events(&server, &id).await.contains("models_changed"));
        let graph = server.get(&format!("/api/runs/{id}/graph")).await.text;
        assert!(graph.contains(&format!(r#""model":"{name}""#)), "{graph}");
        assert_eq!(server.get("/api/models").await.json()["default"], now);
    }
}
