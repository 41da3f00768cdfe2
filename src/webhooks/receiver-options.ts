import { checkedInteger, checkTenant } from "../core/checks.js";
import { ArgumentError } from "../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { MAX_DURATION_MS } from "../core/limits.js";
import type { OnError } from "../core/notify.js";
import type { RunOnce } from "../idempotency/index.js";
import { webhookDefaults as defaults } from "./defaults.js";
import type { WebhookHandler } from "./handlers.js";
import { checkName } from "./outbox.js";
import { checkedSecrets } from "./secrets.js";
import type { WebhookRefusal } from "./signature.js";

/** A tenant, such as `moonpath.tenant("acme")`. It remembers the messages that were handled. */
export interface ReceivingTenant {
  readonly idempotency: { readonly run: RunOnce };
}

/** Options of `createWebhookReceiver`. */
export interface WebhookReceiverOptions {
  /** The secrets of the sender, `whsec_…`: two while the sender changes its secret. */
  readonly secrets: readonly string[];
  /** What to do, by the type of the message. Other types are answered with 204, and nothing is done. */
  readonly on: Readonly<Record<string, WebhookHandler>>;
  /** The name of the sender. Messages of two senders may have the same id. Default `default`. */
  readonly source?: string | undefined;
  /** How far the timestamp of an attempt may be from the present time. Default 300,000. */
  readonly toleranceMs?: number | undefined;
  /** The largest body in bytes. Default 262,144; at most 10,485,760. */
  readonly maxBodyBytes?: number | undefined;
  /** Milliseconds until a body must have come. Default 10,000. */
  readonly bodyMs?: number | undefined;
  /**
   * Milliseconds for which a handled message is remembered, longer than its sender retries. Default
   * 345,600,000.
   */
  readonly rememberMs?: number | undefined;
  /** Milliseconds until another process may handle a message whose process has died. Default 30,000. */
  readonly leaseMs?: number | undefined;
  /** Receives the errors of handlers, and those of Redis. */
  readonly onError?: OnError | undefined;
  /** Is told of each message that was refused because of its fields or its signature. */
  readonly onRefused?: ((reason: WebhookRefusal) => void) | undefined;
}

const optionNames: OptionNames<WebhookReceiverOptions> = {
  secrets: true,
  on: true,
  source: true,
  toleranceMs: true,
  maxBodyBytes: true,
  bodyMs: true,
  rememberMs: true,
  leaseMs: true,
  onError: true,
  onRefused: true,
};

/** The options with their defaults. */
export interface ResolvedReceiverOptions extends Pick<WebhookReceiverOptions, "onError" | "onRefused"> {
  readonly run: RunOnce;
  readonly keys: readonly Buffer[];
  readonly on: ReadonlyMap<string, WebhookHandler>;
  readonly source: string;
  readonly toleranceMs: number;
  readonly maxBodyBytes: number;
  readonly bodyMs: number;
  readonly rememberMs: number;
  readonly leaseMs: number;
}

/** @throws ArgumentError that names the option, and shows no secret */
export function resolveReceiverOptions(
  tenant: ReceivingTenant,
  options: WebhookReceiverOptions,
): ResolvedReceiverOptions {
  refuseUnknownOptions(options, optionNames);
  checkTenant(tenant, "idempotency.run");
  const { on, source = "default", onError, onRefused } = options;
  checkName("source", source);
  for (const [name, hook] of Object.entries({ onError, onRefused })) {
    if (hook !== undefined && typeof hook !== "function") throw new ArgumentError(name, "a function");
  }
  const number = (
    name: "toleranceMs" | "maxBodyBytes" | "bodyMs" | "rememberMs" | "leaseMs",
    min: number,
    max: number,
  ) => checkedInteger(name, options[name] ?? defaults[name].value, min, max);
  const toleranceMs = number("toleranceMs", 1_000, 86_400_000);
  const rememberMs = number("rememberMs", 1_000, MAX_DURATION_MS);
  // Otherwise an attempt could be replayed after it was forgotten.
  if (rememberMs < 2 * toleranceMs) throw new ArgumentError("rememberMs", "at least twice toleranceMs");
  return {
    run: (...args) => tenant.idempotency.run(...args),
    keys: checkedSecrets(options.secrets),
    on: checkedHandlers(on),
    source,
    toleranceMs,
    maxBodyBytes: number("maxBodyBytes", 1, 10_485_760),
    bodyMs: number("bodyMs", 1, 600_000),
    rememberMs,
    leaseMs: number("leaseMs", 1_000, 86_400_000),
    onError,
    onRefused,
  };
}

function checkedHandlers(on: Readonly<Record<string, WebhookHandler>>): ReadonlyMap<string, WebhookHandler> {
  const entries = typeof on === "object" && on !== null ? Object.entries(on) : [];
  if (entries.length === 0) throw new ArgumentError("on", "handlers by the type of their messages");
  for (const [type, handler] of entries) {
    checkName("on", type);
    if (typeof handler !== "function") throw new ArgumentError(`on.${type}`, "a function");
  }
  return new Map(entries);
}
