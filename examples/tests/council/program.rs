//! Runs the example as a person would, with an environment of its own.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

/// The output and the exit code of the program.
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs `council` with these arguments.
pub(crate) fn council(arguments: &[&str]) -> Outcome {
    run(command(arguments))
}

/// Runs `council` with these arguments against an OpenAI-compatible server.
pub(crate) fn council_at(address: &str, arguments: &[&str]) -> Outcome {
    let mut command = command(arguments);
    command.env("OPENAI_BASE_URL", address).env("OPENAI_API_KEY", KEY);
    run(command)
}

/// The program, with nothing of the environment that it reads.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = without_variables(crate::support::program("council"));
    command.args(arguments);
    command
}

/// A program without the variables that `council` reads.
pub(crate) fn without_variables(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for variable in VARIABLES {
        command.env_remove(variable);
    }
    command.stdin(Stdio::null());
    command
}

pub(crate) fn run(mut command: Command) -> Outcome {
    outcome(command.output().unwrap())
}

pub(crate) fn outcome(output: std::process::Output) -> Outcome {
    Outcome {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A key that must not be seen anywhere.
pub(crate) const KEY: &str = "sk-not-to-be-seen";

/// The variables that the program and its libraries read.
pub(crate) const VARIABLES: [&str; 19] = [
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_BASE_URL",
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "OLLAMA_HOST",
    "COUNCIL_MODEL",
    "COUNCIL_CRITIC_MODEL",
    "COUNCIL_WRITER_MODEL",
    "COUNCIL_MAX_ITERATIONS",
    "COUNCIL_THRESHOLD",
    "COUNCIL_CONNECT_TIMEOUT",
    "COUNCIL_FIRST_TOKEN_TIMEOUT",
    "COUNCIL_BETWEEN_TOKENS_TIMEOUT",
    "COUNCIL_TOTAL_TIMEOUT",
    "COUNCIL_MODEL_PATIENCE",
    "COUNCIL_MAX_TOKENS",
    "CLICOLOR_FORCE",
    "NO_COLOR",
    "HTTP_PROXY",
];
