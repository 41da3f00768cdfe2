import { setMaxListeners } from "node:events";
import { Agent, type RequestOptions, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { ShopEvent } from "../events.js";
import { requestOf } from "./request.js";

/** The parts of a reply that the replay needs. */
export interface ShopReply {
  /** True if the shop knew the event before. */
  readonly repeated: boolean;
  /** True for a sale of more units than available. */
  readonly refused: boolean;
}

/** The shop did not accept an event, after all attempts. */
export class ReplayError extends Error {
  override readonly name = "ReplayError";
}

/**
 * Delays of retries, used after the shop replied that it cannot serve at the moment. The same event
 * id makes a retry safe.
 */
const MAX_ATTEMPTS = 8;
const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 1_000;
/** After this time, a delivery is not retried. */
const RETRY_LIMIT_MS = 15_000;
/** The longest wait for one reply. */
const REPLY_LIMIT_MS = 15_000;

/** Delivers events to the shop over persistent connections. */
export class ShopClient {
  readonly #agent: Agent;
  readonly #host: string;
  readonly #port: number;
  readonly #abortController = new AbortController();
  #retries = 0;

  /** `connections`: the most concurrent requests. */
  constructor(address: { readonly host: string; readonly port: number }, connections: number) {
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

  /**
   * Delivers an event once, with retries after status 503 and broken connections. Throws
   * `ReplayError` if the shop refuses it.
   */
  async deliver(event: ShopEvent): Promise<ShopReply> {
    const { method, path, body } = requestOf(event);
    const started = performance.now();
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.#send(method, path, body);
      if (answer.status === 200) return readReply(answer.text);
      const isLate = attempt === MAX_ATTEMPTS || performance.now() - started > RETRY_LIMIT_MS;
      if (isLate || !isTransient(answer.status) || this.#abortController.signal.aborted) {
        throw new ReplayError(`${method} ${path} got status ${answer.status}: ${answer.text}`);
      }
      this.#retries += 1;
      const pauseMs = Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), MAX_DELAY_MS);
      await sleep(pauseMs, undefined, { signal: this.#abortController.signal });
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

  /** Status 0 means that the connection broke. */
  #send(method: string, path: string, body: string | undefined): Promise<{ status: number; text: string }> {
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
      options.headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    }
    return new Promise((resolve) => {
      const failed = (error: Error) => resolve({ status: 0, text: error.message });
      const sent = request(options, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (piece: string) => {
          text += piece;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
        response.on("error", failed);
      });
      sent.on("timeout", () => sent.destroy(new Error(`no reply within ${REPLY_LIMIT_MS} ms`)));
      sent.on("error", failed);
      sent.end(body);
    });
  }
}

function isTransient(status: number): boolean {
  return status === 0 || status === 503 || status === 504;
}

function readReply(text: string): ShopReply {
  const body: unknown = JSON.parse(text);
  if (typeof body !== "object" || body === null) throw new ReplayError("the shop's reply is no object");
  const outcome = "outcome" in body ? body.outcome : undefined;
  return {
    repeated: ("repeated" in body && body.repeated === true) || outcome === "repeated",
    refused: outcome === "refused",
  };
}
