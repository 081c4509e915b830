//! A server on loopback that speaks as much of OpenAI's Chat Completions as the council needs.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use serde_json::json;

/// The reply of the server to a call.
pub(crate) enum Reply {
    /// It streams this text.
    Text(&'static str),
    /// It streams this text, and reports that the text was cut off.
    Cut(&'static str),
    /// It streams this text, and reports that a filter has withheld the rest.
    Withheld(&'static str),
    /// It refuses with this status and message.
    Refusal(u16, &'static str),
    /// It refuses with status 429, and asks to wait for these seconds.
    Spent(u64),
    /// It streams this text, and reports that the next call may begin in a second.
    Last(&'static str),
    /// It answers with a page for a browser.
    Page(&'static str),
    /// It starts an answer, and then sends no more.
    Silence,
}

/// The address of a server, and a message for each call that it has begun to answer.
pub(crate) struct Server {
    pub(crate) address: String,
    pub(crate) calls: Receiver<()>,
}

/// Gives the replies in turn, each to one call, and then closes.
pub(crate) fn serve(replies: impl IntoIterator<Item = Reply, IntoIter: Send + 'static>) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/v1", listener.local_addr().unwrap());
    let replies = replies.into_iter();
    let (sender, calls) = channel();
    thread::spawn(move || {
        let mut kept = Vec::new();
        for reply in replies {
            let (stream, _) = listener.accept().unwrap();
            answer(&stream, &reply);
            kept.extend(matches!(reply, Reply::Silence).then_some(stream));
            // A test that does not count the calls has dropped the receiver.
            let _ = sender.send(());
        }
        while !kept.is_empty() {
            thread::park();
        }
    });
    Server { address, calls }
}

fn answer(mut stream: &TcpStream, reply: &Reply) {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    reader.read_exact(&mut vec![0; length]).unwrap();
    let answer = match reply {
        Reply::Text(text) => format!("{STREAM}{}{}", delta(text), END),
        Reply::Last(text) => {
            let quota = "x-ratelimit-remaining-requests: 0\r\nx-ratelimit-reset-requests: 1s\r\n\r\n";
            format!("{}{}{END}", STREAM.replacen("\r\n\r\n", &format!("\r\n{quota}"), 1), delta(text))
        }
        Reply::Spent(seconds) => {
            format!("HTTP/1.1 429 No\r\nconnection: close\r\nretry-after: {seconds}\r\ncontent-length: 0\r\n\r\n")
        }
        Reply::Cut(text) => format!("{STREAM}{}{}", delta(text), END.replace("\"stop\"", "\"length\"")),
        Reply::Withheld(text) => format!("{STREAM}{}{}", delta(text), END.replace("\"stop\"", "\"content_filter\"")),
        Reply::Refusal(status, message) => {
            let body = json!({"error": {"message": message}}).to_string();
            let length = body.len();
            format!("HTTP/1.1 {status} No\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}")
        }
        Reply::Page(page) => {
            let length = page.len();
            format!(
                "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: text/html\r\ncontent-length: {length}\r\n\r\n{page}"
            )
        }
        Reply::Silence => format!("{STREAM}{}", delta("And then ")),
    };
    stream.write_all(answer.as_bytes()).unwrap();
}

/// The text in pieces of three characters.
fn delta(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let pieces = characters.chunks(3).map(String::from_iter);
    let events = pieces.map(|piece| json!({"choices": [{"delta": {"content": piece}}]}));
    events.flat_map(|event| ["data: ".to_owned(), event.to_string(), "\n\n".to_owned()]).collect()
}

const STREAM: &str = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: text/event-stream\r\n\r\n";

const END: &str = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\
    \"usage\":{\"prompt_tokens\":1000,\"completion_tokens\":200}}\n\ndata: [DONE]\n\n";
