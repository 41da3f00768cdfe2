// writebehind.purge 1.0.0. Generated from lua/writebehind/purge.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `writebehind.purge`. */
export interface WritebehindPurgeArgs {
  /** Part of the key. 1 to 240 bytes. */
  readonly queue: string;
  /** Part of the key. 1 to 3 bytes. */
  readonly queueShard: string;
  /** As writebehind.depth returned it. 0 to 9,007,199,254,740,991. */
  readonly sequence: number;
}

/** Reply of `writebehind.purge`: `outcome` says what happened. */
export type WritebehindPurgeReply =
  | {
      /** `purged` */
      readonly outcome: "purged";
      /** The queued writes that are discarded. Writes, 0 to 1,000,000,000. */
      readonly queued: number;
      /** The dead writes that are discarded. Writes, 0 to 1,000,000,000. */
      readonly dead: number;
    }
  | {
      /** `changed`: a write was queued or died since, and nothing is discarded. */
      readonly outcome: "changed";
    };

/** The function of `writebehind.purge`. A tenant's `writebehind` has it. */
export interface WritebehindPurgeOperation {
  /**
   * Discards all queued and dead writes of a shard: they never reach the database.
   *
   * The batch in flight stays, because the database may have it already. Name the number of
   * writebehind.depth: if the queue has changed since, nothing is discarded.
   *
   * Outcomes:
   * - `purged`
   * - `changed`: a write was queued or died since, and nothing is discarded.
   *
   * Units: `queued`, `dead` in writes.
   *
   * Cost: O(1), the server frees the memory in the background.
   *
   * Retry: safe. A second run finds no write of before, and each later write changes the number.
   *
   * Lua source: `lua/writebehind/purge.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // All writes are discarded, except the batch in flight.
   * const reply = await acme.writebehind.purge({ queue: "queue-1", queueShard: "0", sequence: 8 });
   * // reply: { outcome: "purged", queued: 1, dead: 0 }
   * ```
   */
  purge(args: WritebehindPurgeArgs, options?: CallOptions): Promise<WritebehindPurgeReply>;
}

/** The script `writebehind.purge`, as a client loads and calls it. */
export const writebehindPurge: Script<WritebehindPurgeArgs, WritebehindPurgeReply> = {
  name: "writebehind.purge",
  version: "1.0.0",
  digest: "3d7b841868b9e4f77a14aa9c29d2df5f7ec8dfae",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:write-queue",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:write-values",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:write-state",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:write-dead",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:write-dead-records",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.writeQueue(scope, args.queue, args.queueShard),
        keys.writeValues(scope, args.queue, args.queueShard),
        keys.writeState(scope, args.queue, args.queueShard),
        keys.writeDead(scope, args.queue, args.queueShard),
        keys.writeDeadRecords(scope, args.queue, args.queueShard),
      ],
      args: [argument.sequence.encode("sequence", args.sequence)],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 3);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "purged":
        return {
          outcome,
          queued: field.queued.decode("queued", fields[1]),
          dead: field.dead.decode("dead", fields[2]),
        };
      case "changed":
        return {
          outcome,
        };
    }
  },
  get lines() {
    return lines;
  },
  get lua() {
    return lua;
  },
};

/** How each argument is encoded, with its bounds. */
const argument = {
  sequence: types.sequence,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["purged", "changed"]),
  queued: types.writeCount,
  dead: types.writeCount,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "7-18:9",
  "lua/writebehind/purge.lua": "31:43 32:43 33-52:43",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- writebehind.purge 1.0.0. Generated from lua/writebehind/purge.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stored_integer.lua:
--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script. \`tonumber\` also reads forms such as 1e3, which no script stores.
local function stored_integer(value, what, min, max)
  -- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
  local MAX_EXACT = 9007199254740991
  if not value then
    return nil
  end
  local number = tonumber(value)
  if not number or number % 1 ~= 0 or number < (min or 0) or number > (max or MAX_EXACT) then
    error({ err = "CORRUPT " .. what })
  end
  return number
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 5 or #ARGV ~= 1 then
  return { err = "ARGUMENT writebehind.purge expected 5 keys and 1 argument" }
end
local arg_sequence = tonumber(ARGV[1])
if not arg_sequence or arg_sequence < 0 or arg_sequence > 9007199254740991 or arg_sequence % 1 ~= 0 then
  return { err = "ARGUMENT writebehind.purge sequence: expected a whole number from 0 to 9007199254740991" }
end

-- From lua/writebehind/purge.lua:
--- Discards all queued and dead writes of a shard: they never reach the database.
do
  local write_queue, write_values, write_state, write_dead, write_dead_records, sequence =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], arg_sequence
  local state = redis.call("HMGET", write_state, "sequence", "batch_bytes")
  local last = stored_integer(state[1], "write-state") or 0
  local batch_bytes = stored_integer(state[2], "write-state") or 0
  if last ~= sequence then
    return "changed"
  end
  -- The hashes have the writes, even if a list of names is lost.
  local queued = redis.call("HLEN", write_values)
  local dead = redis.call("HLEN", write_dead_records)
  -- Type check only: WRONGTYPE must come before the first write, and UNLINK accepts every type.
  redis.call("LLEN", write_queue)
  redis.call("ZCARD", write_dead)
  redis.call("HSET", write_state, "bytes", string.format("%d", batch_bytes))
  redis.call("UNLINK", write_queue)
  redis.call("UNLINK", write_values)
  redis.call("UNLINK", write_dead)
  redis.call("UNLINK", write_dead_records)
  return { "purged", queued or false, dead }
end
`;
