//! The council in the terminal: `cargo run --example council -- "your topic"`.
//!
//! The document goes to standard output, everything else to standard error, so the output can be piped. The files: the
//! command line (`args`, `calls`), the models (`models`), the run (`watch`), its state so far (`progress`), the view in the terminal
//! (`view`), and the result (`output`).

mod args;
mod calls;
mod error;
mod models;
mod output;
mod progress;
mod signals;
#[path = "../variables.rs"]
mod variables;
mod view;
mod warnings;
mod watch;

use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use council_core::Graph;
use council_llm::{Council, Environment};

use args::Arguments;
use error::UserError;
use models::ResolvedModels;
use progress::Progress;
use view::View;
use watch::Ending;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    variables::refuse_misspelt(Arguments::command());
    let topic = match arguments.topic() {
        Ok(topic) => topic,
        Err(error) => Arguments::command().error(ErrorKind::ValueValidation, error).exit(),
    };
    let (models, graph) = match set_up(&arguments) {
        Ok(council) => council,
        Err(error) => {
            output::error(&error);
            return ExitCode::from(UNUSABLE);
        }
    };
    run_council(&arguments, &topic, &models, &graph).unwrap_or_else(|error| {
        output::error(&error);
        ExitCode::FAILURE
    })
}

fn set_up(arguments: &Arguments) -> Result<(ResolvedModels, Graph<Council>), UserError> {
    let environment = Environment::from_env().call_limits(arguments.calls.limits());
    let models = ResolvedModels::resolve(arguments, &environment)?;
    let graph = models.graph(arguments)?;
    Ok((models, graph))
}

fn run_council(
    arguments: &Arguments,
    topic: &str,
    models: &ResolvedModels,
    graph: &Graph<Council>,
) -> Result<ExitCode, UserError> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| UserError::of(&error))?;

    let mut progress = Progress::new(topic);
    let mut view = View::new(arguments);
    view.open(topic, models);
    let ending = runtime.block_on(watch::watch(graph, &mut progress, &mut view, warnings::listen()));
    // A DNS lookup blocks a thread and cannot be cancelled, so the runtime must not wait for it.
    runtime.shutdown_background();

    Ok(match ending {
        Ending::Finished(council) => {
            view.close(&council);
            output::document(&council, models, arguments)
        }
        Ending::Failed(error) => {
            output::error(&error);
            output::draft(&progress);
            ExitCode::FAILURE
        }
        Ending::Interrupted(signal) => {
            output::error(&UserError::new(signal.word()));
            output::draft(&progress);
            ExitCode::from(signal.code())
        }
    })
}

/// The exit code for a wrong command line or environment.
const UNUSABLE: u8 = 2;
