//! Items of a worker, with their type erased.

use std::any::Any;
use std::sync::Arc;

/// The items of one `send` to a worker, with their type erased.
pub(crate) trait Items: Any + Send + Sync {
    fn len(&self) -> usize;
}

impl<T: Send + Sync + 'static> Items for Vec<T> {
    fn len(&self) -> usize {
        Vec::len(self)
    }
}

/// The item of one task.
#[derive(Clone)]
pub(crate) struct Item {
    pub(crate) items: Arc<dyn Items>,
    /// Its place in `items`.
    pub(crate) place: u32,
    /// Its place among all items of the worker in the superstep.
    pub(crate) index: u32,
}

impl Item {
    /// The item, if it has this type. It always has in the graph that it was sent in.
    pub(crate) fn get<T: 'static>(&self) -> Option<&T> {
        let items: &dyn Any = &*self.items;
        items.downcast_ref::<Vec<T>>()?.get(self.place as usize)
    }
}

/// The error of a task whose item has another type.
pub(crate) const OTHER_TYPE: &str = "the item was sent in another graph, to a worker of another type";
