//! The names of the nodes of a graph, by their numbers, and the numbers by name.

use std::collections::HashMap;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// The names of the nodes of a graph, in the order of declaration.
pub(crate) struct NodeNames {
    names: Box<[Arc<str>]>,
    numbers: HashMap<Arc<str>, u32>,
}

impl NodeNames {
    pub(crate) fn new(names: Vec<String>) -> Self {
        let names: Box<[Arc<str>]> = names.into_iter().map(Arc::from).collect();
        let numbers = (0..).zip(&names).map(|(number, name)| (Arc::clone(name), number)).collect();
        Self { names, numbers }
    }

    /// The number of the node with this name.
    pub(crate) fn number(&self, name: &str) -> Option<u32> {
        self.numbers.get(name).copied()
    }
}

impl Deref for NodeNames {
    type Target = [Arc<str>];

    fn deref(&self) -> &[Arc<str>] {
        &self.names
    }
}

impl PartialEq for NodeNames {
    fn eq(&self, other: &Self) -> bool {
        self.names == other.names
    }
}

impl fmt::Debug for NodeNames {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.names.fmt(formatter)
    }
}
