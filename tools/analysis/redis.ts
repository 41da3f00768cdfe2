import { type Command, findCommand, holdsOf, writes } from "../commands/table.js";
import { noteFailure } from "./failures.js";
import { type BuiltinCall, type ManyOutcome, one, valueAt } from "./machine.js";
import { keyPositions } from "./positions.js";
import { type CommandVisit, type KeyTouch, spotKey } from "./recorder.js";
import { answerOf } from "./replies.js";
import { emptyTable, type State, type Table, withNewTable, withProved } from "./state.js";
import { nodeId, type Spot, spotOf } from "./syntax.js";
import * as v from "./value.js";

/** Commands that work on their key whatever it holds, and so prove nothing and cannot fail of it. */
const BLIND: ReadonlySet<string> = new Set(["SET", "SETEX", "PSETEX", "MSET", "SETNX", "MSETNX", "MGET"]);

/** Of those, the ones after which the key surely holds what they wrote. */
const OVERWRITE: ReadonlySet<string> = new Set(["SET", "SETEX", "PSETEX", "MSET"]);

/** Commands that leave no value behind, so that nothing of a wrong type is there any more. */
const REMOVE: ReadonlySet<string> = new Set(["DEL", "UNLINK"]);

/** Commands whose first argument is a channel. */
const PUBLISH: ReadonlySet<string> = new Set(["PUBLISH", "SPUBLISH"]);

/** Commands that can fail of what a key of the right type holds, or of how large it would grow. */
const CONTENT: ReadonlySet<string> = new Set(
  (
    "INCR INCRBY INCRBYFLOAT DECR DECRBY HINCRBY HINCRBYFLOAT ZINCRBY APPEND SETRANGE SETBIT BITFIELD LSET RENAME " +
    "RENAMENX RESTORE XADD XSETID XGROUP XCLAIM XAUTOCLAIM XREADGROUP PFADD PFMERGE PFCOUNT GEOADD SORT"
  ).split(" "),
);

/** `redis.call` and `redis.pcall`. */
export function callRedis(made: BuiltinCall): readonly ManyOutcome[] {
  const { given, node, context } = made;
  const [first, ...others] = given.values[0]?.text?.literals ?? [];
  const spot = spotOf(context.source, node);
  if (first === undefined || given.values[0]?.unknown === true) {
    const named = made.nodes[0] === undefined ? spot : spotOf(context.source, made.nodes[0]);
    context.machine.recorder.dynamic.set(spotKey(spot), { spot: named, name: made.name });
    return one(given.state, v.unknown("a reply of Redis"));
  }
  return [first, ...others].flatMap((name) => callCommand(name, made, spot));
}

function callCommand(first: string, made: BuiltinCall, spot: Spot): readonly ManyOutcome[] {
  const { given, context } = made;
  const { machine } = context;
  const [second] = given.values[1]?.text?.literals ?? [];
  const command = findCommand(machine.commands, first, second);
  const name = command?.name ?? first.toUpperCase();
  const placed = command === undefined ? undefined : keyPositions(command, given);
  const argument = (position: number) => {
    const at = made.nodes[Math.min(position, made.nodes.length - 1)];
    return {
      spot: at === undefined ? spot : spotOf(context.source, at),
      value: valueAt(given, position),
    };
  };
  const keys = (placed?.keys ?? []).map(({ position, spec }): KeyTouch => ({ ...argument(position), spec }));
  const visit: CommandVisit = {
    spot,
    name,
    command,
    words: given.values.length,
    open: given.rest !== undefined,
    keys,
    channel: PUBLISH.has(name) ? argument(1) : undefined,
    unclear: placed?.unclear,
    misfits: misfitsOf(made),
  };
  machine.recorder.commands.set(visitKey(visit, context.path), visit);
  const state = command === undefined ? given.state : after(command, visit, made);
  return answered(name, made, state);
}

