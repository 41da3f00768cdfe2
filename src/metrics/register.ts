import type { Registry } from "prom-client";
import { ArgumentError } from "../client/index.js";

export const DEFAULT_PREFIX = "moonpath_";

/** What `register` must be. */
export const REGISTRY = "a Registry of prom-client";

/** @throws ArgumentError */
export function checkedRegister(register: Registry): Registry {
  // The class may come from another copy of prom-client.
  if (typeof register.registerMetric !== "function") throw new ArgumentError("register", REGISTRY);
  return register;
}
