import { setMaxListeners } from "node:events";
import { Agent, type RequestOptions, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { ShopEvent } from "../events.js";
import { requestOf } from "./request.js";

/** What the replay needs to know of an answer. */
export interface Answer {
  /** True when the shop knew the event already. */
  readonly repeated: boolean;
  /** True for a sale that exceeded what was available. */
  readonly refused: boolean;
}

/** The shop did not take an event, whatever was tried. */
export class ReplayError extends Error {
  override readonly name = "ReplayError";
}

/**
 * Tries again after the shop said that it cannot serve just now; the same event id makes that safe.
 */
const TRIES = 8;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;
/** A delivery that has taken longer than this is not tried again. */
const PATIENCE_MS = 15_000;
/** Longest wait for one answer. */
const ANSWER_LIMIT_MS = 15_000;

/** Delivers events to the shop over kept connections. */
export class ShopClient {
  readonly #agent: Agent;
  readonly #host: string;
  readonly #port: number;
  readonly #over = new AbortController();
  #retries = 0;

  /** `connections`: most requests under way at once. */
  constructor(address: { readonly host: string; readonly port: number }, connections: number) {
    this.#host = address.host;
    this.#port = address.port;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections, scheduling: "fifo" });
    // Every request under way listens to it.
    setMaxListeners(0, this.#over.signal);
  }

  /** How often a delivery had to be tried again. */
  get retries(): number {
    return this.#retries;
  }

  /**
   * Delivers once (again after 503 and broken connections). Throws `ReplayError` when the shop
   * refuses.
   */
  async deliver(event: ShopEvent): Promise<Answer> {
    const { method, path, body } = requestOf(event);
    const started = performance.now();
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.#send(method, path, body);
      if (answer.status === 200) return readAnswer(answer.text);
      const isLate = attempt === TRIES || performance.now() - started > PATIENCE_MS;
      if (isLate || !isPassing(answer.status) || this.#over.signal.aborted) {
        throw new ReplayError(`${method} ${path} was answered with ${answer.status}: ${answer.text}`);
      }
      this.#retries += 1;
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
      await sleep(pauseMs, undefined, { signal: this.#over.signal });
    }
  }

  /** Breaks off what is under way or waits for a connection, and tries nothing again. */
  giveUp(): void {
    this.#over.abort(new ReplayError("the replay was given up"));
    this.#agent.destroy();
  }

  close(): void {
    this.#agent.destroy();
  }

  /** Status 0 stands for a connection that broke. */
  #send(method: string, path: string, body: string | undefined): Promise<{ status: number; text: string }> {
    const options: RequestOptions = {
      agent: this.#agent,
      host: this.#host,
      port: this.#port,
      method,
      path,
      timeout: ANSWER_LIMIT_MS,
      signal: this.#over.signal,
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
      sent.on("timeout", () => sent.destroy(new Error(`no answer within ${ANSWER_LIMIT_MS} ms`)));
      sent.on("error", failed);
      sent.end(body);
    });
  }
}

function isPassing(status: number): boolean {
  return status === 0 || status === 503 || status === 504;
}

function readAnswer(text: string): Answer {
  const body: unknown = JSON.parse(text);
  if (typeof body !== "object" || body === null) throw new ReplayError("the shop's answer is no object");
  const outcome = "outcome" in body ? body.outcome : undefined;
  return {
    repeated: ("repeated" in body && body.repeated === true) || outcome === "repeated",
    refused: outcome === "refused",
  };
}
