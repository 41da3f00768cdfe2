// cache.commit_write 1.0.0. Generated from lua/cache/commit_write.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `cache.commit_write`. */
export interface CacheCommitWriteArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly entry: string;
  /** As in cache.begin_write. 12 to 12 bytes. */
  readonly writer: string;
  /**
   * How the value of a cache entry is coded: one character for the codec, one for the compression.
   * 2 to 2 bytes.
   */
  readonly coding: string;
  /** The tokens that the tags had before the source was changed. 21 to 8,192 bytes. */
  readonly tokens: string;
  /** What the source has now. 0 to 4,194,304 bytes. */
  readonly value: Uint8Array;
  /** At most keepMs counts. Milliseconds, 0 to 8,640,000,000,000,000. */
  readonly freshMs: number;
  /** The fresh and the stale time together. Milliseconds, 1 to 31,622,400,000. */
  readonly keepMs: number;
}

/** Reply of `cache.commit_write`: `outcome` says what happened. */
export type CacheCommitWriteReply =
  | {
      /**
       * - `set`
       * - `removed`: another writer, an invalidation or the end of the block came between, so the
       *   next caller loads.
       */
      readonly outcome: "set" | "removed";
    };

/** The function of `cache.commit_write`. A tenant's `scripts.cache` has it. */
export interface CacheCommitWriteOperation {
  /**
   * Ends a write, and stores the new value if this writer was the only one since it began and no
   * invalidation came. Otherwise the entry is removed.
   *
   * Outcomes:
   * - `set`
   * - `removed`: another writer, an invalidation or the end of the block came between, so the next
   *   caller loads.
   *
   * Units: `freshMs`, `keepMs` in milliseconds.
   *
   * Cost: O(1), plus the length of the value.
   *
   * Retry: never. A second run would remove what the first one has stored.
   *
   * Lua source: `lua/cache/commit_write.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A writer that was alone sets its value.
   * const reply = await acme.scripts.cache.commitWrite({
   *   entry: "entry-1",
   *   writer: "aaaaaaaaaaaa",
   *   coding: "j-",
   *   tokens: "9b1e64d02a77.5d0c31aa",
   *   value: Buffer.from("{}"),
   *   freshMs: 1000,
   *   keepMs: 9000,
   * });
   * // reply: { outcome: "set" }
   * ```
   */
  commitWrite(args: CacheCommitWriteArgs, options?: CallOptions): Promise<CacheCommitWriteReply>;
}

