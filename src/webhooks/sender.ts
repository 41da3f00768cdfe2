import { checkedScope } from "../client/index.js";
import { backoffMs, redisBackoff } from "../core/backoff.js";
import { graceMsOf } from "../core/checks.js";
import { MoonpathError } from "../core/errors.js";
import { asError, failureReasonOf, notify } from "../core/notify.js";
import { readFrom } from "../core/read-from.js";
import { pause, stopsWithin } from "../core/wait.js";
import { WakeSignal } from "../core/wake-signal.js";
import { webhookDefaults as defaults } from "./defaults.js";
import {
  type ClaimedWebhook,
  type DeadLetterFilter,
  type StoredWebhooks,
  type WebhookDeadLetter,
  WebhookRows,
} from "./rows.js";
import {
  type ResolvedSenderOptions,
  resolveSenderOptions,
  type WebhookEndpoint,
  type WebhookSenderOptions,
} from "./sender-options.js";
import { signWebhook } from "./signature.js";

/** The state of the outbox, and of this sender. */
export interface WebhookSenderStatus extends StoredWebhooks {
  /** How many webhooks this sender has delivered. */
  readonly delivered: number;
  /** The name and code of the last error, and when it came; undefined if there was none. */
  readonly lastError: { readonly reason: string; readonly at: Date } | undefined;
}

/** A sender, as `createWebhookSender` returns it. */
export interface WebhookSender {
  /** Starts to deliver. A second call, or a call after `stop`, does nothing. */
  start(): void;
  /** Looks for due webhooks now, for example after a commit in this process. */
  wake(): void;
  /**
   * Ends the deliveries in progress, for at most `graceMs` milliseconds (default 10,000). After that they are
   * aborted, and their webhooks are due at once for another sender. `timedOut`: PostgreSQL did not answer.
   */
  stop(options?: { readonly graceMs?: number | undefined }): Promise<"finished" | "timedOut">;
  /** Reads the state of the outbox. Every process gets the same, also before `start`. */
  status(): Promise<WebhookSenderStatus>;
  /** The webhooks that failed too often, the oldest first, at most 1,000. */
  deadLetters(): Promise<readonly WebhookDeadLetter[]>;
  /** Makes dead letters due again, with all their attempts. Returns how many. */
  redrive(filter?: DeadLetterFilter): Promise<number>;
  /** Deletes dead letters. Returns how many. */
  discard(filter?: DeadLetterFilter): Promise<number>;
}

/**
 * Delivers the webhooks of the outbox, each at least once. Start it in several processes: they share the
 * work. If one dies, its webhooks are due again after `deadlineMs` and 15 s.
 *
 * ```ts
 * const sync = createSync({ types: ["webhooks"] });
 * const endpoints = { search: { url: "https://search.example/webhooks", secrets } };
 * const sender = createWebhookSender({ namespace: "shop" }, { pool, sync, endpoints });
 * sender.start();
 * // At shutdown, before the pool is closed:
 * await sender.stop();
 * ```
 *
 * @throws ArgumentError that names the option
 */
export function createWebhookSender(
  client: { readonly namespace: string },
  options: WebhookSenderOptions,
): WebhookSender {
  return readFrom("options", () => {
    const { namespace } = client;
    checkedScope({ namespace, tenant: "any" });
    return new Sender(namespace, resolveSenderOptions(options));
  });
}

class Sender implements WebhookSender {
  readonly #options: ResolvedSenderOptions;
  readonly #rows: WebhookRows;
  readonly #stopping = new AbortController();
  readonly #cutting = new AbortController();
  readonly #wakes: WakeSignal[] = [];
  #running: Promise<unknown> | undefined;
  #delivered = 0;
  #lastError: WebhookSenderStatus["lastError"];

  constructor(namespace: string, options: ResolvedSenderOptions) {
    this.#options = options;
    this.#rows = new WebhookRows(options.pool, namespace);
  }

