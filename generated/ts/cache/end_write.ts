// cache.end_write 1.0.0. Generated from lua/cache/end_write.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `cache.end_write`. */
export interface CacheEndWriteArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly entry: string;
  /** As in cache.begin_write. 12 to 12 bytes. */
  readonly writer: string;
}

/** Reply of `cache.end_write`: `outcome` says what happened. */
export type CacheEndWriteReply =
  | {
      /**
       * - `ended`
       * - `unknown`: the writer's block had ended before, or never began.
       */
      readonly outcome: "ended" | "unknown";
    };

/** The function of `cache.end_write`. A tenant's `scripts.cache` has it. */
export interface CacheEndWriteOperation {
  /**
   * Ends a write without a value: the entry is removed once more, and the next caller loads it.
   *
   * Outcomes:
   * - `ended`
   * - `unknown`: the writer's block had ended before, or never began.
   *
   * Cost: O(1).
   *
   * Retry: safe. A second run removes again, and another entry is loaded again.
   *
   * Lua source: `lua/cache/end_write.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A writer ends, and the entry is removed.
   * const reply = await acme.scripts.cache.endWrite({ entry: "entry-1", writer: "aaaaaaaaaaaa" });
   * // reply: { outcome: "ended" }
   * ```
   */
  endWrite(args: CacheEndWriteArgs, options?: CallOptions): Promise<CacheEndWriteReply>;
}

/** The script `cache.end_write`, as a client loads and calls it. */
export const cacheEndWrite: Script<CacheEndWriteArgs, CacheEndWriteReply> = {
  name: "cache.end_write",
  version: "1.0.0",
  digest: "285ae9979462efbb91bc28b2ec4f80e5c8467d4a",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<entry>}:cache",
    "<namespace>:{<tenant>:<entry>}:cache-lease",
    "<namespace>:{<tenant>:<entry>}:cache-block",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.cacheEntry(scope, args.entry),
        keys.cacheLease(scope, args.entry),
        keys.cacheBlock(scope, args.entry),
      ],
      args: [argument.writer.encode("writer", args.writer)],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    const outcome = field.outcome.decode("outcome", fields[0]);
    return { outcome };
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
  writer: types.fillId,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["ended", "unknown"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/cache/lease_of.lua": "6-12:6",
  "lua/lib/cache/leave_block.lua": "16-38:9",
  "lua/cache/end_write.lua": "54:35 55-67:35",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- cache.end_write 1.0.0. Generated from lua/cache/end_write.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/cache/lease_of.lua:
--- Reads a lease: the id of the load that has it, with \` waited\` behind it if others wait.
local function lease_of(stored)
  if not stored then
    return nil, false
  end
  local fill_id = string.match(stored, "^(.*) waited$")
  return fill_id or stored, fill_id ~= nil
end

-- From lua/lib/cache/leave_block.lua:
--- Removes a writer from a block, and takes the right to set from every writer.
local function leave_block(cache_block, writer)
  -- The upper bound of the type epoch_ms.
  local MAX_EPOCH_MS = 8640000000000000
  local own = "writer:" .. writer
  local stored = redis.call("HMGET", cache_block, own, "setter", "settle")
  local others = redis.call("HLEN", cache_block)
  if stored[1] then
    others = others - 1
  end
  if stored[2] then
    others = others - 1
  end
  if stored[3] and others == 1 then
    local settles_ms = tonumber(stored[3])
    if not settles_ms or settles_ms < 0 or settles_ms > MAX_EPOCH_MS or settles_ms % 1 ~= 0 then
      error({ err = "CORRUPT block of a cache entry" })
    end
    redis.call("PEXPIREAT", cache_block, string.format("%d", settles_ms))
  end
  -- If this writer's block had ended, another one may be the setter. Its value may be older.
  redis.call("HDEL", cache_block, own, "setter")
  return stored[1] ~= false, stored[2] == writer
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 3 or #ARGV ~= 1 then
  return { err = "ARGUMENT cache.end_write expected 3 keys and 1 argument" }
end
local arg_writer = ARGV[1]
if #arg_writer < 12 or #arg_writer > 12 then
  return { err = "ARGUMENT cache.end_write writer: expected 12 to 12 bytes" }
end
if string.find(arg_writer, "[%c{}]") then
  return { err = "ARGUMENT cache.end_write writer: expected no control characters and no braces" }
end

-- From lua/cache/end_write.lua:
--- Ends a write without a value: the entry is removed once more, and the next caller loads it.
do
  local cache_entry, cache_lease, cache_block, writer = KEYS[1], KEYS[2], KEYS[3], arg_writer
  local _, waited = lease_of(redis.call("GET", cache_lease))
  -- Type check only: WRONGTYPE must come before the first write.
  redis.call("STRLEN", cache_entry)
  -- moonpath-allow order/touch-after-remove: of a block that has ended, HDEL removes nothing
  local is_known = leave_block(cache_block, writer)
  redis.call("UNLINK", cache_entry)
  redis.call("UNLINK", cache_lease)
  if waited then
    redis.call("PUBLISH", cache_lease, "invalidated")
  end
  return is_known and "ended" or "unknown"
end
`;
