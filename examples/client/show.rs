//! The texts that show the server's answers and events in the terminal.

use serde_json::Value;

use crate::error::plain;

pub(crate) fn json(answer: &Value) -> String {
    serde_json::to_string_pretty(answer).unwrap_or_else(|_| answer.to_string())
}

/// The id of a run.
pub(crate) fn run(answer: &Value) -> String {
    plain(&answer["run_id"])
}

/// The id of a blueprint.
pub(crate) fn id(answer: &Value) -> String {
    plain(&answer["id"])
}

/// One line for each blueprint.
pub(crate) fn blueprints(blueprints: &Value) -> String {
    let line = |blueprint: &Value| {
        let agents = blueprint["nodes"].as_array().map_or(0, Vec::len);
        format!("{}  {agents:>3} agents  {}", id(blueprint), plain(&blueprint["name"]))
    };
    blueprints.as_array().into_iter().flatten().map(line).collect::<Vec<_>>().join("\n")
}

/// The status of a run in one line.
pub(crate) fn status(result: &Value) -> String {
    let next = list(&result["next_nodes"]);
    let before = if result["paused"] == true && !next.is_empty() { format!(" before {next}") } else { String::new() };
    let score = rating(result);
    let error = result["error"].as_str().map(|error| format!(": {error}"));
    let fault = document_fault(result).map(|fault| format!("\n{fault}"));
    let wait = wait(&result["waiting"]).map(|wait| format!(", {wait}"));
    let [score, error, wait, fault] = [score, error, wait, fault].map(Option::unwrap_or_default);
    format!("{} {}{before}{score}{error}{wait}{fault}", run(result), plain(&result["status"]))
}

/// That a run waits, until when and for what; `None` if it does not wait.
fn wait(waiting: &Value) -> Option<String> {
    let reason = waiting["for"].as_str()?;
    let until = waiting["until"].as_str().map_or(String::new(), |until| format!(" until {until}"));
    Some(format!("waits{until}: {reason}"))
}

