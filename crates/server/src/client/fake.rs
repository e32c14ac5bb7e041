//! A server with scripted responses that records its requests.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

use super::Client;

/// A response: its status line after `HTTP/1.1 `, additional headers, its body.
pub(crate) type ScriptedResponse = (&'static str, &'static str, String);

/// A server that sends one scripted response per request.
pub(crate) struct FakeServer {
    base: String,
    received: JoinHandle<Vec<SentRequest>>,
}

/// A received request: method and path, headers in lower case, body.
#[derive(Debug)]
pub(crate) struct SentRequest {
    pub(crate) line: String,
    pub(crate) headers: String,
    pub(crate) body: String,
}

impl FakeServer {
    pub(crate) fn with(script: Vec<ScriptedResponse>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let respond = move |scripted: ScriptedResponse| respond(listener.accept().unwrap().0, &scripted);
        Self { base, received: thread::spawn(|| script.into_iter().map(respond).collect()) }
    }

    /// Returns the URL of the server.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Returns a client of the server.
    pub(crate) fn client(&self) -> Client {
        Client::new(&self.base, "the-token".into()).unwrap()
    }

    /// Waits until all responses are sent, and returns the requests.
    pub(crate) fn requests(self) -> Vec<SentRequest> {
        self.received.join().unwrap()
    }
}

fn respond(mut stream: TcpStream, (status, headers, body): &ScriptedResponse) -> SentRequest {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(reader.read_line(&mut head).unwrap() > 0, "{head}");
    }
    let (line, received_headers) = head.split_once("\r\n").unwrap();
    let received_headers = received_headers.to_lowercase();
    let length =
        received_headers.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()).map_or(0, |text| text.parse().unwrap());
    let mut read = vec![0; length];
    reader.read_exact(&mut read).unwrap();
    write!(stream, "HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len()).unwrap();
    SentRequest { line: line.replace(" HTTP/1.1", ""), headers: received_headers, body: String::from_utf8(read).unwrap() }
}
