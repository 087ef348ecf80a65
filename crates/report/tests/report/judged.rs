//! Judgements to draw: made up, but of every kind.

use vana_types::{
    CellKey, CheckedClaim, ClaimVerdict, Comparison, Finding, Letters, Methods, Ranking, Results, Severity,
    Unit, Verdict,
};

use crate::studies::{NAMES, Noise};

const VERDICTS: [Verdict; 5] =
    [Verdict::Better, Verdict::Worse, Verdict::Different, Verdict::Equivalent, Verdict::Inconclusive];

pub fn methods() -> Methods {
    Methods {
        test: "welch".into(),
        group_test: "welch-anova".into(),
        adjust: "holm".into(),
        alpha: 0.05,
        margin: 0.02,
        seed: 1,
        family_sizes: (7, 77),
        repetitions: (1, 5),
    }
}

/// A comparison of two cells whose numbers are what they may be.
pub fn compare(key: &CellKey, unit: Unit, baseline: &str, ratio: f64) -> Comparison {
    Comparison {
        metric: key.metric.clone(),
        statistic: key.statistic.clone(),
        workload: key.workload.clone(),
        clients: key.clients,
        baseline: baseline.to_owned(),
        system: key.system.clone(),
        unit,
        n_baseline: Some(5),
        n_system: Some(5),
        baseline_mean: Some(1.0),
        system_mean: Some(ratio),
        ratio: Some(ratio),
        ratio_low: Some(0.96 * ratio),
        ratio_high: Some(1.05 * ratio),
        test: "welch".into(),
        p: Some(0.012),
        p_adjusted: Some(0.041),
        adjust: "holm".into(),
        family_size: 7,
        smallest_p: None,
        hodges_lehmann: Some(-120.5),
        hodges_lehmann_low: Some(-200.25),
        hodges_lehmann_high: Some(-3.0),
        hedges_g: Some(-2.1),
        cliffs_delta: Some(-0.84),
        a12: Some(0.08),
        p_equivalence: None,
        difference: None,
        difference_low: None,
        difference_high: None,
        verdict: Verdict::Worse,
        note: None,
    }
}

/// Adds every kind of judgement about the cells of a study.
pub fn judge(results: &mut Results) {
    let mut noise = Noise(11);
    let baseline = results.systems[0].id.clone();
    for cell in &results.cells {
        let is_mean = matches!(cell.key.statistic.as_str(), "mean" | "used");
        if !is_mean || !cell.candidates.is_empty() || cell.key.system == baseline {
            continue;
        }
        let mut found = compare(&cell.key, cell.unit, &baseline, 0.2 + 1.6 * noise.next());
        let index = results.judgement.comparisons.len();
        found.verdict = VERDICTS[index % VERDICTS.len()];
        found.p_adjusted = [Some(0.0), Some(0.04), Some(0.7), Some(1.0), None][index % 5];
        found.hodges_lehmann = cell.estimate.value.map(|value| 0.1 * value);
        found.hodges_lehmann_low = cell.estimate.value.map(|value| 0.01 * value);
        found.hodges_lehmann_high = cell.estimate.value.map(|value| 0.2 * value);
        if index % 11 == 3 {
            found.ratio_low = Some(-4.0);
            found.ratio_high = Some(1e9);
            found.n_system = Some(2);
            found.note =
                Some(format!("too few repetitions of {}: no test can reach the level", cell.key.system));
        }
        if index % 13 == 5 {
            (found.ratio, found.ratio_low, found.ratio_high, found.p, found.p_adjusted) =
                (None, None, None, None, None);
        }
        results.judgement.comparisons.push(found);
    }
    letters(results);
    rankings(results);
    claims(results);
    results.judgement.methods = Some(methods());
}

fn letters(results: &mut Results) {
    let systems: Vec<String> = results.systems.iter().map(|system| system.id.clone()).collect();
    for cell in &results.cells {
        let is_first = cell.key.system == systems[0] && cell.key.statistic == "mean";
        if is_first {
            let words = ["a", "ab", "bc", "c", "d"];
            let own = systems.iter().enumerate().map(|(i, s)| (s.clone(), words[i % 5].to_owned()));
            results.judgement.letters.push(Letters {
                metric: cell.key.metric.clone(),
                statistic: cell.key.statistic.clone(),
                workload: cell.key.workload.clone(),
                clients: cell.key.clients,
                test: "welch-anova".into(),
                p: (cell.key.clients != Some(1)).then_some(0.000_03),
                systems: own.collect(),
            });
        }
    }
}

fn rankings(results: &mut Results) {
    for workload in &results.workloads {
        for (blocks, critical_difference) in [(11, 2.5), (2, 30.0)] {
            let ranks = results.systems.iter().enumerate();
            let rank = |index: usize| if index == 2 { 3.25 } else { 1.0 + index as f64 };
            results.judgement.rankings.push(Ranking {
                metric: "request_rate".into(),
                statistic: "mean".into(),
                workload: workload.id.clone(),
                blocks,
                p: 0.000_2,
                critical_difference,
                mean_ranks: ranks.map(|(index, system)| (system.id.clone(), rank(index))).collect(),
            });
        }
    }
}

fn claims(results: &mut Results) {
    let verdicts = [
        ClaimVerdict::Holds,
        ClaimVerdict::Contradicted,
        ClaimVerdict::Undecidable,
        ClaimVerdict::DependsOnReading,
    ];
    for (index, verdict) in verdicts.into_iter().cycle().take(23).enumerate() {
        let name = NAMES[index % NAMES.len()];
        results.judgement.claims.push(CheckedClaim {
            id: format!("unikernel-latency-stable-{index}"),
            verdict,
            found: (verdict != ClaimVerdict::Undecidable).then(|| format!("{index}.25, of {name}")),
            expected: "between 17 and 19".into(),
            statement: format!("On average {name} serves 18 times the requests per second of {name}"),
            place: Some("IV-B2".into()),
            note: (index % 4 == 3).then(|| "as LinuxKit: holds (3.1); as OSv: contradicted (2.2)".into()),
        });
    }
}

/// Many findings: about systems, about numbers of clients, about single cells, and 400 of one kind.
pub fn doubt(results: &mut Results) {
    let keys: Vec<CellKey> = results.cells.iter().map(|cell| cell.key.clone()).collect();
    let mut add = |code: &str, severity, message: String, key: [bool; 3], about: &CellKey| {
        let mut finding = Finding::new(code, severity, message);
        finding.system = key[0].then(|| about.system.clone());
        finding.workload = key[1].then(|| about.workload.clone());
        finding.clients = about.clients.filter(|_| key[2]);
        results.findings.push(finding);
    };
    for (index, key) in keys.iter().enumerate().step_by(29) {
        let message = format!(
            "Rate times mean latency is {index} where more connections were open; the others starved, which a low latency hides. Look at the connections one by one before this number is compared with any other number, and say how many were served."
        );
        add("littles-law", Severity::Warning, message, [true, true, true], key);
    }
    add(
        "starved-connections",
        Severity::Error,
        "Most connections starved.".into(),
        [true, true, false],
        &keys[0],
    );
    add(
        "common-ceiling",
        Severity::Warning,
        "All maxima meet one bound.".into(),
        [false, true, false],
        &keys[0],
    );
    add("too-short", Severity::Info, "Shorter than ten seconds.".into(), [false, true, true], &keys[0]);
    for (index, key) in keys.iter().enumerate().take(400) {
        add("too-few-repetitions", Severity::Info, format!("Run {index} alone."), [true, true, true], key);
    }
}
