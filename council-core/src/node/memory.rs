//! Memory of tasks: their questions and completed `once` blocks, for the replay when a task runs again.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::types::lock::Lock;

/// The questions and completed `once` blocks of one task, over all its attempts.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TaskMemory {
    pub(crate) node: u32,
    pub(crate) item: Option<u32>,
    pub(crate) asks: Vec<TaskQuestion>,
    /// The names of the completed `once` blocks with their results, as JSON.
    pub(crate) once: Vec<(String, String)>,
    /// The number of questions that the current attempt has asked.
    asked: usize,
    /// The names of the `once` blocks that the current attempt has reached.
    called: Vec<String>,
}

/// One question of a task.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TaskQuestion {
    /// The question, as JSON.
    pub(crate) question: String,
    /// The answer, as JSON. Its type is checked only when the node takes it.
    pub(crate) answer: Option<String>,
    /// Whether the node has taken the answer. It is false after a load from a journal, and the node takes the answer again.
    taken: bool,
}

impl TaskQuestion {
    pub(crate) fn new(question: String, answer: Option<String>) -> Self {
        Self { question, answer, taken: false }
    }
}

/// An answer that is not in a journal yet.
#[derive(Clone)]
pub(crate) struct PendingAnswer {
    /// The tasks that lead into the subgraph that asked, outermost first, each with the item of its worker.
    pub(crate) path: Vec<(String, Option<u32>)>,
    pub(crate) node: String,
    pub(crate) item: Option<u32>,
    /// The index of the question in the task, from 0.
    pub(crate) place: usize,
    pub(crate) answer: String,
}

impl TaskMemory {
    pub(crate) fn of(node: u32, item: Option<u32>) -> Self {
        Self { node, item, ..Self::default() }
    }

    /// Whether the task can only wait: a question is open, and there is no new answer to take.
    pub(crate) fn waits(&self) -> bool {
        self.is_asking() && self.asks.iter().all(|ask| ask.answer.is_none() || ask.taken)
    }

    fn is_asking(&self) -> bool {
        self.asks.iter().any(|ask| ask.answer.is_none())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.asks.is_empty() && self.once.is_empty()
    }
}

/// The memory of the tasks of a superstep while they run.
#[derive(Default)]
pub(crate) struct SuperstepMemory {
    /// Whether any task has a memory. Most runs have none and skip the lock.
    used: AtomicBool,
    memory: Lock<MemoryState>,
}

#[derive(Default)]
struct MemoryState {
    tasks: Vec<TaskMemory>,
    refused: Option<WrongAnswer>,
}

/// An answer that does not have the type that its node wants.
pub(crate) struct WrongAnswer {
    pub(crate) node: u32,
    pub(crate) error: String,
}

/// The reply to a question of a node.
pub(crate) enum AskReply {
    /// The question is new, or still open.
    Wait { is_new: bool },
    /// An earlier attempt of the task asked another question in this place.
    Other { before: String },
    /// The answer, as JSON, and the index of the question in the task.
    Answer { text: String, place: usize },
}

impl SuperstepMemory {
    #[inline]
    pub(crate) fn is_used(&self) -> bool {
        self.used.load(Ordering::Acquire)
    }

    pub(crate) fn remember(&self, tasks: Vec<TaskMemory>) {
        if !tasks.is_empty() {
            self.with(|memory| memory.tasks = tasks);
        }
    }

    /// Takes the memory of all tasks, to save it in the position.
    pub(crate) fn take(&self) -> Vec<TaskMemory> {
        if !self.is_used() {
            return Vec::new();
        }
        self.used.store(false, Ordering::Release);
        let mut memory = self.memory.lock();
        memory.tasks.retain(|task| !task.is_empty());
        std::mem::take(&mut memory.tasks)
    }

    pub(crate) fn take_refused(&self) -> Option<WrongAnswer> {
        self.memory.lock().refused.take()
    }

    /// Rewinds the memory of a task that begins an attempt: its earlier questions and `once` blocks are replayed.
    pub(crate) fn rewind(&self, node: u32, item: Option<u32>) {
        self.of(node, item, |task| {
            task.asked = 0;
            task.called.clear();
        });
    }

    /// Whether a task has an open question.
    pub(crate) fn is_asking(&self, node: u32, item: Option<u32>) -> bool {
        self.with(|memory| find(memory, node, item).is_some_and(TaskMemory::is_asking))
    }

    /// Whether a task can only wait: see [`TaskMemory::waits`].
    pub(crate) fn waits(&self, node: u32, item: Option<u32>) -> bool {
        self.with(|memory| find(memory, node, item).is_some_and(TaskMemory::waits))
    }

    /// Asks the next question of a task.
    pub(crate) fn ask(&self, node: u32, item: Option<u32>, question: &str) -> AskReply {
        self.of(node, item, |task| {
            let place = task.asked;
            task.asked += 1;
            let Some(ask) = task.asks.get_mut(place) else {
                task.asks.push(TaskQuestion::new(question.to_owned(), None));
                return AskReply::Wait { is_new: true };
            };
            match &ask.answer {
                _ if ask.question != question => AskReply::Other { before: ask.question.clone() },
                None => AskReply::Wait { is_new: false },
                Some(text) => {
                    ask.taken = true;
                    AskReply::Answer { text: text.clone(), place }
                }
            }
        })
    }

    /// Refuses an answer that does not have the type that the node wants. The question is open again.
    pub(crate) fn refuse(&self, node: u32, item: Option<u32>, place: usize, error: String) {
        self.of(node, item, |task| {
            task.asks[place] = TaskQuestion::new(std::mem::take(&mut task.asks[place].question), None);
        });
        self.with(|memory| memory.refused = Some(WrongAnswer { node, error }));
    }

    /// The unique name of the `once` block that a task has reached, and its result if it was completed before.
    pub(crate) fn come_to(&self, node: u32, item: Option<u32>, name: &str) -> (String, Option<String>) {
        self.of(node, item, |task| {
            let namesakes = task.called.iter().filter(|called| *called == name).count();
            task.called.push(name.to_owned());
            let name = if namesakes == 0 { name.to_owned() } else { format!("{name}#{}", namesakes + 1) };
            let known = task.once.iter().find(|(done, _)| *done == name).map(|(_, value)| value.clone());
            (name, known)
        })
    }

    pub(crate) fn did(&self, node: u32, item: Option<u32>, name: String, value: String) {
        self.of(node, item, |task| task.once.push((name, value)));
    }

    fn of<T>(&self, node: u32, item: Option<u32>, act: impl FnOnce(&mut TaskMemory) -> T) -> T {
        self.with(|memory| {
            let place = memory.tasks.iter().position(|task| (task.node, task.item) == (node, item));
            let place = place.unwrap_or_else(|| {
                memory.tasks.push(TaskMemory::of(node, item));
                memory.tasks.len() - 1
            });
            act(&mut memory.tasks[place])
        })
    }

    fn with<T>(&self, act: impl FnOnce(&mut MemoryState) -> T) -> T {
        self.used.store(true, Ordering::Release);
        act(&mut self.memory.lock())
    }
}

fn find(memory: &MemoryState, node: u32, item: Option<u32>) -> Option<&TaskMemory> {
    memory.tasks.iter().find(|task| (task.node, task.item) == (node, item))
}
