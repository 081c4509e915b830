//! `council-server`: the server as a program, with settings, a log and signals.

mod cli;

use std::error::Error;
use std::fmt::Display;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use council_core::error_chain;
use council_llm::Environment;
use council_server::{BasePath, CheckedBlueprint, Server};
use mimalloc::MiMalloc;
use tokio::runtime::Runtime;

use self::cli::settings::flags::{Flags, Subcommand};
use self::cli::settings::raw::SettingFault;
use self::cli::settings::setup::{Providers, Setup};
use self::cli::signals::Signals;
use self::cli::{check, list, log};

/// A run allocates thousands of short texts on several threads, which takes a seventh of its time with the allocator of the system.
/// Mimalloc runs here without pages of 2 MiB, which would double the memory of an idle server.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let Flags { given, file, command } = Flags::parse();
    if let Some(Subcommand::Models(providers)) = command {
        return match Providers::read(given, file.as_deref(), Environment::from_env()) {
            Ok(known) => list_models(&known, providers),
            Err(faults) => refuse(&faults),
        };
    }
    let mut setup = match Setup::read(given, file.as_deref(), Environment::from_env()) {
        Ok(setup) => setup,
        Err(faults) => return refuse(&faults),
    };
    if let Some(Subcommand::Check { blueprints, database }) = command {
        if !blueprints.is_empty() {
            return check_all(&setup, &blueprints);
        }
        if database {
            return check_database(&setup);
        }
        print(&check::settings(&setup));
        return ExitCode::SUCCESS;
    }
    let log = match log::start(setup.log.clone(), setup.log_format) {
        Ok(log) => log,
        Err(error) => return report(&error),
    };
    setup.config = setup.config.dropped_log_lines(Arc::clone(&log.dropped));
    // Many systems allow more open files on request. If this one does not, the server has fewer connections.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let runtime = match Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return report(&error),
    };
    let served = runtime.block_on(serve(setup));
    // The lines of the log come before the error.
    drop(log);
    let code = match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report(&*error),
    };
    // Only a DNS lookup can still be running, and its result is not needed.
    runtime.shutdown_background();
    code
}

/// Checks blueprints, and prints whether each could be used.
fn check_all(setup: &Setup, blueprints: &[PathBuf]) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    for file in blueprints {
        match check::blueprint(setup, file) {
            Ok(CheckedBlueprint { migrated, warnings, .. }) => {
                let migration = migrated.map(|migration| format!("; {migration}")).unwrap_or_default();
                print(&format!("{}: ok{migration}\n", file.display()));
                for warning in warnings {
                    print_error(&format_args!("{}: warning: {warning}", file.display()));
                }
            }
            Err(faults) => {
                code = ExitCode::from(2);
                for fault in faults {
                    print_error(&format_args!("{}: {fault}", file.display()));
                }
            }
        }
    }
    code
}

/// Checks the database, and prints each damage.
fn check_database(setup: &Setup) -> ExitCode {
    let runtime = match Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return report(&error),
    };
    let damage = match runtime.block_on(setup.database.damage()) {
        Ok(damage) => damage,
        Err(error) => return report(&error),
    };
    if damage.is_empty() {
        print(&format!("ok\n{}\n", setup.database));
        return ExitCode::SUCCESS;
    }
    for line in &damage {
        print_error(line);
    }
    ExitCode::from(2)
}

/// Prints the faults of settings.
fn refuse(faults: &[SettingFault]) -> ExitCode {
    for fault in faults {
        print_error(fault);
    }
    ExitCode::from(2)
}

/// Prints the models of providers, and a line for each provider that has no list. It is a success if one has a list.
fn list_models(known: &Providers, providers: Vec<String>) -> ExitCode {
    let runtime = match Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return report(&error),
    };
    let listing = runtime.block_on(list::models(&known.environment, &known.of_file, providers));
    print(&listing.text);
    for fault in &known.faults {
        print_error(fault);
    }
    for fault in &listing.faults {
        print_error(fault);
    }
    runtime.shutdown_background();
    if listing.has_list { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

async fn serve(setup: Setup) -> Result<(), Box<dyn Error>> {
    let signals = Signals::new()?;
    let Setup { database, base_path, models, .. } = &setup;
    let path = if *base_path == BasePath::default() { String::new() } else { format!("{base_path}/") };
    let lines = format!("{path}\n{models}\n{database}\n");
    let server = Server::bind(setup.config, setup.councils).await?;
    print(&format!("council-server listening on http://{}{lines}", server.local_addr()));
    server.run(signals.end()).await;
    Ok(())
}

/// Prints to standard output. A closed output is ignored.
fn print(lines: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(lines.as_bytes()).and_then(|()| stdout.flush());
}

/// Prints why the program ends, in one line.
fn report(error: &(dyn Error + 'static)) -> ExitCode {
    print_error(&error_chain(error));
    ExitCode::from(1)
}

/// Prints a line to standard error. A closed output is ignored.
fn print_error(line: &dyn Display) {
    let _ = writeln!(std::io::stderr(), "council-server: {line}");
}
