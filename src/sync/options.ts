import type { Observer, SyncEvent } from "../client/index.js";
import { type BackoffOptions, checkedBackoff } from "../core/backoff.js";
import { checkedInteger, checkedNames } from "../core/checks.js";
import { ArgumentError } from "../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { MAX_TIMER_MS } from "../core/limits.js";
import { notify } from "../core/notify.js";
import { readFrom } from "../core/read-from.js";
import { syncDefaults as defaults } from "./defaults.js";

/** The options of `createSync`. All may be left out. */
export interface SyncOptions<Type extends string = string> {
  /** The kinds of calls, as the values of the label `sync_type`: at most 50. Default `["default"]`. */
  readonly types?: readonly Type[] | undefined;
  /** Receive the results of calls, such as `prometheusObserver`. */
  readonly observers?: readonly Observer[] | undefined;
  /** Milliseconds for all attempts of a call and the delays between them. Default 10,000. */
  readonly deadlineMs?: number | undefined;
  /** Milliseconds for one attempt, with its reply. Default 3,000. */
  readonly attemptMs?: number | undefined;
  /** The most attempts of a call, 1 to 20. Default 4. */
  readonly maxAttempts?: number | undefined;
  /** The delays between attempts, before full jitter. Default `{ firstMs: 100, maxMs: 5_000 }`. */
  readonly retryDelayMs?: BackoffOptions | undefined;
  /** The largest reply in bytes, after decompression. Default 1,048,576. */
  readonly maxReplyBytes?: number | undefined;
  /** The most hosts that are remembered. Default 100. */
  readonly maxHosts?: number | undefined;
  /** Milliseconds until a host that has failed is asked again, the first time. Default 1,000. */
  readonly openMs?: number | undefined;
  /** The same after it has failed for long. Default 30,000. */
  readonly maxOpenMs?: number | undefined;
  /** Another `fetch`, for example with a proxy. Default: that of the runtime. */
  readonly fetch?: typeof fetch | undefined;
}

const optionNames: OptionNames<SyncOptions> = {
  types: true,
  observers: true,
  deadlineMs: true,
  attemptMs: true,
  maxAttempts: true,
  retryDelayMs: true,
  maxReplyBytes: true,
  maxHosts: true,
  openMs: true,
  maxOpenMs: true,
  fetch: true,
};

/** The options with their defaults. */
export interface ResolvedSyncOptions {
  readonly types: readonly string[];
  readonly report: (event: SyncEvent) => void;
  readonly deadlineMs: number;
  readonly attemptMs: number;
  readonly maxAttempts: number;
  readonly retryDelayMs: BackoffOptions;
  readonly maxReplyBytes: number;
  readonly maxHosts: number;
  readonly openMs: BackoffOptions;
  readonly fetch: typeof fetch;
}

const bounds = {
  deadlineMs: { min: 1, max: MAX_TIMER_MS },
  attemptMs: { min: 1, max: MAX_TIMER_MS },
  maxAttempts: { min: 1, max: 20 },
  maxReplyBytes: { min: 1, max: 104_857_600 },
  maxHosts: { min: 1, max: 10_000 },
  openMs: { min: 1, max: MAX_TIMER_MS },
  maxOpenMs: { min: 1, max: MAX_TIMER_MS },
} as const;

const MAX_TYPES = 50;
const TYPE = /^[a-z][\w.-]{0,63}$/i;

/** @throws ArgumentError that names the option */
export function resolveSyncOptions(options: SyncOptions): ResolvedSyncOptions {
  return readFrom("options", () => {
    refuseUnknownOptions(options, optionNames);
    const { types = ["default"], observers = [], fetch: ownFetch, retryDelayMs } = options;
    const number = (name: keyof typeof bounds) =>
      checkedInteger(name, options[name] ?? defaults[name].value, bounds[name].min, bounds[name].max);
    const openMs = number("openMs");
    const maxOpenMs = number("maxOpenMs");
    if (maxOpenMs < openMs) throw new ArgumentError("maxOpenMs", "at least openMs");
    if (ownFetch !== undefined && typeof ownFetch !== "function")
      throw new ArgumentError("fetch", "a function such as that of the runtime");
    return {
      types: checkedTypes(types),
      report: reportTo(observers),
      deadlineMs: number("deadlineMs"),
      attemptMs: number("attemptMs"),
      maxAttempts: number("maxAttempts"),
      retryDelayMs: checkedBackoff(
        retryDelayMs ?? { firstMs: defaults.retryFirstMs.value, maxMs: defaults.retryMaxMs.value },
      ),
      maxReplyBytes: number("maxReplyBytes"),
      maxHosts: number("maxHosts"),
      openMs: { firstMs: openMs, maxMs: maxOpenMs },
      // Not bound to the options, as the runtime's own is not.
      fetch: ownFetch ?? ((input, init) => fetch(input, init)),
    };
  });
}

/** @throws ArgumentError unless it is a list of objects */
function reportTo(observers: readonly Observer[]): (event: SyncEvent) => void {
  if (
    !Array.isArray(observers) ||
    !observers.every((one: unknown) => typeof one === "object" && one !== null)
  )
    throw new ArgumentError("observers", "a list of observers");
  const told: readonly Observer[] = [...observers];
  return (event) => {
    for (const observer of told) notify((one) => observer.onSync?.(one), event);
  };
}

function checkedTypes(types: readonly string[]): readonly string[] {
  if (!Array.isArray(types) || types.length > MAX_TYPES || !types.every(isType))
    throw new ArgumentError("types", `1 to ${MAX_TYPES} names of letters, digits, ., - and _`);
  return [...checkedNames("types", types)];
}

function isType(type: unknown): boolean {
  return typeof type === "string" && TYPE.test(type);
}
