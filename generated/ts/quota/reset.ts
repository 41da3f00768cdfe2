// quota.reset 1.0.0. Generated from lua/quota/reset.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `quota.reset`. */
export interface QuotaResetArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly usageShard: string;
}

/** Reply of `quota.reset`: `outcome` says what happened. */
export type QuotaResetReply =
  | {
      /**
       * - `reset`
       * - `empty`
       */
      readonly outcome: "reset" | "empty";
    };

/** The function of `quota.reset`. A tenant's `scripts.quota` has it. */
export interface QuotaResetOperation {
  /**
   * Forgets what a shard has counted for the quota of a tenant, because all its entries were
   * invalidated.
   *
   * Outcomes:
   * - `reset`
   * - `empty`
   *
   * Cost: O(1), the server frees the memory in the background.
   *
   * Retry: never. A second run could forget entries that were counted since.
   *
   * Lua source: `lua/quota/reset.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `WRONG_TYPE`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A count is forgotten.
   * const reply = await acme.scripts.quota.reset({ usageShard: "usage-shard-1" });
   * // reply: { outcome: "reset" }
   * ```
   */
  readonly reset: {
    (args: QuotaResetArgs, options?: CallOptions): Promise<QuotaResetReply>;
    /**
     * Makes many calls of `reset` at once. Each call has its own result, in the order of the calls.
     *
     * One EVALSHA makes up to 100 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly QuotaResetArgs[], options?: CallOptions): Promise<ManyResult<QuotaResetReply>[]>;
  };
}

/** The script `quota.reset`, as a client loads and calls it. */
export const quotaReset: ManyScript<QuotaResetArgs, QuotaResetReply> = {
  name: "quota.reset",
  version: "1.0.0",
  digest: "7d89c8118b7eee869a41091dbf5f4e5a7c9d509b",
  writes: true,
  resend: "never",
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
    digest: "884fb2668649a5a880e3de8b9e5e9ce24bb87936",
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
  outcome: choiceType(["reset", "empty"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/quota/reset.lua": "11:25 12-19:25",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- quota.reset 1.0.0. Generated from lua/quota/reset.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 0 then
  return { err = "ARGUMENT quota.reset expected 2 keys and 0 arguments" }
end

-- From lua/quota/reset.lua:
--- Forgets what a shard has counted for the quota of a tenant, because all its entries were invalidated.
do
  local cache_usage, cache_sizes = KEYS[1], KEYS[2]
  -- Type checks only: UNLINK accepts every type.
  local counted = redis.call("ZCARD", cache_usage)
  redis.call("HLEN", cache_sizes)
  redis.call("UNLINK", cache_usage)
  redis.call("UNLINK", cache_sizes)
  return counted > 0 and "reset" or "empty"
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/quota/reset.lua": "19:25 20-27:25",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=allow-oom
-- quota.reset 1.0.0. Generated from lua/quota/reset.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 100 calls in one run. An error ends only its own call.

-- Generated: KEYS has the keys of all calls, one call after the other.
local wrapper_calls = #KEYS / 2
if wrapper_calls < 1 or wrapper_calls > 100 or wrapper_calls % 1 ~= 0 or #ARGV ~= 0 then
  return { err = "ARGUMENT quota.reset expected 1 to 100 calls, each with 2 keys and 0 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys stand before those of the call that runs.
local wrapper_keys = 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  -- From lua/quota/reset.lua:
  --- Forgets what a shard has counted for the quota of a tenant, because all its entries were invalidated.
  do
    local cache_usage, cache_sizes = KEYS[wrapper_keys + 1], KEYS[wrapper_keys + 2]
    -- Type checks only: UNLINK accepts every type.
    local counted = redis.call("ZCARD", cache_usage)
    redis.call("HLEN", cache_sizes)
    redis.call("UNLINK", cache_usage)
    redis.call("UNLINK", cache_sizes)
    return counted > 0 and "reset" or "empty"
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
  wrapper_keys = wrapper_keys + 2
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
