// cache.invalidate 1.0.0. Generated from lua/cache/invalidate.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `cache.invalidate`. */
export interface CacheInvalidateArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly entry: string;
  /**
   * For this time no load fills the entry, because a database replica may lag. Milliseconds, 1 to
   * 31,622,400,000.
   */
  readonly settleMs?: number | undefined;
}

/** Reply of `cache.invalidate`: `outcome` says what happened. */
export type CacheInvalidateReply =
  | {
      /**
       * - `removed`: there was an entry.
       * - `absent`
       */
      readonly outcome: "removed" | "absent";
    };

/** The function of `cache.invalidate`. A tenant's `scripts.cache` has it. */
export interface CacheInvalidateOperation {
  /**
   * Invalidates one entry: afterwards nobody reads it, and no load that began before fills it.
   *
   * A writer that is between begin and end keeps its block, and does not set its value.
   *
   * Outcomes:
   * - `removed`: there was an entry.
   * - `absent`
   *
   * Units: `settleMs` in milliseconds.
   *
   * Cost: O(1).
   *
   * Retry: safe. A second run removes again, and another entry is loaded again.
   *
   * Lua source: `lua/cache/invalidate.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `WRONG_TYPE`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // An entry and the lease of its load are removed.
   * const reply = await acme.scripts.cache.invalidate({ entry: "entry-1" });
   * // reply: { outcome: "removed" }
   * ```
   */
  readonly invalidate: {
    (args: CacheInvalidateArgs, options?: CallOptions): Promise<CacheInvalidateReply>;
    /**
     * Makes many calls of `invalidate` at once. Each call has its own result, in the order of the
     * calls.
     *
     * One EVALSHA makes up to 100 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly CacheInvalidateArgs[], options?: CallOptions): Promise<ManyResult<CacheInvalidateReply>[]>;
  };
}

/** The script `cache.invalidate`, as a client loads and calls it. */
export const cacheInvalidate: ManyScript<CacheInvalidateArgs, CacheInvalidateReply> = {
  name: "cache.invalidate",
  version: "1.0.0",
  digest: "f18dd0d321dcf533692bf8224f3389805fd182a1",
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
      args: [argument.settleMs.encode("settleMs", args.settleMs)],
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
  many: {
    limit: 100,
    width: 1,
    digest: "6087b6a0a4db1f814bc2cde777ddf5009a17a5b2",
    write(call, scope, args) {
      call.beginKey(scope);
      types.id.writeKeyPart(call, "entry", args.entry);
      call.endTag("}:cache");
      call.endKey();
      call.beginKey(scope);
      types.id.writeKeyPart(call, "entry", args.entry);
      call.endTag("}:cache-lease");
      call.endKey();
      call.beginKey(scope);
      types.id.writeKeyPart(call, "entry", args.entry);
      call.endTag("}:cache-block");
      call.endKey();
      call.args.text(argument.settleMs.encode("settleMs", args.settleMs));
    },
    get lines() {
      return manyLines;
    },
    get lua() {
      return manyLua;
    },
  },
};

/** How each argument is encoded, with its bounds. */
const argument = {
  settleMs: optional(types.ms),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["removed", "absent"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/cache/lease_of.lua": "6-12:6",
  "lua/cache/invalidate.lua": "27:36 28-33:36 40-56:42",
  "lua/lib/now_ms.lua": "36-39:4",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- cache.invalidate 1.0.0. Generated from lua/cache/invalidate.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/cache/lease_of.lua:
--- Reads a lease: the id of the load that has it, with \` waited\` behind it if others wait.
local function lease_of(stored)
  if not stored then
    return nil, false
  end
  local fill_id = string.match(stored, "^(.*) waited$")
  return fill_id or stored, fill_id ~= nil
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 3 or #ARGV ~= 1 then
  return { err = "ARGUMENT cache.invalidate expected 3 keys and 1 argument" }
end
local arg_settle_ms = tonumber(ARGV[1])
if ARGV[1] ~= "" then
  if not arg_settle_ms or arg_settle_ms < 1 or arg_settle_ms > 31622400000 or arg_settle_ms % 1 ~= 0 then
    return { err = "ARGUMENT cache.invalidate settle_ms: expected a whole number from 1 to 31622400000" }
  end
end

-- From lua/cache/invalidate.lua:
--- Invalidates one entry: afterwards nobody reads it, and no load that began before fills it.
do
  local cache_entry, cache_lease, cache_block, settle_ms = KEYS[1], KEYS[2], KEYS[3], arg_settle_ms
  local _, waited = lease_of(redis.call("GET", cache_lease))
  -- Type check only: WRONGTYPE must come before the first write.
  redis.call("STRLEN", cache_entry)
  local settled_ms = tonumber(redis.call("HGET", cache_block, "settle"))
  if settle_ms then
    -- From lua/lib/now_ms.lua:
    --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
    local function now_ms()
      local clock = redis.call("TIME")
      return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
    end
    local settles_ms = now_ms() + settle_ms
    -- A shorter time does not end a longer one of an earlier call.
    if not settled_ms or settled_ms < settles_ms then
      redis.call("HSET", cache_block, "settle", string.format("%d", settles_ms))
    end
    if redis.call("PTTL", cache_block) < settle_ms then
      redis.call("PEXPIRE", cache_block, settle_ms)
    end
  end
  redis.call("HDEL", cache_block, "setter")
  local removed = redis.call("UNLINK", cache_entry)
  redis.call("UNLINK", cache_lease)
  if waited then
    redis.call("PUBLISH", cache_lease, "invalidated")
  end
  return removed == 1 and "removed" or "absent"
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/cache/lease_of.lua": "7-13:6",
  "lua/lib/now_ms.lua": "17-20:4",
  "lua/cache/invalidate.lua": "52:36 53:36 54-76:36",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=allow-oom
-- cache.invalidate 1.0.0. Generated from lua/cache/invalidate.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 100 calls in one run. An error ends only its own call.

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

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS / 3
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if
  not wrapper_fits
  or wrapper_calls < 1
  or wrapper_calls > 100
  or wrapper_calls % 1 ~= 0
  or #wrapper_argv ~= wrapper_calls
then
  return { err = "ARGUMENT cache.invalidate expected 1 to 100 calls, each with 3 keys and 1 argument" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_settle_ms = tonumber(wrapper_argv[wrapper_arguments + 1])
  if wrapper_argv[wrapper_arguments + 1] ~= "" then
    if not arg_settle_ms or arg_settle_ms < 1 or arg_settle_ms > 31622400000 or arg_settle_ms % 1 ~= 0 then
      return { err = "ARGUMENT cache.invalidate settle_ms: expected a whole number from 1 to 31622400000" }
    end
  end

  -- From lua/cache/invalidate.lua:
  --- Invalidates one entry: afterwards nobody reads it, and no load that began before fills it.
  do
    local cache_entry, cache_lease, cache_block, settle_ms =
      KEYS[wrapper_keys + 1], KEYS[wrapper_keys + 2], KEYS[wrapper_keys + 3], arg_settle_ms
    local _, waited = lease_of(redis.call("GET", cache_lease))
    -- Type check only: WRONGTYPE must come before the first write.
    redis.call("STRLEN", cache_entry)
    local settled_ms = tonumber(redis.call("HGET", cache_block, "settle"))
    if settle_ms then
      local settles_ms = now_ms() + settle_ms
      -- A shorter time does not end a longer one of an earlier call.
      if not settled_ms or settled_ms < settles_ms then
        redis.call("HSET", cache_block, "settle", string.format("%d", settles_ms))
      end
      if redis.call("PTTL", cache_block) < settle_ms then
        redis.call("PEXPIRE", cache_block, settle_ms)
      end
    end
    redis.call("HDEL", cache_block, "setter")
    local removed = redis.call("UNLINK", cache_entry)
    redis.call("UNLINK", cache_lease)
    if waited then
      redis.call("PUBLISH", cache_lease, "invalidated")
    end
    return removed == 1 and "removed" or "absent"
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
-- all calls as a flat list in MessagePack, 1 value for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_at = wrapper_at + 1
  wrapper_keys = wrapper_keys + 3
  wrapper_arguments = wrapper_arguments + 1
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
