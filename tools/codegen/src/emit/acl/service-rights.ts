import { REDIS_7_0 } from "../../commands/redis-7.0.js";
import type { Model, ScriptModel } from "../../model/model.js";
import { REPLICA_MARKER } from "../../reserved.js";
import { cacheReading } from "./cache-rights.js";
import { aclRules } from "./rules.js";

/** What `moonpath-service` can do with a script for workers. */
export type ServiceAccess =
  /** EVALSHA itself is refused, because the user has no right to one of the keys. */
  | { readonly kind: "refused" }
  /** The user has all rights that the script needs. */
  | { readonly kind: "open" }
  /** The script runs until it needs one of these rights, such as `DEL`. */
  | { readonly kind: "partly"; readonly lacking: readonly string[] };

/**
 * The rules of `moonpath-service`. If it has the keys of a script for workers, the ACL cannot refuse
 * that script as a whole. So the user also gets the reading commands of such scripts. They show it
 * nothing new. Without them, the first page of a list would work, and the second one would not.
 */
export function serviceRules(model: Model, namespace: string): string[] {
  const services = model.scripts.filter(({ role }) => role !== "worker");
  const own = new Set(aclRules(model, services, namespace));
  const reading = model.scripts
    .filter((script) => script.role === "worker" && hasKeys(own, aclRules(model, [script], namespace)))
    .flatMap(({ commands }) => commands.map(({ name }) => name))
    .filter((name) => REDIS_7_0.get(name)?.flags.includes("readonly"))
    .map((name) => name.toLowerCase().replace(" ", "|"));
  return aclRules(model, services, namespace, [...reading, ...cacheReading(model)]);
}

/** What `moonpath-service` can do with a script for workers. */
export function serviceAccess(model: Model, namespace: string, script: ScriptModel): ServiceAccess {
  const granted = new Set(wordsOf(serviceRules(model, namespace)));
  const needed = wordsOf(aclRules(model, [script], namespace));
  if (!hasKeys(granted, needed)) return { kind: "refused" };
  const lacking = needed.filter((word) => !granted.has(word)).map(commandOf);
  return lacking.length === 0 ? { kind: "open" } : { kind: "partly", lacking: [...new Set(lacking)] };
}

function hasKeys(granted: ReadonlySet<string>, needed: readonly string[]): boolean {
  return needed.every((word) => !word.startsWith("~") || granted.has(word));
}

/**
 * Rules that can be compared one by one: a selector's patterns as patterns to SET. Without the
 * replica marker, because only the client writes it.
 */
function wordsOf(rules: readonly string[]): string[] {
  return rules.flatMap((rule) =>
    rule.startsWith("(")
      ? rule
          .replace(/[()]/g, "")
          .split(" ")
          .filter((word) => word.startsWith("~") && !word.endsWith(`:${REPLICA_MARKER}`))
          .map((word) => `set ${word}`)
      : [rule],
  );
}

/** The command of a rule: `+hdel`, `set ~<pattern>`, or a channel, on which only PUBLISH needs a right. */
function commandOf(word: string): string {
  if (word.startsWith("&")) return "PUBLISH";
  return word.startsWith("set ") ? "SET" : word.slice(1).toUpperCase().replace("|", " ");
}
