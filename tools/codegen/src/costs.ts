import { createHash } from "node:crypto";

/** The file beside the scripts with what they cost, as a benchmark measured it. */
export const COSTS_FILE = "costs.json";

/** How large a key is after a call. */
export interface KeyCost {
  readonly bytes: number;
  /** What it holds, such as the fields of a hash; absent: it is a string. */
  readonly elements?: number;
  /** Bytes that each further element adds, if there are many. */
  readonly perElement?: number;
}

/** What the calls of one path cost in the many form, as many as its limit in each run. */
export interface ManyCost {
  readonly calls: number;
  /** Microseconds of one of these calls. */
  readonly us: number;
  /** The 99th percentile of a whole run, in microseconds. */
  readonly p99Us: number;
}

/** What one path of a script costs the server. */
export interface PathCost {
  readonly path: string;
  /** Microseconds of a call. */
  readonly us: number;
  /** Microseconds of it inside Redis commands. */
  readonly commandUs: number;
  /** The number of commands of a call. */
  readonly commands: number;
  /** For example `GET, 2 HSET`. */
  readonly commandNames: string;
  /** Each key after a call, by its name in the keyspace. */
  readonly keys: Readonly<Record<string, KeyCost>>;
  /** Bytes that a call adds to the append-only file. */
  readonly aofBytes: number;
  /** `rival`: a lean script by hand; `bare calls`: the same commands without anything else. */
  readonly comparedWith: "rival" | "bare calls";
  /** How many times the time of the other one. */
  readonly ratio: number;
  /** Absent: it was not measured, or the script has no many form. */
  readonly many?: ManyCost;
}

/** What a script's largest call costs. */
export interface LimitCost {
  readonly path: string;
  /** The 99th percentile, in microseconds. */
  readonly p99Us: number;
  /** Keys that cannot hold more than after this call, by their names in the keyspace. */
  readonly fullKeys: Readonly<Record<string, KeyCost>>;
}

/** What one script costs. */
export interface ScriptCost {
  /** Tells whether the script has changed since; see `codeDigest`. */
  readonly digest: string;
  readonly paths: readonly PathCost[];
  readonly atLimit: readonly LimitCost[];
}

/** All that was measured. */
export interface Costs {
  /** The day, for example `2026-11-28`. */
  readonly measured: string;
  /** For example `Redis 7.0.15`. */
  readonly server: string;
  readonly scripts: Readonly<Record<string, ScriptCost>>;
}

/** A digest of a script's text without its lines of comments, one of which has the version. */
export function codeDigest(lua: string): string {
  const code = lua.split("\n").filter((line) => !line.trimStart().startsWith("--"));
  return createHash("sha1").update(code.join("\n")).digest("hex");
}

/** Reads the file; undefined if it does not have this form. */
export function readCosts(text: string): Costs | undefined {
  const value = parsed(text);
  if (!isRecord(value) || !isText(value["measured"]) || !isText(value["server"])) return undefined;
  const scripts = value["scripts"];
  if (!isRecord(scripts)) return undefined;
  const found: Record<string, ScriptCost> = {};
  for (const [name, script] of Object.entries(scripts)) {
    if (!isScriptCost(script)) return undefined;
    found[name] = script;
  }
  return { measured: value["measured"], server: value["server"], scripts: found };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isScriptCost(value: unknown): value is ScriptCost {
  return (
    isRecord(value) &&
    isText(value["digest"]) &&
    areAll(value["paths"], isPathCost) &&
    areAll(value["atLimit"], isLimitCost)
  );
}

function isPathCost(value: unknown): value is PathCost {
  return (
    isRecord(value) &&
    isText(value["path"]) &&
    isText(value["commandNames"]) &&
    ["us", "commandUs", "commands", "aofBytes", "ratio"].every((name) => typeof value[name] === "number") &&
    (value["comparedWith"] === "rival" || value["comparedWith"] === "bare calls") &&
    areKeyCosts(value["keys"]) &&
    (value["many"] === undefined || isManyCost(value["many"]))
  );
}

function isManyCost(value: unknown): boolean {
  return isRecord(value) && ["calls", "us", "p99Us"].every((name) => typeof value[name] === "number");
}

function isLimitCost(value: unknown): value is LimitCost {
  return (
    isRecord(value) &&
    isText(value["path"]) &&
    typeof value["p99Us"] === "number" &&
    areKeyCosts(value["fullKeys"])
  );
}

function areKeyCosts(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every(isKeyCost);
}

function isKeyCost(value: unknown): value is KeyCost {
  if (!isRecord(value) || typeof value["bytes"] !== "number") return false;
  return [value["elements"], value["perElement"]].every(
    (figure) => figure === undefined || typeof figure === "number",
  );
}

function areAll(value: unknown, is: (element: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(is);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** One line without control characters, because it becomes a cell of a table. */
function isText(value: unknown): value is string {
  return typeof value === "string" && !/\p{Cc}/u.test(value);
}
