import type { FastifyRequest } from "fastify";
import type { RunOnce, RunOptions } from "../idempotency/index.js";
import { httpDefaults as defaults } from "./defaults.js";

/** What of a tenant is used. */
export interface KeyedTenant {
  readonly idempotency: { readonly run: RunOnce };
}

/** Whether a route heeds `Idempotency-Key`, and whether it insists on it. */
export type KeyUse = "required" | "optional" | "off";

/** Options of the plugin; all but `tenant` may be left out. */
export interface IdempotencyKeyOptions extends Pick<RunOptions, "leaseMs" | "rememberMs" | "waitMs"> {
  /** The tenant, or how to find a request's. */
  readonly tenant: KeyedTenant | ((request: FastifyRequest) => KeyedTenant);
  /** POST and PATCH routes whose `config.idempotency` says nothing. Default `off`. */
  readonly unmarked?: KeyUse | undefined;
  /**
   * The account that asks: the id that your authentication found, which stays the same when a token is refreshed. Never a header
   * as the client sent it. Two accounts may use the same key; neither gets the other's answer.
   *
   * A result that names no account is refused with 401 `CALLER_MISSING`: undefined, an empty text, anything but a string. Refuse
   * requests without an account earlier, in an `onRequest` hook.
   *
   * Without this option all callers are one: anybody who knows a key and its request gets the stored answer.
   */
  readonly caller?: ((request: FastifyRequest) => string | undefined) | undefined;
  /** What tells a request from another under the same key. Default: method, route, parameters, query and body. */
  readonly content?: ((request: FastifyRequest) => unknown) | undefined;
  /** Which answers are a request's result. Default: below 500, but for 408, 423, 425 and 429, which ask to try again. */
  readonly keep?: ((status: number) => boolean) | undefined;
  /**
   * The meaning of all other replies. Default `release`: there was no effect, and the request may run again at once.
   * `unknown`: the request may run again when its lease has ended.
   */
  readonly onFailure?: "release" | "unknown" | undefined;
  /**
   * The headers that are stored with a reply, besides `content-type` and `content-encoding`. If absent:
   * `content-language`, `location`, `etag` and `link`.
   */
  readonly headers?: readonly string[] | undefined;
  /** The longest answer that is kept, in bytes of JSON, at most 1,000,000. Default 262,144. */
  readonly longestReply?: number | undefined;
  /** The longest that a handler may take, in milliseconds. Then its signal aborts and its lease runs out. Default 60,000. */
  readonly handlerMs?: number | undefined;
  /** The longest that an answer waits until it is recorded, in milliseconds. Default 2,000. */
  readonly recordMs?: number | undefined;
}

const TRY_AGAIN: readonly number[] = [408, 423, 425, 429];
const HEADERS = ["content-language", "location", "etag", "link"];
/** Without them the body is not what it was. */
const BODY_HEADERS = ["content-type", "content-encoding"];

/** The options with their defaults. */
export function resolveOptions(options: IdempotencyKeyOptions) {
  const { tenant, leaseMs, rememberMs, waitMs } = options;
  const { unmarked = defaults.unmarked.value, caller, content } = options;
  const { onFailure = defaults.onFailure.value, longestReply = defaults.longestReply.value } = options;
  const { handlerMs = defaults.handlerMs.value, recordMs = defaults.recordMs.value } = options;
  const { headers = HEADERS } = options;
  const { keep = (status: number) => status < 500 && !TRY_AGAIN.includes(status) } = options;
  return {
    tenantOf: typeof tenant === "function" ? tenant : () => tenant,
    unmarked,
    caller,
    content,
    leaving: {
      keep,
      recordMs,
      limits: {
        headers: [...BODY_HEADERS, ...headers.map((name) => name.toLowerCase())],
        longestReply: Math.min(longestReply, defaults.maxLongestReply.value),
      },
    },
    passage: { leaseMs, rememberMs, waitMs, onFailure, handlerMs },
  };
}
