import type { Command, KeyAccess, KeyBegin, KeyFind, KeySpec } from "./table.js";

/**
 * Sends one command to a server under RESP2 and returns its reply; with ioredis:
 * `(...words) => redis.call(...words)`.
 */
export type Send = (command: string, ...args: string[]) => Promise<unknown>;

/** A reply of the server that does not have the form that Redis 7.0 and later send. */
export class UnreadableAnswer extends Error {
  override readonly name = "UnreadableAnswer";
}

function list(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new UnreadableAnswer(`${what} is no list`);
  return value;
}

function text(value: unknown, what: string): string {
  if (typeof value !== "string") throw new UnreadableAnswer(`${what} is no text`);
  return value;
}

function integer(value: unknown, what: string): number {
  if (typeof value !== "number") throw new UnreadableAnswer(`${what} is no number`);
  return value;
}

function texts(value: unknown, what: string): readonly string[] {
  return list(value, what).map((item) => text(item, what));
}

/** A map of RESP2: a list of names and values by turns. */
function map(value: unknown, what: string): ReadonlyMap<string, unknown> {
  const flat = list(value, what);
  const read = new Map<string, unknown>();
  for (let at = 0; at < flat.length; at += 2) read.set(text(flat[at], what), flat[at + 1]);
  return read;
}

function readBegin(value: unknown): KeyBegin {
  const search = map(value, "begin_search");
  const spec = map(search.get("spec"), "begin_search spec");
  if (search.get("type") === "index") return { at: integer(spec.get("index"), "index") };
  if (search.get("type") === "keyword") {
    return {
      word: text(spec.get("keyword"), "keyword").toUpperCase(),
      from: integer(spec.get("startfrom"), "startfrom"),
    };
  }
  return { unknown: true };
}

function readFind(value: unknown): KeyFind {
  const search = map(value, "find_keys");
  const spec = map(search.get("spec"), "find_keys spec");
  if (search.get("type") === "range") {
    return {
      last: integer(spec.get("lastkey"), "lastkey"),
      step: integer(spec.get("keystep"), "keystep"),
      part: integer(spec.get("limit"), "limit"),
    };
  }
  if (search.get("type") === "keynum") {
    return {
      countAt: integer(spec.get("keynumidx"), "keynumidx"),
      first: integer(spec.get("firstkey"), "firstkey"),
      step: integer(spec.get("keystep"), "keystep"),
    };
  }
  return { unknown: true };
}

const ACCESSES: readonly KeyAccess[] = ["RO", "RW", "OW", "RM"];

function readSpec(value: unknown): KeySpec {
  const spec = map(value, "key spec");
  const flags = texts(spec.get("flags"), "key spec flags");
  const access = ACCESSES.find((word) => flags.includes(word)) ?? "RW";
  return {
    access,
    does: flags.filter((flag) => flag !== access).sort(),
    begin: readBegin(spec.get("begin_search")),
    find: readFind(spec.get("find_keys")),
  };
}

interface Doc {
  readonly since: string;
  readonly group: string;
  readonly complexity: string;
}

/** Commands of modules need not say anything of themselves. */
const UNDOCUMENTED: Doc = { since: "0.0.0", group: "module", complexity: "" };

function textOr(value: unknown, otherwise: string): string {
  return typeof value === "string" ? value : otherwise;
}

function readDocs(answer: unknown): ReadonlyMap<string, Doc> {
  const docs = new Map<string, Doc>();
  for (const [name, value] of map(answer, "COMMAND DOCS")) {
    const doc = map(value, name);
    docs.set(name, {
      since: textOr(doc.get("since"), UNDOCUMENTED.since),
      group: textOr(doc.get("group"), UNDOCUMENTED.group),
      complexity: textOr(doc.get("complexity"), UNDOCUMENTED.complexity),
    });
    const subcommands = doc.get("subcommands");
    if (subcommands !== undefined) for (const [sub, found] of readDocs(subcommands)) docs.set(sub, found);
  }
  return docs;
}

function readCommand(value: unknown, docs: ReadonlyMap<string, Doc>): Command[] {
  const row = list(value, "COMMAND");
  const name = text(row[0], "a command's name");
  const doc = docs.get(name) ?? UNDOCUMENTED;
  const command: Command = {
    name: name.toUpperCase().replace("|", " "),
    since: doc.since,
    group: doc.group,
    arity: integer(row[1], `arity of ${name}`),
    flags: [...texts(row[2], `flags of ${name}`)].sort(),
    acl: [...texts(row[6], `categories of ${name}`)].sort(),
    keys: list(row[8], `key specs of ${name}`).map(readSpec),
    complexity: doc.complexity,
  };
  return [command, ...list(row[9], `subcommands of ${name}`).flatMap((sub) => readCommand(sub, docs))];
}

/**
 * Asks a server (Redis 7.0 or later, Valkey) for its commands and subcommands, sorted by name.
 * Throws UnreadableAnswer for an answer of another shape, and what `send` throws.
 */
export async function readServerCommands(send: Send): Promise<readonly Command[]> {
  const docs = readDocs(await send("COMMAND", "DOCS"));
  const rows = list(await send("COMMAND"), "COMMAND");
  const commands = rows.flatMap((row) => readCommand(row, docs));
  return commands.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** The server's own name and release: `redis 7.0.15`, `valkey 8.1.1`. */
export async function readServerRelease(send: Send): Promise<{ engine: string; version: string }> {
  const info = text(await send("INFO", "server"), "INFO");
  const valkey = /^valkey_version:([\d.]+)/m.exec(info)?.[1];
  if (valkey !== undefined) return { engine: "valkey", version: valkey };
  return { engine: "redis", version: /^redis_version:([\d.]+)/m.exec(info)?.[1] ?? "0.0.0" };
}
