import { ArgumentError } from "../core/errors.js";

/** Returns the number of shards of a queue. Stores the wanted one if none is stored. */
export type OpenQueue = (queue: string, shards: number | undefined) => Promise<number>;

/**
 * The numbers of shards of a client's queues. It reads each number once. Concurrent calls share one
 * read, and it forgets a read that failed.
 */
export class ShardCounts {
  readonly #open: OpenQueue;
  readonly #wanted: ReadonlyMap<string, number>;
  readonly #counts = new Map<string, Promise<number>>();

  constructor(open: OpenQueue, wanted: ReadonlyMap<string, number>) {
    this.#open = open;
    this.#wanted = wanted;
  }

  /** @throws ArgumentError if Redis has another number than the client's options; errors of a call */
  of(queue: string): Promise<number> {
    const known = this.#counts.get(queue);
    if (known !== undefined) return known;
    const read = this.#read(queue);
    this.#counts.set(queue, read);
    read.catch(() => this.#counts.delete(queue));
    return read;
  }

  async #read(queue: string): Promise<number> {
    const wanted = this.#wanted.get(queue);
    const stored = await this.#open(queue, wanted);
    if (wanted === undefined || wanted === stored) return stored;
    throw new ArgumentError(
      `queues.${queue}.shards`,
      `${stored}, the number in Redis, instead of ${wanted}. Pass ${stored} or leave the option out; for another ` +
        "number use a queue with a new name",
    );
  }
}
