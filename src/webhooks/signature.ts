import { createHmac, timingSafeEqual } from "node:crypto";
import { checkedInteger } from "../core/checks.js";
import { ArgumentError } from "../core/errors.js";
import { MAX_DURATION_MS } from "../core/limits.js";
import { readFrom } from "../core/read-from.js";
import { webhookDefaults as defaults } from "./defaults.js";
import { checkedSecrets } from "./secrets.js";

/** A webhook that is to be signed. */
export interface UnsignedWebhook {
  /** The name of the message, the same in all attempts: letters, digits, `_` and `-`. */
  readonly id: string;
  /** The body as it is sent. */
  readonly body: string | Uint8Array;
  /** `whsec_…`. The body is signed with each of them, so that a receiver may change its secret. */
  readonly secrets: readonly string[];
  /** The time of this attempt in epoch milliseconds. Default: now. */
  readonly nowMs?: number | undefined;
}

/** The fields of a signed webhook. */
export interface WebhookHeaders {
  readonly "webhook-id": string;
  readonly "webhook-timestamp": string;
  readonly "webhook-signature": string;
}

/** A webhook that has come. */
export interface ReceivedWebhook {
  readonly headers: Headers | Readonly<Partial<WebhookHeaders>>;
  /** The body as it has come: not what a parser made of it. */
  readonly body: string | Uint8Array;
  /** `whsec_…`. One of them must have signed the body. */
  readonly secrets: readonly string[];
  /** How far the timestamp may be from the present time, in milliseconds. Default 300,000. */
  readonly toleranceMs?: number | undefined;
  /** The present time in epoch milliseconds. Default: that of the system. */
  readonly nowMs?: number | undefined;
}

/** Why a webhook is refused. */
export type WebhookRefusal = "header_missing" | "header_malformed" | "too_old" | "too_new" | "signature";

/** Whether a webhook comes from somebody who has a secret, and is recent. */
export type WebhookVerification =
  | { readonly outcome: "valid"; readonly id: string; readonly sentAtMs: number }
  | { readonly outcome: "refused"; readonly reason: WebhookRefusal };

/** A dot would let two different messages have the same signed text. */
export const MESSAGE_ID = /^[A-Za-z0-9_-]{1,128}$/;

/**
 * Signs a webhook as Standard Webhooks defines it: HMAC-SHA-256 over id, timestamp and body.
 *
 * ```ts
 * const headers = signWebhook({ id: "msg_7", body: '{"type":"stock.updated"}', secrets });
 * ```
 *
 * @throws ArgumentError that names the argument
 */
export function signWebhook(webhook: UnsignedWebhook): WebhookHeaders {
  return readFrom("webhook", () => {
    const { id, body, nowMs = Date.now() } = webhook;
    if (typeof id !== "string" || !MESSAGE_ID.test(id))
      throw new ArgumentError("id", "1 to 128 letters, digits, _ and -");
    const timestamp = String(Math.floor(checkedInteger("nowMs", nowMs, 0, MAX_EPOCH_MS) / 1_000));
    const signatures = checkedSecrets(webhook.secrets).map(
      (key) => `v1,${digestOf(key, id, timestamp, body).toString("base64")}`,
    );
    return {
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": signatures.join(" "),
    };
  });
}

/** The end of the year 9999. */
const MAX_EPOCH_MS = 253_402_300_799_000;

/**
 * Tells whether one of the secrets has signed a webhook, and whether it is recent. Signatures of other
 * versions than `v1` are ignored. It does not tell whether the message has come before:
 * `createWebhookReceiver` does.
 *
 * ```ts
 * const verified = verifyWebhook({ headers: request.headers, body: await request.text(), secrets });
 * if (verified.outcome === "refused") console.warn(verified.reason);
 * ```
 *
 * @throws ArgumentError for a secret or a tolerance that is not valid; never because of the sender
 */
export function verifyWebhook(webhook: ReceivedWebhook): WebhookVerification {
  const keys = checkedSecrets(webhook.secrets);
  const { toleranceMs = defaults.toleranceMs.value, nowMs = Date.now(), headers, body } = webhook;
  checkedInteger("toleranceMs", toleranceMs, 1_000, MAX_DURATION_MS);
  return verifyWith(
    keys,
    {
      id: fieldOf(headers, "webhook-id"),
      timestamp: fieldOf(headers, "webhook-timestamp"),
      signature: fieldOf(headers, "webhook-signature"),
    },
    body,
    toleranceMs,
    nowMs,
  );
}

/** The fields of a webhook as they have come. */
export interface SignatureFields {
  readonly id: string | undefined;
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
}

export function verifyWith(
  keys: readonly Buffer[],
  { id, timestamp, signature }: SignatureFields,
  body: string | Uint8Array,
  toleranceMs: number,
  nowMs: number,
): WebhookVerification {
  const refused = (reason: WebhookRefusal) => ({ outcome: "refused", reason }) as const;
  if (!id || !timestamp || !signature) return refused("header_missing");
  if (!MESSAGE_ID.test(id) || !/^[1-9]\d{0,11}$/.test(timestamp)) return refused("header_malformed");
  const sentAtMs = Number(timestamp) * 1_000;
  if (nowMs - sentAtMs > toleranceMs) return refused("too_old");
  if (sentAtMs - nowMs > toleranceMs) return refused("too_new");
  const signatures = signature.split(" ", defaults.maxSignatures.value).flatMap(digestIn);
  const expected = keys.map((key) => digestOf(key, id, timestamp, body));
  // All are compared, so that the time does not tell which secret fits.
  const fitting = expected.flatMap((digest) => signatures.filter((given) => timingSafeEqual(digest, given)));
  return fitting.length > 0 ? { outcome: "valid", id, sentAtMs } : refused("signature");
}

const DIGEST_BYTES = 32;

/** The digest of `v1,…`; none for another version or length. */
function digestIn(signature: string): readonly Buffer[] {
  const [, text] = /^v1,([A-Za-z0-9+/]{43}=)$/.exec(signature) ?? [];
  if (text === undefined) return [];
  const digest = Buffer.from(text, "base64");
  return digest.length === DIGEST_BYTES ? [digest] : [];
}

function digestOf(key: Buffer, id: string, timestamp: string, body: string | Uint8Array): Buffer {
  return createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest();
}

function fieldOf(
  headers: Headers | Readonly<Partial<WebhookHeaders>>,
  name: keyof WebhookHeaders,
): string | undefined {
  const value: unknown = headers instanceof Headers ? headers.get(name) : headers[name];
  return typeof value === "string" ? value : undefined;
}
