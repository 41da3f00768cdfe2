// quota.read 1.0.0. Generated from lua/quota/read.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `quota.read`. */
export interface QuotaReadArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly usageShard: string;
}

/** Reply of `quota.read`. */
export interface QuotaReadReply {
  /** Also some that have ended. Entries, 0 to 1,000,000,000. */
  readonly entries: number;
  /** The bytes of entries of a cache. Bytes, 0 to 9,007,199,254,740,991. */
  readonly bytes: number;
}

/** The function of `quota.read`. A tenant's `scripts.quota` has it. */
export interface QuotaReadOperation {
  /**
   * Reads how many entries of a tenant a shard counts, and their bytes.
   *
   * Reply:
   * - `entries`: Also some that have ended. Entries, 0 to 1,000,000,000.
   * - `bytes`: The bytes of entries of a cache. Bytes, 0 to 9,007,199,254,740,991.
   *
   * Units: `entries` in entries; `bytes` in bytes.
   *
   * Cost: O(1).
   *
   * Retry: safe. It only reads.
   *
   * Lua source: `lua/quota/read.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`: nothing was written.
   * @throws `DEADLINE`: no answer came in time.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // Two entries.
   * const reply = await acme.scripts.quota.read({ usageShard: "usage-shard-1" });
   * // reply: { entries: 2, bytes: 150 }
   * ```
   */
  readonly read: {
    (args: QuotaReadArgs, options?: CallOptions): Promise<QuotaReadReply>;
    /**
     * Makes many calls of `read` at once. Each call has its own result, in the order of the calls.
     *
     * One EVALSHA makes up to 100 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly QuotaReadArgs[], options?: CallOptions): Promise<ManyResult<QuotaReadReply>[]>;
  };
}

/** The script `quota.read`, as a client loads and calls it. */
export const quotaRead: ManyScript<QuotaReadArgs, QuotaReadReply> = {
  name: "quota.read",
  version: "1.0.0",
  digest: "df70f1e6c78ddd91d720f99dbc07f5fbc2d73ee7",
  writes: false,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<usage_shard>}:cache-usage",
    "<namespace>:{<tenant>:<usage_shard>}:cache-sizes",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.cacheUsage(scope, args.usageShard),
        keys.cacheSizes(scope, args.usageShard),
      ],
      args: [],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 2);
    return {
      entries: field.entries.decode("entries", fields[0]),
      bytes: field.bytes.decode("bytes", fields[1]),
    };
  },
  get lines() {
    return lines;
  },
  get lua() {
    return lua;
  },
  many: {
    limit: 100,
    width: 2,
    digest: "8b5e24f7f08fc8fff73ad43362c87b52957bddbb",
    write(call, scope, args) {
      call.beginKey(scope);
      types.usageShard.writeKeyPart(call, "usageShard", args.usageShard);
      call.endTag("}:cache-usage");
      call.endKey();
      call.beginKey(scope);
      types.usageShard.writeKeyPart(call, "usageShard", args.usageShard);
      call.endTag("}:cache-sizes");
      call.endKey();
    },
    get lines() {
      return manyLines;
    },
    get lua() {
      return manyLua;
    },
  },
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  entries: types.entryCount,
  bytes: types.entryBytes,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "7-18:9",
  "lua/quota/read.lua": "27:27 28-37:27",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- quota.read 1.0.0. Generated from lua/quota/read.lua by moonpath-codegen. DO NOT EDIT.

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
if #KEYS ~= 2 or #ARGV ~= 0 then
  return { err = "ARGUMENT quota.read expected 2 keys and 0 arguments" }
end

-- From lua/quota/read.lua:
--- Reads how many entries of a tenant a shard counts, and their bytes.
do
  local cache_usage, cache_sizes = KEYS[1], KEYS[2]
  local entries = redis.call("ZCARD", cache_usage)
  local state = redis.call("HMGET", cache_sizes, "bytes", "number")
  local sum = stored_integer(state[1], "cache-sizes") or 0
  -- If Redis has evicted one of the keys, quota.count begins again.
  if entries == 0 or not state[2] then
    return { 0, 0 }
  end
  return { entries, sum }
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "8-19:9",
  "lua/quota/read.lua": "35:27 36-45:27",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=no-writes
-- quota.read 1.0.0. Generated from lua/quota/read.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 100 calls in one run. An error ends only its own call.

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

-- Generated: KEYS has the keys of all calls, one call after the other.
local wrapper_calls = #KEYS / 2
if wrapper_calls < 1 or wrapper_calls > 100 or wrapper_calls % 1 ~= 0 or #ARGV ~= 0 then
  return { err = "ARGUMENT quota.read expected 1 to 100 calls, each with 2 keys and 0 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys stand before those of the call that runs.
local wrapper_keys = 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  -- From lua/quota/read.lua:
  --- Reads how many entries of a tenant a shard counts, and their bytes.
  do
    local cache_usage, cache_sizes = KEYS[wrapper_keys + 1], KEYS[wrapper_keys + 2]
    local entries = redis.call("ZCARD", cache_usage)
    local state = redis.call("HMGET", cache_sizes, "bytes", "number")
    local sum = stored_integer(state[1], "cache-sizes") or 0
    -- If Redis has evicted one of the keys, quota.count begins again.
    if entries == 0 or not state[2] then
      return 0, 0
    end
    return entries, sum
  end
end

-- Generated: makes an error the reply of its call, with the line that raised it, as Redis does for a
-- single call.
local function wrapper_failed(failure)
  if type(failure) ~= "table" then
    return { err = "ERR " .. tostring(failure) }
  end
  -- The levels above: 1 is pcall, 2 this function, 3 error or redis.call, 4 the line that called it.
  local _, where = pcall(error, "", 4)
  return {
    err = tostring(failure.err) .. " at " .. tostring(where),
    ignore_error_stats_update = failure.ignore_error_stats_update,
  }
end

-- Generated: runs the calls in their order. The reply is a list. First comes one text: the values of
-- all calls as a flat list in MessagePack, 2 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_values[wrapper_at + 2] = reply_2 or false
  wrapper_at = wrapper_at + 2
  wrapper_keys = wrapper_keys + 2
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
