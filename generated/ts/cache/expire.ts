// cache.expire 1.0.0. Generated from lua/cache/expire.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `cache.expire`. */
export interface CacheExpireArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly entry: string;
}

/** Reply of `cache.expire`: `outcome` says what happened. */
export type CacheExpireReply =
  | {
      /**
       * - `expired`: there is a stale entry.
       * - `absent`
       */
      readonly outcome: "expired" | "absent";
    };

/** The function of `cache.expire`. A tenant's `scripts.cache` has it. */
export interface CacheExpireOperation {
  /**
   * Makes one entry stale: the next callers get the old value, and one of them loads the new one.
   *
   * A load that began before does not fill the entry.
   *
   * Outcomes:
   * - `expired`: there is a stale entry.
   * - `absent`
   *
   * Cost: O(1).
   *
   * Retry: safe. A second run makes it stale again.
   *
   * Lua source: `lua/cache/expire.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A fresh entry becomes stale, and the load that runs may not fill it.
   * const reply = await acme.scripts.cache.expire({ entry: "entry-1" });
   * // reply: { outcome: "expired" }
   * ```
   */
  readonly expire: {
    (args: CacheExpireArgs, options?: CallOptions): Promise<CacheExpireReply>;
    /**
     * Makes many calls of `expire` at once. Each call has its own result, in the order of the
     * calls.
     *
     * One EVALSHA makes up to 100 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly CacheExpireArgs[], options?: CallOptions): Promise<ManyResult<CacheExpireReply>[]>;
  };
}

/** The script `cache.expire`, as a client loads and calls it. */
export const cacheExpire: ManyScript<CacheExpireArgs, CacheExpireReply> = {
  name: "cache.expire",
  version: "1.0.0",
  digest: "b2392b84e1b6773112aaf7dccdd82ee0e0d0dd5a",
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
      args: [],
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
    digest: "2c9791d578861145bda3080e2b119cf7fd3b0e09",
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
  outcome: choiceType(["expired", "absent"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/cache/entry_head.lua": "7-17:7",
  "lua/lib/cache/lease_of.lua": "21-27:6",
  "lua/cache/expire.lua": "31-34:5 42:41 43-62:41",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- cache.expire 1.0.0. Generated from lua/cache/expire.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/cache/entry_head.lua:
--- Reads the beginning of an entry's header: the time until which it is fresh, and the id of the load
--- that filled it.
local function entry_head(stored)
  if string.sub(stored, 1, 1) ~= "1" then
    return nil
  end
  local fresh_until, fill_id = string.match(stored, "^1%S%S (%d%d%d%d%d%d%d%d%d%d%d%d%d) (%x+) ")
  local fresh_until_ms = tonumber(fresh_until)
  if not fresh_until_ms or fresh_until_ms % 1 ~= 0 then
    error({ err = "CORRUPT cache entry" })
  end
  return fresh_until_ms, fill_id
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

-- From lua/cache/expire.lua:
-- The last byte of an entry's head.
local HEAD_ENDS_AT = 30
-- Where the fresh time begins in an entry, and what it is afterwards.
local FRESH_UNTIL_AT = 4
local NEVER = "0000000000000"

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 3 or #ARGV ~= 0 then
  return { err = "ARGUMENT cache.expire expected 3 keys and 0 arguments" }
end

--- Makes one entry stale: the next callers get the old value, and one of them loads the new one.
do
  local cache_entry, cache_lease, cache_block = KEYS[1], KEYS[2], KEYS[3]
  local _, waited = lease_of(redis.call("GET", cache_lease))
  local fresh_until_ms = entry_head(redis.call("GETRANGE", cache_entry, "0", HEAD_ENDS_AT))
  local has_setter = redis.call("HEXISTS", cache_block, "setter") == 1
  if fresh_until_ms then
    redis.call("SETRANGE", cache_entry, FRESH_UNTIL_AT, NEVER)
  end
  if has_setter then
    redis.call("HDEL", cache_block, "setter")
  end
  redis.call("UNLINK", cache_lease)
  if waited then
    redis.call("PUBLISH", cache_lease, "invalidated")
  end
  if fresh_until_ms then
    return "expired"
  end
  redis.call("UNLINK", cache_entry)
  return "absent"
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/cache/entry_head.lua": "8-18:7",
  "lua/lib/cache/lease_of.lua": "22-28:6",
  "lua/cache/expire.lua": "32-35:5 50:41 51:41 52-71:41",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=allow-oom
-- cache.expire 1.0.0. Generated from lua/cache/expire.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 100 calls in one run. An error ends only its own call.

-- From lua/lib/cache/entry_head.lua:
--- Reads the beginning of an entry's header: the time until which it is fresh, and the id of the load
--- that filled it.
local function entry_head(stored)
  if string.sub(stored, 1, 1) ~= "1" then
    return nil
  end
  local fresh_until, fill_id = string.match(stored, "^1%S%S (%d%d%d%d%d%d%d%d%d%d%d%d%d) (%x+) ")
  local fresh_until_ms = tonumber(fresh_until)
  if not fresh_until_ms or fresh_until_ms % 1 ~= 0 then
    error({ err = "CORRUPT cache entry" })
  end
  return fresh_until_ms, fill_id
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

-- From lua/cache/expire.lua:
-- The last byte of an entry's head.
local HEAD_ENDS_AT = 30
-- Where the fresh time begins in an entry, and what it is afterwards.
local FRESH_UNTIL_AT = 4
local NEVER = "0000000000000"

-- Generated: KEYS has the keys of all calls, one call after the other.
local wrapper_calls = #KEYS / 3
if wrapper_calls < 1 or wrapper_calls > 100 or wrapper_calls % 1 ~= 0 or #ARGV ~= 0 then
  return { err = "ARGUMENT cache.expire expected 1 to 100 calls, each with 3 keys and 0 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys stand before those of the call that runs.
local wrapper_keys = 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  --- Makes one entry stale: the next callers get the old value, and one of them loads the new one.
  do
    local cache_entry, cache_lease, cache_block =
      KEYS[wrapper_keys + 1], KEYS[wrapper_keys + 2], KEYS[wrapper_keys + 3]
    local _, waited = lease_of(redis.call("GET", cache_lease))
    local fresh_until_ms = entry_head(redis.call("GETRANGE", cache_entry, "0", HEAD_ENDS_AT))
    local has_setter = redis.call("HEXISTS", cache_block, "setter") == 1
    if fresh_until_ms then
      redis.call("SETRANGE", cache_entry, FRESH_UNTIL_AT, NEVER)
    end
    if has_setter then
      redis.call("HDEL", cache_block, "setter")
    end
    redis.call("UNLINK", cache_lease)
    if waited then
      redis.call("PUBLISH", cache_lease, "invalidated")
    end
    if fresh_until_ms then
      return "expired"
    end
    redis.call("UNLINK", cache_entry)
    return "absent"
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
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
