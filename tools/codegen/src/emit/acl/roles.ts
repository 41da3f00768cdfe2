import { REDIS_7_0 } from "../../commands/redis-7.0.js";
import { refusalOf } from "../../commands/refused.js";
import { type Command, holdsOf, writesKey } from "../../commands/table.js";
import type { Model } from "../../model/model.js";
import { aclRules, keyGlob, NOTHING } from "./rules.js";

/** A user of the generated ACL. A new role is one more row of `ROLES`. */
export interface Role {
  /** The user is `moonpath-<name>`. */
  readonly name: string;
  /** Whom the user is for, and what it may do: a sentence. */
  readonly may: string;
  /** What somebody with its password can still do: a sentence each. */
  readonly still: readonly string[];
  /** The rules behind `user moonpath-<name> off`. */
  readonly rules: (model: Model, namespace: string) => readonly string[];
}

/** Every role, in the order of the ACL file. */
export const ROLES: readonly Role[] = [
  {
    name: "service",
    may: "For services that sell: calls loaded scripts, has the keys and commands that these need, and loads none.",
    still: [
      "call a script of workers, where it needs no further key pattern and command (the list is below)",
      "call each loaded script with the keys of every tenant; no rule parts tenants",
      "send each granted command by hand to any key of the patterns: a `DEL` there removes what a script guards",
      "run any script that somebody else has loaded, as far as it uses these keys and commands",
      "listen on, and publish to, the channels of the scripts, and so wake workers",
      "hold up its own connections with `WAIT`, and read the figures of `INFO`",
      "fill the memory: with keys of these patterns, up to `maxmemory`",
    ],
    rules: (model, namespace) =>
      aclRules(
        model,
        model.scripts.filter((script) => script.role !== "worker"),
        namespace,
      ),
  },
  {
    name: "worker",
    may: "For background workers: the same for all scripts, those with `@role worker` too.",
    still: [
      "all that a service can do",
      "take work away from other workers, or declare it done, by the scripts of workers",
    ],
    rules: (model, namespace) => aclRules(model, model.scripts, namespace),
  },
  {
    name: "deploy",
    may: "For `moonpath load`: loads scripts on every node, and neither runs them nor reads a key.",
    still: [
      "load any Lua: it runs when another user calls its digest, under the rules of that user",
      "load a script that never ends: once another user has called it and it has written, only `SHUTDOWN NOSAVE` ends it",
      "load a script that hides its writes from replicas, by `redis.set_repl`",
      "fill the memory with scripts: Redis evicts none, and they go at `SCRIPT FLUSH` or a restart",
      "read the figures of `INFO`, and the addresses of all nodes",
    ],
    rules: () => [...NOTHING, ...DEPLOY_COMMANDS.map((command) => `+${command}`)],
  },
  {
    name: "dba",
    may: "For people who look: reads the keys of the keyspace and the state of the server, and writes nothing.",
    still: [
      "read every value of every tenant, in the patterns of the keyspace",
      "see names of keys outside of it (`SCAN`), and values in commands of other users (`SLOWLOG GET`)",
      "see addresses and user names of all connections (`CLIENT LIST`)",
      "slow the server down: by `HGETALL` or `ZRANGE` of a large key, or `LCS` of two long texts",
    ],
    rules: dbaRules,
  },
];

/** What `moonpath load` sends: it finds the nodes, loads, and compares digests. */
const DEPLOY_COMMANDS = [
  "script|load",
  "script|exists",
  "ping",
  "hello",
  "info",
  "role",
  "client|setname",
  "cluster|info",
  "cluster|slots",
  "cluster|shards",
  "cluster|nodes",
];

/**
 * What a DBA reads of the server. No `CONFIG GET`: it tells passwords. No `ACL LOG`: its `RESET`
 * erases traces.
 */
const INSPECTION_COMMANDS = [
  "ping",
  "hello",
  "info",
  "role",
  "time",
  "dbsize",
  "readonly",
  "acl|whoami",
  "client|setname",
  "client|list",
  "client|info",
  "cluster|info",
  "cluster|slots",
  "cluster|shards",
  "cluster|nodes",
  "cluster|keyslot",
  "cluster|countkeysinslot",
  "latency|latest",
  "latency|history",
  "memory|stats",
  "memory|doctor",
  "slowlog|get",
  "slowlog|len",
  "script|exists",
  "scan",
];

/**
 * Commands that read a key, and that a DBA does not need: TOUCH is there to change when a key is
 * evicted.
 */
const NOT_FOR_LOOKING: ReadonlySet<string> = new Set(["TOUCH"]);

function dbaRules(model: Model, namespace: string): readonly string[] {
  const held = new Set<string>(["any", ...model.keys.map((key) => key.holds)]);
  const reading = [...REDIS_7_0.values()].filter((command) => reads(command) && held.has(holdsOf(command)));
  const names = reading.map(({ name }) => name.toLowerCase().replace(" ", "|"));
  const globs = new Set(model.keys.map((key) => keyGlob(key.pattern, namespace)));
  return [
    ...NOTHING,
    ...[...globs].sort().map((glob) => `%R~${glob}`),
    ...[...new Set([...INSPECTION_COMMANDS, ...names])].sort().map((command) => `+${command}`),
  ];
}

/** Whether all that a command does is to read keys, at once. */
function reads(command: Command): boolean {
  const { name, flags, keys } = command;
  if (!flags.includes("readonly") || refusalOf(command) !== undefined || NOT_FOR_LOOKING.has(name))
    return false;
  return keys.length > 0 && !keys.some(writesKey);
}

/** The ACL file: one user a role. Each has no password and is off until a DBA turns it on. */
export function emitAcl(model: Model, namespace: string): string {
  return ROLES.map(
    ({ name, rules }) => `user moonpath-${name} off ${rules(model, namespace).join(" ")}\n`,
  ).join("");
}
