import { checkedInteger } from "../../core/checks.js";
import { ArgumentError } from "../../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../../core/known-options.js";
import { readFrom } from "../../core/read-from.js";
import { checkOptions } from "../checked-options.js";
import { httpDefaults as defaults } from "../defaults.js";
import { type RequestKeyOptions, type ResolvedKeyOptions, resolveOptions } from "../key-options.js";
import type { ProblemLog } from "../problem.js";

/** Options of `Idempotency-Key` for fetch, Hono and Node. Only `tenant` is required. */
export interface KeyMiddlewareOptions<Request> extends RequestKeyOptions<Request> {
  /** Whether a request must have a key. Default `required`. */
  readonly use?: "required" | "optional" | undefined;
  /** The methods whose requests use keys. Others pass by. If absent: POST and PATCH. */
  readonly methods?: readonly string[] | undefined;
  /** The largest body that is read to be compared, in bytes. A larger one gets 413. Default 1,048,576. */
  readonly maxBodyBytes?: number | undefined;
  /** Returns the route for `onReplay`, such as `/orders/:id`. If absent: the path of the request. */
  readonly route?: ((request: Request) => string) | undefined;
  /** Receives the errors that replies do not show. If absent: `console`. */
  readonly log?: ProblemLog | undefined;
}

/** The names of the options that all adapters have, for `refuseUnknownOptions`. */
export const keyMiddlewareNames: OptionNames<KeyMiddlewareOptions<never>> = {
  tenant: true,
  caller: true,
  content: true,
  keep: true,
  onFailure: true,
  headers: true,
  maxReplyBytes: true,
  handlerMs: true,
  recordMs: true,
  onReplay: true,
  leaseMs: true,
  rememberMs: true,
  waitMs: true,
  use: true,
  methods: true,
  maxBodyBytes: true,
  route: true,
  log: true,
};

/** The options with their defaults. */
export interface KeySettings<Request> extends ResolvedKeyOptions<Request> {
  readonly use: "required" | "optional";
  readonly methods: ReadonlySet<string>;
  readonly maxBodyBytes: number;
  readonly route: ((request: Request) => string) | undefined;
  readonly log: ProblemLog;
}

/** @throws ArgumentError names the first option that is wrong */
export function keySettings<Request>(
  options: KeyMiddlewareOptions<Request>,
  names: OptionNames<KeyMiddlewareOptions<never>> = keyMiddlewareNames,
): KeySettings<Request> {
  return readFrom("options", () => {
    refuseUnknownOptions<KeyMiddlewareOptions<never>>(options, names);
    checkOptions(options);
    const { use = defaults.use.value, methods = METHODS, route } = options;
    const { maxBodyBytes = defaults.maxBodyBytes.value } = options;
    if (use !== "required" && use !== "optional") throw new ArgumentError("use", "required or optional");
    if (!areMethods(methods)) throw new ArgumentError("methods", "a list of methods such as POST");
    checkedInteger("maxBodyBytes", maxBodyBytes, 0, defaults.bodyBytesLimit.value);
    if (route !== undefined && typeof route !== "function") throw new ArgumentError("route", "a function");
    const log = checkedLog(options.log);
    return { ...resolveOptions(options), use, methods: new Set(methods), maxBodyBytes, route, log };
  });
}

const METHODS: readonly string[] = ["POST", "PATCH"];

function areMethods(methods: unknown): boolean {
  return (
    Array.isArray(methods) && methods.every((name) => typeof name === "string" && /^[A-Z-]+$/.test(name))
  );
}

/** @throws ArgumentError unless it has the functions of a log or is absent */
export function checkedLog(log: ProblemLog | undefined): ProblemLog {
  if (log === undefined) return console;
  const isLog =
    typeof log === "object" &&
    log !== null &&
    [log.error, log.warn].every((one) => typeof one === "function");
  if (!isLog) throw new ArgumentError("log", "an object with error and warn, such as console");
  return log;
}
