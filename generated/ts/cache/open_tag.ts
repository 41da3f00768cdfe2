// cache.open_tag 1.0.0. Generated from lua/cache/open_tag.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, optional, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `cache.open_tag`. */
export interface CacheOpenTagArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly tag: string;
  /** A new one in each call, for a tag without a token. 21 to 21 bytes. */
  readonly token: string;
  /**
   * The longest time from now for which an entry may live under the token. Milliseconds, 1 to
   * 31,622,400,000.
   */
  readonly keepMs: number;
}

/** Reply of `cache.open_tag`. */
export interface CacheOpenTagReply {
  /**
   * The token of a cache tag: 12 random hexadecimal digits, a full stop, and 8. The first part
   * changes with an invalidation, the second one also with a soft one. 21 to 21 bytes.
   */
  readonly presentToken: string;
  /**
   * The tenant's clock at the tag's last invalidation; absent: not known yet. 1 to
   * 9,007,199,254,740,991. It may be absent.
   */
  readonly clock: number | undefined;
}

/** The function of `cache.open_tag`. A tenant's `scripts.cache` has it. */
export interface CacheOpenTagOperation {
  /**
   * Reads the token of a tag for a load. It creates the token if there is none, and makes it live
   * longer than the entries under it.
   *
   * Reply:
   * - `presentToken`: The token of a cache tag: 12 random hexadecimal digits, a full stop, and 8.
   *   The first part changes with an invalidation, the second one also with a soft one. 21 to 21
   *   bytes.
   * - `clock`: The tenant's clock at the tag's last invalidation; absent: not known yet. 1 to
   *   9,007,199,254,740,991.
   *
   * Units: `keepMs` in milliseconds.
   *
   * Cost: O(1).
   *
   * Retry: never. A second run could create a token again that was used before.
   *
   * Lua source: `lua/cache/open_tag.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A tag that has a token keeps it.
   * const reply = await acme.scripts.cache.openTag({
   *   tag: "tag-1",
   *   token: "aaaaaaaaaaaa.bbbbbbbb",
   *   keepMs: 9000,
   * });
   * // reply: { presentToken: "41c7e0b95d18.20e6f7c3", clock: 1_767_225_600_000_000 }
   * ```
   */
  readonly openTag: {
    (args: CacheOpenTagArgs, options?: CallOptions): Promise<CacheOpenTagReply>;
    /**
     * Makes many calls of `openTag` at once. Each call has its own result, in the order of the
     * calls.
     *
     * One EVALSHA makes up to 256 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly CacheOpenTagArgs[], options?: CallOptions): Promise<ManyResult<CacheOpenTagReply>[]>;
  };
}

/** The script `cache.open_tag`, as a client loads and calls it. */
export const cacheOpenTag: ManyScript<CacheOpenTagArgs, CacheOpenTagReply> = {
  name: "cache.open_tag",
  version: "1.0.0",
  digest: "71935e6d4891a1fad7feeedf681f6c596100aab5",
  writes: true,
  resend: "never",
  keyPatterns: [
    "<namespace>:{<tenant>:<tag>}:cache-tag",
  ],
  encode(scope, args) {
    return {
      keys: [keys.cacheTag(scope, args.tag)],
      args: [
        argument.token.encode("token", args.token),
        argument.keepMs.encode("keepMs", args.keepMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 2);
    return {
      presentToken: field.presentToken.decode("presentToken", fields[0]),
      clock: field.clock.decode("clock", fields[1]),
    };
  },
  get lines() {
    return lines;
  },
  get lua() {
    return lua;
  },
  many: {
    limit: 256,
    width: 2,
    digest: "4f2958f46f866923afb0562c2b10d3c43a9a47d0",
    write(call, scope, args) {
      call.beginKey(scope);
      types.id.writeKeyPart(call, "tag", args.tag);
      call.endTag("}:cache-tag");
      call.endKey();
      call.args.text(argument.token.encode("token", args.token));
      argument.keepMs.writeArgument(call, "keepMs", args.keepMs);
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
  keepMs: types.ms,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  presentToken: types.tagToken,
  clock: optional(types.clockReading),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/cache/check_token.lua": "6-11:4",
  "lua/cache/open_tag.lua": "32:30 33-41:30 61-66:39",
  "lua/lib/cache/stored_tag.lua": "44-60:6",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- cache.open_tag 1.0.0. Generated from lua/cache/open_tag.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/cache/check_token.lua:
--- Refuses a text that is not the token of a tag. Stored, it would be corrupt.
local function check_token(token)
  local hard = string.match(token, "^(%x+)%.%x+$")
  if not hard or #hard ~= 12 then
    error({ err = "ARGUMENT token: expected 12 hexadecimal digits, a full stop, and 8" })
  end
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 2 then
  return { err = "ARGUMENT cache.open_tag expected 1 key and 2 arguments" }
end
local arg_token = ARGV[1]
if #arg_token < 21 or #arg_token > 21 then
  return { err = "ARGUMENT cache.open_tag token: expected 21 to 21 bytes" }
end
if string.find(arg_token, "[%c{}]") then
  return { err = "ARGUMENT cache.open_tag token: expected no control characters and no braces" }
end
local arg_keep_ms = tonumber(ARGV[2])
if not arg_keep_ms or arg_keep_ms < 1 or arg_keep_ms > 31622400000 or arg_keep_ms % 1 ~= 0 then
  return { err = "ARGUMENT cache.open_tag keep_ms: expected a whole number from 1 to 31622400000" }
end

-- From lua/cache/open_tag.lua:
--- Reads the token of a tag for a load. It creates the token if there is none, and makes it live
--- longer than the entries under it.
do
  local cache_tag, token, keep_ms = KEYS[1], arg_token, arg_keep_ms
  check_token(token)
  -- Rarely extended, because each PEXPIRE reaches all processes that track the token.
  local life_ms = 2 * keep_ms
  local stored = redis.call("GET", cache_tag)
  if not stored then
    redis.call("SET", cache_tag, token .. " -", "PX", string.format("%d", life_ms))
    return token
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
  local present, clock = stored_tag(stored)
  if redis.call("PTTL", cache_tag) < keep_ms then
    redis.call("PEXPIRE", cache_tag, string.format("%d", life_ms))
  end
  return { present, clock }
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/cache/check_token.lua": "7-12:4",
  "lua/lib/cache/stored_tag.lua": "16-32:6",
  "lua/cache/open_tag.lua": "64:30 65-79:30",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua
-- cache.open_tag 1.0.0. Generated from lua/cache/open_tag.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 256 calls in one run. An error ends only its own call.

-- From lua/lib/cache/check_token.lua:
--- Refuses a text that is not the token of a tag. Stored, it would be corrupt.
local function check_token(token)
  local hard = string.match(token, "^(%x+)%.%x+$")
  if not hard or #hard ~= 12 then
    error({ err = "ARGUMENT token: expected 12 hexadecimal digits, a full stop, and 8" })
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
if not wrapper_fits or wrapper_calls < 1 or wrapper_calls > 256 or #wrapper_argv ~= 2 * wrapper_calls then
  return { err = "ARGUMENT cache.open_tag expected 1 to 256 calls, each with 1 key and 2 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_token = wrapper_argv[wrapper_arguments + 1]
  if #arg_token < 21 or #arg_token > 21 then
    return { err = "ARGUMENT cache.open_tag token: expected 21 to 21 bytes" }
  end
  if string.find(arg_token, "[%c{}]") then
    return { err = "ARGUMENT cache.open_tag token: expected no control characters and no braces" }
  end
  local arg_keep_ms = tonumber(wrapper_argv[wrapper_arguments + 2])
  if not arg_keep_ms or arg_keep_ms < 1 or arg_keep_ms > 31622400000 or arg_keep_ms % 1 ~= 0 then
    return { err = "ARGUMENT cache.open_tag keep_ms: expected a whole number from 1 to 31622400000" }
  end

  -- From lua/cache/open_tag.lua:
  --- Reads the token of a tag for a load. It creates the token if there is none, and makes it live
  --- longer than the entries under it.
  do
    local cache_tag, token, keep_ms = KEYS[wrapper_keys + 1], arg_token, arg_keep_ms
    check_token(token)
    -- Rarely extended, because each PEXPIRE reaches all processes that track the token.
    local life_ms = 2 * keep_ms
    local stored = redis.call("GET", cache_tag)
    if not stored then
      redis.call("SET", cache_tag, token .. " -", "PX", string.format("%d", life_ms))
      return token
    end
    local present, clock = stored_tag(stored)
    if redis.call("PTTL", cache_tag) < keep_ms then
      redis.call("PEXPIRE", cache_tag, string.format("%d", life_ms))
    end
    return present, clock
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
  wrapper_keys = wrapper_keys + 1
  wrapper_arguments = wrapper_arguments + 2
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
