import type { Observer } from "../client/index.js";
import { ArgumentError } from "../client/index.js";
import { checkedInteger } from "../core/checks.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { MAX_DURATION_MS } from "../core/limits.js";
import { readFrom } from "../core/read-from.js";

/** A line of a log: its fields have the names of the labels of the metrics. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** What writes lines, such as a logger of pino. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
}

/** Options of `logObserver`. */
export interface LogOptions {
  /** Writes the lines. */
  readonly logger: Logger;
  /** Calls of scripts and caches that take so many milliseconds are logged, at `warn`. Default 1,000. */
  readonly slowMs?: number | undefined;
  /** Whether each call of a script or a cache is logged, at `debug`. Default false. */
  readonly calls?: boolean | undefined;
}

const optionNames: OptionNames<LogOptions> = { logger: true, slowMs: true, calls: true };

const DEFAULT_SLOW_MS = 1_000;

/**
 * Creates an observer that logs failed and slow calls, retries, and what caches did without Redis. Without
 * it, Moonpath logs nothing. A line has no key, no argument and no value.
 *
 * ```ts
 * const logger = { debug: console.debug, info: console.info, warn: console.warn };
 * const moonpath = createMoonpath(redis, { observers: [logObserver({ logger })] });
 * ```
 *
 * @throws ArgumentError that names the option
 */
export function logObserver(
  options: LogOptions,
): Required<Omit<Observer, "trace" | "onCacheRequest" | "onTake">> {
  const { logger, slowMs, logsCalls } = resolvedOptions(options);
  /** Failed calls and slow ones are warnings. The others are debugged, if they are wanted. */
  const call = (fields: LogFields, outcome: string, durationMs: number, what: string) => {
    const line = { ...fields, duration_seconds: durationMs / 1_000 };
    if (outcome !== "ok") logger.warn({ ...line, code: outcome }, `${what} failed`);
    else if (durationMs >= slowMs) logger.warn(line, `${what} was slow`);
    else if (logsCalls) logger.debug(line, `${what} ended`);
  };
  return {
    onCall: ({ script, version, outcome, durationMs, attempts }) =>
      call({ script, version, attempts }, outcome, durationMs, "a call of a script"),
    onCacheCall: ({ cache, operation, strategy, outcome, durationMs }) =>
      call({ cache, operation, strategy }, outcome, durationMs, "a call of a cache"),
    onRetry: ({ script, version, attempt, delayMs }) =>
      logger.info(
        { script, version, attempt, delay_seconds: delayMs / 1_000 },
        "a call of a script is sent again",
      ),
    onReload: ({ script, version }) => logger.info({ script, version }, "a script was loaded again"),
    onCredentials: ({ outcome }) =>
      outcome === "failed"
        ? logger.warn({ result: outcome }, "credentials were not renewed")
        : logger.info({ result: outcome }, "credentials were renewed"),
    onSync(event) {
      switch (event.kind) {
        case "operation": {
          const { type, outcome, durationMs, attempts } = event;
          const fields = {
            sync_type: type,
            sync_status: outcome,
            attempts,
            duration_seconds: durationMs / 1_000,
          };
          if (outcome === "ok") logger.debug(fields, "a call to another service ended");
          else logger.warn(fields, "a call to another service failed");
          return;
        }
        case "retry":
          logger.info(
            { sync_type: event.type, delay_seconds: event.delayMs / 1_000 },
            "a call to another service is sent again",
          );
          return;
        case "breaker":
          if (event.before !== undefined && event.state !== undefined)
            logger.warn({ breaker_state: event.state }, "the breaker of a host has changed");
      }
    },
    onCache(event) {
      switch (event.kind) {
        case "load": {
          const { cache, outcome, durationMs } = event;
          const fields = { cache, load_outcome: outcome, duration_seconds: durationMs / 1_000 };
          if (outcome !== "ok") logger.warn(fields, "a load failed");
          return;
        }
        case "fill": {
          const { cache, outcome } = event;
          if (
            outcome === "failed" ||
            outcome === "full" ||
            outcome === "over_quota" ||
            outcome === "too_large"
          )
            logger.warn({ cache, fill_outcome: outcome }, "a loaded value was not stored");
          return;
        }
        case "degraded":
          logger.warn({ cache: event.cache, reason: event.reason }, "a cache did without Redis");
          return;
        case "consistency": {
          const { cache, place, durationMs } = event;
          const fields = { cache, place, duration_seconds: durationMs / 1_000 };
          if (durationMs > 0) logger.warn(fields, "a cached value disagreed with the source");
          return;
        }
        case "invalidation": {
          const { target, outcome } = event;
          if (outcome !== "done")
            logger.warn({ target, invalidation_outcome: outcome }, "an invalidation is not confirmed");
        }
      }
    },
  };
}

/** @throws ArgumentError */
function resolvedOptions(options: LogOptions) {
  return readFrom("options", () => {
    refuseUnknownOptions(options, optionNames);
    const { logger, slowMs = DEFAULT_SLOW_MS, calls = false } = options;
    for (const level of ["debug", "info", "warn"] as const) {
      if (typeof logger?.[level] !== "function")
        throw new ArgumentError("logger", "an object with debug, info and warn, such as a logger of pino");
    }
    if (typeof calls !== "boolean") throw new ArgumentError("calls", "true or false");
    return { logger, slowMs: checkedInteger("slowMs", slowMs, 0, MAX_DURATION_MS), logsCalls: calls };
  });
}
