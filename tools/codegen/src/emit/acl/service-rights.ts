import type { Model, ScriptModel } from "../../model/model.js";
import { aclRules } from "./rules.js";

/**
 * The scripts for workers that `moonpath-service` can run too, because the scripts for services
 * need the same rights.
 */
export function workerScriptsOpenToServices(model: Model, namespace: string): readonly ScriptModel[] {
  const services = model.scripts.filter(({ role }) => role !== "worker");
  const granted = new Set(wordsOf(aclRules(model, services, namespace)));
  return model.scripts.filter(
    (script) =>
      script.role === "worker" &&
      wordsOf(aclRules(model, [script], namespace)).every((word) => granted.has(word)),
  );
}

/** Rules that can be compared one by one: a selector's patterns as patterns to SET. */
function wordsOf(rules: readonly string[]): string[] {
  return rules.flatMap((rule) =>
    rule.startsWith("(")
      ? rule
          .replace(/[()]/g, "")
          .split(" ")
          .map((word) => `set ${word}`)
      : [rule],
  );
}
