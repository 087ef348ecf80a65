//! A system that is up already.

use serde::Deserialize;
use toml::Table;

use super::System;
use crate::{Place, Problem, Recipe, settings};

pub(super) struct External;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Settings {
    address: String,
}

impl System for External {
    fn name(&self) -> &'static str {
        "external"
    }

    fn about(&self) -> &'static str {
        "a system that is up already: its address, and nothing is started, sampled or stopped"
    }

    fn source(&self) -> &'static str {
        "vana"
    }

    fn recipe(&self, settings: &Table, place: &Place) -> Result<Recipe, Vec<Problem>> {
        let read: Settings = settings::read(settings)?;
        let mut problems = Vec::new();
        settings::address("address", &read.address, &mut problems);
        let recipe = Recipe { address: Some(read.address), ..Recipe::new(self.name(), place) };
        settings::finish(recipe, problems)
    }
}
