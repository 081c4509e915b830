//! `council-server`: the server as a program, with flags, logs and signals.

mod cli;

use std::error::Error;
use std::fmt::Display;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use council_llm::Environment;
use council_server::Server;
use mimalloc::MiMalloc;
use tokio::runtime::Runtime;

use self::cli::settings::flags::Flags;
use self::cli::settings::setup::Setup;
use self::cli::signals::Signals;
use self::cli::{check, log};

/// A run makes thousands of short texts, on one thread and on another. The system's allocator takes a seventh of a run's time for
/// them. This one has no pages of 2 MiB, which would double what an idle server takes.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let Flags { given, file, check } = Flags::parse();
    let setup = match Setup::read(given, file.as_deref(), Environment::from_env()) {
        Ok(setup) => setup,
        Err(faults) => {
            for fault in &faults {
                say(fault);
            }
            return ExitCode::from(2);
        }
    };
    match check.as_deref() {
        None => {}
        Some([]) => {
            announce(&check::settings(&setup));
            return ExitCode::SUCCESS;
        }
        Some(blueprints) => return check_all(&setup, blueprints),
    }
    log::start(setup.log.clone(), setup.log_format);
    // Many systems let a process open few files at first, and more if it asks. Where not, there are fewer connections.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let runtime = match Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return complain(&error),
    };
    let code = match runtime.block_on(serve(setup)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain(&*error),
    };
    // What could still be going on is a look-up of a name; it need not be waited for.
    runtime.shutdown_background();
    code
}

/// Says of each blueprint whether it could be used.
fn check_all(setup: &Setup, blueprints: &[PathBuf]) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    for file in blueprints {
        match check::blueprint(setup, file) {
            Ok(None) => announce(&format!("{}: ok\n", file.display())),
            Ok(Some(migration)) => announce(&format!("{}: ok; {migration}\n", file.display())),
            Err(faults) => {
                code = ExitCode::from(2);
                for fault in faults {
                    say(&format_args!("{}: {fault}", file.display()));
                }
            }
        }
    }
    code
}

async fn serve(setup: Setup) -> Result<(), Box<dyn Error>> {
    let signals = Signals::new()?;
    let kept = setup.database.to_string();
    let server = Server::bind(setup.config, setup.councils).await?;
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
fn complain(error: &(dyn Error + 'static)) -> ExitCode {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        line = format!("{line}: {cause}");
        source = cause.source();
    }
    say(&line);
    ExitCode::from(1)
}

/// Writes a line to standard error. Nobody has to read it.
fn say(line: &dyn Display) {
    let _ = writeln!(std::io::stderr(), "council-server: {line}");
}
