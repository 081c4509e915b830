//! Memory of tasks: their questions and completed `once` blocks, for the replay when a task runs again.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::types::lock::Lock;

/// The memory of the tasks of a superstep, by node and item.
pub(crate) type TaskMemories = BTreeMap<(u32, Option<u32>), TaskMemory>;

/// The questions and completed `once` blocks of one task, over all its attempts.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TaskMemory {
    pub(crate) asks: Vec<TaskQuestion>,
    /// The results of the completed `once` blocks, as JSON, by the unique names of the blocks.
    pub(crate) once: BTreeMap<String, String>,
    /// The number of questions that the current attempt has asked.
    asked: usize,
    /// How often the current attempt has reached a `once` block of a name.
    called: HashMap<String, u32>,
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

/// Why an answer is refused.
pub(crate) enum RefusedAnswer {
    /// No such question is open.
    Unknown,
    /// The question is answered already.
    Answered,
}

impl TaskMemory {
    pub(crate) fn new(asks: Vec<TaskQuestion>, once: BTreeMap<String, String>) -> Self {
        Self { asks, once, ..Self::default() }
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
    tasks: TaskMemories,
    refused: Option<WrongAnswer>,
}

/// An answer that does not have the type that its node wants.
pub(crate) struct WrongAnswer {
    pub(crate) node: u32,
    pub(crate) error: String,
}

/// The reply to a question of a node.
pub(crate) enum AskReply {
    /// The question is open.
    Wait(OpenQuestion),
    /// The answer, as JSON, and the index of the question in the task. It belongs to this index, whatever the words of the question are.
    Answer { text: String, place: usize },
}

/// How an open question differs from those of earlier attempts.
pub(crate) enum OpenQuestion {
    New,
    Known,
    /// An earlier attempt asked it in other words.
    Reworded {
        /// The index of the question in the task.
        place: usize,
    },
}

impl SuperstepMemory {
    #[inline]
    pub(crate) fn is_used(&self) -> bool {
        self.used.load(Ordering::Acquire)
    }

    pub(crate) fn remember(&self, tasks: TaskMemories) {
        if !tasks.is_empty() {
            self.with(|memory| memory.tasks = tasks);
        }
    }

    /// Takes the memory of all tasks, to save it in the position.
    pub(crate) fn take(&self) -> TaskMemories {
        if !self.is_used() {
            return TaskMemories::new();
        }
        self.used.store(false, Ordering::Release);
        let mut memory = self.memory.lock();
        memory.tasks.retain(|_, task| !task.is_empty());
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
        self.with(|memory| memory.tasks.get(&(node, item)).is_some_and(TaskMemory::is_asking))
    }

    /// Whether a task can only wait: see [`TaskMemory::waits`].
    pub(crate) fn waits(&self, node: u32, item: Option<u32>) -> bool {
        self.with(|memory| memory.tasks.get(&(node, item)).is_some_and(TaskMemory::waits))
    }

    /// Asks the next question of a task.
    pub(crate) fn ask(&self, node: u32, item: Option<u32>, question: &str) -> AskReply {
        self.of(node, item, |task| {
            let place = task.asked;
            task.asked += 1;
            let Some(ask) = task.asks.get_mut(place) else {
                task.asks.push(TaskQuestion::new(question.to_owned(), None));
                return AskReply::Wait(OpenQuestion::New);
            };
            match &ask.answer {
                Some(text) => {
                    ask.taken = true;
                    AskReply::Answer { text: text.clone(), place }
                }
                None if ask.question == question => AskReply::Wait(OpenQuestion::Known),
                None => {
                    question.clone_into(&mut ask.question);
                    AskReply::Wait(OpenQuestion::Reworded { place })
                }
            }
        })
    }

    /// Refuses an answer that does not have the type that the node wants. The question is open again, in the words of this attempt.
    /// Returns whether the words of the question have changed.
    pub(crate) fn refuse(&self, node: u32, item: Option<u32>, place: usize, question: &str, error: String) -> bool {
        self.with(|memory| memory.refused = Some(WrongAnswer { node, error }));
        self.of(node, item, |task| {
            let before = std::mem::replace(&mut task.asks[place], TaskQuestion::new(question.to_owned(), None));
            before.question != question
        })
    }

    /// The unique name of the `once` block that a task has reached, and its result if it was completed before.
    pub(crate) fn come_to(&self, node: u32, item: Option<u32>, name: &str) -> (String, Option<String>) {
        self.of(node, item, |task| {
            let calls = task.called.entry(name.to_owned()).or_default();
            *calls += 1;
            let name = unique_name(name, *calls);
            let known = task.once.get(&name).cloned();
            (name, known)
        })
    }

    pub(crate) fn did(&self, node: u32, item: Option<u32>, name: String, value: String) {
        self.of(node, item, |task| task.once.insert(name, value));
    }

    fn of<T>(&self, node: u32, item: Option<u32>, act: impl FnOnce(&mut TaskMemory) -> T) -> T {
        self.with(|memory| act(memory.tasks.entry((node, item)).or_default()))
    }

    fn with<T>(&self, act: impl FnOnce(&mut MemoryState) -> T) -> T {
        self.used.store(true, Ordering::Release);
        act(&mut self.memory.lock())
    }
}

/// The name of the `once` block that an attempt reaches as the nth of its name. A name that contains the separator always gets a number, so
/// no two blocks share a name.
fn unique_name(name: &str, call: u32) -> String {
    if call == 1 && !name.contains('#') { name.to_owned() } else { format!("{name}#{call}") }
}