/** The script `cache.commit_write`, as a client loads and calls it. */
export const cacheCommitWrite: Script<CacheCommitWriteArgs, CacheCommitWriteReply> = {
  name: "cache.commit_write",
  version: "1.0.0",
  digest: "0f99a9d34464b357381d097db891a1c8ed5e8444",
  writes: true,
  resend: "never",
  takesBytes: true,
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
        argument.coding.encode("coding", args.coding),
        argument.tokens.encode("tokens", args.tokens),
        argument.value.encode("value", args.value),
        argument.freshMs.encode("freshMs", args.freshMs),
        argument.keepMs.encode("keepMs", args.keepMs),
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
  coding: types.entryCoding,
  tokens: types.entryTokens,
  value: types.entryValue,
  freshMs: types.waitMs,
  keepMs: types.ms,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["set", "removed"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/cache/lease_of.lua": "6-12:6",
  "lua/lib/cache/leave_block.lua": "16-38:9",
  "lua/lib/cache/check_hex.lua": "42-46:5",
  "lua/lib/now_ms.lua": "50-53:4",
  "lua/lib/cache/new_entry.lua": "57-66:12",
  "lua/cache/commit_write.lua":
    "107:42 108:42 109:42 110:42 111:42 112:42 113:42 114:42 115:42 116:42 117:42 118:42 119-135:53",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- cache.commit_write 1.0.0. Generated from lua/cache/commit_write.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/cache/check_hex.lua:
--- Refuses a text that has other characters than hexadecimal digits. Stored, it would be corrupt.
local function check_hex(name, text)
  if string.find(text, "%X") then
    error({ err = "ARGUMENT " .. name .. ": expected hexadecimal digits" })
  end
end

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/lib/cache/new_entry.lua:
--- Makes the text of an entry: its header line and its value.
local function new_entry(coding, fill_id, tokens, value, fresh_ms)
  check_hex("fill_id", fill_id)
  if string.find(coding, " ", 1, true) then
    error({ err = "ARGUMENT coding: expected no space" })
  end
  if string.find(tokens, "\\n", 1, true) then
    error({ err = "ARGUMENT tokens: expected no line break" })
  end
  return string.format("1%s %013d %s %s\\n", coding, now_ms() + fresh_ms, fill_id, tokens) .. value
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 3 or #ARGV ~= 6 then
  return { err = "ARGUMENT cache.commit_write expected 3 keys and 6 arguments" }
end
local arg_writer = ARGV[1]
if #arg_writer < 12 or #arg_writer > 12 then
  return { err = "ARGUMENT cache.commit_write writer: expected 12 to 12 bytes" }
end
if string.find(arg_writer, "[%c{}]") then
  return { err = "ARGUMENT cache.commit_write writer: expected no control characters and no braces" }
end
local arg_coding = ARGV[2]
if #arg_coding < 2 or #arg_coding > 2 then
  return { err = "ARGUMENT cache.commit_write coding: expected 2 to 2 bytes" }
end
if string.find(arg_coding, "[%c{}]") then
  return { err = "ARGUMENT cache.commit_write coding: expected no control characters and no braces" }
end
local arg_tokens = ARGV[3]
if #arg_tokens < 21 or #arg_tokens > 8192 then
  return { err = "ARGUMENT cache.commit_write tokens: expected 21 to 8192 bytes" }
end
local arg_value = ARGV[4]
if #arg_value > 4194304 then
  return { err = "ARGUMENT cache.commit_write value: expected 0 to 4194304 bytes" }
end
local arg_fresh_ms = tonumber(ARGV[5])
if not arg_fresh_ms or arg_fresh_ms < 0 or arg_fresh_ms > 8640000000000000 or arg_fresh_ms % 1 ~= 0 then
  return { err = "ARGUMENT cache.commit_write fresh_ms: expected a whole number from 0 to 8640000000000000" }
end
local arg_keep_ms_digits = ARGV[6]
local arg_keep_ms = string.find(arg_keep_ms_digits, "^[1-9]%d*$") and tonumber(arg_keep_ms_digits)
if not arg_keep_ms or arg_keep_ms > 31622400000 then
  return { err = "ARGUMENT cache.commit_write keep_ms: expected a whole number from 1 to 31622400000" }
end

-- From lua/cache/commit_write.lua:
--- Ends a write, and stores the new value if this writer was the only one since it began and no
--- invalidation came. Otherwise the entry is removed.
do
  local cache_entry, cache_lease, cache_block, writer, coding, tokens, value, fresh_ms, keep_ms, keep_ms_digits =
    KEYS[1],
    KEYS[2],
    KEYS[3],
    arg_writer,
    arg_coding,
    arg_tokens,
    arg_value,
    arg_fresh_ms,
    arg_keep_ms,
    arg_keep_ms_digits
  local _, waited = lease_of(redis.call("GET", cache_lease))
  local entry = new_entry(coding, writer, tokens, value, math.min(fresh_ms, keep_ms))
  -- Type check only: WRONGTYPE must come before the first write.
  redis.call("STRLEN", cache_entry)
  -- moonpath-allow order/touch-after-remove: of a block that has ended, HDEL removes nothing
  local _, may_set = leave_block(cache_block, writer)
  redis.call("UNLINK", cache_lease)
  if waited then
    redis.call("PUBLISH", cache_lease, may_set and "filled" or "invalidated")
  end
  if may_set then
    redis.call("SET", cache_entry, entry, "PX", keep_ms_digits)
    return "set"
  end
  redis.call("UNLINK", cache_entry)
  return "removed"
end
`;
