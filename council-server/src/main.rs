//! `council-server`: the server as a program, with flags, logs and signals.

mod flags;
mod signals;

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use council_llm::Environment;
use council_server::Server;
use tokio::runtime::Runtime;
use tracing::{Level, warn};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use self::flags::{Flags, Setup};
use self::signals::Signals;

fn main() -> ExitCode {
    let flags = Flags::parse();
    log();
    let setup = match flags.setup(&Environment::from_env()) {
        Ok(setup) => setup,
        Err(error) => return complain(&*error, 2),
    };
    let runtime = match Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return complain(&error, 1),
    };
    let code = match runtime.block_on(serve(setup)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain(&*error, 1),
    };
    // What could still be going on is a look-up of a name; it need not be waited for.
    runtime.shutdown_background();
    code
}

async fn serve(setup: Setup) -> Result<(), Box<dyn Error>> {
    let signals = Signals::new()?;
    let kept = setup.config.database.to_string();
    let server = Server::bind(setup.config, setup.graph).await?;
    announce(&format!("council-server listening on http://{}\n{}\n{kept}\n", server.local_addr(), setup.models));
    server.run(signals.end()).await;
    Ok(())
}

/// Writes to standard output. Nobody has to read it.
fn announce(lines: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(lines.as_bytes()).and_then(|()| stdout.flush());
}

/// Says in one line why the program ends.
fn complain(error: &(dyn Error + 'static), code: u8) -> ExitCode {
    let mut line = format!("council-server: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        line = format!("{line}: {cause}");
        source = cause.source();
    }
    let _ = writeln!(std::io::stderr(), "{line}");
    ExitCode::from(code)
}

/// Logs to standard error, as far as `RUST_LOG` says: `debug`, or `info,council_server=debug`.
fn log() {
    let wanted = std::env::var("RUST_LOG").ok().map(|text| text.parse::<Targets>());
    let (targets, fault) = match wanted {
        Some(Ok(targets)) => (targets, None),
        Some(Err(fault)) => (Targets::new().with_default(Level::INFO), Some(fault)),
        None => (Targets::new().with_default(Level::INFO), None),
    };
    let format = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    tracing_subscriber::registry().with(targets).with(format).init();
    if let Some(error) = fault {
        warn!(%error, "RUST_LOG cannot be read");
    }
}