  start(): void {
    if (this.#stopping.signal.aborted || this.#running) return;
    const { endpoints } = this.#options;
    this.#running = Promise.all(
      Object.entries(endpoints).map(([name, endpoint]) => this.#serve(name, endpoint)),
    );
  }

  wake(): void {
    for (const wake of this.#wakes) wake.wake();
  }

  async stop(options?: { readonly graceMs?: number | undefined }): Promise<"finished" | "timedOut"> {
    const graceMs = graceMsOf(options, defaults.graceMs.value);
    this.#stopping.abort();
    this.wake();
    const running = this.#running ?? Promise.resolve();
    if (await stopsWithin(running, graceMs)) return "finished";
    this.#cutting.abort();
    return (await stopsWithin(running, 1_000)) ? "finished" : "timedOut";
  }

  async status(): Promise<WebhookSenderStatus> {
    return { ...(await this.#rows.status()), delivered: this.#delivered, lastError: this.#lastError };
  }

  deadLetters(): Promise<readonly WebhookDeadLetter[]> {
    return this.#rows.deadLetters();
  }

  async redrive(filter: DeadLetterFilter = {}): Promise<number> {
    const count = await this.#rows.redrive(filter);
    this.wake();
    return count;
  }

  discard(filter: DeadLetterFilter = {}): Promise<number> {
    return this.#rows.discard(filter);
  }

  /** Delivers the webhooks of one endpoint until the sender is stopped. Never rejects. */
  async #serve(name: string, endpoint: WebhookEndpoint): Promise<void> {
    const { signal } = this.#stopping;
    const { deadlineMs, concurrency, pollMs } = this.#options;
    const wake = new WakeSignal();
    this.#wakes.push(wake);
    const inFlight = new Set<Promise<void>>();
    for (let failures = 0; !signal.aborted; ) {
      try {
        const free = concurrency - inFlight.size;
        const claimed = await this.#rows.claim(name, free, deadlineMs + defaults.leaseMarginMs.value);
        failures = 0;
        for (const webhook of claimed) {
          const delivery = this.#deliver(name, endpoint, webhook).finally(() => inFlight.delete(delivery));
          inFlight.add(delivery);
        }
        if (inFlight.size >= concurrency) await Promise.race(inFlight);
        // A full claim leaves others that are due.
        else if (claimed.length < free) await wake.wait(pollMs);
      } catch (error) {
        this.#report(asError(error));
        await pause(backoffMs(++failures, redisBackoff), signal);
      }
    }
    await Promise.all(inFlight);
  }

  /** Never rejects. If PostgreSQL does not answer, the row is due again when its lease ends. */
  async #deliver(name: string, endpoint: WebhookEndpoint, webhook: ClaimedWebhook): Promise<void> {
    try {
      const failure = await this.#send(endpoint, webhook);
      if (failure) await this.#failed(name, webhook, failure);
      else {
        await this.#rows.delivered(webhook);
        this.#delivered++;
      }
    } catch (error) {
      this.#report(asError(error));
    }
  }

  /** Why the delivery has failed; undefined if the endpoint has confirmed it. */
  async #send(
    { url, secrets }: WebhookEndpoint,
    { message, body }: ClaimedWebhook,
  ): Promise<Error | undefined> {
    const { sync, deadlineMs } = this.#options;
    const { signal } = this.#cutting;
    try {
      await sync.send(url, {
        method: "POST",
        body,
        headers: { ...signWebhook({ id: message, body, secrets }) },
        // All attempts have the same id, by which the receiver knows a second one.
        idempotencyKey: message,
        deadlineMs,
        signal,
      });
      return undefined;
    } catch (error) {
      return asError(error);
    }
  }

  async #failed(endpoint: string, webhook: ClaimedWebhook, error: Error): Promise<void> {
    if (this.#cutting.signal.aborted) return this.#rows.giveBack(webhook);
    const { maxAttempts, retryDelayMs } = this.#options;
    const { id, message, attempts } = webhook;
    const { isGone, retryAfterMs } = answerOf(error);
    const reason = failureReasonOf(error);
    if (isGone || attempts >= maxAttempts) {
      if (!(await this.#rows.setAside(webhook, reason))) return;
      return this.#report(error, { id, endpoint, message, attempts, reason });
    }
    const delayMs = Math.max(
      backoffMs(attempts, retryDelayMs),
      Math.min(retryAfterMs, defaults.retryMaxMs.value),
    );
    await this.#rows.retryLater(webhook, delayMs, reason);
    this.#report(error);
  }

  #report(error: Error, deadLetter?: Omit<WebhookDeadLetter, "deadAt">): void {
    this.#lastError = { reason: failureReasonOf(error), at: new Date() };
    if (deadLetter) notify(this.#options.onError, error, deadLetter);
    else notify(this.#options.onError, error);
  }
}

/** What the endpoint has said. `isGone`: with 410 it says that it wants no webhooks any more. */
function answerOf(error: Error): { readonly isGone: boolean; readonly retryAfterMs: number } {
  const inner = error instanceof MoonpathError && error.cause instanceof Error ? error.cause : error;
  const retryAfterMs = "retryAfterMs" in inner ? inner.retryAfterMs : undefined;
  return {
    isGone: "httpStatus" in inner && inner.httpStatus === 410,
    retryAfterMs: typeof retryAfterMs === "number" ? retryAfterMs : 0,
  };
}
