use super::*;
use std::net::TcpListener;

/// Serves each connection this answer, until the test ends; its address.
fn server(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.set_read_timeout(Some(Duration::from_millis(20)));
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(answer);
        }
    });
    address
}

fn ask(address: &str, probe: &Probe, timeout: Duration) -> Result<Readiness, LaunchError> {
    let wait = Wait { address: address.to_owned(), begin: Instant::now(), timeout };
    await_ready(&wait, probe, &AtomicBool::new(false), || None)
}

fn http() -> Probe {
    Probe::Http { path: "/".to_owned() }
}

#[test]
fn an_answer_of_the_protocol_is_readiness() {
    let long = Duration::from_secs(20);
    for (answer, probe) in [
        (&b"HTTP/1.0 200 OK\r\n\r\n"[..], http()),
        (b"\x4a\0\0\0\x0a8.0.36\0", Probe::Mysql),
        (b"", Probe::Tcp),
    ] {
        let ready = ask(&server(answer), &probe, long).unwrap();
        assert!(ready.first_connect.unwrap() <= ready.first_answer, "{probe:?}");
    }
}

#[test]
fn another_answer_is_none() {
    for (answer, probe, last) in [
        (&b"HTTP/1.1 503 Busy\r\n\r\n"[..], http(), "answered \"HTTP/1.1 503 Busy\""),
        (b"SSH-2.0-OpenSSH\r\n", http(), "answered \"SSH-2.0-OpenSSH\""),
        (
            b"\x10\0\0\0\xff\x69\x04busy",
            Probe::Mysql,
            "no greeting of MySQL but \"\\u{10}\\0\\0\\0�i\\u{4}busy\"",
        ),
    ] {
        let address = server(answer);
        let error = ask(&address, &probe, Duration::from_millis(300)).unwrap_err();
        let expected = format!("does not answer at {address} after 0.3 s: {last}; its console is empty");
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn a_port_that_nobody_listens_on_is_refused_until_the_time_is_over() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let error = ask(&address, &http(), Duration::from_millis(50)).unwrap_err();
    let expected = format!(
        "does not answer at {address} after 0.05 s: Connection refused (os error 111); its console is empty"
    );
    assert_eq!(error.to_string(), expected);
}

#[test]
fn an_answer_after_the_system_ended_is_a_strangers() {
    let wait = Wait {
        address: server(b"HTTP/1.1 200 OK\r\n\r\n"),
        begin: Instant::now(),
        timeout: Duration::from_secs(20),
    };
    let mut looks = 0;
    let ended = || {
        looks += 1;
        (looks > 1).then(|| "exit status: 1".to_owned())
    };
    let error = await_ready(&wait, &http(), &AtomicBool::new(false), ended).unwrap_err();
    assert_eq!(error.to_string(), "ended before it answered (exit status: 1); its console is empty");
}

#[test]
fn a_wait_can_be_broken_off() {
    let wait =
        Wait { address: "127.0.0.1:1".to_owned(), begin: Instant::now(), timeout: Duration::from_secs(20) };
    let error = await_ready(&wait, &http(), &AtomicBool::new(true), || None).unwrap_err();
    assert_eq!(error.to_string(), "broken off");
}
