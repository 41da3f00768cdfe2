import { expiryScripts } from "../../generated/ts/expiry.scripts.js";
import type {
  ExpiryCancelArgs,
  ExpiryCancelReply,
  ExpiryDiscardArgs,
  ExpiryDiscardOldArgs,
  ExpiryDiscardOldReply,
  ExpiryDiscardReply,
  ExpiryExtendArgs,
  ExpiryExtendReply,
  ExpiryListDeadArgs,
  ExpiryListDeadReply,
  ExpiryRedriveArgs,
  ExpiryRedriveReply,
  ExpiryUpcomingArgs,
  ExpiryUpcomingReply,
  Tenant,
} from "../../generated/ts/index.js";
import * as types from "../../generated/ts/types.js";
import { type CallOptions, CallTime, type Scope, type Script } from "../client/index.js";
import { ArgumentError } from "../core/errors.js";
import { byShard, shardOf, shardsOf } from "./shard.js";
import type { ShardCounts } from "./shard-counts.js";
import { createTrack, type Track } from "./track.js";
import { copyOf, type Unsharded } from "./unsharded.js";

/**
 * Expiry queues of one tenant. Each function finds the shards of its items by itself. Otherwise it
 * does what the script of the same name does. One `deadlineMs` covers all that a function sends. Only
 * `track` makes a queue: in one that nobody has used, the others find nothing and store nothing.
 */
export interface Expiry {
  /**
   * Sets the instant at which an item is due. It replaces an earlier instant. With `debounceMs` and
   * `maxWaitMs`, the item is due after a series of calls. An item that a worker has claimed is due
   * again after its claim, and the outcome is `again`. A dead item begins anew.
   */
  readonly track: Track;
  /** Changes the instant at which a tracked item is due. */
  extend(args: Unsharded<ExpiryExtendArgs>, options?: CallOptions): Promise<ExpiryExtendReply>;
  /** Stops tracking an item that no worker has claimed, or removes a dead item. */
  cancel(args: Unsharded<ExpiryCancelArgs>, options?: CallOptions): Promise<ExpiryCancelReply>;
  /** Lists the items that will be due soon, or are due and not claimed, the earliest first. */
  upcoming(args: Unsharded<ExpiryUpcomingArgs>, options?: CallOptions): Promise<ExpiryUpcomingReply>;
  /** Lists dead items with their reasons, the oldest first, one page a call. */
  listDead(args: Unsharded<ExpiryListDeadArgs>, options?: CallOptions): Promise<ExpiryListDeadReply>;
  /** Removes dead items. It calls each shard of the items once, so it is no single step. */
  discard(args: Unsharded<ExpiryDiscardArgs>, options?: CallOptions): Promise<ExpiryDiscardReply>;
  /**
   * Removes dead items that are older than `maxAgeMs`, at most `limit`. It calls one shard after the
   * other.
   */
  discardOld(args: Unsharded<ExpiryDiscardOldArgs>, options?: CallOptions): Promise<ExpiryDiscardOldReply>;
  /** Makes dead items due again now. It calls each shard of the items once, so it is no single step. */
  redrive(args: Unsharded<ExpiryRedriveArgs>, options?: CallOptions): Promise<ExpiryRedriveReply>;
}

/** The most items in one call of `discard` and `redrive`. */
const MAX_ITEMS = 100;

/** What the functions of a tenant's queues use. */
export interface ExpiryParts {
  readonly scripts: Tenant["expiry"];
  readonly scope: Scope;
  readonly counts: ShardCounts;
  /** The deadline of a call without one. */
  readonly deadlineMs: number;
}

