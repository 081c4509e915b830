//! A drawing as a Mermaid flowchart.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use super::{Drawing, LinkKind, Shape, ShapeKind};

impl Drawing {
    /// The drawing as a Mermaid flowchart: routes and decisions are dotted, valves and errors have a cross, subgraphs are boxes around
    /// their nodes.
    ///
    /// If the drawing has the path of a run, edges that the run certainly took are thick, nodes and edges that it certainly did not
    /// take are faint, and opened valves are red: see [`RunPath`](crate::RunPath).
    ///
    /// ```
    /// # use council_core::{NodeId, NodeResult, State, StateGraph};
    /// # #[derive(State)]
    /// # struct Draft { score: f64 }
    /// # async fn pass(_: &Draft) -> NodeResult<Draft> { Ok(Draft::update()) }
    /// # let mut graph = StateGraph::<Draft>::new("draft");
    /// # let (write, judge) = (graph.node("write", pass), graph.node("judge", pass));
    /// graph.start(write).edge(write, judge).visit_limit(write, 5, NodeId::END);
    /// graph
    ///     .route(judge, [write, NodeId::END], |draft, [again, done]| if draft.score < 8.0 { again } else { done })
    ///     .labels(["again", "done"]);
    /// assert_eq!(
    ///     graph.compile()?.drawing().mermaid(),
    ///     r#"flowchart TD
    ///   n0(["start"])
    ///   n1["write"]
    ///   n2["judge"]
    ///   n3(["end"])
    ///   n0 --> n1
    ///   n1 --> n2
    ///   n1 --x|"after 5 visits"| n3
    ///   n2 -.->|"again"| n1
    ///   n2 -.->|"done"| n3
    /// "#
    /// );
    /// # Ok::<(), council_core::BuildError>(())
    /// ```
    #[must_use]
    pub fn mermaid(&self) -> String {
        let mut chart = Flowchart { text: String::from("flowchart TD\n"), ..Flowchart::default() };
        chart.graph(self, "n", 1);
        chart.styles();
        chart.text
    }
}

/// A flowchart that is being written. Its styles come last: Mermaid refers to nodes by name and to edges by number.
#[derive(Default)]
struct Flowchart {
    text: String,
    edges: usize,
    nodes_with: BTreeMap<NodeStyle, Vec<String>>,
    edges_with: BTreeMap<EdgeStyle, Vec<String>>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum NodeStyle {
    Deferred,
    Faint,
    Opened,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum EdgeStyle {
    Faint,
    Opened,
    Taken,
}

impl Flowchart {
    fn graph(&mut self, drawing: &Drawing, prefix: &str, depth: usize) {
        let indent = "  ".repeat(depth);
        let mut names = HashMap::new();
        for (number, shape) in drawing.nodes.iter().enumerate() {
            let name = format!("{prefix}{number}");
            self.node(shape, &name, &indent, depth);
            let style = match shape.kind {
                _ if drawing.is_never_reached(shape) => Some(NodeStyle::Faint),
                ShapeKind::Guard if shape.visits.is_some() => Some(NodeStyle::Opened),
                _ => shape.deferred.then_some(NodeStyle::Deferred),
            };
            if let Some(style) = style {
                self.nodes_with.entry(style).or_default().push(name.clone());
            }
            names.insert(shape.id.as_str(), name);
        }
        for link in &drawing.edges {
            let (Some(source), Some(target)) = (names.get(&*link.source), names.get(&*link.target)) else { continue };
            let label = link.words().map(|words| format!("|\"{}\"|", escape(&words))).unwrap_or_default();
            let _ = writeln!(self.text, "{indent}{source} {}{label} {target}", arrow(link.kind));
            let style = match link {
                _ if link.is_opened_valve() => Some(EdgeStyle::Opened),
                _ if link.is_taken() => Some(EdgeStyle::Taken),
                _ => drawing.is_never_taken(link).then_some(EdgeStyle::Faint),
            };
            if let Some(style) = style {
                self.edges_with.entry(style).or_default().push(self.edges.to_string());
            }
            self.edges += 1;
        }
    }

    fn node(&mut self, shape: &Shape, name: &str, indent: &str, depth: usize) {
        let lines: Vec<_> = shape.lines().iter().map(|line| escape(line)).collect();
        let (open, close) = match shape.kind {
            ShapeKind::Start | ShapeKind::End => ("([", "])"),
            ShapeKind::Node => ("[", "]"),
            ShapeKind::Worker => ("[/", "/]"),
            ShapeKind::Decider => ("{", "}"),
            ShapeKind::Subgraph => ("[[", "]]"),
            ShapeKind::Join => ("((", "))"),
            ShapeKind::Guard => ("{{", "}}"),
        };
        let Some(inner) = &shape.inner else {
            let _ = writeln!(self.text, "{indent}{name}{open}\"{}\"{close}", lines.join("<br>"));
            return;
        };
        let _ = writeln!(self.text, "{indent}subgraph {name}[\"{}\"]\n{indent}  direction TB", lines.join(", "));
        self.graph(inner, &format!("{name}_"), depth + 1);
        let _ = writeln!(self.text, "{indent}end");
    }

    fn styles(&mut self) {
        for (style, names) in &self.nodes_with {
            let (class, look) = match style {
                NodeStyle::Deferred => ("deferred", "stroke-dasharray:5 5"),
                NodeStyle::Faint => ("faint", "opacity:0.4"),
                NodeStyle::Opened => ("opened", "stroke:#c00,stroke-width:3px"),
            };
            let names = names.join(",");
            let _ = writeln!(self.text, "  classDef {class} {look}\n  class {names} {class}");
        }
        for (style, edges) in &self.edges_with {
            let look = match style {
                EdgeStyle::Faint => "opacity:0.4",
                EdgeStyle::Opened => "stroke:#c00,stroke-width:3px",
                EdgeStyle::Taken => "stroke-width:3px",
            };
            let _ = writeln!(self.text, "  linkStyle {} {look}", edges.join(","));
        }
    }
}

fn arrow(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Edge | LinkKind::Join => "-->",
        LinkKind::Route | LinkKind::Decision | LinkKind::FanOut | LinkKind::Guard => "-.->",
        LinkKind::VisitLimit | LinkKind::Error => "--x",
    }
}

/// Escapes a text for a quoted label, in which Mermaid interprets quotes, markup, formulas, icons, directives and lists.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let number = text.trim_start().trim_start_matches(|character: char| character.is_ascii_digit());
    let marker = text.len() - number.len();
    for (place, character) in text.char_indices() {
        match character {
            '"' => escaped.push_str("#quot;"),
            '<' => escaped.push_str("#lt;"),
            '>' => escaped.push_str("#gt;"),
            '&' => escaped.push_str("#amp;"),
            '#' | '`' | '*' | '$' | '%' | ':' | '\\' => _ = write!(escaped, "#{};", u32::from(character)),
            '.' | ')' | '-' | '+' if place == marker => _ = write!(escaped, "#{};", u32::from(character)),
            _ if character.is_control() => escaped.push(' '),
            _ => escaped.push(character),
        }
    }
    escaped
}
