//! The council in the terminal: `cargo run --example council -- "your topic"`.
//!
//! Standard error shows the council at work; standard output holds the document and nothing else, so that it can be
//! piped. Each file is one step: the command line (`args`), the models (`cast`), the run (`watch`) with what is known of
//! it (`minutes`) and what is seen of it (`view`), and the result (`deliver`).

mod args;
mod cast;
mod deliver;
mod fault;
mod minutes;
mod signals;
mod view;
mod warnings;
mod watch;

use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use council_core::Graph;
use council_llm::{Council, Environment};

use args::Arguments;
use cast::Cast;
use fault::Fault;
use minutes::Minutes;
use view::View;
use watch::Ending;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let topic = match arguments.topic() {
        Ok(topic) => topic,
        Err(error) => Arguments::command().error(ErrorKind::ValueValidation, error).exit(),
    };
    let (cast, graph) = match set_up(&arguments) {
        Ok(council) => council,
        Err(fault) => {
            deliver::fault(&fault);
            return ExitCode::from(UNUSABLE);
        }
    };
    convene(&arguments, &topic, &cast, &graph).unwrap_or_else(|fault| {
        deliver::fault(&fault);
        ExitCode::FAILURE
    })
}

fn set_up(arguments: &Arguments) -> Result<(Cast, Graph<Council>), Fault> {
    let cast = Cast::find(arguments, &Environment::from_env())?;
    let graph = cast.graph(arguments)?;
    Ok((cast, graph))
}

fn convene(arguments: &Arguments, topic: &str, cast: &Cast, graph: &Graph<Council>) -> Result<ExitCode, Fault> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| Fault::of(&error))?;

    let mut minutes = Minutes::new(topic);
    let mut view = View::new(arguments);
    view.open(topic, cast);
    let ending = runtime.block_on(watch::watch(graph, &mut minutes, &mut view, warnings::listen()));
    // A name that is being looked up cannot be stopped, and must not be waited for.
    runtime.shutdown_background();

    Ok(match ending {
        Ending::Finished(council) => {
            view.close(&council);
            deliver::document(&council, cast, arguments)
        }
        Ending::Failed(fault) => {
            deliver::fault(&fault);
            deliver::draft(&minutes);
            ExitCode::FAILURE
        }
        Ending::Interrupted(signal) => {
            deliver::fault(&Fault::new(signal.word()));
            deliver::draft(&minutes);
            ExitCode::from(signal.code())
        }
    })
}

/// A command line or an environment with which no council can be held.
const UNUSABLE: u8 = 2;
