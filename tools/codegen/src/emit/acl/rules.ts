import { REDIS_7_0 } from "../../commands/redis-7.0.js";
import { refusalOf } from "../../commands/refused.js";
import type { KeyParam, Model, ScriptModel } from "../../model/model.js";
import { keyNamed } from "../../model/resolve.js";
import { REPLICA_MARKER } from "../../reserved.js";

/**
 * What the client itself sends, beside the scripts' own commands: looking whether scripts are
 * loaded, reconnecting, finding a cluster's nodes, waiting for replicas, listening for wake-ups. It
 * loads no script: with `script|load`, a user could run any Lua over the other commands.
 */
const CLIENT_COMMANDS = [
  "evalsha",
  "script|exists",
  "multi",
  "exec",
  "discard",
  "ping",
  "hello",
  "info",
  "client|setname",
  "cluster|slots",
  "cluster|info",
  "asking",
  "readonly",
  "wait",
  "subscribe",
  "unsubscribe",
  "psubscribe",
  "punsubscribe",
];

/**
 * What a worker sends if the keyspace has indexes of slots: it reads the first members of the
 * indexes and the clock, and listens to the channels of all slots.
 */
export const SLOT_WORKER_COMMANDS: readonly string[] = ["hscan", "time", "zrange"];

/** What an ACL is made for: some scripts, or one. */
type Callable = Pick<ScriptModel, "keys" | "commands">;

/**
 * The least that a user needs to call these scripts: their commands, key patterns, and the channels
 * that they publish on.
 *
 * Redis tests the root permissions before the selectors, for each command inside a script. So only
 * SET is in a selector. The selector limits SET to the replica marker and to keys that the scripts
 * set. `more` are commands that the user sends beside the scripts.
 *
 * @throws Error when a command is one that no script may run
 */
export function aclRules(
  model: Pick<Model, "keys">,
  scripts: readonly Callable[],
  namespace: string,
  more: readonly string[] = [],
): string[] {
  const globOf = ({ key }: KeyParam) => keyGlob(keyNamed(model, key).pattern, namespace);
  const commands = new Set<string>();
  const patterns = new Set<string>();
  const settable = new Set<string>();
  const channels = new Set<string>();
  for (const script of scripts) {
    for (const param of script.keys) {
      patterns.add(globOf(param));
      if (param.access === "write") settable.add(markerGlob(globOf(param)));
    }
    for (const { name, keys, channels: published = [] } of script.commands) {
      const command = permitted(name);
      if (command !== "set") commands.add(command);
      for (const param of script.keys) {
        if (published.includes(param.param)) channels.add(globOf(param));
        if (command === "set" && keys.includes(param.param)) settable.add(globOf(param));
      }
    }
  }
  const own = [...new Set([...commands, ...more])]
    .filter((command) => !CLIENT_COMMANDS.includes(command))
    .sort();
  return [
    ...NOTHING,
    ...[...patterns].sort().map((pattern) => `~${pattern}`),
    ...[...channels].sort().map((pattern) => `&${pattern}`),
    ...[...CLIENT_COMMANDS, ...own].map((command) => `+${command}`),
    ...(settable.size === 0
      ? []
      : [
          `(+set ${[...settable]
            .sort()
            .map((glob) => `~${glob}`)
            .join(" ")})`,
        ]),
  ];
}

/** Rules that take everything away; what a user may do stands behind them. */
export const NOTHING: readonly string[] = ["resetkeys", "resetchannels", "-@all"];

/**
 * A script's command as an ACL spells it. The checks refuse these commands already, and no waiver
 * helps.
 */
function permitted(name: string): string {
  const command = REDIS_7_0.get(name);
  const refusal = command === undefined ? "is not known" : refusalOf(command);
  if (refusal !== undefined) throw new Error(`${name} must not enter an ACL: it ${refusal}`);
  return name.toLowerCase().replace(" ", "|");
}

/** What the client writes beside a script's keys to see that replicas have got as far. */
function markerGlob(glob: string): string {
  return `${glob.slice(0, glob.indexOf("}") + 1)}:${REPLICA_MARKER}`;
}

/** A key pattern as Redis's globs write it: the namespace as it is, every other field a star. */
export function keyGlob(pattern: string, namespace: string): string {
  return pattern.replace("<namespace>", namespace).replace(/<[^>]*>/g, "*");
}
