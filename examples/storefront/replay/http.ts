import { setMaxListeners } from "node:events";
import { Agent, type RequestOptions, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { ShopEvent } from "../events.js";
import { requestOf, type ShopRequest } from "./request.js";

/** The parts of a reply that the replay needs. */
export interface ShopReply {
  /** True if the shop knew the event before. */
  readonly repeated: boolean;
  /** True for an order or a cart of more units than available. */
  readonly refused: boolean;
}

/** The shop did not accept an event, after all attempts. */
export class ReplayError extends Error {
  override readonly name = "ReplayError";
}

/**
 * Delays of retries, used after the shop replied that it cannot serve at the moment. The same event
 * id makes a retry safe. A `Retry-After` of the shop replaces the delay.
 */
const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 1_000;
/** After this time, a delivery is not retried. A delivery without a reply is sent at least once more. */
const RETRY_LIMIT_MS = 30_000;
/** The longest wait for one reply. */
const REPLY_LIMIT_MS = 15_000;

interface RawReply {
  /** 0 means that the connection broke. */
  readonly status: number;
  readonly text: string;
  /** Whether the reply is the stored one of an earlier request. */
  readonly isReplayed: boolean;
  /** The header `Retry-After`. */
  readonly retryAfterMs: number | undefined;
}

/** Delivers events to the shop over persistent connections. */
export class ShopClient {
  readonly #agent: Agent;
  readonly #host: string;
  readonly #port: number;
  readonly #retryLimitMs: number;
  readonly #abortController = new AbortController();
  #retries = 0;
  #limited = 0;

  /**
   * `connections`: the most concurrent requests. `retryLimitMs`: the time after which a delivery is not
   * retried.
   */
  constructor(
    address: { readonly host: string; readonly port: number },
    connections: number,
    retryLimitMs = RETRY_LIMIT_MS,
  ) {
    this.#retryLimitMs = retryLimitMs;
    this.#host = address.host;
    this.#port = address.port;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections, scheduling: "fifo" });
    // Every request in flight listens to it.
    setMaxListeners(0, this.#abortController.signal);
  }

  /** The number of retries. */
  get retries(): number {
    return this.#retries;
  }

  /** The number of retries after the reply that the customer sends too many orders. */
  get limited(): number {
    return this.#limited;
  }

  /**
   * Delivers an event once, with retries after broken connections and replies that ask for one. Throws
   * `ReplayError` if the shop does not accept it.
   */
  async deliver(event: ShopEvent): Promise<ShopReply> {
    const request = requestOf(event);
    const { signal } = this.#abortController;
    const started = performance.now();
    for (let attempt = 1; ; attempt += 1) {
      const reply = await this.#send(request);
      if (isAnswer(reply)) return readReply(reply);
      const isLate = performance.now() - started > this.#retryLimitMs;
      if (isLate || !isTransient(reply) || signal.aborted) {
        const { method, path } = request;
        throw new ReplayError(`${method} ${path} got status ${reply.status}: ${reply.text}`);
      }
      this.#retries += 1;
      if (reply.status === 429) this.#limited += 1;
      const delayMs = Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), MAX_DELAY_MS);
      await sleep(reply.retryAfterMs ?? delayMs, undefined, { signal });
    }
  }

  /** Aborts all deliveries in flight and all that wait for a connection. It retries none. */
  abort(): void {
    this.#abortController.abort(new ReplayError("the replay was aborted"));
    this.#agent.destroy();
  }

  close(): void {
    this.#agent.destroy();
  }

  #send({ method, path, body, headers = {} }: ShopRequest): Promise<RawReply> {
    const options: RequestOptions = {
      agent: this.#agent,
      host: this.#host,
      port: this.#port,
      method,
      path,
      timeout: REPLY_LIMIT_MS,
      signal: this.#abortController.signal,
    };
    if (body !== undefined) {
      const content = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
      options.headers = { ...headers, ...content };
    }
    return new Promise((resolve) => {
      const failed = (error: Error) =>
        resolve({ status: 0, text: error.message, isReplayed: false, retryAfterMs: undefined });
      const sent = request(options, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (piece: string) => {
          text += piece;
        });
        response.on("end", () => {
          const { statusCode: status = 0, headers: received } = response;
          const seconds = received["retry-after"];
          const isReplayed = received["idempotency-replayed"] === "true";
          resolve({
            status,
            text,
            isReplayed,
            retryAfterMs: seconds === undefined ? undefined : Number(seconds) * 1_000,
          });
        });
        response.on("error", failed);
      });
      sent.on("timeout", () => sent.destroy(new Error(`no reply within ${REPLY_LIMIT_MS} ms`)));
      sent.on("error", failed);
      sent.end(body);
    });
  }
}

/** Whether the shop has decided. An order for too many units gets 409. */
function isAnswer({ status, text }: RawReply): boolean {
  return status === 200 || status === 201 || (status === 409 && fieldOf(text, "code") === "SOLD_OUT");
}

/** Whether the same request may get another reply soon. */
function isTransient({ status, retryAfterMs }: RawReply): boolean {
  return status === 0 || status === 503 || status === 504 || retryAfterMs !== undefined;
}

function readReply({ text, isReplayed }: RawReply): ShopReply {
  const outcome = fieldOf(text, "outcome");
  return {
    repeated: isReplayed || fieldOf(text, "repeated") === true || outcome === "repeated",
    refused: outcome === "refused" || fieldOf(text, "code") === "SOLD_OUT",
  };
}

function fieldOf(text: string, name: string): unknown {
  const body: unknown = JSON.parse(text);
  if (typeof body !== "object" || body === null) throw new ReplayError("the shop's reply is no object");
  return Reflect.get(body, name);
}