/// The document, or the current draft if that is wanted too.
pub(crate) fn document(result: &Value, or_draft: bool) -> Option<String> {
    let draft = result["current_draft"].as_str().filter(|_| or_draft);
    let text = result["final_draft"].as_str().or(draft)?.trim_end();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Why a run has no document, and what can be done.
pub(crate) fn no_document(result: &Value) -> String {
    let id = run(result);
    let help = match result["status"].as_str() {
        Some("failed" | "cancelled") => format!("retry it with `client retry {id}`"),
        // A pending run without an error is in the queue.
        Some("pending") if result["error"].is_string() => {
            format!("retry it with `client retry {id}`, or start the server with what the run needs")
        }
        Some("paused") => format!("answer for the chair with `client approve {id}`"),
        _ => format!("wait for it with `client watch {id}`"),
    };
    let draft = result["current_draft"].as_str().is_some_and(|draft| !draft.trim().is_empty());
    let draft = if draft { ", or print its draft with --draft" } else { "" };
    format!("run {} (no document: {help}{draft})", status(result))
}

fn drafts(count: &Value) -> String {
    format!("{count} draft{}", if *count == 1 { "" } else { "s" })
}

/// The score with the number of drafts, as the end of a line; `None` without a score.
fn rating(result: &Value) -> Option<String> {
    let score = result["critic_score"].as_f64()?;
    Some(format!(", {score} of 10 after {}", drafts(&result["iteration_count"])))
}

/// That the draft is the document, and why; `None` if the document is the writer's.
fn document_fault(result: &Value) -> Option<String> {
    let fault = result["document_fault"].as_str()?;
    Some(format!("the document is the last draft, because the writer gave no text that can be used: {fault}"))
}

/// One line for each call of a model.
pub(crate) fn calls(result: &Value) -> String {
    let line = |call: &Value| {
        let [node, model, reason, kind] = ["node", "model", "reason", "kind"].map(|field| plain(&call[field]));
        let tokens = |field: &str| call["usage"][field].as_u64().unwrap_or_default();
        let (input, output) = (tokens("input_tokens"), tokens("output_tokens"));
        let seconds = call["duration_ms"].as_f64().unwrap_or_default() / 1000.0;
        let attempt =
            Some(&call["attempt"]).filter(|attempt| **attempt != 1).map(|attempt| format!("attempt {attempt}"));
        let end = call["fault"].as_str().map_or(kind, |fault| format!("no text is used: {fault}"));
        let unusual = [(reason, "first"), (end, "completed")].into_iter().filter(|(word, usual)| word != usual);
        let took = format!("{node}  {model}  {input} tokens in, {output} out, {seconds:.1} s");
        [Some(took), attempt].into_iter().flatten().chain(unusual.map(|(word, _)| word)).collect::<Vec<_>>().join(", ")
    };
    result["calls"].as_array().into_iter().flatten().map(line).collect::<Vec<_>>().join("\n")
}

/// The state that the chair can see and change.
pub(crate) fn state(answer: &Value) -> String {
    let state = &answer["current_state"];
    let next = list(&answer["next_nodes"]);
    let status = if answer["paused"] == true { format!("paused before {next}") } else { "not paused".to_owned() };
    let score = state["critic_score"].as_f64().map_or("not scored".to_owned(), |score| format!("{score} of 10"));
    let mut lines = vec![
        format!("{} {status}", run(answer)),
        format!("topic: {}", plain(&state["input_topic"])),
        format!("draft {}, {score}", state["iteration_count"]),
    ];
    lines.extend(state["current_draft"].as_str().filter(|draft| !draft.is_empty()).map(str::to_owned));
    let feedback = state["feedback_history"].as_array().into_iter().flatten();
    lines.extend(feedback.map(|feedback| format!("feedback: {}", plain(feedback))));
    lines.join("\n")
}

/// One line for each run, with the reason of its failure or its wait, shortened.
pub(crate) fn history(runs: &Value) -> String {
    let line = |run: &Value| {
        let score = run["critic_score"].as_f64().map_or("-".to_owned(), |score| format!("{score:.1}"));
        let [id, created, status] = ["id", "created_at", "status"].map(|field| plain(&run[field]));
        let topic = shortened(&plain(&run["input_topic"]), 60);
        let reason = wait(&run["waiting"]).or_else(|| run["error"].as_str().map(str::to_owned));
        let reason = reason.map(|reason| format!(": {}", shortened(&reason, 160))).unwrap_or_default();
        format!("{id}  {created:.19}  {status:9}  {score:>4}  {topic}{reason}")
    };
    runs.as_array().into_iter().flatten().map(line).collect::<Vec<_>>().join("\n")
}

/// A text in one line of at most this number of characters.
fn shortened(text: &str, limit: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= limit {
        return line;
    }
    line.chars().take(limit - 1).chain(['…']).collect()
}

/// An event in one line; `None` for events that are not shown.
pub(crate) fn event(event: &Value) -> Option<String> {
    let node = plain(&event["node"]);
    let what = match event["event"].as_str()? {
        "node_active" | "token" | "tokens_withdrawn" => return None,
        "node_start" => format!("{node} starts, round {}", event["iteration"]),
        "node_complete" => {
            let seconds = event["duration_ms"].as_f64().unwrap_or_default() / 1000.0;
            let score = event["score"].as_f64().map_or(String::new(), |score| format!(", {score} of 10"));
            format!("{node} is done in {seconds:.1} s{score}")
        }
        "run_paused" => format!("paused before {}: approve, modify or reject it", list(&event["next_nodes"])),
        "node_retry" => {
            let seconds = event["wait_ms"].as_f64().unwrap_or_default() / 1000.0;
            format!("{node} is called again in {seconds:.1} s: {}", plain(&event["reason"]))
        }
        "run_waiting" => wait(event).unwrap_or_else(|| "the run goes on".to_owned()),
        "run_stalled" => {
            format!("cannot go on without a retry or another start of the server: {}", plain(&event["reason"]))
        }
        "run_resumed" => "the run goes on".to_owned(),
        "models_changed" => {
            let change = |change: &Value| format!("{} has {}", plain(&change["node"]), plain(&change["now"]));
            let changes = event["changes"].as_array().into_iter().flatten().map(change).collect::<Vec<_>>();
            format!("goes on with other models: {}", changes.join(", "))
        }
        "run_complete" => {
            let score = rating(event).unwrap_or_default();
            let fault = document_fault(event).map(|fault| format!("; {fault}")).unwrap_or_default();
            format!("completed{score}{fault}")
        }
        "run_failed" => format!("failed: {}", plain(&event["error"])),
        "run_cancelled" => "cancelled".to_owned(),
        other => other.to_owned(),
    };
    Some(format!("{:>4}  {what}", plain(&event["seq"])))
}

fn list(names: &Value) -> String {
    names.as_array().into_iter().flatten().map(plain).collect::<Vec<_>>().join(", ")
}
