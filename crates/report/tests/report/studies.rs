//! Studies to draw: one as published, one as hostile as names can be.

use std::path::Path;

use vana_types::{
    Cell, CellKey, Curve, Estimate, Fidelity, Finding, Identity, Interval, IntervalKind, Judgement, Origin,
    Pulse, ResourceSource, Results, RunSheet, Scale, Severity, Status, System, Timeline, Unit, Usage, Window,
    Workload,
};

/// Results without anything in them.
pub fn empty() -> Results {
    Results {
        title: "An empty study".into(),
        source: None,
        systems: vec![],
        workloads: vec![],
        cells: vec![],
        operations: vec![],
        measurements: vec![],
        runs: vec![],
        examples: vec![],
        curves: vec![],
        timelines: vec![],
        findings: vec![],
        judgement: Judgement::default(),
        assumed: vec![],
        digest: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".into(),
        vana: "0.1.0".into(),
    }
}

pub fn system(id: &str) -> System {
    System { id: id.to_owned(), label: None, class: None }
}

/// A cell read without doubt, without repetitions.
pub fn cell(place: (&str, &str, Option<u32>), what: (&str, &str), value: Option<f64>, unit: Unit) -> Cell {
    Cell {
        key: CellKey {
            system: place.0.to_owned(),
            workload: place.1.to_owned(),
            clients: place.2,
            metric: what.0.to_owned(),
            statistic: what.1.to_owned(),
            operation: None,
        },
        estimate: Estimate {
            value,
            interval: None,
            stdev: None,
            median: None,
            median_interval: None,
            n: None,
        },
        unit,
        origin: Origin::Computed,
        status: Status::Read,
        note: None,
        candidates: vec![],
    }
}

/// The published tables as results, from their transcription.
pub fn published(csv: &Path) -> Option<Results> {
    let text = std::fs::read_to_string(csv).ok()?;
    let mut results = empty();
    results.title = "Lightweight virtualization for web and SQL servers, as published".into();
    results.source = Some("Tables II to IV of Mavridis and Karatza, SDS 2019".into());
    for line in text.lines().skip(1) {
        results.cells.push(published_cell(line)?);
    }
    for cell in &results.cells {
        let is_new = !results.systems.iter().any(|known| known.id == cell.key.system);
        if cell.status != Status::Ambiguous && is_new {
            results.systems.push(system(&cell.key.system));
        }
    }
    let order = |system: &System| {
        let known = [
            "Container on Bare Metal",
            "Container on VM",
            "Container on VM-Virtio",
            "LinuxKit",
            "OSv",
            "Rumprun",
        ];
        known.iter().position(|id| *id == system.id).unwrap_or(known.len())
    };
    results.systems.sort_by_key(order);
    let labels = [
        ("http", "HTTP server"),
        ("oltp_read_only", "SQL, read-only"),
        ("oltp_read_write", "SQL, read-write"),
    ];
    results.workloads =
        labels.map(|(id, label)| Workload { id: id.into(), label: Some(label.into()) }).into_iter().collect();
    results.findings.push(Finding::new(
        "law-of-little",
        Severity::Warning,
        "Rate times mean latency is 10 where 100 clients were connected: the other connections starved.",
    ));
    Some(results)
}

/// `table,workload,metric,unit,clients,statistic,system,value,printed,status,note`; the note is the rest of the line.
fn published_cell(line: &str) -> Option<Cell> {
    let fields: Vec<&str> = line.splitn(11, ',').collect();
    let [_, workload, metric, unit, clients, statistic, system, value, _, status, note] = fields.as_slice()
    else {
        return None;
    };
    let scale: Scale = unit.parse().ok()?;
    let statistic = statistic.trim_end_matches("_percent");
    let place = (*system, *workload, clients.parse().ok());
    let mut cell = cell(place, (metric, statistic), scale.to_base(value), scale.unit);
    cell.status = Status::from_name(status)?;
    cell.origin = Origin::Published;
    cell.note = Some(note.trim_matches('"').to_owned()).filter(|note| !note.is_empty());
    if cell.status == Status::Ambiguous {
        cell.candidates = system.split(" or ").map(str::to_owned).collect();
    }
    Some(cell)
}