/** The expiry functions of one tenant over all shards of a queue. */
export function createExpiry({ scripts, scope, counts, deadlineMs }: ExpiryParts): Expiry {
  /** The number of shards, and the options of the calls to them: one deadline includes all. */
  const opened = async (
    queue: string,
    options: CallOptions | undefined,
    chooses = false,
  ): Promise<{ readonly count: number | undefined; readonly rest: CallOptions | undefined }> => {
    types.queue.encode("queue", queue);
    const cached = counts.cached(queue);
    if (cached !== undefined) return { count: cached, rest: options };
    const time = new CallTime(options, deadlineMs);
    const count = await counts.read(queue, chooses, options && time.rest());
    return { count, rest: time.rest() };
  };
  /** Calls the shard of an item. In a queue that nobody has used, the item is `missing`. */
  const onItem = async <Args extends { readonly queue: string; readonly item: string }, Reply>(
    script: Script<Args & { readonly queueShard: string }, Reply>,
    call: (args: Args & { readonly queueShard: string }, options?: CallOptions) => Promise<Reply>,
    args: Args,
    options: CallOptions | undefined,
    missing: Reply,
  ): Promise<Reply> => {
    const read = copyOf(args);
    types.id.encode("item", read.item);
    const { count, rest } = await opened(read.queue, options);
    if (count !== undefined) return call({ ...read, queueShard: shardOf(read.item, count) }, rest);
    script.encode(scope, { ...read, queueShard: "0" });
    return missing;
  };
  /** The sum of what the calls handled, one for each shard; undefined if one was another call before. */
  const overItems = async <Args extends { readonly queue: string; readonly items: readonly string[] }>(
    args: Args,
    options: CallOptions | undefined,
    call: (
      part: Args & { readonly queueShard: string },
      options: CallOptions | undefined,
    ) => Promise<number | undefined>,
  ): Promise<number | undefined> => {
    const read = copyOf(args);
    const { count, rest } = await opened(read.queue, options);
    if (!Array.isArray(read.items) || read.items.length > MAX_ITEMS) {
      throw new ArgumentError("items", `a list of at most ${MAX_ITEMS} items`);
    }
    for (const item of read.items) types.id.encode("items", item);
    if (count === undefined) return 0;
    const parts = [...byShard(read.items, count)];
    const results = await Promise.all(
      parts.map(([queueShard, items]) => call({ ...read, queueShard, items }, rest)),
    );
    return results.reduce<number | undefined>(
      (sum, one) => (sum === undefined || one === undefined ? undefined : sum + one),
      0,
    );
  };
  return {
    track: createTrack(
      scripts.track,
      (queue, options) => opened(queue, options, true),
      (options) => new CallTime(options, deadlineMs),
    ),
    extend: (args, options) =>
      onItem(expiryScripts.extend, scripts.extend, args, options, { outcome: "missing" }),
    cancel: (args, options) =>
      onItem(expiryScripts.cancel, scripts.cancel, args, options, { outcome: "missing" }),
    async upcoming(args, options) {
      const read = copyOf(args);
      const { count, rest } = await opened(read.queue, options);
      const pages = await Promise.all(
        shardsOf(count ?? 1).map((queueShard) => scripts.upcoming({ ...read, queueShard }, rest)),
      );
      const items = pages.flatMap((page) => page.items).sort((one, other) => one.dueMs - other.dueMs);
      return { items: items.slice(0, read.limit) };
    },
    async listDead(args, options) {
      const read = copyOf(args);
      const { count = 1, rest } = await opened(read.queue, options);
      const pages = await Promise.all(
        shardsOf(count).map((queueShard) =>
          scripts.listDead({ ...read, ...cursorIn(read, queueShard, count), queueShard }, rest),
        ),
      );
      const items = pages
        .flatMap((page) => page.items)
        .sort((one, other) => one.deadSinceMs - other.deadSinceMs);
      return { items: items.slice(0, read.limit) };
    },
    async discard(args, options) {
      const discarded = await overItems(args, options, async (part, rest) => {
        const reply = await scripts.discard(part, rest);
        return reply.outcome === "discarded" ? reply.discarded : undefined;
      });
      return discarded === undefined ? { outcome: "mismatch" } : { outcome: "discarded", discarded };
    },
    async discardOld(args, options) {
      const read = copyOf(args);
      const time = new CallTime(options, deadlineMs);
      const { count } = await opened(read.queue, options);
      if (count === undefined) expiryScripts.discardOld.encode(scope, { ...read, queueShard: "0" });
      let left = read.limit;
      for (const queueShard of shardsOf(count ?? 0)) {
        const reply = await scripts.discardOld(
          { ...read, limit: left, queueShard },
          time.rest(left < read.limit),
        );
        if (reply.outcome === "mismatch") return reply;
        left -= reply.discarded;
        if (left === 0) break;
      }
      return { outcome: "discarded", discarded: read.limit - left };
    },
    async redrive(args, options) {
      const redriven = await overItems(args, options, async (part, rest) => {
        const reply = await scripts.redrive(part, rest);
        return reply.outcome === "redriven" ? reply.redriven : undefined;
      });
      return redriven === undefined ? { outcome: "mismatch" } : { outcome: "redriven", redriven };
    },
  };
}

/**
 * Where a page of dead items begins in a shard. The order of all items is by time, and then by shard.
 * So the shards before that of the last item have shown all items of its millisecond.
 */
function cursorIn(
  { afterMs, afterItem }: Pick<ExpiryListDeadArgs, "afterMs" | "afterItem">,
  queueShard: string,
  shards: number,
): Pick<ExpiryListDeadArgs, "afterMs" | "afterItem"> {
  if (afterMs === undefined || afterItem === undefined) return { afterMs, afterItem };
  types.id.encode("afterItem", afterItem);
  const own = Number(shardOf(afterItem, shards));
  const shard = Number(queueShard);
  if (shard === own) return { afterMs, afterItem };
  return { afterMs: shard < own ? afterMs + 1 : afterMs, afterItem: undefined };
}
