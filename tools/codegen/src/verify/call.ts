import type { ArgParam, ExampleModel, Model, ReplyField, ScriptModel } from "../model/model.js";
import { keyFieldsOf, keyNamed, typeNamed } from "../model/resolve.js";
import { readAssignments, unquote } from "../parse/contract/split-words.js";
import { slotTag } from "../slot-tag.js";

/** An example's call, ready for EVALSHA. */
export interface ExampleCall {
  readonly keys: readonly string[];
  readonly args: readonly string[];
}

/** Where an example runs: its own namespace, at one instant of the server's clock. */
export interface Stage {
  readonly namespace: string;
  /** Default `example`. */
  readonly tenant?: string;
  readonly nowMs: number;
}

/** An example that cannot be run as it is written. */
export class ExampleFault extends Error {}

/** Fills in `{now}`, `{now+60000}` and the script's keys, `{stock}`. */
export function fill(
  model: Model,
  script: ScriptModel,
  example: ExampleModel,
  stage: Stage,
  text: string,
): string {
  const values = assignments(example.call, "call");
  return text.replace(/\{([a-z][a-z0-9_]*)([+-]\d+)?\}/g, (whole, name: string, shift?: string) => {
    if (name === "now") return String(stage.nowMs + Number(shift ?? 0));
    const param = script.keys.find((other) => other.key === name);
    return param === undefined ? whole : keyOf(model, param.key, values, stage);
  });
}

/** The call that an example describes. Fields of keys that it leaves out are called by their own names. */
export function exampleCall(
  model: Model,
  script: ScriptModel,
  example: ExampleModel,
  stage: Stage,
): ExampleCall {
  const values = assignments(fill(model, script, example, stage, example.call), "call");
  const known = [...keyFieldsOf(model, script), ...script.args].map((field) => field.name);
  for (const name of values.keys()) {
    if (!known.includes(name)) throw new ExampleFault(`the script has no argument ${name}`);
  }
  return {
    keys: script.keys.map((param) => keyOf(model, param.key, values, stage)),
    args: script.args.flatMap((arg) => wire(model, arg, values.get(arg.name))),
  };
}

function assignments(text: string, line: string): Map<string, string> {
  const values = readAssignments(text);
  if (values === undefined)
    throw new ExampleFault(`the line "${line}" is not of the form name=value name=value`);
  return values;
}

function keyOf(model: Model, key: string, values: ReadonlyMap<string, string>, stage: Stage): string {
  const fieldValue = (field: string): string => {
    if (field === "namespace") return stage.namespace;
    if (field === "tenant") return stage.tenant ?? "example";
    return unquote(values.get(field) ?? field);
  };
  const filledIn = (text: string) => text.replace(/<([^>]*)>/g, (_, field: string) => fieldValue(field));
  const { pattern, hashTag, slotOf } = keyNamed(model, key);
  if (slotOf === undefined) return filledIn(pattern);
  return filledIn(pattern.replace(hashTag, slotTag(filledIn(slotOf))));
}

function wire(model: Model, arg: ArgParam, text: string | undefined): string[] {
  if (text === undefined) {
    if (arg.optional) return [""];
    throw new ExampleFault(`the call does not pass ${arg.name}`);
  }
  if (arg.type.kind === "list") {
    const elements = parseList(arg, text);
    return [String(elements.length), ...elements.flat().map(String)];
  }
  if (arg.type.kind === "named" && typeNamed(model, arg.type.name).kind === "flag") {
    if (text !== "yes" && text !== "no") throw new ExampleFault(`${arg.name} is neither yes nor no`);
    return [text === "yes" ? "1" : "0"];
  }
  return [unquote(text)];
}

function parseList(arg: ArgParam, text: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(text);
    if (Array.isArray(parsed)) return parsed;
  } catch {
    // Told below.
  }
  throw new ExampleFault(`${arg.name} is not a JSON list`);
}

/** A reply as examples write it: `outcome` -> `applied`; fields that are absent are left out. */
export function readReply(model: Model, script: ScriptModel, reply: unknown): Map<string, string> {
  const fields: readonly unknown[] = Array.isArray(reply) ? reply : [reply];
  if (fields.length === 0 || fields.length > script.replies.length) {
    throw new ExampleFault(`the reply is not an array of at most ${script.replies.length} values`);
  }
  const values = new Map<string, string>();
  script.replies.forEach((field, index) => {
    const value = fields[index];
    if (value !== null && value !== undefined) values.set(field.name, formatValue(model, field, value));
  });
  return values;
}

function formatValue(model: Model, field: ReplyField, value: unknown): string {
  if (Array.isArray(value)) return JSON.stringify(rowsOf(model, field, value));
  if (field.type.kind === "named" && typeNamed(model, field.type.name).kind === "flag")
    return value === 1 ? "yes" : "no";
  const text = String(value);
  return text.includes(" ") ? JSON.stringify(text) : text;
}

/** The elements of a list; records have several values each, which a reply has one after another. */
function rowsOf(model: Model, { type }: ReplyField, values: readonly unknown[]): readonly unknown[] {
  const element = type.kind === "list" ? typeNamed(model, type.element) : undefined;
  if (element?.kind !== "record") return values;
  const width = element.fields.length;
  const rows: unknown[] = [];
  for (let at = 0; at < values.length; at += width) rows.push(values.slice(at, at + width));
  return rows;
}

/**
 * Compares a reply with the line in its example. `*` is any value that a repeated call returns
 * unchanged, `~` is any value. Returns the difference.
 */
export function compareReply(
  expected: string,
  actual: ReadonlyMap<string, string>,
  first?: ReadonlyMap<string, string>,
): string | undefined {
  const wanted = assignments(expected, "reply");
  const fields = new Set([...wanted.keys(), ...actual.keys()]);
  for (const field of fields) {
    const want = wanted.get(field);
    const got = actual.get(field);
    if (want === "~" && got !== undefined) continue;
    if (want === "*" && got !== undefined && (first === undefined || first.get(field) === got)) continue;
    if (want === got) continue;
    const instead = want === "*" ? (first?.get(field) ?? "anything") : (want ?? "nothing");
    return `${field} is ${got ?? "absent"} instead of ${instead}`;
  }
  return undefined;
}
