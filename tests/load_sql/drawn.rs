//! What a report shows of transactions, and what a run says of its tables.

use vana_types::Run;

use super::support::mariadb::Mariadb;
use super::support::{Desk, files, skip};

/// A study of two workloads with one and with two clients.
fn studied(desk: &Desk) {
    desk.prints(&["load", "sql", "sqlite:a.db", "--prepare", "--rows", "1k", "--quiet"]);
    for workload in ["oltp_read_only", "oltp_read_write"] {
        let arguments = ["load", "sql", "sqlite:a.db", "--workload", workload, "--clients", "1,2", "--quiet"];
        let further = ["--transactions", "20", "--repetitions", "2", "--study", "s", "--system", "sqlite"];
        desk.prints(&[&arguments[..], &further].concat());
    }
}

#[test]
fn a_report_has_workloads_side_by_side_and_the_statements_of_each() {
    let desk = Desk::new();
    studied(&desk);
    desk.prints(&["report", "s", "--latex", "--out", "r", "--quiet"]);
    let all = files(&desk.path("r"));
    let bars: Vec<&str> = all
        .iter()
        .filter(|name| name.contains("-bars-"))
        .filter_map(|name| name.strip_suffix(".svg"))
        .collect();
    let expected = ["request_rate-bars", "service_time-bars", "service_time-p95-bars"]
        .map(|name| ["1", "2"].map(|clients| format!("figures/{name}-{clients}-clients")));
    assert_eq!(bars, expected.iter().flatten().collect::<Vec<_>>());
    for name in ["request_rate-by-workload", "service_time-by-workload", "sysbench_latency-by-workload"] {
        assert!(all.contains(&format!("tables/{name}.tex")), "{name}: {all:?}");
    }
    let table = std::fs::read_to_string(desk.path("r/tables/oltp_read_only-operations.tex")).unwrap();
    // Behind a label may stand the numbers of findings.
    let label = |line: &str| Some(line.split_once(" & ")?.0.split("\\vana").next()?.to_owned());
    let rows: Vec<String> = table.lines().filter_map(label).collect();
    let kinds = [
        "begin",
        "commit",
        "distinct\\_range",
        "order\\_range",
        "point\\_select",
        "simple\\_range",
        "sum\\_range",
    ];
    let shown: Vec<&str> = rows.iter().map(String::as_str).filter(|label| kinds.contains(label)).collect();
    assert_eq!(shown, [kinds, kinds].concat(), "{table}");
    // Statements stay out of what is said of transactions.
    let measurements = std::fs::read_to_string(desk.path("r/measurements.csv")).unwrap();
    assert!(!measurements.contains("point_select"));
}

#[test]
fn the_numbers_of_statements_are_the_means_of_what_is_summarized_by_operation() {
    let desk = Desk::new();
    studied(&desk);
    desk.prints(&["report", "s", "--markdown", "--out", "r", "--quiet"]);
    let names = ["--metric", "request_rate,service_time", "--statistic", "mean,p95,p99"];
    let by = ["summarize", "s", "--by", "operation", "--format", "csv"];
    let summarized = desk.prints(&[&by[..], &names].concat());
    let cells = |text: &str| -> Vec<Vec<String>> {
        text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
    };
    let runs = cells(&summarized);
    let shown = cells(&std::fs::read_to_string(desk.path("r/operations.csv")).unwrap());
    // Seven kinds and eleven, at two numbers of clients, with four numbers each.
    assert_eq!(shown.len(), (7 + 11) * 2 * 4);
    for row in shown {
        let [system, workload, clients, operation, metric, statistic, value, _, n] = &row[..9] else {
            panic!("{row:?}")
        };
        let is_of = |run: &&Vec<String>| {
            [&run[0], &run[1], &run[2], &run[9], &run[4], &run[5]]
                == [system, workload, clients, operation, metric, statistic]
        };
        let values: Vec<f64> = runs.iter().filter(is_of).map(|run| run[6].parse().unwrap()).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        assert_eq!((values.len(), n.as_str()), (2, "2"), "{row:?}");
        assert!((value.parse::<f64>().unwrap() / mean - 1.0).abs() < 1e-12, "{row:?}");
    }
}

#[test]
fn a_run_says_which_engine_and_which_server_it_had() {
    let desk = Desk::new();
    studied(&desk);
    let attributes = |system: &str, workload: &str| {
        let run = format!("s/runs/system={system}/workload={workload}/clients=1/repetition=1/run.json");
        let run: Run = serde_json::from_slice(&std::fs::read(desk.path(&run)).unwrap()).unwrap();
        ["engine", "server_version"].map(|name| run.attributes.get(name).cloned())
    };
    let [engine, version] = attributes("sqlite", "oltp_read_only");
    assert_eq!((engine, version.unwrap().starts_with("SQLite 3.")), (None, true));
    let Some(server) = Mariadb::start() else { return skip("MariaDB does not start here") };
    let url = server.url();
    desk.prints(&["load", "sql", &url, "--prepare", "--rows", "10", "--engine", "myisam", "--quiet"]);
    let arguments = ["--workload", "oltp_point_select", "--transactions", "5", "--clients", "1", "--quiet"];
    desk.prints(&[&["load", "sql", &url, "--study", "s", "--system", "m"], &arguments[..]].concat());
    let version = server.ask("SELECT VERSION()").unwrap().trim().to_owned();
    assert_eq!(attributes("m", "oltp_point_select"), [Some("myisam".to_owned()), Some(version)]);
}
