import type { Model, ScriptModel } from "../../model/model.js";
import { workerScriptsOpenToServices } from "../acl/service-rights.js";

/** Who calls a script, for a table of scripts. The page explains the words. */
export function calledBy(model: Model, namespace: string, script: ScriptModel): string {
  if (script.role !== "worker") return "services and workers";
  const isOpen = workerScriptsOpenToServices(model, namespace).includes(script);
  return isOpen ? "workers; services have the rights too" : "workers only";
}

/** The same, with the reason why the ACL enforces it or does not. */
export function calledByWithReason(model: Model, namespace: string, script: ScriptModel): string {
  const callers = calledBy(model, namespace, script);
  if (script.role !== "worker") return callers;
  return callers === "workers only"
    ? `${callers}: \`moonpath-service\` lacks rights that the script needs`
    : `${callers}: \`moonpath-service\` has all rights that the script needs`;
}
