import * as types from "../../generated/ts/types.js";
import { type CallOptions, checkOptionNames } from "../client/index.js";
import { checkedInteger } from "../core/checks.js";
import { ArgumentError } from "../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { MAX_DURATION_MS, MAX_TIMER_MS } from "../core/limits.js";
import { readFrom } from "../core/read-from.js";
import { limitDefaults as defaults } from "./defaults.js";
import type { LimitOptions, OnUnavailable, RateLimit, ResetArgs, ResolvedLimit, TakeArgs } from "./types.js";

/** The arguments of a call, checked and with their defaults. */
export interface ResolvedTake {
  readonly name: string;
  /** The shortest period first. */
  readonly limits: readonly ResolvedLimit[];
  readonly cost: number;
  readonly operation: string | undefined;
  readonly rememberMs: number;
}

/** The arguments of `limit.reset`, checked and with their defaults. */
export type ResolvedReset = Pick<ResolvedTake, "name" | "operation" | "rememberMs">;

/** The options of a call, checked and with their defaults. */
export interface ResolvedOptions {
  readonly onUnavailable: OnUnavailable;
  readonly timeoutMs: number;
}

const MAX_UNITS = 1_000_000_000;

const takeArgs: OptionNames<TakeArgs> = {
  name: true,
  limits: true,
  cost: true,
  operation: true,
  rememberMs: true,
};
const resetArgs: OptionNames<ResetArgs> = { name: true, operation: true, rememberMs: true };
const limitNames: OptionNames<RateLimit> = { quota: true, periodMs: true, burst: true };
const optionNames: OptionNames<LimitOptions> = { onUnavailable: true, timeoutMs: true };

/** @throws ArgumentError */
export function resolveTake(args: TakeArgs): ResolvedTake {
  if (typeof args !== "object" || args === null) throw new ArgumentError("args", "an object");
  return readFrom("args", () => {
    refuseUnknownOptions(args, takeArgs);
    const { name, operation, rememberMs } = checkedReset(args);
    const { limits, cost = defaults.cost.value } = args;
    return {
      name,
      limits: resolveLimits(limits),
      cost: checkedInteger("cost", cost, 1, MAX_UNITS),
      operation,
      rememberMs,
    };
  });
}

/**
 * Checks the arguments of `limit.reset`, and the names of its options. The call checks their values.
 *
 * @throws ArgumentError
 */
export function resolveReset(args: ResetArgs, options: CallOptions | undefined): ResolvedReset {
  if (typeof args !== "object" || args === null) throw new ArgumentError("args", "an object");
  const resolved = readFrom("args", () => {
    refuseUnknownOptions(args, resetArgs);
    return checkedReset(args);
  });
  if (options !== undefined) checkOptionNames(options);
  return resolved;
}

/** Each field is read once, because a getter may return another value the next time. */
function checkedReset({ name, operation, rememberMs = defaults.rememberMs.value }: ResetArgs): ResolvedReset {
  types.id.encode("name", name);
  if (operation !== undefined) types.operation.encode("operation", operation);
  return {
    name,
    operation,
    rememberMs: checkedInteger("rememberMs", rememberMs, 1_000, MAX_DURATION_MS),
  };
}

/**
 * Checks limits, adds the default burst, and puts the shortest period first.
 *
 * @param path the place of the limits in the options of the caller
 * @throws ArgumentError
 */
export function resolveLimits(
  limits: RateLimit | readonly RateLimit[],
  path = "limits",
): readonly ResolvedLimit[] {
  const list = isList(limits) ? limits : [limits];
  const max = defaults.maxLimits.value;
  if (list.length === 0 || list.length > max) throw new ArgumentError(path, `1 to ${max} limits`);
  const resolved = list.map((limit, index) =>
    resolveLimit(limit, isList(limits) ? `${path}[${index}]` : path),
  );
  if (new Set(resolved.map(({ periodMs }) => periodMs)).size < resolved.length) {
    throw new ArgumentError(path, "limits with different periods");
  }
  return resolved.sort((one, other) => one.periodMs - other.periodMs);
}

function isList(limits: RateLimit | readonly RateLimit[]): limits is readonly RateLimit[] {
  return Array.isArray(limits);
}

function resolveLimit(limit: RateLimit, path: string): ResolvedLimit {
  if (typeof limit !== "object" || limit === null)
    throw new ArgumentError(path, "a limit, or a list of limits");
  refuseUnknownOptions(limit, limitNames, path);
  const { quota, periodMs, burst = quota } = limit;
  checkedInteger(`${path}.quota`, quota, 1, MAX_UNITS);
  checkedInteger(`${path}.periodMs`, periodMs, 1, MAX_DURATION_MS);
  const perMs = defaults.maxUnitsPerMs.value;
  const maxQuota = perMs * periodMs;
  if (quota > maxQuota) {
    throw new ArgumentError(`${path}.quota`, `at most ${perMs} units a millisecond, so ${maxQuota} here`);
  }
  checkedInteger(`${path}.burst`, burst, 1, MAX_UNITS);
  if (burst * Math.ceil((periodMs * 1_000) / quota) > MAX_DURATION_MS * 1_000) {
    throw new ArgumentError(path, "a limit that is full again within 366 days: periodMs / quota * burst");
  }
  return { quota, periodMs, burst };
}

/** @throws ArgumentError */
export function resolveOptions(options: LimitOptions | undefined): ResolvedOptions {
  if (options === undefined) return DEFAULT_OPTIONS;
  if (typeof options !== "object" || options === null) throw new ArgumentError("options", "an object");
  return readFrom("options", () => {
    refuseUnknownOptions(options, optionNames);
    const { onUnavailable = DEFAULT_OPTIONS.onUnavailable, timeoutMs = defaults.timeoutMs.value } = options;
    checkedInteger("timeoutMs", timeoutMs, 1, MAX_TIMER_MS);
    if (onUnavailable === "allow" || onUnavailable === "deny") return { onUnavailable, timeoutMs };
    const share = typeof onUnavailable === "object" ? onUnavailable?.local : undefined;
    const min = defaults.minLocalShare.value;
    if (typeof share !== "number" || !(share >= min && share <= 1)) {
      throw new ArgumentError("onUnavailable", `allow, deny or { local: share }, a share from ${min} to 1`);
    }
    return { onUnavailable: { local: share }, timeoutMs };
  });
}

const DEFAULT_OPTIONS: ResolvedOptions = {
  onUnavailable: { local: 1 },
  timeoutMs: defaults.timeoutMs.value,
};