/** One visit for each place, way of calling and set of keys. */
function visitKey(visit: CommandVisit, path: string): string {
  const keys = visit.keys.map((key) =>
    [...key.value.keys, v.isNothing({ ...key.value, keys: new Set() })].join("+"),
  );
  const channel = visit.channel === undefined ? "" : [...visit.channel.value.keys].join("+");
  return spotKey(visit.spot, visit.name, path, keys.join(","), channel, `${visit.misfits.length}`);
}

/** Arguments that Redis takes for no text and no number. */
function misfitsOf({ given, nodes, context }: BuiltinCall): CommandVisit["misfits"] {
  return given.values.flatMap((value, position) => {
    const node = nodes[Math.min(position, nodes.length - 1)];
    if (node === undefined) return [];
    const spot = spotOf(context.source, node);
    if (value.nil) return [{ spot, what: "nil" }];
    if (value.yes || value.no) return [{ spot, what: "a flag" }];
    return value.tables.size > 0 ? [{ spot, what: "a table" }] : [];
  });
}

/** The state after a command: what it wrote, and whose type it proved; notes how it may fail after a write. */
function after(command: Command, visit: CommandVisit, made: BuiltinCall): State {
  const { state } = made.given;
  const guarded = made.name === "redis.pcall";
  const typed = holdsOf(command) !== "any" && !isBlind(command, made);
  const proved: string[] = [];
  const doubtful: string[] = [];
  for (const { value, spec } of visit.keys) {
    const names = [...value.keys];
    const checks = typed && spec.access !== "OW";
    const overwrites = spec.access === "OW" || OVERWRITE.has(command.name) || REMOVE.has(command.name);
    if (checks) doubtful.push(...names.filter((name) => !state.proved.has(name)));
    if ((checks || overwrites) && names.length === 1 && !guarded) proved.push(...names);
  }
  if (!guarded) {
    const [word = ""] = command.name.split(" ");
    if (doubtful.length > 0) noteFailure(command.name, made, state, "type", doubtful);
    else if (CONTENT.has(word)) noteFailure(command.name, made, state, "content");
  }
  const next = withProved(state, proved);
  if (!writes(command) || next.wrote !== undefined) return next;
  return { ...next, wrote: { command: command.name, place: visit.spot.place } };
}

function isBlind(command: Command, { given }: BuiltinCall): boolean {
  if (!BLIND.has(command.name)) return false;
  const gets = given.values.slice(3).some((value) => value.text?.literals?.has("GET") === true);
  return !(command.name === "SET" && gets);
}

/** What the command answers; of redis.pcall it may be an error instead. */
function answered(name: string, made: BuiltinCall, state: State): readonly ManyOutcome[] {
  const { given, node, context } = made;
  const answer = answerOf(name, given);
  const origin = `a reply of \`${name}\``;
  const id = `${context.path}:${nodeId(context.source, node)}:${name}`;
  const outcomes: ManyOutcome[] = [];
  if (answer === undefined) outcomes.push(...one(state, v.unknown(origin)));
  else if ("value" in answer) outcomes.push(...one(state, v.from(answer.value, origin)));
  else {
    const table: Table = { ...answer.list, element: v.from(answer.list.element, origin) };
    outcomes.push(...one(withNewTable(state, id, table), v.table(id)));
    if (answer.orNothing === true) outcomes.push(...one(state, v.NO));
  }
  if (made.name === "redis.pcall") outcomes.push(caughtAnswer(made, state));
  return outcomes;
}

function caughtAnswer({ node, context }: BuiltinCall, state: State): ManyOutcome {
  const spot = spotOf(context.source, node);
  const key = spotKey(spot);
  const { answers } = context.machine.recorder;
  if (!answers.has(key)) answers.set(key, { spot, seen: false });
  const id = `${context.path}:${nodeId(context.source, node)}:error`;
  const table: Table = { ...emptyTable(), fields: new Map([["err", v.text()]]), answer: key };
  return { state: withNewTable(state, id, table), values: [v.table(id)] };
}
