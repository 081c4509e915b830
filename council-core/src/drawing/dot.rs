//! A drawing in the language of Graphviz.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::{Drawing, Link, LinkKind, Shape, ShapeKind};

impl Drawing {
    /// The drawing in DOT, the language of Graphviz, with subgraphs as clusters; `dot -Tsvg` makes a picture of it.
    ///
    /// If the drawing has the path of a run, edges that the run certainly took are thick, nodes and edges that it certainly did not
    /// take are grey, and opened valves are red: see [`RunPath`](crate::RunPath).
    ///
    /// ```
    /// # use council_core::{NodeResult, State, StateGraph};
    /// # #[derive(State)]
    /// # struct Draft { text: String }
    /// # async fn write(_: &Draft) -> NodeResult<Draft> { Ok(Draft::update()) }
    /// # let mut graph = StateGraph::<Draft>::new("draft");
    /// # let write = graph.node("write", write);
    /// # graph.start(write).end(write);
    /// let dot = graph.compile()?.drawing().dot();
    /// assert!(dot.starts_with("digraph \"draft\" {\n"));
    /// assert!(dot.contains("  n0 -> n1\n"));
    /// # Ok::<(), council_core::BuildError>(())
    /// ```
    #[must_use]
    pub fn dot(&self) -> String {
        let mut text = format!("digraph \"{}\" {{\n{HEAD}", escape(&self.name));
        graph(self, "n", 1, &mut text);
        text.push_str("}\n");
        text
    }
}

/// The ends of edges at a shape. An edge of Graphviz cannot end at a cluster, so it ends at a node inside and is cut at the border of
/// the cluster.
struct Anchor {
    /// The node that edges lead to.
    head: String,
    /// The node that edges leave.
    tail: String,
    /// The name of the cluster, if the shape is a cluster.
    cluster: Option<String>,
}

fn graph(drawing: &Drawing, prefix: &str, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    let mut places = HashMap::new();
    for (number, shape) in drawing.nodes.iter().enumerate() {
        let name = format!("{prefix}{number}");
        let is_never_reached = drawing.is_never_reached(shape);
        if let Some(inner) = &shape.inner {
            cluster(shape, inner, &name, is_never_reached, depth, text);
        } else {
            let style = node_style(shape, is_never_reached);
            let _ = writeln!(text, "{indent}{name} [label=\"{}\"{style}]", label(shape, "\\n"));
        }
        places.insert(shape.id.as_str(), place(shape, name));
    }
    for link in &drawing.edges {
        if let (Some(source), Some(target)) = (places.get(&*link.source), places.get(&*link.target)) {
            let attributes = attributes(link, source, target, drawing.is_never_taken(link));
            let _ = writeln!(text, "{indent}{} -> {}{attributes}", source.tail, target.head);
        }
    }
}

fn cluster(shape: &Shape, inner: &Drawing, name: &str, is_never_reached: bool, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    let style = if shape.deferred { "rounded,dashed" } else { "rounded" };
    let color = if is_never_reached { format!(", color=\"{GREY}\", fontcolor=\"{GREY}\"") } else { String::new() };
    let _ = writeln!(text, "{indent}subgraph \"cluster_{name}\" {{");
    let _ = writeln!(text, "{indent}  graph [label=\"{}\", style=\"{style}\"{color}]", label(shape, ", "));
    graph(inner, &format!("{name}_"), depth + 1, text);
    let _ = writeln!(text, "{indent}}}");
}

/// The start of a graph is its first shape, the end its last.
fn place(shape: &Shape, name: String) -> Anchor {
    match &shape.inner {
        None => Anchor { head: name.clone(), tail: name, cluster: None },
        Some(inner) => Anchor {
            head: format!("{name}_0"),
            tail: format!("{name}_{}", inner.nodes.len().saturating_sub(1)),
            cluster: Some(format!("cluster_{name}")),
        },
    }
}

fn node_style(shape: &Shape, is_never_reached: bool) -> String {
    let form = match shape.kind {
        ShapeKind::Start | ShapeKind::End => "oval",
        ShapeKind::Node => "box",
        ShapeKind::Worker => "parallelogram",
        ShapeKind::Decider => "diamond",
        ShapeKind::Subgraph => "box3d",
        ShapeKind::Join => "circle",
        ShapeKind::Guard => "hexagon",
    };
    let mut style = String::new();
    if form != "box" {
        let _ = write!(style, ", shape={form}");
    }
    if shape.kind == ShapeKind::Join {
        style.push_str(", margin=0");
    }
    if shape.deferred {
        style.push_str(", style=dashed");
    }
    if is_never_reached {
        let _ = write!(style, ", color=\"{GREY}\", fontcolor=\"{GREY}\"");
    } else if shape.kind == ShapeKind::Guard && shape.visits.is_some() {
        let _ = write!(style, ", color=\"{RED}\", penwidth=3");
    }
    style
}

fn attributes(link: &Link, source: &Anchor, target: &Anchor, is_never_taken: bool) -> String {
    let mut attributes = Vec::new();
    if let Some(words) = link.words() {
        // Graphviz sets labels close to their edges.
        attributes.push(format!("label=\" {} \"", escape(&words)));
    }
    match link.kind {
        LinkKind::Edge | LinkKind::Join => {}
        LinkKind::Route | LinkKind::Decision | LinkKind::FanOut | LinkKind::Guard => {
            attributes.push("style=dashed".to_owned());
        }
        LinkKind::VisitLimit | LinkKind::Error => attributes.push("arrowhead=tee".to_owned()),
    }
    // An edge from a cluster to itself is not cut at its border.
    if source.cluster != target.cluster {
        attributes.extend(source.cluster.as_ref().map(|cluster| format!("ltail=\"{cluster}\"")));
        attributes.extend(target.cluster.as_ref().map(|cluster| format!("lhead=\"{cluster}\"")));
    }
    if link.is_opened_valve() {
        attributes.push(format!("color=\"{RED}\", penwidth=3"));
    } else if link.is_taken() {
        attributes.push("penwidth=3".to_owned());
    } else if is_never_taken {
        attributes.push(format!("color=\"{GREY}\", fontcolor=\"{GREY}\""));
    }
    if attributes.is_empty() { String::new() } else { format!(" [{}]", attributes.join(", ")) }
}

fn label(shape: &Shape, between: &str) -> String {
    shape.lines().iter().map(|line| escape(line)).collect::<Vec<_>>().join(between)
}

/// Escapes a text for a quoted label, in which Graphviz interprets quotes, backslashes and entities.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '&' => escaped.push_str("&amp;"),
            _ if character.is_control() => escaped.push(' '),
            _ => escaped.push(character),
        }
    }
    escaped
}

const HEAD: &str = "  compound=true
  node [shape=box, fontname=\"sans-serif\"]
  edge [fontname=\"sans-serif\"]
  graph [fontname=\"sans-serif\"]
";
const GREY: &str = "#b0b0b0";
const RED: &str = "#c00000";
