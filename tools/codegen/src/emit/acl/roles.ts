import { REDIS_7_0 } from "../../commands/redis-7.0.js";
import { refusalOf } from "../../commands/refused.js";
import { type Command, holdsOf, writesKey } from "../../commands/table.js";
import type { Model } from "../../model/model.js";
import { cacheReading, cacheRules, hasCache } from "./cache-rights.js";
import { aclRules, keyGlob, NOTHING, SLOT_WORKER_COMMANDS } from "./rules.js";
import { serviceRules } from "./service-rights.js";

/** A user of the generated ACL. A new role is one more row of `ROLES`. */
export interface Role {
  /** The user is `moonpath-<name>`. */
  readonly name: string;
  /** The purpose of the user and its rights, in one or two sentences. */
  readonly may: string;
  /** What a person with its password can do. Each text completes the sentence "The user can …". */
  readonly still: readonly string[];
  /** The rules after `user moonpath-<name> off`. */
  readonly rules: (model: Model, namespace: string) => readonly string[];
  /** Whether these scripts need the role. Absent: all do. */
  readonly isFor?: (model: Pick<Model, "scripts">) => boolean;
}

/** The roles that these scripts need, in the order of the ACL file. */
export function rolesOf(model: Pick<Model, "scripts">): readonly Role[] {
  return ROLES.filter(({ isFor }) => isFor?.(model) ?? true);
}

const ROLES: readonly Role[] = [
  {
    name: "service",
    may: "For services: runs loaded scripts, and may use the keys and commands that they need. It cannot load scripts.",
    still: [
      "run a script for workers if that script needs no further key pattern (the lists are below)",
      "run each loaded script with the keys of every tenant, because no rule separates tenants",
      "send each granted command directly to any key of the patterns; a `DEL` removes a key that a script guards",
      "run any script that another user has loaded, if it uses only these keys and commands",
      "subscribe to the channels of the scripts and publish on them, which wakes workers",
      "block its own connections with `WAIT`, and read `INFO`",
      "fill the memory with keys of these patterns, up to `maxmemory`",
    ],
    rules: serviceRules,
  },
  {
    name: "worker",
    may: "For background workers: the same rights for all scripts, including those with `@role worker`.",
    still: [
      "do all that a service can do",
      "claim the work of other workers, or acknowledge it, with the scripts for workers",
    ],
    rules: (model, namespace) => {
      const hasSlots = model.keys.some((key) => key.slotOf !== undefined);
      const slots = hasSlots ? SLOT_WORKER_COMMANDS : [];
      return aclRules(model, model.scripts, namespace, [...slots, ...cacheReading(model)]);
    },
  },
  {
    name: "cache",
    may: "For caches on a server of their own: runs the scripts of caches, tracks keys for L1, and removes entries by pattern.",
    still: [
      "read, change and remove each entry and each tag of every tenant",
      "see the names of all keys of the server with `SCAN`",
      "have the server remember keys for it with `CLIENT TRACKING`, up to `tracking-table-max-keys`",
      "learn on `__redis__:invalidate` which tracked keys change, also those of other connections",
      "fill the memory with entries, up to `maxmemory`",
    ],
    rules: cacheRules,
    isFor: hasCache,
  },
  {
    name: "deploy",
    may: "For `moonpath load`: loads scripts on every node. It cannot run scripts or read keys.",
    still: [
      "load any Lua; it runs when another user calls its digest, with the rights of that user",
      "load a script that never ends; if another user runs it and it has written, only `SHUTDOWN NOSAVE` ends it",
      "load a script that hides its writes from replicas with `redis.set_repl`",
      "fill the memory with scripts; Redis evicts none, and only `SCRIPT FLUSH` or a restart removes them",
      "read `INFO` and the addresses of all nodes",
    ],
    rules: () => [...NOTHING, ...DEPLOY_COMMANDS.map((command) => `+${command}`)],
  },
  {
    name: "dba",
    may: "For people who inspect: reads the keys of the keyspace and the state of the server. It cannot write.",
    still: [
      "read every value of every tenant in the key patterns of the keyspace",
      "read names of other keys (`SCAN`), and values in commands of other users (`SLOWLOG GET`)",
      "read addresses and user names of all connections (`CLIENT LIST`)",
      "slow the server down with `HGETALL` or `ZRANGE` of a large key, or with `LCS` of two long texts",
    ],
    rules: dbaRules,
  },
];

/** The commands of `moonpath load`: it finds the nodes, loads scripts, and compares digests. */
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
 * The commands with which a DBA inspects the server. `CONFIG GET` is not among them, because it
 * returns passwords. Nor is `ACL LOG`, because its `RESET` removes evidence.
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
 * Commands that read a key, but that a DBA does not need. TOUCH changes the time at which a key is
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

/** Whether a command only reads keys and does not block. */
function reads(command: Command): boolean {
  const { name, flags, keys } = command;
  if (!flags.includes("readonly") || refusalOf(command) !== undefined || NOT_FOR_LOOKING.has(name))
    return false;
  return keys.length > 0 && !keys.some(writesKey);
}

/** The ACL file: one user for each role. It has no password and is disabled until a DBA enables it. */
export function emitAcl(model: Model, namespace: string): string {
  return rolesOf(model)
    .map(({ name, rules }) => `user moonpath-${name} off ${rules(model, namespace).join(" ")}\n`)
    .join("");
}
