import { checkedScope } from "../client/index.js";
import { checkedInteger } from "../core/checks.js";
import { ArgumentError } from "../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { MAX_DURATION_MS, MAX_TIMER_MS } from "../core/limits.js";
import { readFrom } from "../core/read-from.js";
import { SHARED_TENANT } from "../core/shared-tenant.js";
import { nextDefaults as defaults } from "./defaults.js";

/** The options of `createNextCache`. All may be left out. */
export interface NextCacheOptions {
  /** A process has one cache of each name, also if it loads the file twice. Default `next`. */
  readonly name?: string | undefined;
  /** The tenant of the entries and tags. Its invalidations affect them. Default: one for all. */
  readonly tenant?: string | undefined;
  /** The folder of the build, from the working directory. Default `.next`. */
  readonly distDir?: string | undefined;
  /** What names the build. It must differ for new code. Default: the id that `next build` has written. */
  readonly buildId?: string | undefined;
  /** A larger entry is not stored. Default 2,097,152. */
  readonly maxBytes?: number | undefined;
  /** The longest time for which an entry is stored, in milliseconds. Default 2,592,000,000: 30 days. */
  readonly maxKeepMs?: number | undefined;
  /** Milliseconds that Redis may take for one reading. Default 250. */
  readonly cacheTimeoutMs?: number | undefined;
  /** Milliseconds for which a request waits for the same render of another one. Default 1,000. */
  readonly waitMs?: number | undefined;
  /** Milliseconds after which nobody waits for a render any more. Default 30,000. */
  readonly loadTimeoutMs?: number | undefined;
  /** Receives errors of Redis, and of entries that cannot be stored. */
  readonly onError?: ((error: Error) => void) | undefined;
}

const optionNames: OptionNames<NextCacheOptions> = {
  name: true,
  tenant: true,
  distDir: true,
  buildId: true,
  maxBytes: true,
  maxKeepMs: true,
  cacheTimeoutMs: true,
  waitMs: true,
  loadTimeoutMs: true,
  onError: true,
};

export interface ResolvedNextOptions {
  readonly name: string;
  readonly tenant: string;
  readonly distDir: string;
  readonly buildId: string | undefined;
  readonly maxBytes: number;
  readonly maxKeepMs: number;
  readonly cacheTimeoutMs: number | undefined;
  readonly waitMs: number;
  readonly loadTimeoutMs: number;
  readonly onError: ((error: Error) => void) | undefined;
}

/** The largest entry that the scripts accept, without the parts that are no body. */
const MAX_BYTES = 4_000_000;

/** @throws ArgumentError that names the option */
export function resolveOptions(options: NextCacheOptions): ResolvedNextOptions {
  return readFrom("options", () => {
    refuseUnknownOptions(options, optionNames);
    const { tenant = SHARED_TENANT, buildId, cacheTimeoutMs, onError } = options;
    if (onError !== undefined && typeof onError !== "function")
      throw new ArgumentError("onError", "a function");
    const integer = (
      name: "maxBytes" | "maxKeepMs" | "waitMs" | "loadTimeoutMs",
      min: number,
      max: number,
    ): number => checkedInteger(name, options[name] ?? defaults[name].value, min, max);
    return {
      name: text("name", options.name ?? defaults.name.value),
      tenant: checkedScope({ namespace: "next", tenant }).tenant,
      distDir: text("distDir", options.distDir ?? defaults.distDir.value),
      buildId: buildId === undefined ? undefined : text("buildId", buildId),
      maxBytes: integer("maxBytes", 1, MAX_BYTES),
      maxKeepMs: integer("maxKeepMs", 1_000, MAX_DURATION_MS),
      cacheTimeoutMs,
      waitMs: integer("waitMs", 1, MAX_TIMER_MS),
      loadTimeoutMs: integer("loadTimeoutMs", 1, MAX_TIMER_MS),
      onError,
    };
  });
}

function text(name: string, value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw new ArgumentError(name, "a text of at least one character");
}
