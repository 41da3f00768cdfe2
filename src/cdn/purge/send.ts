import { linkedSignal } from "../../core/abort-signal.js";
import { backoffMs } from "../../core/backoff.js";
import { retryAfterMsOf } from "../../core/http/retry-after.js";
import { asError } from "../../core/notify.js";
import { pauseAlive } from "../../core/wait.js";
import type { PurgeTarget } from "./options.js";
import {
  PurgeError,
  type PurgeOptions,
  type PurgeOutcome,
  type PurgeReply,
  type PurgeRequest,
} from "./types.js";

const BACKOFF = { firstMs: 200, maxMs: 5_000 };

/** The bytes of an answer that are read. Answers of both CDNs have a few hundred. */
const MAX_REPLY_BYTES = 262_144;

/** Statuses after which the same request may succeed: 408, 425, 429 and those of a server's failure. */
function mayRetry(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

/** The result of one attempt. `refused` is final. */
type Attempt =
  | { readonly outcome: "done" }
  | {
      readonly outcome: "refused" | "unavailable";
      readonly status?: number | undefined;
      readonly codes: readonly number[];
      readonly retryAfterMs?: number | undefined;
      readonly cause?: Error | undefined;
    };

/**
 * Sends requests one after the other, each until it is confirmed. A purge that is made twice has the same
 * effect as one, so each failure but a refusal is retried until the time is over.
 */
export async function sendPurges(
  requests: readonly PurgeRequest[],
  target: PurgeTarget,
  readReply: (body: unknown) => PurgeReply,
  { signal }: PurgeOptions,
): Promise<PurgeOutcome> {
  const linked = linkedSignal(signal);
  const timer = setTimeout(() => linked.abort(new Error("timeoutMs is over")), target.timeoutMs);
  const endsAt = performance.now() + target.timeoutMs;
  try {
    let sent = 0;
    for (const [index, request] of requests.entries()) {
      const { attempts, error } = await untilConfirmed(
        request,
        target,
        readReply,
        linked.signal,
        endsAt,
        signal,
      );
      sent += attempts;
      if (error) {
        const remaining = requests.slice(index).flatMap(({ targets }) => targets);
        return { outcome: "failed", error, remaining };
      }
    }
    return { outcome: "purged", requests: sent };
  } finally {
    clearTimeout(timer);
    linked.release();
  }
}

async function untilConfirmed(
  request: PurgeRequest,
  target: PurgeTarget,
  readReply: (body: unknown) => PurgeReply,
  ending: AbortSignal,
  endsAt: number,
  ofCaller: AbortSignal | undefined,
): Promise<{ readonly attempts: number; readonly error?: PurgeError }> {
  let last: Exclude<Attempt, { outcome: "done" }> | undefined;
  for (let attempts = 0; ; ) {
    if (ending.aborted) {
      const reason = ofCaller?.aborted ? "aborted" : last?.status === undefined ? "deadline" : "unavailable";
      return { attempts, error: new PurgeError(reason, last?.status, last?.codes ?? [], last?.cause) };
    }
    attempts++;
    const result = await attempt(request, target, readReply, ending);
    if (result.outcome === "done") return { attempts };
    last = ending.aborted && last !== undefined && result.status === undefined ? last : result;
    const delayMs = Math.max(result.retryAfterMs ?? 0, backoffMs(attempts, BACKOFF));
    const isLate = !ending.aborted && performance.now() + delayMs >= endsAt;
    if (result.outcome === "refused" || isLate) {
      return { attempts, error: new PurgeError(result.outcome, result.status, result.codes, result.cause) };
    }
    await pauseAlive(delayMs, ending);
  }
}

async function attempt(
  { path, headers, body }: PurgeRequest,
  { apiUrl, attemptMs }: PurgeTarget,
  readReply: (body: unknown) => PurgeReply,
  ending: AbortSignal,
): Promise<Attempt> {
  const linked = linkedSignal(ending);
  const timer = setTimeout(() => linked.abort(new Error("attemptMs is over")), attemptMs);
  try {
    const response = await fetch(apiUrl + path, {
      method: "POST",
      headers: { accept: "application/json", ...headers },
      // fetch would send a field such as Fastly-Key to the new host.
      redirect: "manual",
      signal: linked.signal,
      ...(body === undefined ? {} : { body }),
    });
    const { succeeded, codes } = readReply(await jsonOf(response));
    const { status } = response;
    if (response.ok && succeeded) return { outcome: "done" };
    const retryAfterMs = retryAfterMsOf(response.headers.get("retry-after"));
    return { outcome: mayRetry(status) ? "unavailable" : "refused", status, codes, retryAfterMs };
  } catch (thrown) {
    return { outcome: "unavailable", codes: [], cause: asError(thrown) };
  } finally {
    clearTimeout(timer);
    linked.release();
  }
}

/** The body as JSON; undefined if it is none, or too long. */
async function jsonOf(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_REPLY_BYTES) return undefined;
    chunks.push(chunk);
  }
  try {
    const parsed: unknown = JSON.parse(Buffer.concat(chunks).toString());
    return parsed;
  } catch {
    return undefined;
  }
}

/** A field of an object of JSON. */
export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

/** Lists with at most `most` elements, and at most `bytes` in all with a separator after each. */
export function batchesOf(
  targets: readonly string[],
  most: number,
  bytes: number,
  lengthOf: (target: string) => number,
): string[][] {
  const batches: string[][] = [];
  let used = Number.POSITIVE_INFINITY;
  for (const target of targets) {
    const length = lengthOf(target) + 1;
    const last = batches.at(-1);
    if (last === undefined || last.length >= most || used + length > bytes) {
      batches.push([target]);
      used = length;
    } else {
      last.push(target);
      used += length;
    }
  }
  return batches;
}
