//! What is known of a run, and what was printed of it.

use std::collections::HashMap;

use vana_reduce::ReduceOptions;
use vana_trace::{Study, StudyRun};
use vana_types::{Finding, Measurement, Origin, Severity, Status, Unit};

use super::derived::derived;
use super::known::{Known, Numbers, computed};
use super::tolerance::{half_unit, scale};

/// What is known of a run.
pub(crate) struct Source<'a> {
    pub run: &'a StudyRun,
    /// From its requests or histogram, and what the tool's printed numbers say of each other.
    pub computed: Numbers,
    /// These, and what the tool printed beyond them.
    pub all: Numbers,
    pub finding: Option<Finding>,
}

impl<'a> Source<'a> {
    pub fn of(run: &'a StudyRun, options: &ReduceOptions) -> Self {
        let (mut computed, finding) = match computed(run, options) {
            Ok(computed) => (computed, None),
            Err(error) => {
                let message = format!("the data of a run cannot be read: {error}");
                let mut finding = Finding::new("run-unreadable", Severity::Error, message);
                finding.system = Some(run.run.identity.system.clone());
                finding.workload = Some(run.run.identity.workload.clone());
                finding.clients = run.run.identity.clients;
                finding.repetition = Some(run.run.identity.repetition);
                (Numbers::new(), Some(finding))
            }
        };
        let mut all = computed.clone();
        for one in &run.run.reported {
            if let Some(value) = one.value {
                let key = (one.metric.clone(), one.statistic.clone());
                all.entry(key).or_insert(Known::exact(value, Origin::Reported));
            }
        }
        for (key, known) in derived(&run.run) {
            computed.entry(key).or_insert(known);
        }
        Self { run, computed, all, finding }
    }
}

/// A printed number and the runs that it is about.
pub(crate) struct Printed {
    pub number: Measurement,
    pub runs: Vec<usize>,
}

/// Every printed number of a study: those of tools run by run, then those of publications.
pub(crate) fn printed(study: &Study) -> Vec<Printed> {
    let mut printed = Vec::new();
    for (at, run) in study.runs.iter().enumerate() {
        let identity = &run.run.identity;
        printed.extend(run.run.reported.iter().map(|one| Printed {
            number: Measurement {
                system: identity.system.clone(),
                workload: identity.workload.clone(),
                clients: identity.clients,
                repetition: Some(identity.repetition),
                metric: one.metric.clone(),
                statistic: one.statistic.clone(),
                value: one.value,
                unit: one.unit,
                origin: Origin::Reported,
                operation: None,
                status: Status::Read,
                printed: Some(one.printed.clone()),
                note: None,
            },
            runs: vec![at],
        }));
    }
    let named = Names::of(study);
    printed.extend(study.published.iter().map(|number| {
        let is_meant = |run: &StudyRun| {
            let identity = &run.run.identity;
            named.system(&number.system) == identity.system
                && named.workload(&number.workload) == identity.workload
        };
        let of_pair: Vec<usize> = (0..study.runs.len()).filter(|&at| is_meant(&study.runs[at])).collect();
        let clients = |at: &usize| study.runs[*at].run.identity.clients;
        // A table that does not say the number of clients means the only one there was.
        let is_only = of_pair.windows(2).all(|pair| clients(&pair[0]) == clients(&pair[1]));
        let fits = |at: &usize| clients(at) == number.clients || (number.clients.is_none() && is_only);
        Printed { number: number.clone(), runs: of_pair.into_iter().filter(fits).collect() }
    }));
    printed
}

/// Systems and workloads by id, and by the label that study.toml gives them.
struct Names<'a>(HashMap<&'a str, &'a str>, HashMap<&'a str, &'a str>);

impl<'a> Names<'a> {
    fn of(study: &'a Study) -> Self {
        let systems = study.config.systems.iter().map(|one| (one.shown(), one.id.as_str()));
        let workloads = study.config.workloads.iter().map(|one| (one.shown(), one.id.as_str()));
        Self(systems.collect(), workloads.collect())
    }

    fn system<'b>(&'b self, name: &'b str) -> &'b str {
        self.0.get(name).copied().unwrap_or(name)
    }

    fn workload<'b>(&'b self, name: &'b str) -> &'b str {
        self.1.get(name).copied().unwrap_or(name)
    }
}

/// See [`scales`].
pub(crate) type Scales = HashMap<(String, Unit, Origin), f64>;

/// How much a printed 1 is for each kind of number, for the zeros, which do not tell.
pub(crate) fn scales(printed: &[Printed]) -> Scales {
    let mut scales = Scales::new();
    for Printed { number, .. } in printed {
        if let (Some(text), Some(value)) = (&number.printed, number.value)
            && let Some(found) = scale(text, value)
        {
            let known = scales.entry((number.metric.clone(), number.unit, number.origin)).or_insert(found);
            *known = known.min(found);
        }
    }
    scales
}

/// Half a unit of the last printed digit; `None` where the printed text does not tell.
pub(crate) fn tolerance(number: &Measurement, scales: &Scales) -> Option<f64> {
    let (text, value) = (number.printed.as_deref()?, number.value?);
    let kin = || scales.get(&(number.metric.clone(), number.unit, number.origin)).copied();
    half_unit(text, scale(text, value).or_else(kin)?)
}
