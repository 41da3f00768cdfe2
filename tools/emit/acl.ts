import type { Model, ScriptModel } from "../model/model.js";
import { keyNamed } from "../model/resolve.js";

/**
 * What the client itself sends, beside the scripts' own commands: loading, reconnecting, finding a cluster's nodes,
 * waiting for replicas, listening for wake-ups.
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
  "wait",
  "subscribe",
  "unsubscribe",
];

/** The least that a user needs to call these scripts: their commands, key patterns, and the channels of those that publish. */
export function aclRules(
  model: Pick<Model, "keys">,
  scripts: readonly Pick<ScriptModel, "keys" | "commands">[],
  namespace: string,
): string[] {
  const commands = new Set(
    scripts.flatMap((script) => script.commands.map((use) => use.name.toLowerCase().replace(" ", "|"))),
  );
  const patterns = new Set(
    scripts.flatMap((script) =>
      script.keys.map((param) => keyGlob(keyNamed(model, param.key).pattern, namespace)),
    ),
  );
  const channels = new Set(
    scripts
      .filter((script) => script.commands.some(({ name }) => name === "PUBLISH"))
      .flatMap((script) =>
        script.keys.map((param) => keyGlob(keyNamed(model, param.key).pattern, namespace)),
      ),
  );
  return [
    "resetkeys",
    "resetchannels",
    "-@all",
    ...[...patterns].sort().map((pattern) => `~${pattern}`),
    ...[...channels].sort().map((pattern) => `&${pattern}`),
    ...[...CLIENT_COMMANDS, ...[...commands].sort()].map((command) => `+${command}`),
  ];
}

/** A key pattern as Redis's globs write it: the namespace as it is, every other field a star. */
export function keyGlob(pattern: string, namespace: string): string {
  return pattern.replace("<namespace>", namespace).replace(/<[^>]*>/g, "*");
}

/** The ACL file: one user that may call every script, and nothing else. It has no password and is off until a DBA says so. */
export function emitAcl(model: Model, namespace: string): string {
  return `user moonpath off ${aclRules(model, model.scripts, namespace).join(" ")}\n`;
}
