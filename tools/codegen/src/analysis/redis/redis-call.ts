import { type Command, type CommandTable, holdsOf, writes } from "../../commands/table.js";
import {
  type AbstractState,
  type AbstractTable,
  allocateTable,
  emptyTable,
  withProvedTypes,
} from "../domain/state.js";
import * as v from "../domain/value.js";
import { recordFailure } from "../interpreter/failures.js";
import {
  type BuiltinCall,
  type ListOutcome,
  singleOutcome,
  type Values,
  valueAt,
} from "../interpreter/interpreter.js";
import { type CommandVisit, type KeyTouch, rangeKey } from "../interpreter/recorder.js";
import { nodeId, type Range, rangeOf } from "../syntax/syntax.js";
import { withEmptiedKeys } from "./emptied-keys.js";
import { keyPositions, mayBeWord } from "./key-positions.js";
import { mayFailOnArgument } from "./numeric-arguments.js";
import { hasWord, replyOf } from "./replies.js";

/**
 * Commands that work on their key whatever it holds, and so prove nothing and cannot fail of it.
 */
const TYPE_AGNOSTIC: ReadonlySet<string> = new Set([
  "SET",
  "SETEX",
  "PSETEX",
  "MSET",
  "SETNX",
  "MSETNX",
  "MGET",
]);

/** Of those, the ones after which the key surely holds what they wrote. */
const OVERWRITE: ReadonlySet<string> = new Set(["SET", "SETEX", "PSETEX", "MSET"]);

/** Commands that leave no value behind, so that nothing of a wrong type is there any more. */
const REMOVE: ReadonlySet<string> = new Set(["DEL", "UNLINK"]);

/** Commands whose first argument is a channel. */
const PUBLISH: ReadonlySet<string> = new Set(["PUBLISH", "SPUBLISH"]);

/** Commands that can fail of what a key of the right type holds, or of how large it would grow. */
const FAILS_ON_CONTENT: ReadonlySet<string> = new Set(
  (
    "INCR INCRBY INCRBYFLOAT DECR DECRBY HINCRBY HINCRBYFLOAT ZINCRBY APPEND SETRANGE SETBIT BITFIELD LSET RENAME " +
    "RENAMENX RESTORE XADD XSETID XGROUP XCLAIM XAUTOCLAIM XREADGROUP PFADD PFMERGE PFCOUNT GEOADD SORT"
  ).split(" "),
);

