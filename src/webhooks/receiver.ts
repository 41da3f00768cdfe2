import { createHash } from "node:crypto";
import { Deadline, WaitEnded } from "../core/deadline.js";
import { InProgressError, MoonpathError, PayloadMismatchError } from "../core/errors.js";
import { asError, notify } from "../core/notify.js";
import { readFrom } from "../core/read-from.js";
import { InvalidDataError, PendingError, type WebhookMessage } from "./handlers.js";
import { NAME } from "./outbox.js";
import {
  type ReceivingTenant,
  type ResolvedReceiverOptions,
  resolveReceiverOptions,
  type WebhookReceiverOptions,
} from "./receiver-options.js";
import { verifyWith } from "./signature.js";

/** Receives webhooks as a web-standard handler. It never rejects. */
export type WebhookReceiver = (request: Request) => Promise<Response>;

/**
 * Receives the webhooks of one sender. It checks size, signature and time, handles each message once, and
 * answers 204 after that. A message that has come before is answered with 204, and is not handled again.
 *
 * ```ts
 * const receive = createWebhookReceiver(acme, {
 *   secrets,
 *   on: { "tags.changed": invalidatesTags(acme.cache) },
 * });
 * // A route handler of Next, for example:
 * const POST = (request: Request) => receive(request);
 * ```
 *
 * A handler that throws is called again with the next attempt of the sender. If the process dies in a
 * handler, the same holds, so its effect must be safe to repeat; an invalidation is.
 *
 * @throws ArgumentError that names the option
 */
export function createWebhookReceiver(
  tenant: ReceivingTenant,
  options: WebhookReceiverOptions,
): WebhookReceiver {
  const resolved = readFrom("options", () => resolveReceiverOptions(tenant, options));
  return async (request) => {
    try {
      return await receive(request, resolved);
    } catch (error) {
      return failed(error, resolved);
    }
  };
}

async function receive(request: Request, options: ResolvedReceiverOptions): Promise<Response> {
  if (request.method !== "POST") return answer(405, "METHOD", { allow: "POST" });
  const { maxBodyBytes, bodyMs, keys, toleranceMs } = options;
  if (Number(request.headers.get("content-length") ?? 0) > maxBodyBytes) return answer(413, "BODY_TOO_LARGE");
  const read = await bodyOf(request, maxBodyBytes, bodyMs);
  if (read.outcome !== "read") {
    const { status, code } = unread[read.outcome];
    return answer(status, code);
  }
  const { headers } = request;
  const fields = {
    id: headers.get("webhook-id") ?? undefined,
    timestamp: headers.get("webhook-timestamp") ?? undefined,
    signature: headers.get("webhook-signature") ?? undefined,
  };
  const verified = verifyWith(keys, fields, read.body, toleranceMs, Date.now());
  if (verified.outcome === "refused") {
    notify(options.onRefused, verified.reason);
    return answer(401, "NOT_VERIFIED");
  }
  const message = messageOf(read.body, verified);
  if (!message) return answer(400, "NOT_A_MESSAGE");
  return handle(message, read.body, options);
}

async function handle(
  message: WebhookMessage,
  body: Buffer,
  { on, source, run, rememberMs, leaseMs }: ResolvedReceiverOptions,
): Promise<Response> {
  const handler = on.get(message.type);
  if (!handler) return answer(204);
  // The id is the sender's own text, so it is hashed before it becomes a part of a key.
  const name = createHash("sha256").update(`${source}\0${message.id}`).digest("base64url");
  const digest = createHash("sha256").update(body).digest("base64url");
  await run(
    `webhook-${name}`,
    digest,
    async () => {
      await handler(message);
      return true;
    },
    { rememberMs, leaseMs },
  );
  return answer(204);
}

type ReadBody =
  | { readonly outcome: "read"; readonly body: Buffer }
  | { readonly outcome: "too_large" | "late" | "incomplete" };

const unread = {
  too_large: { status: 413, code: "BODY_TOO_LARGE" },
  late: { status: 408, code: "BODY_TIMEOUT" },
  incomplete: { status: 400, code: "BODY_INCOMPLETE" },
} as const;

/** A sender may say nothing about the size, or something false. */
async function bodyOf(request: Request, maxBytes: number, limitMs: number): Promise<ReadBody> {
  const reader = request.body?.getReader();
  if (!reader) return { outcome: "read", body: Buffer.alloc(0) };
  const deadline = new Deadline(limitMs);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await deadline.race(reader.read());
      if (done) return { outcome: "read", body: Buffer.concat(chunks) };
      bytes += value.byteLength;
      if (bytes > maxBytes) break;
      chunks.push(value);
    }
    reader.cancel().catch(() => undefined);
    return { outcome: "too_large" };
  } catch (error) {
    reader.cancel().catch(() => undefined);
    return { outcome: error instanceof WaitEnded ? "late" : "incomplete" };
  } finally {
    deadline.release();
  }
}

/** `{ "type": "stock.updated", "data": {} }`; undefined for anything else. */
function messageOf(
  body: Buffer,
  { id, sentAtMs }: { readonly id: string; readonly sentAtMs: number },
): WebhookMessage | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null || !("type" in parsed)) return undefined;
  const { type } = parsed;
  if (typeof type !== "string" || !NAME.test(type)) return undefined;
  return { id, type, data: "data" in parsed ? parsed.data : undefined, sentAtMs };
}

function failed(error: unknown, { onError }: ResolvedReceiverOptions): Response {
  if (error instanceof InvalidDataError) return answer(400, "INVALID_DATA");
  if (error instanceof InProgressError) return answer(409, error.code, { "retry-after": "1" });
  if (error instanceof PendingError) return answer(503, "PENDING", { "retry-after": "1" });
  notify(onError, asError(error));
  if (error instanceof PayloadMismatchError) return answer(422, error.code);
  // Whatever has failed here is not the sender's fault, so it must send again.
  const isAway = error instanceof MoonpathError && error.retryable;
  return isAway ? answer(503, error.code, { "retry-after": "1" }) : answer(500, "FAILED");
}

/** The sender is told no more than a code. */
function answer(status: number, code?: string, headers: Readonly<Record<string, string>> = {}): Response {
  if (code === undefined) return new Response(null, { status, headers });
  return Response.json(
    { type: "about:blank", status, code },
    { status, headers: { ...headers, "content-type": "application/problem+json" } },
  );
}
