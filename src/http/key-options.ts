import type { RunOnce, RunOptions } from "../idempotency/index.js";
import { httpDefaults as defaults } from "./defaults.js";

/** The part of a tenant that the plugin uses. */
export interface KeyedTenant {
  readonly idempotency: { readonly run: RunOnce };
}

/** How a route uses `Idempotency-Key`: it requires the key, accepts it, or ignores it. */
export type KeyUse = "required" | "optional" | "off";

/** A replayed reply. It names no key, no tenant and no account. */
export interface Replay {
  /** The method of the repeated request. */
  readonly method: string;
  /** The route with the names of its parameters if the framework knows it, else the path. */
  readonly route: string;
  /** The status of the first reply. */
  readonly status: number;
}

/** Options of all adapters. Only `tenant` is required. */
export interface RequestKeyOptions<Request> extends Pick<RunOptions, "leaseMs" | "rememberMs" | "waitMs"> {
  /** The tenant, or a function that returns the tenant of a request. */
  readonly tenant: KeyedTenant | ((request: Request) => KeyedTenant);
  /**
   * Returns the account of a request: the id that your authentication found, which does not change
   * with a new token. Never return an unchecked header. Two accounts may use the same key, and
   * neither gets the reply of the other.
   *
   * A request gets 401 `CALLER_MISSING` if the result is no string or an empty one. Reject requests
   * without an account earlier, in a hook or in middleware.
   *
   * Without this option, all requests share one account. Anybody who knows a key and its request
   * gets the stored reply.
   */
  readonly caller?: ((request: Request) => string | undefined) | undefined;
  /**
   * Returns the content that a repeated request must have, or a promise of it. Default: method,
   * route, parameters, query and body; of the adapters other than Fastify: method, path, query and
   * body.
   */
  readonly content?: ((request: Request) => unknown) | undefined;
  /**
   * Whether a reply with this status is stored as the request's result. Default: below 500, except
   * 408, 423, 425 and 429, because clients retry those. If it throws, the request runs again after
   * its lease ends.
   */
  readonly keep?: ((status: number) => boolean) | undefined;
  /**
   * The meaning of replies that are not stored. Default `release`: there was no effect, and a
   * repeated request runs at once. `unknown`: a repeated request runs after the lease ends.
   */
  readonly onFailure?: "release" | "unknown" | undefined;
  /**
   * The headers that are stored with a reply, in addition to `content-type` and `content-encoding`.
   * If absent: `content-language`, `location`, `etag` and `link`.
   */
  readonly headers?: readonly string[] | undefined;
  /** The largest reply that is stored, in bytes of JSON, at most 500,000. Default 262,144. */
  readonly maxReplyBytes?: number | undefined;
  /**
   * The time limit of a handler, in milliseconds. After it, the signal of the request aborts and
   * its lease ends. Default 60,000.
   */
  readonly handlerMs?: number | undefined;
  /** The longest wait until a reply is recorded, in milliseconds. Default 2,000. */
  readonly recordMs?: number | undefined;
  /**
   * Called when a stored reply is sent, or `REPLY_NOT_KEPT` in its place. Errors that it throws are
   * ignored. Default: no call.
   */
  readonly onReplay?: ((replay: Replay) => void) | undefined;
}

const RETRYABLE_STATUSES: readonly number[] = [408, 423, 425, 429];
const DEFAULT_HEADERS = ["content-language", "location", "etag", "link"];
/** The headers that the body depends on. */
const BODY_HEADERS = ["content-type", "content-encoding"];

/** Applies the defaults and groups the options by the step that uses them. */
export function resolveOptions<Request>(options: RequestKeyOptions<Request>) {
  const { tenant, leaseMs, rememberMs, waitMs, caller, content, onReplay } = options;
  const { onFailure = defaults.onFailure.value } = options;
  const {
    maxReplyBytes = defaults.maxReplyBytes.value,
    handlerMs = defaults.handlerMs.value,
    recordMs = defaults.recordMs.value,
    headers = DEFAULT_HEADERS,
  } = options;
  const { keep = (status: number) => status < 500 && !RETRYABLE_STATUSES.includes(status) } = options;
  return {
    tenantOf: typeof tenant === "function" ? tenant : () => tenant,
    caller,
    content,
    onReplay,
    finish: { keep, recordMs },
    limits: { headers: [...BODY_HEADERS, ...headers.map((name) => name.toLowerCase())], maxReplyBytes },
    start: { leaseMs, rememberMs, waitMs, onFailure, handlerMs },
  };
}

/** The options of `resolveOptions` with their defaults. */
export type ResolvedKeyOptions<Request> = ReturnType<typeof resolveOptions<Request>>;
