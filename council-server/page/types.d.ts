// Types of the page that several modules share. Only the type checker reads this file; it is not sent to browsers.

/** Attributes, properties (`.value`) and listeners (`onclick`) of an element. */
type Attributes = Record<string, any>;

/** The fault of a field of a request. */
interface FieldFault {
  type: string;
  loc: (string | number)[];
  msg: string;
  /** The bound that the input was compared with. */
  ctx?: Record<string, any>;
  input?: unknown;
}

/** Opens a view: the parts of the address after its name, and a signal that is aborted when it is left. */
type View = (parts: string[], signal: AbortSignal) => OpenedView | Promise<OpenedView>;

interface OpenedView {
  title: string;
  body: Node;
  /** Whether the view may be left. */
  leaving?: () => Promise<boolean>;
}

/** A graph as the server sends it. */
interface Graph {
  name: string;
  nodes: GraphNode[];
  edges: GraphEdge[];
}

interface GraphNode {
  id: string;
  label: string;
  kind: "start" | "node" | "worker" | "decider" | "subgraph" | "join" | "guard" | "end";
  model?: string;
  role?: "agent" | "critic";
  /** The score from which a critic approves. */
  threshold?: number;
}

interface GraphEdge {
  source: string;
  target: string;
  kind: string;
  label?: string;
  /** The decisions on which it is taken. Without any it does not depend on one. */
  conditions?: string[];
  /** The number of visits of its source after which it is taken. */
  visit_limit?: number;
}

/** The direction of a drawing. */
type Direction = "right" | "down";

/** An event of a run, as `/ws/council/{id}` sends it. */
interface RunEvent {
  event: string;
  at: string;
  /** Missing in events that are not stored, such as `token`. */
  seq?: number;
  [field: string]: any;
}

/** A text that was written in a run, as `/api/runs/{id}/rounds` sends it. The chair has no `node`. */
interface Piece {
  seq: number;
  at?: string;
  round: number;
  node: string | null;
  draft?: string | null;
  score?: number | null;
  feedback?: string | null;
  /** The score of the run after it, which of several parallel critics is the lowest. Missing until the server sends it. */
  critic_score?: number | null;
}

/** A call of a model, as the result of a run lists it. */
interface Call {
  node: string;
  model: string;
  reason: string;
  /** How the answer ended, and the word of the provider for it. */
  kind: string;
  stop_reason: string;
  usage: { input_tokens: number; output_tokens: number };
  duration_ms: number;
  attempt: number;
  feedback_left_out?: number;
  /** Why no text of the call is used. */
  fault?: string;
}

/** An agent of a run: how often it ended, how long it ran in all, and since when it is running. */
interface AgentTimes {
  runs: number;
  took: number;
  since: string | null;
  /** The number of the current attempt, from 1. */
  attempt: number;
}

/** The text of a running agent so far. A page that is opened meanwhile receives it from its beginning. */
interface Stream {
  text: string;
  /** Whether a text before this one was withdrawn. */
  isWithdrawn: boolean;
  round: number;
}

/** A version of the text of a run. */
interface Version {
  key: number;
  label: string;
  by: string;
  node: string | null;
  round: number;
  text: string;
  /** The score that counts for this version. */
  score: number | null;
  verdicts: { node: string | null; score: number | null; feedback: string; isWriting?: boolean }[];
  isWriting: boolean;
  isWithdrawn: boolean;
}

/** What is selected in the editor: an agent or an edge, by its id. */
type Selected = { agent: string; edge?: undefined } | { edge: string; agent?: undefined };

/** A blueprint in the editor, version 2. */
interface Blueprint {
  name: string;
  /** The id of the agent that runs first. */
  start?: string;
  /** How many calls of models a run may make. */
  maxCalls?: number;
  nodes: BlueprintAgent[];
  edges: BlueprintEdge[];
}

interface BlueprintAgent {
  id: string;
  label: string;
  systemPrompt: string;
  model: string;
  role: "agent" | "critic";
  temperature?: number;
  maxTokens?: number;
  /** Time limits of a call. */
  timeouts?: { firstToken?: Time; betweenTokens?: Time; total?: Time };
  /** How long a model that does not answer is called again. */
  patience?: Time;
  position: { x: number; y: number };
}

/** A number of seconds, or a text such as `20m`. */
type Time = number | string;

interface BlueprintEdge {
  id: string;
  source: string;
  target: string;
  type: "linear" | "conditional";
  condition?: string | null;
}

/** The guesses of the server about a blueprint of version 1. */
interface MigrationReport {
  from: number;
  start?: string;
  guessed: { node: string; role: "agent" | "critic" }[];
}

/** The server's check of a version of a blueprint. */
interface Checked {
  version: Blueprint;
  faults: FieldFault[];
  warnings: FieldFault[];
  /** The provider of each agent's model, in their order. */
  providers: (string | null)[];
}

/** A fault or warning of an agent, of an edge, or of the `"whole"`. */
interface Note {
  type: string;
  at: BlueprintAgent | BlueprintEdge | "whole";
  field: string | null;
  /** Whether the server refuses to save it. */
  grave: boolean;
  text: string;
}

/** The models of the server. */
interface Models {
  default: string;
  providers: { name: string; available: boolean; needs: string | null; suggestions: string[] }[];
}
