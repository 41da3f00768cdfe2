// cache.read_tag 1.0.0. Generated from lua/cache/read_tag.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `cache.read_tag`. */
export interface CacheReadTagArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly tag: string;
}

/** Reply of `cache.read_tag`: `outcome` says what happened. */
export type CacheReadTagReply =
  | {
      /** `known` */
      readonly outcome: "known";
      /**
       * The token of a cache tag: 12 random hexadecimal digits, a full stop, and 8. The first part
       * changes with an invalidation, the second one also with a soft one. 21 to 21 bytes.
       */
      readonly token: string;
      /**
       * The tenant's clock at the tag's last invalidation; absent: not known yet. 1 to
       * 9,007,199,254,740,991. It may be absent.
       */
      readonly clock: number | undefined;
    }
  | {
      /** `absent`: no entry with the tag is a hit. */
      readonly outcome: "absent";
    };

/** The function of `cache.read_tag`. A tenant's `scripts.cache` has it. */
export interface CacheReadTagOperation {
  /**
   * Reads the token of a tag.
   *
   * Outcomes:
   * - `known`
   * - `absent`: no entry with the tag is a hit.
   *
   * Cost: O(1).
   *
   * Retry: safe. It only reads.
   *
   * Lua source: `lua/cache/read_tag.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`: nothing was written.
   * @throws `DEADLINE`: no answer came in time.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // The token of a tag.
   * const reply = await acme.scripts.cache.readTag({ tag: "tag-1" });
   * // reply: { outcome: "known", token: "41c7e0b95d18.20e6f7c3", clock: 1_767_225_600_000_000 }
   * ```
   */
  readonly readTag: {
    (args: CacheReadTagArgs, options?: CallOptions): Promise<CacheReadTagReply>;
    /**
     * Makes many calls of `readTag` at once. Each call has its own result, in the order of the
     * calls.
     *
     * One EVALSHA makes up to 256 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly CacheReadTagArgs[], options?: CallOptions): Promise<ManyResult<CacheReadTagReply>[]>;
  };
}

/** The script `cache.read_tag`, as a client loads and calls it. */
export const cacheReadTag: ManyScript<CacheReadTagArgs, CacheReadTagReply> = {
  name: "cache.read_tag",
  version: "1.0.0",
  digest: "1cbf9633afc17a861949fa041aa75d3cc20b47e6",
  writes: false,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<tag>}:cache-tag",
  ],
  encode(scope, args) {
    return {
      keys: [keys.cacheTag(scope, args.tag)],
      args: [],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 3);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "known":
        return {
          outcome,
          token: field.token.decode("token", fields[1]),
          clock: field.clock.decode("clock", fields[2]),
        };
      case "absent":
        return {
          outcome,
        };
    }
  },
  get lines() {
    return lines;
  },
  get lua() {
    return lua;
  },
  many: {
    limit: 256,
    width: 3,
    digest: "d23806641835a73fe8e7a7860d4b05b8aa1282e5",
    write(call, scope, args) {
      call.beginKey(scope);
      types.id.writeKeyPart(call, "tag", args.tag);
      call.endTag("}:cache-tag");
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
  outcome: choiceType(["known", "absent"]),
  token: types.tagToken,
  clock: optional(types.clockReading),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/cache/read_tag.lua": "11:26 12-16:26 36-38:31",
  "lua/lib/cache/stored_tag.lua": "19-35:6",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- cache.read_tag 1.0.0. Generated from lua/cache/read_tag.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT cache.read_tag expected 1 key and 0 arguments" }
end

-- From lua/cache/read_tag.lua:
--- Reads the token of a tag.
do
  local cache_tag = KEYS[1]
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
  local token, clock = stored_tag(stored)
  return { "known", token or false, clock }
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/cache/stored_tag.lua": "7-23:6",
  "lua/cache/read_tag.lua": "39:26 40-47:26",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=no-writes
-- cache.read_tag 1.0.0. Generated from lua/cache/read_tag.lua by moonpath-codegen. DO NOT EDIT.
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

-- Generated: KEYS has the keys of all calls, one call after the other.
local wrapper_calls = #KEYS
if wrapper_calls < 1 or wrapper_calls > 256 or #ARGV ~= 0 then
  return { err = "ARGUMENT cache.read_tag expected 1 to 256 calls, each with 1 key and 0 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys stand before those of the call that runs.
local wrapper_keys = 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  -- From lua/cache/read_tag.lua:
  --- Reads the token of a tag.
  do
    local cache_tag = KEYS[wrapper_keys + 1]
    local stored = redis.call("GET", cache_tag)
    if not stored then
      return "absent"
    end
    local token, clock = stored_tag(stored)
    return "known", token or false, clock
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
-- all calls as a flat list in MessagePack, 3 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2, reply_3 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_values[wrapper_at + 2] = reply_2 or false
  wrapper_values[wrapper_at + 3] = reply_3 or false
  wrapper_at = wrapper_at + 3
  wrapper_keys = wrapper_keys + 1
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
