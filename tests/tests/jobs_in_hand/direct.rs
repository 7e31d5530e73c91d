//! A file or an address of each instance.

use std::fs;

use trimtab_tests::lab::{JsonServer, Reply};

use crate::bench::Bench;

#[tokio::test]
async fn a_file_tells_until_it_is_garbled_or_gone() {
    let dir = tempfile::tempdir().unwrap();
    let path = |number: u32| dir.path().join(number.to_string());
    fs::write(path(1), "2\n").unwrap();
    fs::write(path(2), r#"{"jobs": 0}"#).unwrap();
    let config = format!("every = '100ms'\nfile = {{ path = '{}/{{instance}}' }}", dir.path().display());
    let bench = Bench::new(3, &config, None);
    bench.until("2 0 ?").await;
    assert!(bench.why(3).ends_with("can't be read: entity not found"), "{}", bench.why(3));
    fs::write(path(1), "").unwrap();
    fs::write(path(3), "1").unwrap();
    bench.until("? 0 1").await;
    assert!(bench.why(1).contains("did not answer a whole number"), "{}", bench.why(1));
    fs::remove_file(path(2)).unwrap();
    fs::write(path(1), "0").unwrap();
    bench.until("0 ? 1").await;
}

#[tokio::test]
async fn an_address_that_hangs_or_fails_hides_no_other() {
    let server = JsonServer::start();
    server.reply("/1", Reply::json("3"));
    server.reply("/2", Reply::hang());
    server.reply("/3", Reply::json("0").status(503));
    server.reply("/4", Reply::json(r#"{"jobs": 0}"#).header("Location", "/1").status(302));
    let url = server.url();
    let config = format!("every = '100ms'\ntimeout = '300ms'\nhttp = {{ url = '{url}/{{instance}}' }}");
    let bench = Bench::new(5, &config, None);
    bench.until("3 ? ? ? ?").await;
    bench.one_more_round(1).await;
    assert_eq!(bench.told(5), "3 ? ? ? ?");
    let reasons = [2, 3, 4, 5].map(|number| bench.why(number));
    let answered = |status: u16| format!("its address answered {status}");
    let late = "its address did not answer within 300 ms".to_owned();
    assert_eq!(reasons, [late, answered(503), answered(302), answered(404)]);
    server.reply("/2", Reply::json("0"));
    bench.until("3 0 ? ? ?").await;
    drop(server);
    bench.until("? ? ? ? ?").await;
}
