import { linkedSignal } from "../abort-signal.js";
import { LostError, ReconcileError } from "../errors.js";
import { asError } from "../notify.js";
import { stopsWithin } from "../wait.js";

/** The result of one run over all shards. */
export interface ShardRun {
  /** Batches that were applied and acknowledged. */
  readonly batches: number;
  /** Things in these batches. */
  readonly things: number;
  /** Shards that were not finished. */
  readonly failed: readonly string[];
}

/** Counts a batch that was applied and acknowledged. */
export type CountBatch = (things: number) => void;

interface ShardRunsOptions {
  readonly shards: readonly string[];
  /** Shards that are processed at once. */
  readonly concurrency: number;
  work(shard: string, signal: AbortSignal, count: CountBatch): Promise<void>;
  /** Called for a shard that was not finished, unless the run was aborted. */
  onFailed(error: Error, shard: string): void;
}

const EMPTY_RUN: ShardRun = { batches: 0, things: 0, failed: [] };

/** Runs of background work over the shards of a queue: one at a time, and a last one at the end. */
export class ShardRuns {
  readonly #options: ShardRunsOptions;
  readonly #stop = new AbortController();
  #running: Promise<ShardRun> | undefined;
  #isStopped = false;

  constructor(options: ShardRunsOptions) {
    this.#options = options;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** The run in progress. */
  get running(): Promise<ShardRun> | undefined {
    return this.#running;
  }

  /** A second call returns the result of the run in progress. */
  async run(signal?: AbortSignal): Promise<ShardRun> {
    return this.#isStopped ? EMPTY_RUN : this.#start(signal);
  }

  /** Runs once more, for at most `graceMs`. */
  async stop(graceMs: number): Promise<ShardRun> {
    if (this.#isStopped) return EMPTY_RUN;
    this.#isStopped = true;
    // The run in progress may have finished some shards. The last run covers what came since.
    const last = Promise.resolve(this.#running).then(() => this.#start());
    if (!(await stopsWithin(last, graceMs))) this.#stop.abort(new LostError("the run was stopped"));
    return (await stopsWithin(last, 1_000)) ? last : { ...EMPTY_RUN, failed: this.#options.shards };
  }

  #start(signal?: AbortSignal): Promise<ShardRun> {
    if (this.#running) return this.#running;
    const link = linkedSignal(this.#stop.signal, signal);
    this.#running = this.#runAll(link.signal).finally(() => {
      this.#running = undefined;
      link.release();
    });
    return this.#running;
  }

  async #runAll(signal: AbortSignal): Promise<ShardRun> {
    const { shards, concurrency, work, onFailed } = this.#options;
    const remaining = [...shards];
    const failed: string[] = [];
    let batches = 0;
    let things = 0;
    const count: CountBatch = (added) => {
      batches++;
      things += added;
    };
    const worker = async () => {
      for (let shard = remaining.shift(); shard !== undefined; shard = remaining.shift()) {
        try {
          await work(shard, signal, count);
        } catch (error) {
          failed.push(shard);
          if (error instanceof ReconcileError || !signal.aborted) onFailed(asError(error), shard);
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, shards.length) }, worker));
    return { batches, things, failed };
  }
}

/** A batch that was taken from a shard. */
export interface TakenBatch<Content> {
  readonly batch: number;
  readonly content: Content;
  /** Nothing was left behind it, if it was not taken before. */
  readonly isRest: boolean;
}

interface DrainOptions<Content> {
  readonly signal: AbortSignal;
  /** It bounds the duration of a run. */
  readonly maxBatches: number;
  /** Undefined: nothing is left, or nothing that may be tried now. */
  take(): Promise<TakenBatch<Content> | undefined>;
  /** Applies the batch, and returns how it is acknowledged. */
  apply(taken: TakenBatch<Content>): Promise<() => Promise<{ readonly outcome: "acked" | "unknown" }>>;
}

/**
 * Takes, applies and acknowledges the batches of a shard until it is empty.
 *
 * @throws ReconcileError if the same batch is rejected twice
 * @throws LostError if Redis does not know a batch that it has returned
 */
export async function drainShard<Content>(options: DrainOptions<Content>): Promise<void> {
  const { signal, maxBatches } = options;
  let rejectedBatch: number | undefined;
  for (let batches = 0; batches < maxBatches && !signal.aborted; batches++) {
    const taken = await options.take();
    if (!taken) return;
    let acknowledge: Awaited<ReturnType<typeof options.apply>>;
    try {
      acknowledge = await options.apply(taken);
    } catch (error) {
      // Another process may have applied and acknowledged this batch in the meantime. Redis then
      // returns a different batch. The same batch rejected twice is a real disagreement.
      if (!(error instanceof ReconcileError) || rejectedBatch === taken.batch) throw error;
      rejectedBatch = taken.batch;
      continue;
    }
    const { outcome } = await acknowledge();
    if (outcome === "unknown") throw new LostError("Redis no longer has the batch that it returned");
    // What was added since then waits for the next run. The first batch does not count: it may be an
    // old one that Redis returned again.
    if (batches > 0 && taken.isRest) return;
  }
  if (signal.aborted) throw asError(signal.reason);
}
