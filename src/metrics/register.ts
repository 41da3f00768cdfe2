import type { Registry } from "prom-client";
import { ArgumentError } from "../client/index.js";

/** Options of `prometheusObserver`. */
export interface PrometheusOptions {
  /** The prom-client registry. Two observers with one registry need different prefixes. */
  readonly register: Registry;
  /** The prefix of each metric name. Default `moonpath_`. */
  readonly prefix?: string | undefined;
}

export const DEFAULT_PREFIX = "moonpath_";

/** What `register` must be. */
export const REGISTRY = "a Registry of prom-client";

/** @throws ArgumentError */
export function checkedRegister(register: Registry): Registry {
  // The class may come from another copy of prom-client.
  if (typeof register.registerMetric !== "function") throw new ArgumentError("register", REGISTRY);
  return register;
}

/** @throws ArgumentError unless metric names can begin so */
export function checkedPrefix(argument: string, prefix: string): string {
  if (typeof prefix === "string" && /^(?:[a-zA-Z_:][a-zA-Z0-9_:]*)?$/.test(prefix)) return prefix;
  throw new ArgumentError(argument, "letters, digits and _, and no digit at the beginning");
}
