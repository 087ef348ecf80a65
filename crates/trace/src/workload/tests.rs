use super::*;

fn request(path: &str) -> WorkloadRequest {
    WorkloadRequest { method: "GET".to_owned(), path: Some(path.to_owned()), ..WorkloadRequest::default() }
}

/// Requests and arrivals that were read back, and the file's size.
type Read = (Vec<WorkloadRequest>, Vec<(i64, u32)>, WorkloadSummary, u64);

fn read(writer: WorkloadWriter) -> Read {
    let folder = writer.folder.clone();
    let path = folder.join(WORKLOAD_FILE);
    let staged = writer.stage().unwrap();
    let summary = *staged.summary();
    staged.seal(&path).unwrap();
    assert_eq!(folder.read_dir().unwrap().count(), 1, "nothing but the workload is left");
    let reader = WorkloadReader::open(&path).unwrap();
    assert_eq!(reader.arrival_count(), summary.arrivals);
    let arrivals = reader.arrivals().unwrap().collect::<Result<_, _>>().unwrap();
    (reader.requests().unwrap(), arrivals, summary, path.metadata().unwrap().len())
}

#[test]
fn arrivals_in_any_order_are_read_in_order_and_say_what_they_ask() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = WorkloadWriter::create(folder.path()).unwrap();
    let post = WorkloadRequest {
        method: "POST".to_owned(),
        path: None,
        headers: vec![("A".to_owned(), "1: 2".to_owned()), ("B".to_owned(), String::new())],
        body: Some(b"\0\n\xff".to_vec()),
    };
    let numbers = [request("/late"), post.clone(), request("/late")].map(|one| writer.request(one).unwrap());
    assert_eq!(numbers, [0, 1, 0]);
    for (due_ns, number) in [(1_000_030, 0), (1_000_010, 1), (1_000_020, 1)] {
        writer.arrive(due_ns, number).unwrap();
    }
    let (requests, arrivals, summary, _) = read(writer);
    assert_eq!(requests, [post, request("/late")]);
    assert_eq!(arrivals, [(0, 0), (10, 0), (20, 1)]);
    let expected =
        WorkloadSummary { arrivals: 3, requests: 2, start_ns: 1_000_010, duration_ns: 20, late_arrivals: 0 };
    assert_eq!(summary, expected);
}

#[test]
fn arrivals_that_come_much_too_late_are_merged_and_few_requests_stay_small() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = WorkloadWriter::create(folder.path()).unwrap();
    let count = 20_000;
    for step in 0..count {
        // Every seventh is last in the file and first in time.
        let due_ns = if step % 7 == 0 { count - step } else { 1_000_000 + step * 1000 };
        let number = writer.request(request(&format!("/{}", step % 100))).unwrap();
        writer.arrive(due_ns, number).unwrap();
    }
    let (requests, arrivals, summary, bytes) = read(writer);
    assert_eq!((requests.len(), arrivals.len()), (100, 20_000));
    assert!(arrivals.is_sorted_by_key(|(due_ns, _)| *due_ns));
    assert!(summary.late_arrivals > 0);
    // Row groups of a test are small, and each has some hundred bytes of its own.
    let groups = count as u64 / ROW_GROUP_ROWS as u64;
    assert!(bytes < 4 * count as u64 + 1500 * groups, "{bytes} bytes");
}

#[test]
fn distinct_requests_beyond_the_limit_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = WorkloadWriter::create(folder.path()).unwrap();
    let large = |path: &str| WorkloadRequest { body: Some(vec![7; LIMIT_BYTES / 2]), ..request(path) };
    assert_eq!(["/a", "/b"].map(|path| writer.request(large(path))), [Some(0), None]);
}

#[test]
fn a_workload_of_nothing_is_a_file_without_arrivals() {
    let folder = tempfile::tempdir().unwrap();
    let (requests, arrivals, summary, _) = read(WorkloadWriter::create(folder.path()).unwrap());
    assert_eq!((requests, arrivals, summary), (vec![], vec![], WorkloadSummary::default()));
}

#[test]
fn a_trace_is_no_workload() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trace.parquet");
    let nobody = Identity { system: String::new(), workload: String::new(), clients: None, repetition: 1 };
    TraceWriter::create(folder.path()).unwrap().stage().unwrap().seal(&nobody, &path).unwrap();
    let error = WorkloadReader::open(&path).unwrap_err().to_string();
    let words = "no column \"request\" (found: sent_ns, service_ns, due_ns, first_byte_ns, operation, outcome, status, \
                 bytes_sent, bytes_received, worker, connection)";
    assert_eq!(error, format!("{}: {words}", path.display()));
}
