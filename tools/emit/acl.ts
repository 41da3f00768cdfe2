import type { KeyParam, Model, ScriptModel } from "../model/model.js";
import { keyNamed } from "../model/resolve.js";

/**
 * What the client itself sends, beside the scripts' own commands: loading, reconnecting, finding a cluster's nodes,
 * waiting for replicas (behind a key of its own, see `acknowledgedKey`), listening for wake-ups.
 */
const CLIENT_COMMANDS = [
  "evalsha",
  "script|load",
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
  "set",
  "wait",
  "subscribe",
  "unsubscribe",
];

/** The least that a user needs to call these scripts: their commands, key patterns, and the channels that they publish on. */
export function aclRules(
  model: Pick<Model, "keys">,
  scripts: readonly Pick<ScriptModel, "keys" | "commands">[],
  namespace: string,
): string[] {
  const commands = new Set<string>(CLIENT_COMMANDS);
  const patterns = new Set<string>();
  const channels = new Set<string>();
  for (const script of scripts) {
    const globOf = ({ key }: KeyParam) => keyGlob(keyNamed(model, key).pattern, namespace);
    for (const param of script.keys) {
      patterns.add(globOf(param));
      if (param.access === "write") patterns.add(acknowledgedKey(globOf(param)));
    }
    for (const { name, channels: published = [] } of script.commands) {
      commands.add(name.toLowerCase().replace(" ", "|"));
      for (const param of script.keys) if (published.includes(param.param)) channels.add(globOf(param));
    }
  }
  const own = [...commands].slice(CLIENT_COMMANDS.length).sort();
  return [
    "resetkeys",
    "resetchannels",
    "-@all",
    ...[...patterns].sort().map((pattern) => `~${pattern}`),
    ...[...channels].sort().map((pattern) => `&${pattern}`),
    ...[...CLIENT_COMMANDS, ...own].map((command) => `+${command}`),
  ];
}

/** What the client writes beside a script's keys to see that replicas have got as far: `shop:{acme:lamp}:replicated`. */
function acknowledgedKey(glob: string): string {
  return `${glob.slice(0, glob.indexOf("}") + 1)}:replicated`;
}

/** A key pattern as Redis's globs write it: the namespace as it is, every other field a star. */
export function keyGlob(pattern: string, namespace: string): string {
  return pattern.replace("<namespace>", namespace).replace(/<[^>]*>/g, "*");
}

/** The ACL file: one user that may call every script, and nothing else. It has no password and is off until a DBA says so. */
export function emitAcl(model: Model, namespace: string): string {
  return `user moonpath off ${aclRules(model, model.scripts, namespace).join(" ")}\n`;
}
