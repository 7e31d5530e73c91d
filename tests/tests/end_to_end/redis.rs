//! By the length of a list in a real Redis.

use trimtab_tests::lab::{Redis, TrimtabHost};

#[test]
fn processes_follow_a_redis_list() {
    let redis = Redis::start();
    let set = |length: u32| {
        let fill = "redis.call('DEL', KEYS[1]); for i = 1, ARGV[1] do redis.call('RPUSH', KEYS[1], i) end";
        redis.command(&["EVAL", fill, "1", "jobs", &length.to_string()]);
    };
    set(5);
    let source = format!("redis.address = \"{}\"", redis.address());
    let indicator = r#"redis = { source = "queue", list-length = "jobs" }"#;
    let mut host = TrimtabHost::serving(&super::config(&source, indicator));
    super::up_and_down(&mut host, set);
}
