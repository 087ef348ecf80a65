//! Recorded requests.

use vana_ingest::{Body, Recording};
use vana_types::Outcome;

use crate::support::codes;
use crate::{corpus_or_skip, plain};

fn recording(name: &str, path: &std::path::Path) -> (Recording, Vec<String>) {
    let mut drafts = plain(name, path);
    assert_eq!(drafts.len(), 1);
    let draft = drafts.remove(0);
    let codes = codes(&draft).into_iter().map(str::to_owned).collect();
    let Body::Recording(recording) = draft.body else { panic!("no recording") };
    (*recording, codes)
}

#[test]
fn the_apache_log_of_elastic_has_the_published_statuses() {
    let path = corpus_or_skip!("corpus/access-log/elastic-examples/apache_logs");
    let (found, codes) = recording("access-log", &path);
    // 9,126 + 45 + 164 + 445 below 400, 2 + 213 + 2 + 3 above.
    assert_eq!(found.outcomes, [(Outcome::Ok, 9780), (Outcome::ErrorStatus, 220)].into());
    assert_eq!((found.requests, found.workload.summary().arrivals), (10_000, 10_000));
    assert!(found.trace.is_none());
    assert_eq!(codes, ["coarse-stamps", "cut-off"]);
}

#[test]
fn the_ingress_log_of_beats_has_a_request_time_in_every_line() {
    let path = corpus_or_skip!("corpus/access-log/beats-nginx-ingress/test.log");
    let (found, _) = recording("access-log", &path);
    assert_eq!(found.trace.unwrap().summary().rows, 29);
}

#[test]
fn the_capture_of_datadog_has_all_its_requests_and_no_times() {
    let path = corpus_or_skip!("corpus/goreplay/ecommerce-workshop/requests_0.gor");
    let (found, codes) = recording("gor", &path);
    assert!(found.trace.is_none() && found.outcomes.is_empty());
    assert_eq!((found.requests, found.workload.summary().arrivals), (60, 60));
    assert_eq!(codes, Vec::<String>::new());
}

#[test]
fn the_arrivals_of_azure_are_as_many_as_its_notebook_counts() {
    let path = corpus_or_skip!("corpus/arrival-trace/azure-llm-2023/AzureLLMInferenceTrace_conv.csv");
    let (found, codes) = recording("arrivals-csv", &path);
    let summary = found.workload.summary();
    assert_eq!((summary.arrivals, summary.requests), (19_366, 1));
    assert!(found.trace.is_none() && codes.is_empty());
    // From 18:15:46.6805900 on, within one hour.
    assert_eq!(summary.start_ns, 1_700_158_546_680_590_000);
    assert!((3_400_000_000_000..3_600_000_000_000).contains(&summary.duration_ns), "{summary:?}");
}
