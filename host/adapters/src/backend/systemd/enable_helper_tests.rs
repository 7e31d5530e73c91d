//! Helpers that are not there or misbehave. The real one is asked in `tests/tests/least_privilege`.

use tempfile::TempDir;
use tokio::net::UnixListener;

use super::*;

fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("helper.sock");
    (folder, socket)
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

/// What is made of a peer that answers so and hangs up.
async fn answered(answer: &[u8]) -> Result<Vec<UnitOutcome>, HelperError> {
    let (_folder, socket) = place();
    let listener = UnixListener::bind(&socket).unwrap();
    let peer = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.read_exact(&mut [0; 10]).await.unwrap();
        while stream.try_read(&mut [0; 100]).is_ok() {}
        let _ = stream.write_all(answer).await;
    };
    let asked = names(&["drakrun@1.service", "drakrun@2.service"]);
    tokio::join!(enable(&socket, &asked), peer).0
}

#[tokio::test]
async fn who_is_not_there_is_named_with_what_to_do() {
    let (_folder, socket) = place();
    let asked = names(&["drakrun@1.service"]);
    let missing = enable(&socket, &asked).await.unwrap_err();
    assert_eq!(missing, HelperError::NoSocket(socket.clone()));
    assert!(missing.to_string().ends_with("is trimtab-boot.socket enabled and started?"), "{missing}");
    drop(UnixListener::bind(&socket).unwrap());
    assert_eq!(disable(&socket, &asked).await, Err(HelperError::NobodyListens(socket)));
    assert_eq!(enable(Path::new("/nowhere"), &[]).await, Ok(vec![]), "nothing is asked of nobody");
}

#[test]
fn a_socket_for_others_is_told_apart() {
    let denied = unreachable(Path::new("/run/x.sock"), &ErrorKind::PermissionDenied.into()).to_string();
    assert!(denied.contains("is it in the group of trimtab-boot.socket"), "{denied}");
}

#[tokio::test]
async fn outcomes_come_in_order() {
    let outcomes = answered(
        br#"{"results":[{"ok":true,"unit":"drakrun@1.service"},{"error":"masked","ok":false,"unit":"drakrun@2.service"}]}
"#,
    );
    let expected = [("drakrun@1.service", None), ("drakrun@2.service", Some("masked".to_owned()))];
    let expected = expected.map(|(unit, failure)| UnitOutcome { unit: unit.to_owned(), failure });
    assert_eq!(outcomes.await.unwrap(), expected);
}

#[tokio::test]
async fn a_refusal_is_an_error() {
    assert_eq!(answered(b"{\"refused\":\"no\"}\n").await, Err(HelperError::Refused("no".to_owned())));
}

#[tokio::test]
async fn half_answers_and_answers_about_others_are_none() {
    let other = b"{\"results\":[{\"ok\":true,\"unit\":\"drakrun@1.service\"}]}\n";
    for answer in [&b"{\"results\":"[..], b"hello\n", b"{}\n", other, &vec![b'x'; 2 << 20]] {
        let made_of_it = answered(answer).await;
        assert!(matches!(made_of_it, Err(HelperError::BadAnswer(_))), "{made_of_it:?}");
    }
    assert!(matches!(answered(b"").await, Err(HelperError::NoAnswer(_))));
}

#[tokio::test(start_paused = true)]
async fn a_helper_that_hangs_is_not_waited_for() {
    let (_folder, socket) = place();
    let _listener = UnixListener::bind(&socket).unwrap();
    assert_eq!(enable(&socket, &names(&["drakrun@1.service"])).await, Err(HelperError::Timeout));
}
