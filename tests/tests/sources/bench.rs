//! What the tests have in common: sources from TOML, and answers as something to compare.

use std::time::Duration;

use adapters::source::{Answer, Connection, Question, Source, SourceError};
use scaling_core::observation::{Scalar, Subject};
use scaling_core::units::Timestamp;

/// A moment to ask at: 2023-11-14T22:13:20Z.
pub const NOW: Timestamp = Timestamp(1_700_000_000_000);

/// A minute.
pub const MINUTE: Duration = Duration::from_secs(60);

/// What a source says, short: an error's label, or each series as `subject{labels} values`, `~` if partial.
pub fn told(answer: &Result<Answer, SourceError>) -> String {
    let readings = match answer {
        Err(error) => return error.label().to_owned(),
        Ok(Answer::Jobs(_)) => return "jobs".to_owned(),
        Ok(Answer::Readings(readings)) => readings,
    };
    let series = readings.iter().map(|reading| {
        let subject = match &reading.subject {
            Subject::Target => String::new(),
            Subject::Agent(id) => format!("agent {id} "),
            Subject::Replica(id) => format!("replica {id} "),
        };
        let text = |value: &Scalar| if let Scalar::Text(text) = value { text.clone() } else { format!("{value:?}") };
        let labels = reading.attributes.iter().map(|label| format!("{}={} ", label.key, text(&label.value)));
        let values: Vec<String> = reading.samples.iter().map(|sample| sample.value.get().to_string()).collect();
        format!("{subject}{}{}{}", labels.collect::<String>(), values.join(","), if reading.partial { "~" } else { "" })
    });
    series.collect::<Vec<_>>().join("; ")
}

/// A table of TOML as whatever it is.
pub fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    toml::from_str(text).map_err(|error| error.to_string())
}

/// A source from the TOML of its connection and of its question, `NAME = { ... }` each.
pub fn source(connection: &str, question: &str) -> Box<dyn Source> {
    let connection: Connection = read(connection).unwrap();
    let question: Question = read(question).unwrap();
    assert_eq!(question.check(), [""; 0], "{question:?}");
    question.over(&connection.open()).unwrap()
}

/// Asks now, over a minute.
pub async fn ask(source: &dyn Source) -> Result<Answer, SourceError> {
    ask_at(source, NOW).await
}

/// Asks at a moment, over a minute.
pub async fn ask_at(source: &dyn Source, now: Timestamp) -> Result<Answer, SourceError> {
    let patience = Duration::from_secs(30);
    tokio::time::timeout(patience, source.ask(now, MINUTE)).await.unwrap_or_else(|_| panic!("hung for {patience:?}"))
}

/// The moment on this machine's clock, for what real programs have put a time on.
pub fn real_now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Timestamp(u64::try_from(since.as_millis()).unwrap())
}

/// Asks in real time until the answer is as expected, for at most `patience`.
pub async fn settles(source: &dyn Source, expected: &str, patience: Duration) {
    let deadline = tokio::time::Instant::now() + patience;
    loop {
        let answer = ask_at(source, real_now()).await;
        if told(&answer) == expected {
            return;
        }
        assert!(tokio::time::Instant::now() < deadline, "still {answer:?}, not {expected}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The message of a failure.
pub fn message(answer: &Result<Answer, SourceError>) -> String {
    answer.as_ref().map_or_else(ToString::to_string, |answer| panic!("{answer:?} is no error"))
}

/// Asks again and again until the answer is as expected, for at most ten seconds.
pub async fn ask_until(source: &dyn Source, expected: &str) {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
    loop {
        let answer = told(&ask(source).await);
        if answer == expected {
            return;
        }
        assert!(tokio::time::Instant::now() < deadline, "still {answer}, not {expected}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
