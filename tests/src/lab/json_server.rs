//! An HTTP server that answers as it is told: well, badly, late, in part or not at all.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// What to answer.
#[derive(Clone, Debug)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    delay: Option<Duration>,
    fault: Option<Fault>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    Hang,
    Close,
    CutAt(usize),
}

impl Reply {
    /// A JSON document.
    pub fn json(body: &str) -> Self {
        Self::typed("application/json", body)
    }

    /// A page of metrics in the Prometheus text format.
    pub fn metrics(body: &str) -> Self {
        Self::typed("text/plain; version=0.0.4; charset=utf-8", body)
    }

    /// Any text.
    pub fn typed(content_type: &str, body: &str) -> Self {
        Self::bytes(content_type, body.as_bytes())
    }

    /// Anything.
    pub fn bytes(content_type: &str, body: &[u8]) -> Self {
        let headers = vec![("Content-Type".to_owned(), content_type.to_owned())];
        Self { status: 200, headers, body: body.to_vec(), delay: None, fault: None }
    }

    /// Nothing, and the connection stays open.
    pub fn hang() -> Self {
        Self { fault: Some(Fault::Hang), ..Self::json("") }
    }

    /// Nothing, and the connection is closed.
    pub fn close() -> Self {
        Self { fault: Some(Fault::Close), ..Self::json("") }
    }

    /// With another status than 200.
    #[must_use]
    pub fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Only after this long.
    #[must_use]
    pub fn delay(self, delay: Duration) -> Self {
        Self { delay: Some(delay), ..self }
    }

    /// The whole length is announced, and the connection closed after so many bytes.
    #[must_use]
    pub fn cut_at(self, length: usize) -> Self {
        Self { fault: Some(Fault::CutAt(length)), ..self }
    }
}

/// A request that came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// Path and query.
    pub target: String,
    /// Headers, their names in lower case.
    pub headers: BTreeMap<String, String>,
}

/// A server that is told what to answer, path by path. Ends when dropped.
pub struct JsonServer {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    ended: Condvar,
}

/// Works out what to answer.
type Answerer = Box<dyn Fn(&Request) -> Reply + Send>;

#[derive(Default)]
struct State {
    answerer: Option<Answerer>,
    replies: BTreeMap<String, Reply>,
    requests: Vec<Request>,
    ended: bool,
}

impl JsonServer {
    /// One that answers 404 to everything.
    ///
    /// # Panics
    ///
    /// If there is no port to be had.
    pub fn start() -> Self {
        Self::serving(State::default())
    }

    /// One that works out what to answer where no reply was told to it. It is asked one request at a time.
    ///
    /// # Panics
    ///
    /// If there is no port to be had.
    pub fn answering(answerer: impl Fn(&Request) -> Reply + Send + 'static) -> Self {
        Self::serving(State { answerer: Some(Box::new(answerer)), ..State::default() })
    }

    fn serving(state: State) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap_or_else(|error| panic!("no port: {error}"));
        let address = listener.local_addr().unwrap_or_else(|error| panic!("no address: {error}"));
        let shared = Arc::new(Shared { state: Mutex::new(state), ended: Condvar::new() });
        let serving = shared.clone();
        thread::spawn(move || serving.serve(&listener));
        Self { address, shared }
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// `127.0.0.1:PORT`.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// From now on, answers so at `target`: a path, or a path with its query if that one needs its own.
    pub fn reply(&self, target: &str, reply: Reply) {
        self.shared.state().replies.insert(target.to_owned(), reply);
    }

    /// The requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.state().requests.clone()
    }
}

impl Drop for JsonServer {
    fn drop(&mut self) {
        self.shared.state().ended = true;
        self.shared.ended.notify_all();
        // Wakes the thread that accepts, which then sees that this is the end.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(self: Arc<Self>, listener: &TcpListener) {
        while let Ok((stream, _)) = listener.accept() {
            if self.state().ended {
                return;
            }
            let shared = self.clone();
            // A connection that breaks is the client's affair.
            thread::spawn(move || shared.answer(stream).ok());
        }
    }

    fn answer(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let request = read_request(&stream)?;
        let reply = self.reply_to(request);
        match reply.fault {
            Some(Fault::Hang) => self.wait(None),
            Some(Fault::Close) => {}
            Some(Fault::CutAt(length)) => write(&mut stream, &reply, &reply.body[..length.min(reply.body.len())])?,
            None => {
                if let Some(delay) = reply.delay {
                    self.wait(Some(delay));
                }
                write(&mut stream, &reply, &reply.body)?;
            }
        }
        Ok(())
    }

    fn reply_to(&self, request: Request) -> Reply {
        let mut state = self.state();
        let path = request.target.split('?').next().unwrap_or_default();
        let told = state.replies.get(&request.target).or_else(|| state.replies.get(path)).cloned();
        let reply = told.or_else(|| state.answerer.as_ref().map(|answer| answer(&request)));
        state.requests.push(request);
        reply.unwrap_or_else(|| Reply::json("{}").status(404))
    }

    /// Waits for so long, or for the end of the server.
    fn wait(&self, delay: Option<Duration>) {
        let (state, running) = (self.state(), |state: &mut State| !state.ended);
        match delay {
            Some(delay) => drop(self.ended.wait_timeout_while(state, delay, running)),
            None => drop(self.ended.wait_while(state, running)),
        }
    }
}

fn read_request(stream: &TcpStream) -> io::Result<Request> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next().ok_or(io::ErrorKind::UnexpectedEof)??;
    let mut request = Request { target: first.split(' ').nth(1).unwrap_or_default().to_owned(), ..Request::default() };
    for line in lines {
        let line = line?;
        let Some((name, value)) = line.split_once(':') else { break };
        request.headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    Ok(request)
}

fn write(stream: &mut TcpStream, reply: &Reply, body: &[u8]) -> io::Result<()> {
    let mut head = format!("HTTP/1.1 {} Told\r\nConnection: close\r\n", reply.status);
    for (name, value) in &reply.headers {
        head += &[name, ": ", value, "\r\n"].concat();
    }
    let whole = reply.body.len();
    stream.write_all(format!("{head}Content-Length: {whole}\r\n\r\n").as_bytes())?;
    stream.write_all(body)
}