/// Names that break what does not expect them.
pub const NAMES: [&str; 12] = [
    "_ % & # \\ $ ~ ^ { }",
    "<img src=x onerror=alert(1)></script>",
    "two\nlines\r\n\tand a tab",
    "",
    "مرحبا بالعالم \u{202E}gnp.exe",
    "🚀🐳 \u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467} ❤\u{FE0F}",
    "北京の容器、サーバー",
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmn",
    "--flag=\"x\" <<y>> ,,z'' ?` !`",
    "Zürich – “Łódź” ± µ € \u{AD}\u{300}e\u{301} ½",
    "\u{0}\u{7F}\u{85}\u{2028}control\u{FFFD}\u{FFFE}\u{E000}",
    "\\input{/etc/passwd} \\end{document} %",
];

const CLIENTS: [u32; 13] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096];

/// A small generator, so that numbers look measured and are always the same (constants of Knuth's MMIX).
pub struct Noise(pub u64);

impl Noise {
    /// From 0 to 1.
    pub fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Twelve systems, thirteen numbers of clients, one repetition and many, curves and timelines, all with hostile names.
pub fn hostile() -> Results {
    let mut results = empty();
    results.title = format!("{} {}", NAMES[0], NAMES[5]);
    results.source = Some(NAMES.join(" / "));
    results.systems = NAMES.map(system).to_vec();
    let workloads = ["http_\\plain %", NAMES[7], "sql #1", "sql #2"];
    results.workloads = workloads.map(|id| Workload { id: id.into(), label: None }).to_vec();
    let mut noise = Noise(7);
    for (index, name) in NAMES.into_iter().enumerate() {
        for (step, clients) in CLIENTS.into_iter().enumerate() {
            measure(&mut results, (index, name, workloads[0], clients), step, &mut noise);
        }
        distribution(&mut results, name, workloads[0], &mut noise);
        for workload in &workloads[2..] {
            let rate = 20.0 + 900.0 * noise.next();
            results.cells.push(repeated(
                (name, workload, None),
                ("request_rate", "mean"),
                rate,
                Unit::PerSecond,
                5,
            ));
            for (statistic, factor) in [("mean", 1.0), ("max", 9.0), ("p95", 2.0)] {
                let value = factor / rate;
                results.cells.push(repeated(
                    (name, workload, None),
                    ("sysbench_latency", statistic),
                    value,
                    Unit::Seconds,
                    5,
                ));
            }
        }
        let memory = 1e6 * (5.0 + 400.0 * noise.next());
        results.cells.push(cell((name, workloads[1], None), ("memory", "used"), Some(memory), Unit::Bytes));
        results.cells.push(cell(
            (name, workloads[1], None),
            (NAMES[0], NAMES[1]),
            Some(memory * 1e-12),
            Unit::One,
        ));
    }
    results.examples.push(example((NAMES[0], workloads[0], 4096), &mut noise));
    doubts(&mut results, workloads[0]);
    results
}

/// A run of 3 s in 30 windows, one of them empty, with what system, client and guest used.
pub fn example((system, workload, clients): (&str, &str, u32), noise: &mut Noise) -> RunSheet {
    let windows = (0..30).map(|place| {
        let mean_ns = 900_000 + (200_000.0 * noise.next()) as u64;
        let count = if place == 7 { 0 } else { 50 };
        Window { count, min_ns: mean_ns / 2, mean_ns, max_ns: mean_ns * (3 + place % 4) }
    });
    let usage = |source, name: &str, unit, (base, growth): (f64, f64)| Usage {
        source,
        metric: name.to_owned(),
        unit,
        points: (-1..30).map(|place| (0.1 * f64::from(place), base + growth * f64::from(place))).collect(),
    };
    let usages = vec![
        usage(ResourceSource::Client, "cpu", Unit::One, (0.5, 0.001)),
        usage(ResourceSource::Client, "memory", Unit::Bytes, (9e6, 0.0)),
        usage(ResourceSource::System, "cpu", Unit::One, (0.9, 0.002)),
        usage(ResourceSource::System, "memory", Unit::Bytes, (240e6, 1e5)),
        usage(ResourceSource::Guest, "memory", Unit::Bytes, (27e6, 1e4)),
    ];
    let pulse = Pulse {
        metric: "service_time".into(),
        window_ns: 100_000_000,
        windows: windows.collect(),
        histogram: vec![],
        usages,
    };
    RunSheet {
        identity: Identity {
            system: system.into(),
            workload: workload.into(),
            clients: Some(clients),
            repetition: 2,
        },
        fidelity: Fidelity::Trace,
        source: None,
        tool: None,
        pulse: Some(pulse),
    }
}

fn repeated(place: (&str, &str, Option<u32>), what: (&str, &str), value: f64, unit: Unit, n: u32) -> Cell {
    let mut cell = cell(place, what, Some(value), unit);
    cell.estimate.n = Some(n);
    if n > 1 {
        let half = 0.03 * value;
        let kind = IntervalKind::StudentT;
        cell.estimate.interval = Some(Interval { low: value - half, high: value + half, level: 0.95, kind });
    }
    cell
}

fn measure(
    results: &mut Results,
    (index, name, workload, clients): (usize, &str, &str, u32),
    step: usize,
    noise: &mut Noise,
) {
    let place = (name, workload, Some(clients));
    let rate = 90_000.0 / (1.0 + index as f64)
        * (1.0 - (-f64::from(clients) / 40.0).exp())
        * (0.95 + 0.1 * noise.next());
    let time = f64::from(clients) / rate;
    let n = if index == 2 { 1 } else { 5 };
    let push = |results: &mut Results, metric: &str, statistic: &str, value: f64, unit: Unit| {
        results.cells.push(repeated(place, (metric, statistic), value, unit, n));
    };
    push(results, "request_rate", "mean", rate, Unit::PerSecond);
    for (statistic, factor) in [
        ("mean", 1.0),
        ("stdev", 0.4),
        ("p50", 0.9),
        ("p90", 1.5),
        ("p99", 3.0),
        ("p99.9", 8.0),
        ("p99.99", 20.0),
        ("max", 44.0),
    ] {
        push(results, "service_time", statistic, time * factor, Unit::Seconds);
    }
    push(results, "service_time", "within_stdev", 0.7 + 0.2 * noise.next(), Unit::One);
    push(results, "error_ratio", "mean", if step > 9 { 0.01 * noise.next() } else { 0.0 }, Unit::One);
}

fn distribution(results: &mut Results, name: &str, workload: &str, noise: &mut Noise) {
    let scale = 0.001 * (1.0 + 5.0 * noise.next());
    for clients in CLIENTS {
        let points = (0..=900).map(|step| 1.0 - 10f64.powf(-f64::from(step) / 200.0));
        let value = |p: f64| scale * f64::from(clients).sqrt() * (1.0 - (1.0 - p).ln()).powi(2);
        results.curves.push(Curve {
            system: name.to_owned(),
            workload: workload.to_owned(),
            clients: Some(clients),
            metric: "service_time".into(),
            unit: Unit::Seconds,
            runs: 5,
            points: points.map(|p| (p, value(p))).chain([(1.0, value(0.999_99))]).collect(),
        });
    }
    results.timelines.push(Timeline {
        system: name.to_owned(),
        workload: workload.to_owned(),
        clients: Some(4096),
        repetition: 1,
        metric: "request_rate".into(),
        unit: Unit::PerSecond,
        points: (1..=60).map(|second| (f64::from(second), (2.0 + noise.next()) / scale)).collect(),
    });
}

fn doubts(results: &mut Results, workload: &str) {
    let lost = [Status::Lost, Status::Suspect, Status::Uncertain];
    for (index, cell) in results.cells.iter_mut().enumerate().step_by(41) {
        cell.status = lost[index / 41 % lost.len()];
        cell.note = Some(format!("{} ({})", NAMES[index / 41 % NAMES.len()], index % 3));
        if cell.status == Status::Lost {
            cell.estimate.value = None;
        }
    }
    // The systems are no neighbours, so this value needs a column of its own.
    let mut ambiguous =
        cell(("a or b", workload, Some(64)), ("request_rate", "mean"), Some(5000.0), Unit::PerSecond);
    ambiguous.status = Status::Ambiguous;
    ambiguous.candidates = vec![NAMES[0].into(), NAMES[6].into()];
    results.cells.push(ambiguous);
    results.assumed.push((NAMES[0].into(), NAMES[1].into()));
    for (index, name) in NAMES.into_iter().enumerate() {
        let severity = [Severity::Info, Severity::Warning, Severity::Error][index % 3];
        let mut finding =
            Finding::new("too-few-runs", severity, format!("{name}: {}", NAMES[(index + 1) % NAMES.len()]));
        finding.system = Some(name.into());
        finding.clients = Some(10);
        results.findings.push(finding);
    }
}
