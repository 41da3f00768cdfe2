import { expiryScripts } from "../../generated/ts/expiry.scripts.js";
import type { ExpiryTrackArgs, ExpiryTrackReply, Tenant } from "../../generated/ts/index.js";
import * as types from "../../generated/ts/types.js";
import { type CallOptions, type CallTime, checkedCalls, type ManyResult } from "../client/index.js";
import { ArgumentError, MoonpathError } from "../core/errors.js";
import { queueDefaults } from "./defaults.js";
import { shardOf } from "./shard.js";
import { copyOf, type Unsharded } from "./unsharded.js";

/** The arguments of `track`: an instant, or both times of a debounce. */
export type TrackArgs = Pick<Unsharded<ExpiryTrackArgs>, "queue" | "operation" | "item"> &
  (
    | {
        /** When the item is due, in milliseconds since 1970-01-01 UTC. */
        readonly dueMs: number;
        readonly debounceMs?: undefined;
        readonly maxWaitMs?: undefined;
      }
    | {
        readonly dueMs?: undefined;
        /** Milliseconds from the last call of a series until the item is due. */
        readonly debounceMs: number;
        /** The most milliseconds from the first call of the series. At least `debounceMs`. */
        readonly maxWaitMs: number;
      }
  );

/** The function that tracks an item of a queue. It finds the item's shard by itself. */
export interface Track {
  (args: TrackArgs, options?: CallOptions): Promise<ExpiryTrackReply>;
  /**
   * Tracks many items at once, of one or of several queues. Each call has its own result, in the order
   * of the calls. One command tracks up to 64 items of a slot. A call that fails leaves the others
   * alone. The function rejects only if nothing was sent.
   *
   * ```ts
   * const dueMs = Date.now() + 60_000;
   * const results = await acme.expiry.track.many([
   *   { queue: "offers", item: "offer-7", dueMs },
   *   { queue: "offers", item: "offer-8", dueMs },
   * ]);
   * ```
   */
  many(calls: readonly TrackArgs[], options?: CallOptions): Promise<ManyResult<ExpiryTrackReply>[]>;
}

/** The number of a queue's shards, and the options of the calls to them. */
export type Opened = (
  queue: string,
  options: CallOptions | undefined,
) => Promise<{ readonly count: number | undefined; readonly rest: CallOptions | undefined }>;

/** `opened` reads or stores the number of a queue's shards. */
export function createTrack(
  track: Tenant["expiry"]["track"],
  opened: Opened,
  timeOf: (options: CallOptions | undefined) => CallTime,
): Track {
  const one = async (args: TrackArgs, options?: CallOptions): Promise<ExpiryTrackReply> => {
    const read = checkedItem(args);
    const { count, rest } = await opened(read.queue, options);
    return track(withShard(read, count), rest);
  };
  return Object.assign(one, {
    async many(calls: readonly TrackArgs[], options?: CallOptions): Promise<ManyResult<ExpiryTrackReply>[]> {
      const time = timeOf(options);
      const list = checkedCalls(calls, expiryScripts.track);
      const results: ManyResult<ExpiryTrackReply>[] = new Array(list.length);
      const items: { readonly position: number; readonly read: TrackArgs }[] = [];
      for (const [position, args] of list.entries()) {
        try {
          items.push({ position, read: checkedItem(args) });
        } catch (error) {
          results[position] = failed(error);
        }
      }
      const counts = new Map<string, number | undefined>();
      const refused = new Map<string, ManyResult<never>>();
      await Promise.all(
        [...new Set(items.map(({ read }) => read.queue))].map(async (queue) => {
          try {
            counts.set(queue, (await opened(queue, options)).count);
          } catch (error) {
            refused.set(queue, failed(error));
          }
        }),
      );
      const sent = items.filter(({ read }) => counts.has(read.queue));
      for (const { position, read } of items) {
        const result = refused.get(read.queue);
        if (result !== undefined) results[position] = result;
      }
      const replies = await track.many(
        sent.map(({ read }) => withShard(read, counts.get(read.queue))),
        time.rest(),
      );
      for (const [index, result] of replies.entries()) results[sent[index]?.position ?? index] = result;
      return results;
    },
  });
}

/** @throws ArgumentError if the item has no valid name; the script checks the other arguments */
function checkedItem(args: TrackArgs): TrackArgs {
  const read = copyOf(args);
  types.id.encode("item", read.item);
  // Names that are no UTF-8 arrive with this character. A worker must not take one for the other.
  if (read.item.includes("\uFFFD")) throw new ArgumentError("item", "a name without U+FFFD");
  return read;
}

function withShard(read: TrackArgs, count: number = queueDefaults.shards.value): ExpiryTrackArgs {
  return { ...read, queueShard: shardOf(read.item, count) };
}

function failed(error: unknown): ManyResult<never> {
  if (error instanceof MoonpathError) return { ok: false, error };
  throw error;
}
