// cache.begin_write 1.0.0. Generated from lua/cache/begin_write.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `cache.begin_write`. */
export interface CacheBeginWriteArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly entry: string;
  /** A new one for each write. 12 to 12 bytes. */
  readonly writer: string;
  /**
   * Longer than the write takes; if the writer dies, its block ends then. Milliseconds, 1 to
   * 31,622,400,000.
   */
  readonly blockMs: number;
}

/** Reply of `cache.begin_write`: `outcome` says what happened. */
export type CacheBeginWriteReply =
  | {
      /**
       * - `begun`
       * - `full`: 64 other writers change the source now.
       */
      readonly outcome: "begun" | "full";
    };

/** The function of `cache.begin_write`. A tenant's `scripts.cache` has it. */
export interface CacheBeginWriteOperation {
  /**
   * Removes an entry before its source is changed. Until the end of the write, no load fills it.
   *
   * Outcomes:
   * - `begun`
   * - `full`: 64 other writers change the source now.
   *
   * Units: `blockMs` in milliseconds.
   *
   * Cost: O(W), W the writers at this time, at most 64.
   *
   * Retry: never. A second run after the end of the block could let the writer set an old value.
   *
   * Lua source: `lua/cache/begin_write.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // The first writer may set its value at the end.
   * const reply = await acme.scripts.cache.beginWrite({
   *   entry: "entry-1",
   *   writer: "aaaaaaaaaaaa",
   *   blockMs: 5000,
   * });
   * // reply: { outcome: "begun" }
   * ```
   */
  beginWrite(args: CacheBeginWriteArgs, options?: CallOptions): Promise<CacheBeginWriteReply>;
}

/** The script `cache.begin_write`, as a client loads and calls it. */
export const cacheBeginWrite: Script<CacheBeginWriteArgs, CacheBeginWriteReply> = {
  name: "cache.begin_write",
  version: "1.0.0",
  digest: "437ecf7a5a668c74ce92fde3bb95246f1de6e29d",
  writes: true,
  resend: "never",
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
      args: [
        argument.writer.encode("writer", args.writer),
        argument.blockMs.encode("blockMs", args.blockMs),
      ],
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
  blockMs: types.ms,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["begun", "full"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/cache/check_hex.lua": "6-10:5",
  "lua/lib/cache/lease_of.lua": "14-20:6",
  "lua/lib/now_ms.lua": "24-27:4",
  "lua/cache/begin_write.lua": "31-33:6 52:44 53:44 54-109:44",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- cache.begin_write 1.0.0. Generated from lua/cache/begin_write.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/cache/check_hex.lua:
--- Refuses a text that has other characters than hexadecimal digits. Stored, it would be corrupt.
local function check_hex(name, text)
  if string.find(text, "%X") then
    error({ err = "ARGUMENT " .. name .. ": expected hexadecimal digits" })
  end
end

-- From lua/lib/cache/lease_of.lua:
--- Reads a lease: the id of the load that has it, with \` waited\` behind it if others wait.
local function lease_of(stored)
  if not stored then
    return nil, false
  end
  local fill_id = string.match(stored, "^(.*) waited$")
  return fill_id or stored, fill_id ~= nil
end

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/cache/begin_write.lua:
-- So many writers may change the source of one entry at a time.
local MAX_WRITERS = 64
-- The upper bound of the type epoch_ms.
local MAX_EPOCH_MS = 8640000000000000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 3 or #ARGV ~= 2 then
  return { err = "ARGUMENT cache.begin_write expected 3 keys and 2 arguments" }
end
local arg_writer = ARGV[1]
if #arg_writer < 12 or #arg_writer > 12 then
  return { err = "ARGUMENT cache.begin_write writer: expected 12 to 12 bytes" }
end
if string.find(arg_writer, "[%c{}]") then
  return { err = "ARGUMENT cache.begin_write writer: expected no control characters and no braces" }
end
local arg_block_ms = tonumber(ARGV[2])
if not arg_block_ms or arg_block_ms < 1 or arg_block_ms > 31622400000 or arg_block_ms % 1 ~= 0 then
  return { err = "ARGUMENT cache.begin_write block_ms: expected a whole number from 1 to 31622400000" }
end

--- Removes an entry before its source is changed. Until the end of the write, no load fills it.
do
  local cache_entry, cache_lease, cache_block, writer, block_ms =
    KEYS[1], KEYS[2], KEYS[3], arg_writer, arg_block_ms
  check_hex("writer", writer)
  local _, waited = lease_of(redis.call("GET", cache_lease))
  -- Type check only: WRONGTYPE must come before the first write.
  redis.call("STRLEN", cache_entry)
  local now = now_ms()
  -- Each writer has two elements. \`setter\` and \`settle\` have two more each.
  if redis.call("HLEN", cache_block) > MAX_WRITERS + 2 then
    error({ err = "CORRUPT block of a cache entry" })
  end
  local fields = redis.call("HGETALL", cache_block)
  local own, others, ended, block_ends_ms = "writer:" .. writer, 0, {}, now + block_ms
  local is_repeated = false
  -- at most 66 fields
  for at = 1, #fields, 2 do
    local name = fields[at]
    if name ~= "setter" then
      local ends_ms = tonumber(fields[at + 1])
      if not ends_ms or ends_ms < 0 or ends_ms > MAX_EPOCH_MS or ends_ms % 1 ~= 0 then
        error({ err = "CORRUPT block of a cache entry" })
      end
      block_ends_ms = math.max(block_ends_ms, ends_ms)
      if name == own then
        is_repeated = true
      elseif ends_ms <= now then
        ended[#ended + 1] = name
      elseif name ~= "settle" then
        others = others + 1
      end
    end
  end
  if others >= MAX_WRITERS then
    return "full"
  end

  if not is_repeated then
    redis.call("HSET", cache_block, own, string.format("%d", now + block_ms))
    if others == 0 then
      redis.call("HSET", cache_block, "setter", writer)
    else
      ended[#ended + 1] = "setter"
    end
    redis.call("PEXPIREAT", cache_block, string.format("%d", block_ends_ms))
    if #ended > 0 then
      -- at most 67 items
      -- moonpath-allow order/touch-after-remove: the time is ahead, so the key exists
      redis.call("HDEL", cache_block, unpack(ended))
    end
  end
  redis.call("UNLINK", cache_entry)
  redis.call("UNLINK", cache_lease)
  if waited then
    redis.call("PUBLISH", cache_lease, "invalidated")
  end
  return "begun"
end
`;
