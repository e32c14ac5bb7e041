//! A server of a few answers, which keeps what it was asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

use super::Client;

/// An answer: its first line after `HTTP/1.1 `, headers if there are more than usual, its body.
pub(crate) type Scripted = (&'static str, &'static str, String);

/// Gives these answers, one a request, and ends with what was asked: method, path, body, headers in small letters.
pub(crate) struct Fake {
    base: String,
    asked: JoinHandle<Vec<ServerCommand>>,
}

/// A request.
#[derive(Debug)]
pub(crate) struct ServerCommand {
    pub(crate) line: String,
    pub(crate) headers: String,
    pub(crate) body: String,
}

impl Fake {
    pub(crate) fn with(script: Vec<Scripted>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let answer = move |scripted: Scripted| answer(listener.accept().unwrap().0, &scripted);
        Self { base, asked: thread::spawn(|| script.into_iter().map(answer).collect()) }
    }

    /// Where it listens.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Who asks it.
    pub(crate) fn client(&self) -> Client {
        Client::new(&self.base, "the-token".into()).unwrap()
    }

    /// What was asked, once all answers are given.
    pub(crate) fn asked(self) -> Vec<ServerCommand> {
        self.asked.join().unwrap()
    }
}

fn answer(mut stream: TcpStream, (status, headers, body): &Scripted) -> ServerCommand {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(reader.read_line(&mut head).unwrap() > 0, "{head}");
    }
    let (line, headers_asked) = head.split_once("\r\n").unwrap();
    let headers_asked = headers_asked.to_lowercase();
    let length =
        headers_asked.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()).map_or(0, |text| text.parse().unwrap());
    let mut read = vec![0; length];
    reader.read_exact(&mut read).unwrap();
    write!(stream, "HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len()).unwrap();
    ServerCommand { line: line.replace(" HTTP/1.1", ""), headers: headers_asked, body: String::from_utf8(read).unwrap() }
}
