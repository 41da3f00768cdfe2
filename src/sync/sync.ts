import type { SyncOutcome } from "../client/index.js";
import { linkedSignal } from "../core/abort-signal.js";
import { Deadline, WaitEnded } from "../core/deadline.js";
import { AbortedError, MoonpathError } from "../core/errors.js";
import { CircuitOpenError, SyncTimeoutError } from "../core/http/sync-errors.js";
import { pauseAlive } from "../core/wait.js";
import { type AttemptResult, attempt } from "./attempt.js";
import { fullJitterMs } from "./backoff.js";
import { type Host, Hosts } from "./hosts.js";
import { errorOf, healthOf, isOverload, isSuccess, mayHaveRun, mayRetry } from "./judge.js";
import { type ResolvedSyncOptions, resolveSyncOptions, type SyncOptions } from "./options.js";
import { tooLarge, validReply } from "./reply.js";
import { jsonRequest, type SyncRequest, sendRequest } from "./request.js";
import type { ReplySchema, Sync } from "./types.js";

/**
 * Makes calls to other services over `fetch`: with a deadline, retries, a breaker for each host, a limit for
 * the retries to an overloaded host, and checked replies. It needs cockatiel, an optional peer dependency.
 *
 * ```ts
 * const sync = createSync({ types: ["prices", "orders"], deadlineMs: 5_000 });
 * const { lamp } = await sync.json("https://supplier.example/prices", {
 *   schema: z.object({ lamp: z.number() }),
 * });
 * ```
 *
 * @throws ArgumentError that names the option
 */
export function createSync<const Type extends string = "default">(
  options: SyncOptions<Type> = {},
): Sync<Type> {
  const resolved = resolveSyncOptions(options);
  const { report, maxHosts, openMs } = resolved;
  const hosts = new Hosts(maxHosts, openMs, (state, before) => report({ kind: "breaker", state, before }));
  return {
    async json(url, callOptions) {
      const { request, schema } = jsonRequest(url, callOptions, resolved);
      return observed(new Call(request, hosts.of(request.url.host), resolved), (call) => call.json(schema));
    },
    async send(url, callOptions = {}) {
      const request = sendRequest(url, callOptions, resolved);
      return observed(new Call(request, hosts.of(request.url.host), resolved), async (call) => {
        const { httpStatus } = await call.answer(undefined);
        return { httpStatus, attempts: call.attempts };
      });
    },
  };

  async function observed<Result>(call: Call, run: (call: Call) => Promise<Result>): Promise<Result> {
    const startedAt = performance.now();
    let outcome: SyncOutcome = "ok";
    try {
      return await run(call);
    } catch (error) {
      outcome = error instanceof MoonpathError ? outcomeOf(error) : "failed";
      throw error;
    } finally {
      const durationMs = performance.now() - startedAt;
      const { type, attempts } = call;
      report({ kind: "operation", type, outcome, durationMs, attempts });
    }
  }
}

type Answer = Extract<AttemptResult, { kind: "answer" }>;

/** One call with all its attempts. */
class Call {
  readonly #request: SyncRequest;
  readonly #host: Host;
  readonly #options: ResolvedSyncOptions;
  readonly #endsAt: number;
  #mayHaveRun = false;
  attempts = 0;

  constructor(request: SyncRequest, host: Host, options: ResolvedSyncOptions) {
    this.#request = request;
    this.#host = host;
    this.#options = options;
    this.#endsAt = performance.now() + request.deadlineMs;
  }

  get type(): string {
    return this.#request.type;
  }

  async json<Output>(schema: ReplySchema<Output>): Promise<Output> {
    const { maxReplyBytes } = this.#options;
    const { body, httpStatus } = await this.answer(maxReplyBytes);
    const facts = { attempts: this.attempts, httpStatus };
    if (body === undefined) throw tooLarge(maxReplyBytes, facts);
    // A schema may be asynchronous.
    const deadline = new Deadline(this.#remainingMs, this.#request.signal);
    try {
      return await deadline.race(validReply(body, schema, facts));
    } catch (error) {
      if (!(error instanceof WaitEnded)) throw error;
      if (error.reason === "aborted") throw new AbortedError("the caller's signal has ended the call");
      throw new SyncTimeoutError("the schema did not end before the deadline", facts);
    } finally {
      deadline.release();
    }
  }

  /** The first answer with success. */
  async answer(maxReplyBytes: number | undefined): Promise<Answer> {
    const request = this.#request;
    const { budget } = this.#host;
    if (request.signal?.aborted) throw new AbortedError("the signal had aborted before the call");
    budget.noteCall();
    let last: AttemptResult | undefined;
    for (;;) {
      const result = await this.#attempt(maxReplyBytes);
      if (result === undefined) {
        if (last) throw this.#errorOf(last);
        throw new CircuitOpenError("the breaker of the host is open", { attempts: this.attempts });
      }
      if (result.kind === "answer" && isSuccess(result)) return result;
      last = result;
      this.#mayHaveRun ||= mayHaveRun(result);
      if (isOverload(result)) budget.noteOverload(performance.now());
      const delayMs = this.#delayAfter(result);
      if (delayMs === undefined) throw this.#errorOf(result);
      this.#options.report({ kind: "retry", type: request.type, delayMs });
      await this.#pause(delayMs);
      if (request.signal?.aborted) throw this.#errorOf({ kind: "aborted" });
    }
  }

  /** Undefined if the breaker refuses the attempt. */
  async #attempt(maxReplyBytes: number | undefined): Promise<AttemptResult | undefined> {
    const { fetch, attemptMs } = this.#options;
    const limitMs = Math.min(attemptMs, this.#remainingMs);
    return this.#host.breaker.run(() => {
      this.attempts++;
      return attempt(this.#request, { fetch, limitMs, attemptMs, maxReplyBytes });
    }, healthOf);
  }

  /** Undefined if there is no further attempt. */
  #delayAfter(result: AttemptResult): number | undefined {
    const { maxAttempts, retryDelayMs } = this.#options;
    if (this.attempts >= maxAttempts || !mayRetry(result, this.#request)) return undefined;
    const retryAfterMs = result.kind === "answer" ? (result.retryAfterMs ?? 0) : 0;
    // The jitter comes on top, because the service tells many clients the same time.
    const delayMs = retryAfterMs + fullJitterMs(this.attempts, retryDelayMs);
    if (delayMs >= this.#remainingMs) return undefined;
    return this.#host.budget.take(performance.now()) ? delayMs : undefined;
  }

  async #pause(delayMs: number): Promise<void> {
    const linked = linkedSignal(this.#request.signal);
    try {
      await pauseAlive(delayMs, linked.signal);
    } finally {
      linked.release();
    }
  }

  get #remainingMs(): number {
    return Math.max(1, this.#endsAt - performance.now());
  }

  #errorOf(result: AttemptResult): MoonpathError {
    return errorOf(result, this.#request, this.attempts, this.#mayHaveRun);
  }
}

function outcomeOf({ code }: MoonpathError): SyncOutcome {
  switch (code) {
    case "SYNC_REFUSED":
      return "refused";
    case "SYNC_TIMEOUT":
      return "timeout";
    case "SYNC_REPLY":
      return "invalid_reply";
    case "CIRCUIT_OPEN":
      return "circuit_open";
    case "OUTCOME_UNKNOWN":
      return "unknown";
    case "ABORTED":
      return "aborted";
    default:
      return "failed";
  }
}
