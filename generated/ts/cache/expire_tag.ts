// cache.expire_tag 1.0.0. Generated from lua/cache/expire_tag.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `cache.expire_tag`. */
export interface CacheExpireTagArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly tag: string;
  /** A new one in each call. 8 to 8 bytes. */
  readonly softToken: string;
}

/** Reply of `cache.expire_tag`: `outcome` says what happened. */
export type CacheExpireTagReply =
  | {
      /**
       * - `expired`
       * - `absent`: the tag has no token, so it has no entries.
       */
      readonly outcome: "expired" | "absent";
    };

/** The function of `cache.expire_tag`. A tenant's `scripts.cache` has it. */
export interface CacheExpireTagOperation {
  /**
   * Makes all entries with a tag stale: callers get the old values, while each entry is loaded
   * once.
   *
   * Outcomes:
   * - `expired`
   * - `absent`: the tag has no token, so it has no entries.
   *
   * Cost: O(1), at any number of entries.
   *
   * Retry: never. A second run could bring a token back that a later call has replaced.
   *
   * Lua source: `lua/cache/expire_tag.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // The soft part of the token changes.
   * const reply = await acme.scripts.cache.expireTag({ tag: "tag-1", softToken: "bbbbbbbb" });
   * // reply: { outcome: "expired" }
   * ```
   */
  readonly expireTag: {
    (args: CacheExpireTagArgs, options?: CallOptions): Promise<CacheExpireTagReply>;
    /**
     * Makes many calls of `expireTag` at once. Each call has its own result, in the order of the
     * calls.
     *
     * One EVALSHA makes up to 256 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly CacheExpireTagArgs[], options?: CallOptions): Promise<ManyResult<CacheExpireTagReply>[]>;
  };
}

/** The script `cache.expire_tag`, as a client loads and calls it. */
export const cacheExpireTag: ManyScript<CacheExpireTagArgs, CacheExpireTagReply> = {
  name: "cache.expire_tag",
  version: "1.0.0",
  digest: "f2ce9c199c0a97adb6afe29472875a61a6c0b5ad",
  writes: true,
  resend: "never",
  keyPatterns: [
    "<namespace>:{<tenant>:<tag>}:cache-tag",
  ],
  encode(scope, args) {
    return {
      keys: [keys.cacheTag(scope, args.tag)],
      args: [argument.softToken.encode("softToken", args.softToken)],
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
    limit: 256,
    width: 1,
    digest: "4c28839069ac8a38d98317135eacf58b08a75c42",
    write(call, scope, args) {
      call.beginKey(scope);
      types.id.writeKeyPart(call, "tag", args.tag);
      call.endTag("}:cache-tag");
      call.endKey();
      call.args.text(argument.softToken.encode("softToken", args.softToken));
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
  softToken: types.softToken,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["expired", "absent"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/cache/check_hex.lua": "6-10:5",
  "lua/cache/expire_tag.lua": "26:27 27-32:27 52-55:33",
  "lua/lib/cache/stored_tag.lua": "35-51:6",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- cache.expire_tag 1.0.0. Generated from lua/cache/expire_tag.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/cache/check_hex.lua:
--- Refuses a text that has other characters than hexadecimal digits. Stored, it would be corrupt.
local function check_hex(name, text)
  if string.find(text, "%X") then
    error({ err = "ARGUMENT " .. name .. ": expected hexadecimal digits" })
  end
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 1 then
  return { err = "ARGUMENT cache.expire_tag expected 1 key and 1 argument" }
end
local arg_soft_token = ARGV[1]
if #arg_soft_token < 8 or #arg_soft_token > 8 then
  return { err = "ARGUMENT cache.expire_tag soft_token: expected 8 to 8 bytes" }
end
if string.find(arg_soft_token, "[%c{}]") then
  return { err = "ARGUMENT cache.expire_tag soft_token: expected no control characters and no braces" }
end

-- From lua/cache/expire_tag.lua:
--- Makes all entries with a tag stale: callers get the old values, while each entry is loaded once.
do
  local cache_tag, soft_token = KEYS[1], arg_soft_token
  check_hex("soft_token", soft_token)
  local stored = redis.call("GET", cache_tag)
  if not stored then
    return "absent"
  end
  -- From lua/lib/cache/stored_tag.lua:
  --- Reads a tag: its token, and the reading of the tenant's clock at its last invalidation.
  local function stored_tag(stored)
    -- The upper bound of the type clock_reading.
    local MAX_READING = 9007199254740991
    local hard, soft, clock = string.match(stored, "^(%x+)%.(%x+) (%S+)$")
    if not hard or #hard ~= 12 or #soft ~= 8 then
      error({ err = "CORRUPT cache tag" })
    end
    local token = hard .. "." .. soft
    if clock == "-" then
      return token
    end
    local reading = tonumber(clock)
    if not reading or reading % 1 ~= 0 or reading < 1 or reading > MAX_READING then
      error({ err = "CORRUPT cache tag" })
    end
    return token, reading
  end
  local token = stored_tag(stored)
  redis.call("SET", cache_tag, string.sub(token, 1, 13) .. soft_token .. " -", "KEEPTTL")
  return "expired"
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/cache/check_hex.lua": "7-11:5",
  "lua/lib/cache/stored_tag.lua": "15-31:6",
  "lua/cache/expire_tag.lua": "58:27 59-68:27",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=allow-oom
-- cache.expire_tag 1.0.0. Generated from lua/cache/expire_tag.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 256 calls in one run. An error ends only its own call.

-- From lua/lib/cache/check_hex.lua:
--- Refuses a text that has other characters than hexadecimal digits. Stored, it would be corrupt.
local function check_hex(name, text)
  if string.find(text, "%X") then
    error({ err = "ARGUMENT " .. name .. ": expected hexadecimal digits" })
  end
end

-- From lua/lib/cache/stored_tag.lua:
--- Reads a tag: its token, and the reading of the tenant's clock at its last invalidation.
local function stored_tag(stored)
  -- The upper bound of the type clock_reading.
  local MAX_READING = 9007199254740991
  local hard, soft, clock = string.match(stored, "^(%x+)%.(%x+) (%S+)$")
  if not hard or #hard ~= 12 or #soft ~= 8 then
    error({ err = "CORRUPT cache tag" })
  end
  local token = hard .. "." .. soft
  if clock == "-" then
    return token
  end
  local reading = tonumber(clock)
  if not reading or reading % 1 ~= 0 or reading < 1 or reading > MAX_READING then
    error({ err = "CORRUPT cache tag" })
  end
  return token, reading
end

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if not wrapper_fits or wrapper_calls < 1 or wrapper_calls > 256 or #wrapper_argv ~= wrapper_calls then
  return { err = "ARGUMENT cache.expire_tag expected 1 to 256 calls, each with 1 key and 1 argument" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_soft_token = wrapper_argv[wrapper_arguments + 1]
  if #arg_soft_token < 8 or #arg_soft_token > 8 then
    return { err = "ARGUMENT cache.expire_tag soft_token: expected 8 to 8 bytes" }
  end
  if string.find(arg_soft_token, "[%c{}]") then
    return { err = "ARGUMENT cache.expire_tag soft_token: expected no control characters and no braces" }
  end

  -- From lua/cache/expire_tag.lua:
  --- Makes all entries with a tag stale: callers get the old values, while each entry is loaded once.
  do
    local cache_tag, soft_token = KEYS[wrapper_keys + 1], arg_soft_token
    check_hex("soft_token", soft_token)
    local stored = redis.call("GET", cache_tag)
    if not stored then
      return "absent"
    end
    local token = stored_tag(stored)
    redis.call("SET", cache_tag, string.sub(token, 1, 13) .. soft_token .. " -", "KEEPTTL")
    return "expired"
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
  wrapper_keys = wrapper_keys + 1
  wrapper_arguments = wrapper_arguments + 1
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
