import { type BackoffOptions, checkedBackoff } from "../core/backoff.js";
import { checkedInteger } from "../core/checks.js";
import { ArgumentError } from "../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import type { Database } from "../postgres/index.js";
import type { Sync } from "../sync/index.js";
import { webhookDefaults as defaults } from "./defaults.js";
import { checkName } from "./outbox.js";
import type { WebhookDeadLetter } from "./rows.js";
import { checkedSecrets } from "./secrets.js";

/** Who gets webhooks. */
export interface WebhookEndpoint {
  /** Where webhooks are sent: a URL that begins with `https:`. `http:` is for this machine. */
  readonly url: string;
  /** `whsec_…`, the newest first. Webhooks are signed with each of them. */
  readonly secrets: readonly string[];
  /**
   * Allows `http:` for another machine, in a private network. Others can read the webhooks then. Default
   * false.
   */
  readonly allowsHttp?: boolean | undefined;
}

/** Options of `createWebhookSender`. */
export interface WebhookSenderOptions {
  /** A pool of pg to the primary. */
  readonly pool: Database;
  /** Makes the calls, with a breaker for each host: one of `createSync`. */
  readonly sync: Pick<Sync, "send">;
  /** The endpoints by their names. Webhooks for other endpoints wait for a sender that has them. */
  readonly endpoints: Readonly<Record<string, WebhookEndpoint>>;
  /** Milliseconds for one delivery, 100 to 600,000. Default 15,000. */
  readonly deadlineMs?: number | undefined;
  /** Deliveries at once to one endpoint, 1 to 100. Default 10. */
  readonly concurrency?: number | undefined;
  /** How often the sender looks for due webhooks, in milliseconds, 10 to 60,000. Default 1,000. */
  readonly pollMs?: number | undefined;
  /** A webhook becomes a dead letter after so many deliveries that failed, 1 to 1,000. Default 18. */
  readonly maxAttempts?: number | undefined;
  /** The delays between deliveries. Default `{ firstMs: 5_000, maxMs: 21_600_000, factor: 4 }`. */
  readonly retryDelayMs?: BackoffOptions | undefined;
  /**
   * Receives errors of deliveries and of PostgreSQL. With `deadLetter`, the sender has given this webhook
   * up.
   */
  readonly onError?: ((error: Error, deadLetter?: Omit<WebhookDeadLetter, "deadAt">) => void) | undefined;
}

const optionNames: OptionNames<WebhookSenderOptions> = {
  pool: true,
  sync: true,
  endpoints: true,
  deadlineMs: true,
  concurrency: true,
  pollMs: true,
  maxAttempts: true,
  retryDelayMs: true,
  onError: true,
};
const endpointNames: OptionNames<WebhookEndpoint> = { url: true, secrets: true, allowsHttp: true };

/** The options with their defaults. */
export interface ResolvedSenderOptions
  extends Pick<WebhookSenderOptions, "pool" | "sync" | "endpoints" | "onError"> {
  readonly deadlineMs: number;
  readonly concurrency: number;
  readonly pollMs: number;
  readonly maxAttempts: number;
  readonly retryDelayMs: BackoffOptions;
}

const MAX_ENDPOINTS = 1_000;

/** @throws ArgumentError that names the option, and shows no secret and no URL */
export function resolveSenderOptions(options: WebhookSenderOptions): ResolvedSenderOptions {
  refuseUnknownOptions(options, optionNames);
  const { pool, sync, endpoints, onError } = options;
  if (typeof pool?.query !== "function") throw new ArgumentError("pool", "a pool of pg");
  if (typeof sync?.send !== "function") throw new ArgumentError("sync", "one of createSync");
  if (onError !== undefined && typeof onError !== "function")
    throw new ArgumentError("onError", "a function");
  const number = (name: "deadlineMs" | "concurrency" | "pollMs" | "maxAttempts", min: number, max: number) =>
    checkedInteger(name, options[name] ?? defaults[name].value, min, max);
  return {
    pool,
    sync,
    endpoints: checkedEndpoints(endpoints),
    onError,
    deadlineMs: number("deadlineMs", 100, 600_000),
    concurrency: number("concurrency", 1, 100),
    pollMs: number("pollMs", 10, 60_000),
    maxAttempts: number("maxAttempts", 1, 1_000),
    retryDelayMs: checkedBackoff(
      options.retryDelayMs ?? {
        firstMs: defaults.retryFirstMs.value,
        maxMs: defaults.retryMaxMs.value,
        factor: defaults.retryFactor.value,
      },
    ),
  };
}

function checkedEndpoints(
  endpoints: Readonly<Record<string, WebhookEndpoint>>,
): Readonly<Record<string, WebhookEndpoint>> {
  const entries = typeof endpoints === "object" && endpoints !== null ? Object.entries(endpoints) : [];
  if (entries.length === 0 || entries.length > MAX_ENDPOINTS)
    throw new ArgumentError("endpoints", `1 to ${MAX_ENDPOINTS} endpoints by their names`);
  return Object.fromEntries(
    entries.map(([name, endpoint]) => {
      checkName("endpoints", name);
      refuseUnknownOptions(endpoint, endpointNames, `endpoints.${name}`);
      const { url, allowsHttp = false } = endpoint;
      checkedSecrets(endpoint.secrets);
      if (!isAllowed(url, allowsHttp === true))
        throw new ArgumentError(`endpoints.${name}.url`, "a URL that begins with https:, without a password");
      return [name, { url, secrets: [...endpoint.secrets], allowsHttp }];
    }),
  );
}

function isAllowed(url: string, allowsHttp: boolean): boolean {
  if (typeof url !== "string" || !URL.canParse(url)) return false;
  const { protocol, hostname, username, password } = new URL(url);
  if (username !== "" || password !== "") return false;
  const isLocal = /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
  return protocol === "https:" || (protocol === "http:" && (isLocal || allowsHttp));
}
