//! The models of a run, and the changes of this server to the models of a run of the built-in council.

use std::collections::BTreeMap;
use std::fmt;

use council_llm::{CRITIC, Council, MASTER, WRITER};

use crate::councils::Councils;
use crate::wire::model_change::ModelChange;
use crate::wire::model_name::without_timeouts;

/// The names of the models of a run, by node.
pub(super) fn models(council: &Council) -> BTreeMap<String, String> {
    let Some(blueprint) = &council.blueprint else { return council.models.clone() };
    blueprint.nodes.iter().map(|agent| (agent.id.clone(), without_timeouts(&agent.model))).collect()
}

/// Why a run of the built-in council does not go on: this server has other models than the run.
#[derive(Debug)]
pub(super) struct ChangedModels {
    /// The models of the run, by node.
    models: BTreeMap<String, String>,
    changes: Vec<ModelChange>,
}

impl ChangedModels {
    /// The models of a run that this server would change; `None` if there are none.
    pub(super) fn of(council: &Council, councils: &Councils) -> Option<Self> {
        let changes = ModelChange::between(&council.models, councils.model_names());
        (!changes.is_empty()).then(|| Self { models: council.models.clone(), changes })
    }

    /// The models of the run, with the changes of this server.
    pub(super) fn accepted(self) -> BTreeMap<String, String> {
        let Self { mut models, changes } = self;
        models.extend(changes.into_iter().map(|change| (change.node, change.now)));
        models
    }
}

impl fmt::Display for ChangedModels {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the models of the run differ from the models of this server: ")?;
        let mut agents = BTreeMap::<_, Vec<_>>::new();
        for ModelChange { node, before, now } in &self.changes {
            agents.entry((before, now)).or_default().push(format!("`{node}`"));
        }
        let changes = agents.into_iter().map(|((before, now), agents)| {
            let have = if agents.len() == 1 { "has" } else { "have" };
            format!("{} {have} `{before}` in the run and `{now}` on this server", agents.join(", "))
        });
        formatter.write_str(&changes.collect::<Vec<_>>().join("; "))?;
        // Show the settings of all agents: an agent without a setting may use the model of another agent.
        let settings = SETTINGS.iter().filter_map(|(node, flag)| Some(format!("{flag} {}", self.models.get(*node)?)));
        let settings: Vec<_> = settings.collect();
        formatter.write_str(": start the server with ")?;
        match &*settings {
            [] => formatter.write_str("these models again")?,
            settings => write!(formatter, "`{}`", settings.join(" "))?,
        }
        formatter.write_str(", or retry the run to go on with the models of this server")
    }
}

/// The agents of the built-in council, and the settings of their models.
const SETTINGS: [(&str, &str); 3] = [(MASTER, "--model"), (CRITIC, "--critic-model"), (WRITER, "--writer-model")];
