import type { Model, ScriptModel } from "../../model/model.js";
import { type ServiceAccess, serviceAccess } from "../acl/service-rights.js";

const CALLERS: Readonly<Record<ServiceAccess["kind"], string>> = {
  refused: "workers only",
  open: "workers; services have the rights too",
  partly: "workers; services on some paths",
};

/** Who calls a script, for a table of scripts. The page explains the words. */
export function calledBy(model: Model, namespace: string, script: ScriptModel): string {
  if (script.role !== "worker") return "services and workers";
  return CALLERS[serviceAccess(model, namespace, script).kind];
}

/** The same, with the reason why the ACL enforces it or does not. */
export function calledByWithReason(model: Model, namespace: string, script: ScriptModel): string {
  const callers = calledBy(model, namespace, script);
  if (script.role !== "worker") return callers;
  const access = serviceAccess(model, namespace, script);
  if (access.kind === "refused")
    return `${callers}: \`moonpath-service\` has no right to one of the keys, so EVALSHA is refused`;
  if (access.kind === "open") return `${callers}: \`moonpath-service\` has all rights that the script needs`;
  const lacking = access.lacking.map((command) => `\`${command}\``).join(", ");
  return `${callers}: \`moonpath-service\` has no right to ${lacking}, so a path that needs it ends there`;
}
