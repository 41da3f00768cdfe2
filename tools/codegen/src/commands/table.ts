/** What a value of Redis is; `any` where a command takes every type. */
export type Holds = "string" | "hash" | "list" | "set" | "zset" | "stream" | "any";

/**
 * The position of a group's first key: an argument's index (the command's name is argument 0), or
 * the argument after a word.
 */
export type KeyBegin =
  | { readonly at: number }
  | { readonly word: string; readonly from: number }
  | { readonly unknown: true };

/**
 * The extent of the group. A range ends `last` arguments after its begin. A negative `last` counts
 * from the end. A `part` of n above 1 keeps only the first nth of the range (XREAD: keys, then ids).
 * With `countAt`, an argument gives the number of keys.
 */
export type KeyFind =
  | { readonly last: number; readonly step: number; readonly part: number }
  | { readonly countAt: number; readonly first: number; readonly step: number }
  | { readonly unknown: true };

/** RO read, RW read and written, OW overwritten, RM removed. */
export type KeyAccess = "RO" | "RW" | "OW" | "RM";

/** A group of keys among a command's arguments. */
export interface KeySpec {
  readonly access: KeyAccess;
  /**
   * The server's other flags: access, update, insert, delete, not_key, incomplete, variable_flags.
   */
  readonly does: readonly string[];
  readonly begin: KeyBegin;
  readonly find: KeyFind;
}

/** A command, or a subcommand such as `SCRIPT LOAD`, as the server itself describes it. */
export interface Command {
  readonly name: string;
  /** The release that brought it: `7.0.0`. */
  readonly since: string;
  /** hash, string, list, set, sorted-set, stream, generic, ... */
  readonly group: string;
  /** How many words a call has, the name's own included; below zero: at least that many. */
  readonly arity: number;
  /** write, readonly, denyoom, noscript, blocking, ... */
  readonly flags: readonly string[];
  /** ACL categories, `@hash`. */
  readonly acl: readonly string[];
  readonly keys: readonly KeySpec[];
  readonly complexity: string;
}

/** Commands of one server release by their names. */
export type CommandTable = ReadonlyMap<string, Command>;

const HELD_BY_GROUP: Readonly<Record<string, Holds>> = {
  string: "string",
  bitmap: "string",
  hyperloglog: "string",
  hash: "hash",
  list: "list",
  set: "set",
  "sorted-set": "zset",
  geo: "zset",
  stream: "stream",
};

/** The type of value that a command works on: `HSET` a hash, `DEL` any. */
export function holdsOf(command: Command): Holds {
  return HELD_BY_GROUP[command.group] ?? "any";
}

/** Not flagged as writes, yet refused in a script without writes, since they may be sent on to replicas. */
const REPLICATED: ReadonlySet<string> = new Set(["PFCOUNT", "PUBLISH", "SPUBLISH"]);

/** Whether Redis counts it as a write: PUBLISH, SPUBLISH and PFCOUNT too. */
export function writes(command: Command): boolean {
  return command.flags.includes("write") || REPLICATED.has(command.name);
}

/** Whether a key of this group may be changed. */
export function writesKey(spec: KeySpec): boolean {
  return spec.access !== "RO";
}

/** A table of a list of commands. */
export function tableOf(commands: readonly Command[]): CommandTable {
  return new Map(commands.map((command) => [command.name, command]));
}

/** The command that a call's first words name: `SCRIPT LOAD` before `SCRIPT`; whatever their case. */
export function findCommand(
  table: CommandTable,
  first: string,
  second: string | undefined,
): Command | undefined {
  const name = first.toUpperCase();
  const sub = second === undefined ? undefined : table.get(`${name} ${second.toUpperCase()}`);
  return sub ?? table.get(name);
}
