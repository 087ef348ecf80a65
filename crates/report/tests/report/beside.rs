//! Workloads side by side, and the operations within their requests.

use vana_report::{Layout, draw_figures, render_latex};
use vana_types::{Cell, Interval, IntervalKind, Results, Unit, Workload};

use crate::studies;

fn repeated(place: (&str, &str, Option<u32>), what: (&str, &str), value: f64, unit: Unit) -> Cell {
    let mut cell = studies::cell(place, what, Some(value), unit);
    cell.estimate.n = Some(6);
    let (low, high, kind) = (0.96 * value, 1.04 * value, IntervalKind::StudentT);
    cell.estimate.interval = Some(Interval { low, high, level: 0.95, kind });
    cell
}

/// Two databases, read-only and read-write, with 1, 4, 8 and 16 clients; the reads of one kind of statement.
fn databases(systems: &[&str]) -> Results {
    let mut results = studies::empty();
    results.systems = systems.iter().map(|id| studies::system(id)).collect();
    let workloads = [("oltp_read_only", "Read-only"), ("oltp_read_write", "Read-write")];
    results.workloads =
        workloads.map(|(id, label)| Workload { id: id.into(), label: Some(label.into()) }).to_vec();
    for (number, system) in systems.iter().enumerate() {
        for (factor, (workload, _)) in [(1.0, workloads[0]), (1.25, workloads[1])] {
            for clients in [1, 4, 8, 16] {
                let (place, time) = ((*system, workload, Some(clients)), 0.001 * factor * f64::from(clients));
                let time = time * (1.0 + number as f64);
                let rate = f64::from(clients) / time;
                results.cells.push(repeated(place, ("request_rate", "mean"), rate, Unit::PerSecond));
                for (statistic, times) in [("mean", 1.0), ("stdev", 0.25), ("p95", 1.5), ("max", 8.0)] {
                    let what = ("service_time", statistic);
                    results.cells.push(repeated(place, what, times * time, Unit::Seconds));
                }
                for (operation, share) in [("begin", 0.03), ("point_select", 0.05)] {
                    for (what, value, unit) in [
                        (("request_rate", "mean"), rate, Unit::PerSecond),
                        (("service_time", "mean"), share * time, Unit::Seconds),
                        (("service_time", "p95"), 2.0 * share * time, Unit::Seconds),
                    ] {
                        let mut cell = repeated(place, what, value, unit);
                        cell.key.operation = Some(operation.to_owned());
                        results.operations.push(cell);
                    }
                }
            }
        }
    }
    results
}

fn file(results: &Results, path: &str) -> String {
    let files = render_latex(results, &Layout::default(), &|_| {}).unwrap();
    String::from_utf8(files.into_iter().find(|file| file.path == path).unwrap().bytes).unwrap()
}

#[test]
fn a_table_has_the_workloads_side_by_side_at_each_number_of_clients() {
    insta::assert_snapshot!(file(&databases(&["InnoDB", "MyISAM"]), "tables/service_time-by-workload.tex"));
}

#[test]
fn a_table_has_each_operation_with_its_numbers_by_system() {
    insta::assert_snapshot!(file(&databases(&["InnoDB", "MyISAM"]), "tables/oltp_read_only-operations.tex"));
}

#[test]
fn bars_are_drawn_at_three_of_the_numbers_of_clients_that_workloads_share() {
    for systems in [&["InnoDB", "MyISAM"][..], &["InnoDB"]] {
        let figures = draw_figures(&databases(systems));
        let bars: Vec<_> = figures.iter().filter(|figure| figure.name.contains("bars")).collect();
        let names: Vec<&str> = bars.iter().map(|figure| figure.name.as_str()).collect();
        let expected = [
            "request_rate-bars-16-clients",
            "request_rate-bars-1-clients",
            "request_rate-bars-4-clients",
            "service_time-bars-16-clients",
            "service_time-p95-bars-16-clients",
            "service_time-bars-1-clients",
            "service_time-p95-bars-1-clients",
            "service_time-bars-4-clients",
            "service_time-p95-bars-4-clients",
        ];
        assert_eq!(names, expected);
        let caption = "Request rate of Read-only and Read-write by system with 16 clients: mean. Error bars: 95 % \
                       Student t intervals of the mean over 6 repetitions. One of 4 numbers of clients.";
        assert_eq!(bars[0].caption, caption);
        let points: Vec<(&str, usize)> =
            bars[0].series.iter().map(|series| (series.label.as_str(), series.points.len())).collect();
        assert_eq!(points, [("Read-only", systems.len()), ("Read-write", systems.len())]);
    }
}

#[test]
fn one_number_of_clients_is_drawn_once() {
    let mut results = databases(&["InnoDB", "MyISAM"]);
    results.cells.retain(|cell| cell.key.clients == Some(8));
    let figures = draw_figures(&results);
    let names: Vec<&str> = figures.iter().map(|figure| figure.name.as_str()).collect();
    let bars: Vec<&str> = names.into_iter().filter(|name| name.contains("bars")).collect();
    assert_eq!(bars, ["request_rate-bars", "service_time-bars"]);
}

#[test]
fn a_filter_leaves_out_operations_too() {
    let layout = Layout::parse("", "", "workload:oltp_read_write").unwrap();
    let files = render_latex(&databases(&["InnoDB"]), &layout, &|_| {}).unwrap();
    let names: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let operations: Vec<&&str> = names.iter().filter(|name| name.contains("operations")).collect();
    assert_eq!(operations, [&"tables/oltp_read_write-operations.tex"]);
}
