import { type Command, type CommandTable, holdsOf, writes } from "../../commands/table.js";
import { emptyTable, type State, type Table, withNewTable, withProved } from "../domain/state.js";
import * as v from "../domain/value.js";
import { noteFailure } from "../interpreter/failures.js";
import { type BuiltinCall, type ManyOutcome, one, type Values, valueAt } from "../interpreter/interpreter.js";
import { type CommandVisit, type KeyTouch, spotKey } from "../interpreter/recorder.js";
import { nodeId, type Spot, spotOf } from "../syntax/syntax.js";
import { keyPositions, mayBeWord } from "./key-positions.js";
import { failingArgument } from "./numeric-arguments.js";
import { answerOf } from "./replies.js";

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
  const spot = spotOf(context.source, node);
  const dynamic = (position: number): readonly ManyOutcome[] => {
    const word = made.nodes[position];
    const named = word === undefined ? spot : spotOf(context.source, word);
    context.machine.recorder.dynamic.set(spotKey(spot), { spot: named, name: made.name });
    if (context.escapes !== undefined) noteFailure(made.name, made, given.state);
    return one(given.state, v.either(v.unknown("a reply of Redis"), given.state.hidden));
  };
  const names = literalsAt(given, 0);
  if (names === undefined) return dynamic(0);
  const outcomes: ManyOutcome[] = [];
  for (const name of names) {
    const parted = isContainer(context.machine.commands, name);
    const subs =
      parted && (given.values.length > 1 || given.rest !== undefined) ? literalsAt(given, 1) : [""];
    if (subs === undefined) return dynamic(1);
    for (const sub of subs) outcomes.push(...callCommand(sub === "" ? name : `${name} ${sub}`, made, spot));
  }
  return outcomes;
}

/** All that a word may be; undefined where it may be something else than a few literals. */
function literalsAt(given: Values, position: number): readonly string[] | undefined {
  const value = given.values[position];
  const literals = value !== undefined && v.isOnlyText(value) ? value.text?.literals : undefined;
  return literals === undefined || literals.size === 0 ? undefined : [...literals];
}

const CONTAINERS = new WeakMap<CommandTable, ReadonlySet<string>>();

/** Whether a command has subcommands, as `XGROUP CREATE`. */
function isContainer(commands: CommandTable, name: string): boolean {
  const known =
    CONTAINERS.get(commands) ??
    new Set([...commands.keys()].flatMap((one) => (one.includes(" ") ? [one.split(" ")[0] ?? ""] : [])));
  CONTAINERS.set(commands, known);
  return known.has(name.toUpperCase());
}

function callCommand(words: string, made: BuiltinCall, spot: Spot): readonly ManyOutcome[] {
  const { given, context } = made;
  const { machine } = context;
  const name = words.toUpperCase();
  const command = machine.commands.get(name);
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
  if (!guarded && made.context.escapes !== undefined) noteFailure(command.name, made, state);
  else if (!guarded) {
    if (failingArgument(command.name, made.given)) noteFailure(command.name, made, state, "argument");
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
  const further = [...given.values.slice(3), ...(given.rest === undefined ? [] : [given.rest])];
  const gets = further.some((value) => mayBeWord(value, "GET"));
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
  if (!answers.has(key)) answers.set(key, { spot, by: "redis.pcall", seen: false });
  const id = `${context.path}:${nodeId(context.source, node)}:error`;
  const table: Table = { ...emptyTable(), fields: new Map([["err", v.text()]]), answer: key };
  return { state: withNewTable(state, id, table), values: [v.table(id)] };
}
