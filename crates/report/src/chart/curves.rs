//! What the charts of distributions and of single runs share: grouping, and which groups are drawn.

use std::collections::BTreeMap;

use crate::label;
use crate::view::{Name, View};

/// Items of one workload, metric and number of clients.
#[derive(Debug)]
pub struct Group<'v, T> {
    /// Its workload.
    pub workload: &'v Name,
    /// Its metric.
    pub metric: String,
    /// Its number of clients.
    pub clients: Option<u32>,
    /// One item per system: its place among all systems, its name, the item.
    pub items: Vec<(usize, &'v Name, T)>,
    /// What to say when other numbers of clients exist that are not drawn.
    pub chosen: String,
}

impl<T> Group<'_, T> {
    /// ` with 10 clients`, where known.
    pub fn at_clients(&self) -> String {
        self.clients.map(|clients| format!(" with {}", label::clients(clients))).unwrap_or_default()
    }

    /// Ending of the file's name.
    pub fn file_ending(&self) -> String {
        self.clients.map(|clients| format!("-{clients}-clients")).unwrap_or_default()
    }
}

/// Where an item belongs: system, workload, number of clients, metric.
pub type Key<'a> = (&'a str, &'a str, Option<u32>, &'a str);

/// Groups items by workload, metric and number of clients; at most `most` numbers of clients each: the largest, the
/// smallest, the middle one. The first item of a system wins.
pub fn group<'v, 'a, T: Copy>(
    view: &'v View<'_>,
    items: &'a [T],
    key: impl Fn(&'a T) -> Key<'a>,
    most: usize,
) -> Vec<Group<'v, T>> {
    let mut found: BTreeMap<(usize, &str, Option<u32>), BTreeMap<usize, T>> = BTreeMap::new();
    for item in items {
        let (system, workload, clients, metric) = key(item);
        let at = |names: &[Name], id: &str| names.iter().position(|name| name.id == id);
        let (Some(system), Some(workload)) = (at(&view.systems, system), at(&view.workloads, workload))
        else {
            continue;
        };
        found.entry((workload, metric, clients)).or_default().entry(system).or_insert(*item);
    }
    let mut all: BTreeMap<(usize, &str), Vec<Option<u32>>> = BTreeMap::new();
    for (workload, metric, clients) in found.keys() {
        all.entry((*workload, metric)).or_default().push(*clients);
    }
    let mut groups = Vec::new();
    for ((workload, metric, clients), items) in found {
        let others = all.get(&(workload, metric)).map(Vec::as_slice).unwrap_or_default();
        let drawn = choose(others, most);
        let Some(name) = view.workloads.get(workload) else { continue };
        if !drawn.contains(&clients) {
            continue;
        }
        let items =
            items.into_iter().filter_map(|(index, item)| Some((index, view.systems.get(index)?, item)));
        let chosen = if drawn.len() < others.len() {
            format!(" One of {} numbers of clients.", others.len())
        } else {
            String::new()
        };
        groups.push(Group {
            workload: name,
            metric: metric.to_owned(),
            clients,
            items: items.collect(),
            chosen,
        });
    }
    groups
}

/// At most `most` numbers of clients: the largest, the smallest, the middle one.
pub fn choose(clients: &[Option<u32>], most: usize) -> Vec<Option<u32>> {
    let last = clients.len().saturating_sub(1);
    let places = if clients.len() <= most { (0..clients.len()).collect() } else { vec![last, 0, last / 2] };
    places.into_iter().take(most).filter_map(|place| clients.get(place).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_and_the_middle_are_drawn() {
        let clients: Vec<Option<u32>> = [1, 10, 20, 30, 40].map(Some).to_vec();
        assert_eq!(choose(&clients, 3), [Some(40), Some(1), Some(20)]);
        assert_eq!(choose(&clients, 1), [Some(40)]);
        assert_eq!(choose(&clients[..2], 3), [Some(1), Some(10)]);
        assert_eq!(choose(&[], 3), Vec::<Option<u32>>::new());
    }
}
