// cache.set_tag_clock 1.0.0. Generated from lua/cache/set_tag_clock.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `cache.set_tag_clock`. */
export interface CacheSetTagClockArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly tag: string;
  /** The token that the tag had before the caller read the clock. 21 to 21 bytes. */
  readonly token: string;
  /**
   * As read after that; the reading of cache.raise_clock came before the token. 1 to
   * 9,007,199,254,740,991.
   */
  readonly clock: number;
}

/** Reply of `cache.set_tag_clock`: `outcome` says what happened. */
export type CacheSetTagClockReply =
  | {
      /**
       * - `noted`
       * - `replaced`: the tag has another token now, or a reading already.
       */
      readonly outcome: "noted" | "replaced";
    };

/** The function of `cache.set_tag_clock`. A tenant's `scripts.cache` has it. */
export interface CacheSetTagClockOperation {
  /**
   * Notes the reading of the tenant's clock that belongs to a token. Loads that began later may use
   * it.
   *
   * Outcomes:
   * - `noted`
   * - `replaced`: the tag has another token now, or a reading already.
   *
   * Cost: O(1).
   *
   * Retry: safe. A second run finds the reading.
   *
   * Lua source: `lua/cache/set_tag_clock.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // The reading of a new token.
   * const reply = await acme.scripts.cache.setTagClock({
   *   tag: "tag-1",
   *   token: "41c7e0b95d18.20e6f7c3",
   *   clock: 1_767_225_600_000_000,
   * });
   * // reply: { outcome: "noted" }
   * ```
   */
  readonly setTagClock: {
    (args: CacheSetTagClockArgs, options?: CallOptions): Promise<CacheSetTagClockReply>;
    /**
     * Makes many calls of `setTagClock` at once. Each call has its own result, in the order of the
     * calls.
     *
     * One EVALSHA makes up to 256 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly CacheSetTagClockArgs[], options?: CallOptions): Promise<ManyResult<CacheSetTagClockReply>[]>;
  };
}

/** The script `cache.set_tag_clock`, as a client loads and calls it. */
export const cacheSetTagClock: ManyScript<CacheSetTagClockArgs, CacheSetTagClockReply> = {
  name: "cache.set_tag_clock",
  version: "1.0.0",
  digest: "8ce5f843075e347eb2552b2a74bfe10555f3913f",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<tag>}:cache-tag",
  ],
  encode(scope, args) {
    return {
      keys: [keys.cacheTag(scope, args.tag)],
      args: [
        argument.token.encode("token", args.token),
        argument.clock.encode("clock", args.clock),
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
    limit: 256,
    width: 1,
    digest: "fccf7b1fd2dbc36d8ee0d6ea9e105869d9c75b86",
    write(call, scope, args) {
      call.beginKey(scope);
      types.id.writeKeyPart(call, "tag", args.tag);
      call.endTag("}:cache-tag");
      call.endKey();
      call.args.text(argument.token.encode("token", args.token));
      argument.clock.writeArgument(call, "clock", args.clock);
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
  token: types.tagToken,
  clock: types.clockReading,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["noted", "replaced"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/cache/set_tag_clock.lua": "22:29 23-27:29 47-53:34",
  "lua/lib/cache/stored_tag.lua": "30-46:6",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- cache.set_tag_clock 1.0.0. Generated from lua/cache/set_tag_clock.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 2 then
  return { err = "ARGUMENT cache.set_tag_clock expected 1 key and 2 arguments" }
end
local arg_token = ARGV[1]
if #arg_token < 21 or #arg_token > 21 then
  return { err = "ARGUMENT cache.set_tag_clock token: expected 21 to 21 bytes" }
end
if string.find(arg_token, "[%c{}]") then
  return { err = "ARGUMENT cache.set_tag_clock token: expected no control characters and no braces" }
end
local arg_clock = tonumber(ARGV[2])
if not arg_clock or arg_clock < 1 or arg_clock > 9007199254740991 or arg_clock % 1 ~= 0 then
  return { err = "ARGUMENT cache.set_tag_clock clock: expected a whole number from 1 to 9007199254740991" }
end

-- From lua/cache/set_tag_clock.lua:
--- Notes the reading of the tenant's clock that belongs to a token. Loads that began later may use it.
do
  local cache_tag, token, clock = KEYS[1], arg_token, arg_clock
  local stored = redis.call("GET", cache_tag)
  if not stored then
    return "replaced"
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
  local present, present_clock = stored_tag(stored)
  if present ~= token or present_clock then
    return "replaced"
  end
  redis.call("SET", cache_tag, string.format("%s %d", token, clock), "KEEPTTL")
  return "noted"
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/cache/stored_tag.lua": "7-23:6",
  "lua/cache/set_tag_clock.lua": "54:29 55-66:29",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=allow-oom
-- cache.set_tag_clock 1.0.0. Generated from lua/cache/set_tag_clock.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 256 calls in one run. An error ends only its own call.

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
if not wrapper_fits or wrapper_calls < 1 or wrapper_calls > 256 or #wrapper_argv ~= 2 * wrapper_calls then
  return { err = "ARGUMENT cache.set_tag_clock expected 1 to 256 calls, each with 1 key and 2 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_token = wrapper_argv[wrapper_arguments + 1]
  if #arg_token < 21 or #arg_token > 21 then
    return { err = "ARGUMENT cache.set_tag_clock token: expected 21 to 21 bytes" }
  end
  if string.find(arg_token, "[%c{}]") then
    return { err = "ARGUMENT cache.set_tag_clock token: expected no control characters and no braces" }
  end
  local arg_clock = tonumber(wrapper_argv[wrapper_arguments + 2])
  if not arg_clock or arg_clock < 1 or arg_clock > 9007199254740991 or arg_clock % 1 ~= 0 then
    return { err = "ARGUMENT cache.set_tag_clock clock: expected a whole number from 1 to 9007199254740991" }
  end

  -- From lua/cache/set_tag_clock.lua:
  --- Notes the reading of the tenant's clock that belongs to a token. Loads that began later may use it.
  do
    local cache_tag, token, clock = KEYS[wrapper_keys + 1], arg_token, arg_clock
    local stored = redis.call("GET", cache_tag)
    if not stored then
      return "replaced"
    end
    local present, present_clock = stored_tag(stored)
    if present ~= token or present_clock then
      return "replaced"
    end
    redis.call("SET", cache_tag, string.format("%s %d", token, clock), "KEEPTTL")
    return "noted"
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
  wrapper_arguments = wrapper_arguments + 2
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
