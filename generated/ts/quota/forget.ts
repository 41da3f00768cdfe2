// quota.forget 1.0.0. Generated from lua/quota/forget.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `quota.forget`. */
export interface QuotaForgetArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly usageShard: string;
  /**
   * Names one thing, such as a product, a warehouse or an owner. It may be part of a key. 1 to 256
   * bytes.
   */
  readonly entry: string;
  /**
   * What quota.count has replied about it; absent: it is forgotten under any number. 0 to
   * 9,007,199,254,740,991.
   */
  readonly number?: number | undefined;
}

/** Reply of `quota.forget`: `outcome` says what happened. */
export type QuotaForgetReply =
  | {
      /**
       * - `forgotten`
       * - `recounted`: it was counted again, under another number.
       * - `unknown`
       */
      readonly outcome: "forgotten" | "recounted" | "unknown";
    };

/** The function of `quota.forget`. A tenant's `scripts.quota` has it. */
export interface QuotaForgetOperation {
  /**
   * Stops counting an entry for the quota of its tenant, because it was removed or not stored.
   *
   * Outcomes:
   * - `forgotten`
   * - `recounted`: it was counted again, under another number.
   * - `unknown`
   *
   * Cost: O(log N), N the entries of the shard.
   *
   * Retry: never. Without its number, a second run could forget an entry that was counted again
   * since.
   *
   * Lua source: `lua/quota/forget.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // An entry is no longer counted.
   * const reply = await acme.scripts.quota.forget({ usageShard: "usage-shard-1", entry: "vase" });
   * // reply: { outcome: "forgotten" }
   * ```
   */
  readonly forget: {
    (args: QuotaForgetArgs, options?: CallOptions): Promise<QuotaForgetReply>;
    /**
     * Makes many calls of `forget` at once. Each call has its own result, in the order of the
     * calls.
     *
     * One EVALSHA makes up to 64 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly QuotaForgetArgs[], options?: CallOptions): Promise<ManyResult<QuotaForgetReply>[]>;
  };
}

/** The script `quota.forget`, as a client loads and calls it. */
export const quotaForget: ManyScript<QuotaForgetArgs, QuotaForgetReply> = {
  name: "quota.forget",
  version: "1.0.0",
  digest: "4908842031916f54e59be03334f44a5d887f3c89",
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
      args: [
        argument.entry.encode("entry", args.entry),
        argument.number.encode("number", args.number),
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
  many: {
    limit: 64,
    width: 1,
    digest: "dc424a228034aa152e5692bfeaee0cdd6396a1c0",
    write(call, scope, args) {
      call.beginKey(scope);
      types.usageShard.writeKeyPart(call, "usageShard", args.usageShard);
      call.endTag("}:cache-usage");
      call.endKey();
      call.beginKey(scope);
      types.usageShard.writeKeyPart(call, "usageShard", args.usageShard);
      call.endTag("}:cache-sizes");
      call.endKey();
      call.args.text(argument.entry.encode("entry", args.entry));
      call.args.text(argument.number.encode("number", args.number));
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
  entry: types.id,
  number: optional(types.sequence),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["forgotten", "recounted", "unknown"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "7-18:9",
  "lua/lib/quota/stored_size.lua": "22-31:8",
  "lua/quota/forget.lua": "53:37 54-69:37",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- quota.forget 1.0.0. Generated from lua/quota/forget.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/quota/stored_size.lua:
--- Reads what quota.count has stored about an entry. Any other text ends the script.
local function stored_size(stored)
  if not stored then
    return 0, 0
  end
  local bytes, ends_ms = string.match(stored, "^(%d+) (%d+)$")
  if not bytes then
    error({ err = "CORRUPT size of an entry" })
  end
  return stored_integer(bytes, "size of an entry") or 0, stored_integer(ends_ms, "size of an entry") or 0
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 2 then
  return { err = "ARGUMENT quota.forget expected 2 keys and 2 arguments" }
end
local arg_entry = ARGV[1]
if arg_entry == "" or #arg_entry > 256 then
  return { err = "ARGUMENT quota.forget entry: expected 1 to 256 bytes" }
end
if string.find(arg_entry, "[%c{}]") then
  return { err = "ARGUMENT quota.forget entry: expected no control characters and no braces" }
end
local arg_number = tonumber(ARGV[2])
if ARGV[2] ~= "" then
  if not arg_number or arg_number < 0 or arg_number > 9007199254740991 or arg_number % 1 ~= 0 then
    return { err = "ARGUMENT quota.forget number: expected a whole number from 0 to 9007199254740991" }
  end
end

-- From lua/quota/forget.lua:
--- Stops counting an entry for the quota of its tenant, because it was removed or not stored.
do
  local cache_usage, cache_sizes, entry, number = KEYS[1], KEYS[2], arg_entry, arg_number
  local state = redis.call("HMGET", cache_sizes, "bytes", "=" .. entry)
  local sum = stored_integer(state[1], "cache-sizes")
  local bytes = stored_size(state[2])
  local counted = stored_integer(redis.call("ZSCORE", cache_usage, entry), "cache-usage")
  if counted and number and counted ~= number then
    return "recounted"
  end
  if counted and sum then
    redis.call("HSET", cache_sizes, "bytes", string.format("%.0f", math.max(sum - bytes, 0)))
  end
  -- Its size may be there alone, if Redis has evicted the other key.
  redis.call("HDEL", cache_sizes, "=" .. entry)
  redis.call("ZREM", cache_usage, entry)
  return counted and "forgotten" or "unknown"
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "8-19:9",
  "lua/lib/quota/stored_size.lua": "23-32:8",
  "lua/quota/forget.lua": "71:37 72:37 73-88:37",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=allow-oom
-- quota.forget 1.0.0. Generated from lua/quota/forget.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 64 calls in one run. An error ends only its own call.

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

-- From lua/lib/quota/stored_size.lua:
--- Reads what quota.count has stored about an entry. Any other text ends the script.
local function stored_size(stored)
  if not stored then
    return 0, 0
  end
  local bytes, ends_ms = string.match(stored, "^(%d+) (%d+)$")
  if not bytes then
    error({ err = "CORRUPT size of an entry" })
  end
  return stored_integer(bytes, "size of an entry") or 0, stored_integer(ends_ms, "size of an entry") or 0
end

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS / 2
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if
  not wrapper_fits
  or wrapper_calls < 1
  or wrapper_calls > 64
  or wrapper_calls % 1 ~= 0
  or #wrapper_argv ~= 2 * wrapper_calls
then
  return { err = "ARGUMENT quota.forget expected 1 to 64 calls, each with 2 keys and 2 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_entry = wrapper_argv[wrapper_arguments + 1]
  if arg_entry == "" or #arg_entry > 256 then
    return { err = "ARGUMENT quota.forget entry: expected 1 to 256 bytes" }
  end
  if string.find(arg_entry, "[%c{}]") then
    return { err = "ARGUMENT quota.forget entry: expected no control characters and no braces" }
  end
  local arg_number = tonumber(wrapper_argv[wrapper_arguments + 2])
  if wrapper_argv[wrapper_arguments + 2] ~= "" then
    if not arg_number or arg_number < 0 or arg_number > 9007199254740991 or arg_number % 1 ~= 0 then
      return { err = "ARGUMENT quota.forget number: expected a whole number from 0 to 9007199254740991" }
    end
  end

  -- From lua/quota/forget.lua:
  --- Stops counting an entry for the quota of its tenant, because it was removed or not stored.
  do
    local cache_usage, cache_sizes, entry, number =
      KEYS[wrapper_keys + 1], KEYS[wrapper_keys + 2], arg_entry, arg_number
    local state = redis.call("HMGET", cache_sizes, "bytes", "=" .. entry)
    local sum = stored_integer(state[1], "cache-sizes")
    local bytes = stored_size(state[2])
    local counted = stored_integer(redis.call("ZSCORE", cache_usage, entry), "cache-usage")
    if counted and number and counted ~= number then
      return "recounted"
    end
    if counted and sum then
      redis.call("HSET", cache_sizes, "bytes", string.format("%.0f", math.max(sum - bytes, 0)))
    end
    -- Its size may be there alone, if Redis has evicted the other key.
    redis.call("HDEL", cache_sizes, "=" .. entry)
    redis.call("ZREM", cache_usage, entry)
    return counted and "forgotten" or "unknown"
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
  wrapper_arguments = wrapper_arguments + 2
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