/** `redis.call` and `redis.pcall`. */
export function callRedis(made: BuiltinCall): readonly ListOutcome[] {
  const { given, node, context } = made;
  const range = rangeOf(context.source, node);
  const dynamic = (position: number): readonly ListOutcome[] => {
    const word = made.nodes[position];
    const named = word === undefined ? range : rangeOf(context.source, word);
    context.interpreter.recorder.dynamic.set(rangeKey(range), { range: named, name: made.name });
    if (context.exceptionalStates !== undefined) recordFailure(made.name, made, given.state);
    return singleOutcome(given.state, v.join(v.unknown("a reply of Redis"), given.state.escapedValues));
  };
  const names = literalsAt(given, 0);
  if (names === undefined) return dynamic(0);
  const outcomes: ListOutcome[] = [];
  for (const name of names) {
    const parted = isContainer(context.interpreter.commands, name);
    const subs =
      parted && (given.values.length > 1 || given.rest !== undefined) ? literalsAt(given, 1) : [""];
    if (subs === undefined) return dynamic(1);
    for (const sub of subs) outcomes.push(...callCommand(sub === "" ? name : `${name} ${sub}`, made, range));
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

function callCommand(words: string, made: BuiltinCall, range: Range): readonly ListOutcome[] {
  const { given, context } = made;
  const { interpreter } = context;
  const name = words.toUpperCase();
  const command = interpreter.commands.get(name);
  const placed = command === undefined ? undefined : keyPositions(command, given);
  const argument = (position: number) => {
    const at = made.nodes[Math.min(position, made.nodes.length - 1)];
    return {
      range: at === undefined ? range : rangeOf(context.source, at),
      value: valueAt(given, position),
    };
  };
  const keys = (placed?.keys ?? []).map(({ position, spec }): KeyTouch => ({ ...argument(position), spec }));
  const visit: CommandVisit = {
    range,
    name,
    command,
    words: given.values.length,
    open: given.rest !== undefined,
    keys,
    channel: PUBLISH.has(name) ? argument(1) : undefined,
    unclearReason: placed?.unclearReason,
    invalidArguments: invalidArgumentsOf(made),
  };
  interpreter.recorder.commands.set(visitKey(visit, context.callPath), visit);
  const state = command === undefined ? given.state : stateAfter(command, visit, made);
  if (name === "SET" && made.name === "redis.call" && hasWord(given, "NX") && hasWord(given, "GET")) {
    return setIfAbsentOutcomes(made, state);
  }
  return replyOutcomes(name, made, state);
}

/**
 * `SET … NX GET` returns the stored text and writes nothing, or returns false and writes. So what
 * fails because of the stored text does not fail after a write.
 */
function setIfAbsentOutcomes({ given }: BuiltinCall, written: AbstractState): readonly ListOutcome[] {
  const { firstWrite } = given.state;
  return [
    ...singleOutcome({ ...written, firstWrite }, v.withOrigin(v.text(), "a reply of `SET`")),
    ...singleOutcome(written, v.FALSE),
  ];
}

/** One visit for each position, way of calling and set of keys. */
function visitKey(visit: CommandVisit, callPath: string): string {
  const keys = visit.keys.map((key) =>
    [...key.value.keys, v.isBottom({ ...key.value, keys: new Set() })].join("+"),
  );
  const channel = visit.channel === undefined ? "" : [...visit.channel.value.keys].join("+");
  return rangeKey(
    visit.range,
    visit.name,
    callPath,
    keys.join(","),
    channel,
    `${visit.invalidArguments.length}`,
  );
}

/** Arguments that Redis takes for no text and no number. */
function invalidArgumentsOf({ given, nodes, context }: BuiltinCall): CommandVisit["invalidArguments"] {
  return given.values.flatMap((value, position) => {
    const node = nodes[Math.min(position, nodes.length - 1)];
    if (node === undefined) return [];
    const range = rangeOf(context.source, node);
    if (value.nil) return [{ range, what: "nil" }];
    if (value.boolTrue || value.boolFalse) return [{ range, what: "a flag" }];
    return value.tables.size > 0 ? [{ range, what: "a table" }] : [];
  });
}

/**
 * The state after a command: what it wrote, and whose type it proved; notes how it may fail after a
 * write.
 */
function stateAfter(command: Command, visit: CommandVisit, made: BuiltinCall): AbstractState {
  const { state } = made.given;
  const guarded = made.name === "redis.pcall";
  const typed = holdsOf(command) !== "any" && !isTypeAgnostic(command, made);
  const proved: string[] = [];
  const doubtful: string[] = [];
  for (const { value, spec } of visit.keys) {
    const names = [...value.keys];
    const checks = typed && spec.access !== "OW";
    const overwrites = spec.access === "OW" || OVERWRITE.has(command.name) || REMOVE.has(command.name);
    if (checks) doubtful.push(...names.filter((name) => !state.provedTypes.has(name)));
    if ((checks || overwrites) && names.length === 1 && !guarded) proved.push(...names);
  }
  if (!guarded && made.context.exceptionalStates !== undefined) recordFailure(command.name, made, state);
  else if (!guarded) {
    if (mayFailOnArgument(command.name, made.given)) recordFailure(command.name, made, state, "argument");
    const [word = ""] = command.name.split(" ");
    if (doubtful.length > 0) recordFailure(command.name, made, state, "type", doubtful);
    else if (FAILS_ON_CONTENT.has(word)) recordFailure(command.name, made, state, "content");
  }
  const next = withEmptiedKeys(withProvedTypes(state, proved), command, visit, made);
  if (!writes(command) || next.firstWrite !== undefined) return next;
  return { ...next, firstWrite: { command: command.name, position: visit.range.start } };
}

function isTypeAgnostic(command: Command, { given }: BuiltinCall): boolean {
  if (!TYPE_AGNOSTIC.has(command.name)) return false;
  const further = [...given.values.slice(3), ...(given.rest === undefined ? [] : [given.rest])];
  const gets = further.some((value) => mayBeWord(value, "GET"));
  return !(command.name === "SET" && gets);
}

/** What the command answers; of redis.pcall it may be an error instead. */
function replyOutcomes(name: string, made: BuiltinCall, state: AbstractState): readonly ListOutcome[] {
  const { given, node, context } = made;
  const answer = replyOf(name, given);
  const origin = `a reply of \`${name}\``;
  const id = `${context.callPath}:${nodeId(context.source, node)}:${name}`;
  const outcomes: ListOutcome[] = [];
  if (answer === undefined) outcomes.push(...singleOutcome(state, v.unknown(origin)));
  else if ("value" in answer) outcomes.push(...singleOutcome(state, v.withOrigin(answer.value, origin)));
  else {
    const table: AbstractTable = { ...answer.list, element: v.withOrigin(answer.list.element, origin) };
    outcomes.push(...singleOutcome(allocateTable(state, id, table), v.table(id)));
    if (answer.orNothing === true) outcomes.push(...singleOutcome(state, v.FALSE));
  }
  if (made.name === "redis.pcall") outcomes.push(errorReply(made, state));
  return outcomes;
}

function errorReply({ node, context }: BuiltinCall, state: AbstractState): ListOutcome {
  const range = rangeOf(context.source, node);
  const key = rangeKey(range);
  const { pcallResults } = context.interpreter.recorder;
  if (!pcallResults.has(key)) pcallResults.set(key, { range, by: "redis.pcall", inspected: false });
  const id = `${context.callPath}:${nodeId(context.source, node)}:error`;
  const table: AbstractTable = { ...emptyTable(), fields: new Map([["err", v.text()]]), pcallResult: key };
  return { state: allocateTable(state, id, table), values: [v.table(id)] };
}
