//! The config of every kind: what it accepts, and what it says about mistakes.

use std::collections::BTreeMap;

use adapters::source::{Connection, Question};

use crate::bench::read;

/// One config with every key of every kind, as it may be copied.
const WHOLE: &str = r#"
[source.metrics.prometheus]
server-address = "https://prometheus.lab:9090/prom"
timeout = "5s"
headers = { X-Scope-OrgID = "team-a" }
auth.bearer-token = { file = "/run/secrets/token" }
tls = { ca-file = "ca.pem", cert-file = "me.pem", key-file = "me.key", unsafe-ssl = false }

[source.exporters.scrape]
urls = ["http://10.0.0.1:9100/metrics", "http://10.0.0.2:9100/metrics"]
timeout = "2s"
auth.basic = { username = "trimtab", password = { credential = "exporter-password" } }

[source.queue.redis]
address = "127.0.0.1:6379"
database-index = 1
username = "trimtab"
password = { env = "REDIS_PASSWORD" }
tls = {}
timeout = "1s"

[source.api.http-json]
url = "https://cape.lab/apiv2"
auth.authorization = { scheme = "APIKEY", secret = { env = "CAPE_KEY" } }

[source.other.http-json]
url = "http://other.lab"
auth.header = { name = "X-Api-Key", secret = { env = "OTHER_KEY" } }

[source.mass.mass]
url = "https://mass.lab/api/"
api-key = { file = "/etc/trimtab/mass-key" }
timeout = "5s"
per-page = 100
tls = { ca-file = "ca.pem" }

[question.rate.prometheus]
source = "metrics"
query = "sum by (instance) (rate(requests_total[1m]))"
range.step = "15s"
series = "each"
agent-label = "instance"

[question.busy.scrape]
source = "exporters"
metric = "request_seconds"
labels = { route = "/api", code = { regex = "2.." } }
function = "quantile"
quantile = 0.95
by = ["route"]
replica-label = "instance"

[question.waiting.redis]
source = "queue"
list-length = ["high", "low"]

[question.lag.redis]
source = "queue"
stream-lag = { stream = "events", consumer-group = "workers" }

[question.pending.redis]
source = "queue"
pending = { stream = "events", consumer-group = "workers" }

[question.later.redis]
source = "queue"
sorted-set-size = "delayed"

[question.tasks.http-json]
source = "api"
path = "/tasks/list/?status=pending"
list-location = "$.data"
value-location = "$[?@.machine == null]"
aggregate = "count"
paging = { next-location = "next", limit = 20 }

[question.work.http-json]
source = "api"
path = "/jobs"
list-location = "jobs"
jobs = { select = "$[?@.queue == 'mail']", queued-at = "queued", taken-at = "started", ended-at = "ended", count = "size" }
paging = { next-location = "cursor", parameter = "after" }

[question.demand.karton]
source = "queue"
identity = "karton.drakrun-prod"
read = "demand"
started-timeout = "4h"

[question.urgent.karton]
source = "queue"
identity = "karton.drakrun-prod"
read = "waiting"
priority = "high"

[question.analyses.karton]
source = "queue"
identity = "karton.drakrun-prod"
jobs = true

[question.demand-now.rq]
source = "queue"
queue = "drakrun-analysis"
read = "demand"
key-prefix = "rq"

[question.analyses-now.rq]
source = "queue"
queue = "drakrun-analysis"
jobs = true

[question.analyses-there.mass]
source = "mass"
analysis-system = "ssdeep"
read = "demand"
due-only = true
unregistered = "zero"
"#;

#[derive(serde::Deserialize)]
struct Whole {
    source: BTreeMap<String, Connection>,
    question: BTreeMap<String, Question>,
}

#[test]
fn the_whole_config_is_read() {
    let whole: Whole = read(WHOLE).unwrap();
    assert_eq!((whole.source.len(), whole.question.len()), (6, 14));
    for question in whole.question.values() {
        assert_eq!(question.check(), [""; 0], "{question:?}");
        assert!(question.over(&whole.source[question.source()].open()).is_ok());
    }
    let with_jobs = whole.question.iter().filter(|(_, question)| question.gives_jobs()).map(|(name, _)| name.as_str());
    assert_eq!(with_jobs.collect::<Vec<_>>(), ["analyses", "analyses-now", "work"]);
}

#[test]
fn a_question_to_another_kind_of_source_is_refused() {
    let whole: Whole = read(WHOLE).unwrap();
    let refused = whole.question["waiting"].over(&whole.source["api"].open()).err().unwrap();
    let expected = "source \"queue\" is of kind http-json, so the question to it can't be of kind redis";
    assert_eq!(refused.to_string(), expected);
}

#[test]
fn what_can_be_read_can_be_written() {
    let whole: Whole = read(WHOLE).unwrap();
    for (name, question) in whole.question {
        let text = serde_json::to_string(&question).unwrap();
        assert_eq!(serde_json::from_str::<Question>(&text).unwrap(), question, "{name}");
    }
    for (name, connection) in whole.source {
        let text = serde_json::to_string(&connection).unwrap();
        assert_eq!(serde_json::from_str::<Connection>(&text).unwrap(), connection, "{name}");
    }
}

