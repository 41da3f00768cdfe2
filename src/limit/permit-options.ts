import * as types from "../../generated/ts/types.js";
import { checkedSignal } from "../core/abort-signal.js";
import { checkedInteger } from "../core/checks.js";
import { ArgumentError } from "../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { MAX_TIMER_MS } from "../core/limits.js";
import { readFrom } from "../core/read-from.js";
import { limitDefaults as defaults } from "./defaults.js";
import type { PermitOptions } from "./using-types.js";

/** The options of `limit.using`, checked and with their defaults. */
export interface ResolvedPermitOptions {
  readonly permits: number;
  readonly leaseMs: number;
  readonly waitMs: number;
  readonly signal: PermitOptions["signal"];
  readonly onLost: PermitOptions["onLost"];
}

const optionNames: OptionNames<PermitOptions> = {
  permits: true,
  leaseMs: true,
  waitMs: true,
  signal: true,
  onLost: true,
};

/** @throws ArgumentError */
export function resolvePermitOptions(name: string, options: PermitOptions): ResolvedPermitOptions {
  types.id.encode("name", name);
  if (typeof options !== "object" || options === null) throw new ArgumentError("options", "an object");
  // Each option is read once, because a getter may return another value the next time.
  const resolved = readFrom("options", () => {
    refuseUnknownOptions(options, optionNames);
    const { permits, leaseMs = defaults.leaseMs.value, waitMs = defaults.waitMs.value } = options;
    const { signal, onLost } = options;
    return { permits, leaseMs, waitMs, signal, onLost };
  });
  types.permitCount.encode("permits", resolved.permits);
  checkedInteger("leaseMs", resolved.leaseMs, defaults.minLeaseMs.value, MAX_TIMER_MS);
  checkedInteger("waitMs", resolved.waitMs, 0, MAX_TIMER_MS);
  checkedSignal(resolved.signal);
  return resolved;
}
