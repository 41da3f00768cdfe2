import type { ExpiryOpenReply } from "../../generated/ts/index.js";
import { AbortedError, type CallOptions, OutcomeUnknownError, UnavailableError } from "../client/index.js";
import { isAborted } from "../core/abort-signal.js";
import { ArgumentError } from "../core/errors.js";
import { queueDefaults as defaults } from "./defaults.js";

/** Returns the number of shards of a queue. It stores `shards` if there is none. */
export type OpenQueue = (
  args: { readonly queue: string; readonly shards: number | undefined },
  options: CallOptions | undefined,
) => Promise<ExpiryOpenReply>;

interface KnownCount {
  readonly count: number;
  /** When it is read again, by `performance.now()`. */
  readonly checkAt: number;
}

/**
 * The numbers of shards of a client's queues. It reads each number again after a minute and after a
 * reconnect, because a failover may lose it. A number that was lost is stored again, and another one
 * is refused. Concurrent calls without options share one read.
 */
export class ShardCounts {
  readonly #open: OpenQueue;
  readonly #wanted: ReadonlyMap<string, number>;
  readonly #known = new Map<string, KnownCount>();
  readonly #reads = new Map<string, Promise<number | undefined>>();

  constructor(open: OpenQueue, wanted: ReadonlyMap<string, number>) {
    this.#open = open;
    this.#wanted = wanted;
  }

  /** The number, if it need not be read again. */
  cached(queue: string): number | undefined {
    const known = this.#known.get(queue);
    return known !== undefined && performance.now() < known.checkAt ? known.count : undefined;
  }

  /**
   * Reads the number. If Redis has none, it is the one that the client knows, or undefined. With
   * `chooses`, such a queue gets a number.
   *
   * @throws ArgumentError if Redis has another number than the client knows; errors of a call
   */
  read(queue: string, chooses: boolean, options: CallOptions | undefined): Promise<number | undefined> {
    if (options !== undefined) return this.#read(queue, chooses, options);
    const name = `${chooses} ${queue}`;
    const shared = this.#reads.get(name);
    if (shared !== undefined) return shared;
    const read = this.#read(queue, chooses, undefined).finally(() => this.#reads.delete(name));
    this.#reads.set(name, read);
    return read;
  }

  /** Reads all numbers again before they are used. */
  recheck(): void {
    for (const [queue, known] of this.#known) this.#known.set(queue, { ...known, checkAt: 0 });
  }

  async #read(
    queue: string,
    chooses: boolean,
    options: CallOptions | undefined,
  ): Promise<number | undefined> {
    const known = this.#known.get(queue)?.count;
    const wanted = this.#wanted.get(queue);
    const shards = chooses ? (known ?? wanted ?? defaults.shards.value) : undefined;
    const reply = await this.#open({ queue, shards }, options).catch((error: unknown) => {
      throw notWritten(error, options);
    });
    // Items may be left in the shards of a number that Redis has lost.
    if (reply.outcome === "unknown") return known ?? wanted;
    const { shards: count } = reply;
    if (known !== undefined && known !== count) throw changedNumber(queue, known, count);
    if (wanted !== undefined && wanted !== count) throw otherNumber(queue, wanted, count);
    this.#known.set(queue, { count, checkAt: performance.now() + defaults.checkMs.value });
    return count;
  }
}

/** The call itself was not sent, so its outcome is known. */
function notWritten(error: unknown, options: CallOptions | undefined): unknown {
  if (!(error instanceof OutcomeUnknownError)) return error;
  const facts = { cause: error };
  if (isAborted(options?.signal)) return new AbortedError("the call was aborted before it was sent", facts);
  return new UnavailableError("the number of the queue's shards could not be read in time", facts);
}

function otherNumber(queue: string, wanted: number, stored: number): ArgumentError {
  return new ArgumentError(
    `queues.${queue}.shards`,
    `${stored}, the number in Redis, instead of ${wanted}. Pass ${stored} or leave the option out; for another ` +
      "number use a queue with a new name",
  );
}

function changedNumber(queue: string, known: number, stored: number): ArgumentError {
  return new ArgumentError(
    `queues.${queue}.shards`,
    `${known}, as Redis had it before; now it has ${stored}. A failover may have lost the number. If most items ` +
      `are in ${known} shards, set the key to ${known} again; otherwise restart this process`,
  );
}
