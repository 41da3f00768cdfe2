import * as types from "../../generated/ts/types.js";
import { ArgumentError } from "../core/errors.js";
import { refuseUnknownOptions } from "../core/known-options.js";

/** The options of one expiry queue. */
export interface QueueOptions {
  /**
   * The number of shards, 1 to 256. The first call of `track` stores it in Redis. After that, each
   * client must have the same number or none. Default: the stored number, or 16 for a new queue.
   */
  readonly shards?: number | undefined;
}

/** Options of expiry queues, by the name of the queue. */
export type Queues = Readonly<Record<string, QueueOptions>>;

/** @throws ArgumentError unless each queue has a valid name and number, and no other option */
export function checkedShards(queues: Queues): ReadonlyMap<string, number> {
  if (!isRecord(queues)) throw new ArgumentError("queues", "an object such as { offers: { shards: 64 } }");
  const numbers = new Map<string, number>();
  for (const [queue, options] of Object.entries(queues)) {
    types.queue.encode("queues", queue);
    if (!isRecord(options)) throw new ArgumentError(`queues.${queue}`, "an object such as { shards: 64 }");
    refuseUnknownOptions(options, { shards: true }, `queues.${queue}`);
    const { shards } = options;
    if (shards === undefined) continue;
    types.shardCount.encode(`queues.${queue}.shards`, shards);
    numbers.set(queue, shards);
  }
  return numbers;
}

/** Whether it is an object with fields of its own, and no list, Map or instance of another class. */
function isRecord(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