#[test]
fn a_mistake_in_a_connection_is_pointed_at() {
    for (text, expected) in [
        ("[prometheus]\nserver-adress = 'http://h'", "unknown field `server-adress`, expected one of `server-address`"),
        ("[prometheus]\nserver-address = 'prometheus'", "is no URL"),
        ("[prometheus]\nserver-address = 'ftp://h'", "must begin with http:// or https://"),
        ("[prometheus]\nserver-address = 'http://me:pw@h'", "must not hold a user name or password: use auth"),
        (
            "[prometheus]\nserver-address = 'http://h'\ntimeout = 3",
            "a time span in quotes with its unit, such as \"3s\"",
        ),
        ("[prometheus]\nserver-address = 'http://h'\nauth.bearer-token = 'x'", "expected"),
        ("[prometheus]\nserver-address = 'http://h'\nauth.token = { env = 'X' }", "unknown variant `token`"),
        ("[prometheus]\nserver-address = 'http://h'\nheaders = { Authorization = 'x' }", "holds a secret: use auth"),
        ("[prometheus]\nserver-address = 'http://h'\nheaders = { 'a b' = 'x' }", "can't be the name of a header"),
        ("[redis]\naddress = 'redis://h:6379'", "expected \"host:port\" or the path of a unix socket"),
        ("[redis]\naddress = 'h:1'\ndatabase-index = -1", "expected u32"),
        ("[rabbit]\naddress = 'h:1'", "unknown variant `rabbit`"),
    ] {
        let said = read::<Connection>(text).unwrap_err();
        assert!(said.contains(expected), "{text}\n{said}");
        assert!(!said.contains("line 0"), "{said}");
    }
}

#[test]
fn a_mistake_in_a_question_is_pointed_at() {
    for (text, expected) in [
        ("[scrape]\nsource = 's'\nmetric = 'm'\nfunction = 'median'", "unknown variant `median`"),
        ("[scrape]\nsource = 's'\nmetric = 'm'\nlabels = { a = { regex = '(' } }", "is no regular expression"),
        ("[http-json]\nsource = 's'\nvalue-location = '$.a['", "is no JSONPath"),
        ("[http-json]\nsource = 's'\nvalue-location = 'a'\nagregate = 'sum'", "unknown field `agregate`"),
        ("[redis]\nsource = 's'\nlist-length = []", "a key, or a list of different keys"),
        ("[redis]\nsource = 's'\nlist-length = ['a', 'a']", "is listed twice"),
        ("[redis]\nsource = 's'\nstream-lag = { stream = 'a', group = 'g' }", "unknown field `group`"),
        ("[prometheus]\nquery = 'up'", "missing field `source`"),
    ] {
        let said = read::<Question>(text).unwrap_err();
        assert!(said.contains(expected), "{text}\n{said}");
    }
}

#[test]
fn what_contradicts_itself_is_checked() {
    for (text, expected) in [
        ("[prometheus]\nsource = 's'\nquery = ' '", "query must be PromQL"),
        ("[prometheus]\nsource = 's'\nquery = 'up'\nrange.step = '10ms'", "range.step must be at least \"1s\""),
        ("[prometheus]\nsource = 's'\nquery = 'up'\nagent-label = 'a'\nreplica-label = 'b'", "only one of them"),
        ("[scrape]\nsource = 's'\nmetric = 'm'\nfunction = 'quantile'", "needs quantile, such as 0.95"),
        (
            "[scrape]\nsource = 's'\nmetric = 'm'\nfunction = 'quantile'\nquantile = 95.0",
            "must lie from 0 to 1, not 95",
        ),
        ("[scrape]\nsource = 's'\nmetric = 'm'\nquantile = 0.5", "goes with function = \"quantile\" only"),
        ("[redis]\nsource = 's'", "exactly one of list-length, stream-length"),
        ("[redis]\nsource = 's'\nlist-length = 'a'\nset-size = 'b'", "is expected, not 2"),
        ("[http-json]\nsource = 's'", "one of value-location and jobs is expected"),
        ("[http-json]\nsource = 's'\njobs = { queued-at = 'q' }", "jobs needs list-location"),
        (
            "[http-json]\nsource = 's'\nvalue-location = 'a'\npaging = { next-location = 'n', limit = 0 }",
            "from 1 to 100, not 0",
        ),
    ] {
        let issues = read::<Question>(text).unwrap().check();
        assert!(issues.len() == 1 && issues[0].contains(expected), "{text}\n{issues:?}");
    }
    for (text, expected) in [
        ("[scrape]\nurls = []", "urls must name at least one exporter"),
        ("[scrape]\nurls = ['http://h/m']\ntimeout = '0s'", "timeout must be longer than nothing"),
        ("[redis]\naddress = 'h:1'\nusername = 'me'", "username needs password beside it"),
        ("[redis]\naddress = '/run/redis.sock'\ntls = {}", "tls and a unix socket do not go together"),
    ] {
        let issues = read::<Connection>(text).unwrap().check();
        assert!(issues.len() == 1 && issues[0].contains(expected), "{text}\n{issues:?}");
    }
}
