//! Tests of the server over real sockets, with scripted models.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod access;
mod base_path;
mod blueprint_chair;
mod blueprint_check;
mod blueprint_runs;
mod blueprints;
mod booleans;
mod call_limits;
mod calls;
mod cancel;
mod chair;
mod changed_blueprint;
mod changed_models;
mod configuration;
#[cfg(unix)]
mod database_file;
mod faults;
mod graphs;
mod harness;
mod history;
mod hosts;
mod http;
mod idempotency;
#[cfg(unix)]
mod kill;
#[cfg(unix)]
mod kill_before_answer;
#[cfg(unix)]
mod kill_in_wait;
#[cfg(unix)]
mod kill_with_models;
mod limits;
#[cfg(target_os = "linux")]
mod load;
#[cfg(unix)]
mod log_unread;
#[cfg(unix)]
mod logs;
#[cfg(unix)]
mod lost_file;
mod messages;
mod model_limits;
mod models;
mod named_providers;
mod openapi;
mod operations;
mod original_clients;
mod outcomes;
mod page;
mod pages;
mod process;
mod provider;
mod queue;
mod races;
mod ranges;
mod refused_keys;
mod requests;
mod rest;
mod restart;
mod retry;
mod retry_restart;
mod rounds;
mod settings;
mod shutdown;
mod side_by_side;
mod slow;
mod socket;
mod stalled;
mod stored_faults;
mod trouble;
mod turns;
mod waiting;
mod watch;
#[cfg(target_os = "linux")]
mod weight;
mod whole_blueprints;
