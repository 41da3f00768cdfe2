import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Charset, SLOTS, slotOf, slotTag, textType } from "../client/index.js";
import { CommandError } from "./errors.js";
import { isInCluster } from "./nodes.js";
import { packageFolder } from "./package.js";
import { connect, readServer } from "./server.js";
import { print } from "./terminal.js";

/** The options of `moonpath key`. */
export interface KeyOptions {
  readonly namespace?: string;
  readonly redis?: string;
  readonly model?: string;
}

export const KEY_HELP = `Usage: moonpath key <name> [<field>=<value> ...] [options]

Prints a key of the keyspace, the other keys of the same slot with the same fields, and their slot. With a server
of a cluster it prints the node that has the slot.

Options:
  --namespace <name>  namespace of the keys (default: moonpath)
  --redis <url>       a server of the cluster
  --model <file>      model.json of your generated folder (default: the model of the package moonpath)
  -h, --help          show this text

Examples:
  $ moonpath key stock tenant=acme product=lamp --namespace shop
  $ moonpath key stock tenant=acme product=lamp --redis redis://10.0.0.1:7000
  $ moonpath key stock`;

interface Key {
  readonly name: string;
  readonly pattern: string;
  readonly fields: readonly string[];
  readonly hashTag: string;
  readonly slotOf?: string;
  readonly holds: string;
}

interface TextBounds {
  readonly name: string;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly charset: Charset;
}

interface Keyspace {
  readonly keys: readonly Key[];
  readonly texts: readonly TextBounds[];
}

/** Runs `moonpath key`. */
export async function runKey(words: readonly string[], options: KeyOptions): Promise<void> {
  const [name, ...assignments] = words;
  const keyspace = await readKeyspace(options.model);
  const names = keyspace.keys.map((key) => key.name).join(", ");
  if (name === undefined) throw new CommandError(`name a key: ${names}\n\n${KEY_HELP}`, 2);
  const key = keyspace.keys.find((one) => one.name === name);
  if (key === undefined) throw new CommandError(`the keyspace has no key ${name}; its keys are ${names}`, 2);
  const needed = key.fields.filter((field) => field !== "namespace");
  const example = needed.map((field) => `${field}=…`).join(" ");
  if (assignments.length === 0) {
    print(`key.${key.name} is ${key.pattern}, a ${key.holds}\nfields: ${example}`);
    return;
  }
  const values = readValues(keyspace, assignments, needed, `moonpath key ${name} ${example}`);
  values.set("namespace", checkedName("namespace", options.namespace ?? "moonpath"));
  const own = keyOf(key, values);
  const slot = slotOf(own);
  const others = keyspace.keys.filter(
    (one) =>
      one !== key &&
      (one.slotOf ?? one.hashTag) === (key.slotOf ?? key.hashTag) &&
      one.fields.every((field) => values.has(field)),
  );
  print(own);
  for (const other of others) print(keyOf(other, values));
  print(
    `slot ${slot} of ${SLOTS}, tag of the slot {${slotTag(filledIn(key.slotOf ?? key.hashTag, values))}}`,
  );
  if (options.redis !== undefined) print(await nodeOf(options.redis, slot));
}

function readValues(
  keyspace: Keyspace,
  assignments: readonly string[],
  needed: readonly string[],
  usage: string,
): Map<string, string> {
  const values = new Map<string, string>();
  for (const assignment of assignments) {
    const equals = assignment.indexOf("=");
    const field = assignment.slice(0, Math.max(equals, 0));
    if (equals < 1) throw new CommandError(`a field is written as name=value, for example: ${usage}`, 2);
    if (!needed.includes(field))
      throw new CommandError(`the key has no field ${field}; its fields are ${needed.join(", ")}`, 2);
    if (values.has(field)) throw new CommandError(`the field ${field} has two values`, 2);
    values.set(field, checkedValue(keyspace, field, assignment.slice(equals + 1)));
  }
  const missing = needed.filter((field) => !values.has(field));
  if (missing.length > 0) throw new CommandError(`${missing.join(", ")} missing; write: ${usage}`, 2);
  return values;
}

function checkedValue({ texts }: Keyspace, field: string, value: string): string {
  if (field === "tenant") return checkedName(field, value);
  const text = texts.find(({ name }) => name === field) ?? texts.find(({ name }) => name === "id");
  if (text === undefined) return value;
  try {
    return textType(text.name, text.minBytes, text.maxBytes, text.charset).encode(field, value);
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : `${field} is not valid`, 2);
  }
}

/** @throws CommandError unless the value may be a namespace or a tenant */
export function checkedName(field: string, value: string): string {
  if (/^[A-Za-z0-9_.-]{1,64}$/.test(value)) return value;
  throw new CommandError(`${field} must have 1 to 64 characters of A-Z, a-z, 0-9, _, . and -`, 2);
}

function keyOf({ pattern, hashTag, slotOf: source }: Key, values: ReadonlyMap<string, string>): string {
  if (source === undefined) return filledIn(pattern, values);
  return filledIn(pattern.replace(hashTag, slotTag(filledIn(source, values))), values);
}

function filledIn(pattern: string, values: ReadonlyMap<string, string>): string {
  return pattern.replace(/<([^>]*)>/g, (_, field: string) => values.get(field) ?? "");
}

/** Which node of the cluster has the slot. */
async function nodeOf(url: string, slot: number): Promise<string> {
  const server = readServer(url);
  const redis = await connect({ ...server, database: 0 });
  try {
    if (!(await isInCluster(redis))) return `${server.name} is no cluster: it has all slots`;
    const ranges: unknown = await redis.cluster("SLOTS");
    for (const range of Array.isArray(ranges) ? ranges : []) {
      const [first, last, primary]: unknown[] = Array.isArray(range) ? range : [];
      if (Number(first) <= slot && slot <= Number(last) && Array.isArray(primary))
        return `node ${String(primary[0])}:${String(primary[1])}`;
    }
    return "no node has the slot";
  } finally {
    redis.disconnect();
  }
}

async function readKeyspace(file: string | undefined): Promise<Keyspace> {
  const [path, text] = file === undefined ? await readShipped() : ([file, await readText(file)] as const);
  if (text === undefined)
    throw new CommandError(
      `${path} cannot be read; set --model to the model.json of your generated folder`,
      2,
    );
  const model = parse(text);
  if (model === undefined) throw new CommandError(`${path} is not a model.json of moonpath-codegen`, 2);
  return model;
}

/** The model of this package: whole in the repository, and its part about keys in the package. */
async function readShipped(): Promise<readonly [path: string, text: string | undefined]> {
  const folder = packageFolder() ?? "";
  const path = join(folder, "generated/model.json");
  const text = (await readText(path)) ?? (await readText(join(folder, "dist/keyspace.json")));
  return [path, text];
}

function readText(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch(() => undefined);
}

function parse(text: string): Keyspace | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null || !("keys" in parsed) || !("types" in parsed))
    return undefined;
  const { keys, types } = parsed;
  if (!Array.isArray(keys) || !Array.isArray(types)) return undefined;
  const all: unknown[] = keys;
  if (!all.every(isKey)) return undefined;
  return { keys: all, texts: types.filter(isText) };
}

function isKey(value: unknown): value is Key {
  if (typeof value !== "object" || value === null) return false;
  const texts = ["name", "pattern", "hashTag", "holds"].map((field): unknown => Reflect.get(value, field));
  return texts.every((text) => typeof text === "string") && "fields" in value && Array.isArray(value.fields);
}

function isText(value: unknown): value is TextBounds {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "text";
}
