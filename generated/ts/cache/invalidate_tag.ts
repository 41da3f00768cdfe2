// cache.invalidate_tag 1.0.0. Generated from lua/cache/invalidate_tag.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `cache.invalidate_tag`. */
export interface CacheInvalidateTagArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly tag: string;
  /** A new one in each call. 21 to 21 bytes. */
  readonly token: string;
}

/** Reply of `cache.invalidate_tag`: `outcome` says what happened. */
export type CacheInvalidateTagReply =
  | {
      /**
       * - `invalidated`
       * - `absent`: the tag has no token, so it has no entries.
       */
      readonly outcome: "invalidated" | "absent";
    };

/** The function of `cache.invalidate_tag`. A tenant's `scripts.cache` has it. */
export interface CacheInvalidateTagOperation {
  /**
   * Invalidates all entries with a tag: afterwards none of them is a hit. The tag `*` has all
   * entries of the tenant.
   *
   * Outcomes:
   * - `invalidated`
   * - `absent`: the tag has no token, so it has no entries.
   *
   * Cost: O(1), at any number of entries.
   *
   * Retry: never. A second run could bring a token back that a later invalidation has replaced.
   *
   * Lua source: `lua/cache/invalidate_tag.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A tag gets a new token.
   * const reply = await acme.scripts.cache.invalidateTag({
   *   tag: "tag-1",
   *   token: "aaaaaaaaaaaa.bbbbbbbb",
   * });
   * // reply: { outcome: "invalidated" }
   * ```
   */
  readonly invalidateTag: {
    (args: CacheInvalidateTagArgs, options?: CallOptions): Promise<CacheInvalidateTagReply>;
    /**
     * Makes many calls of `invalidateTag` at once. Each call has its own result, in the order of
     * the calls.
     *
     * One EVALSHA makes up to 256 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly CacheInvalidateTagArgs[], options?: CallOptions): Promise<ManyResult<CacheInvalidateTagReply>[]>;
  };
}

/** The script `cache.invalidate_tag`, as a client loads and calls it. */
export const cacheInvalidateTag: ManyScript<CacheInvalidateTagArgs, CacheInvalidateTagReply> = {
  name: "cache.invalidate_tag",
  version: "1.0.0",
  digest: "3c1707874e48ac0f4ea476912b07088073170e3f",
  writes: true,
  resend: "never",
  keyPatterns: [
    "<namespace>:{<tenant>:<tag>}:cache-tag",
  ],
  encode(scope, args) {
    return {
      keys: [keys.cacheTag(scope, args.tag)],
      args: [argument.token.encode("token", args.token)],
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
    digest: "382d833fb41476e0bcdd29e9fa6a9eee8b220b18",
    write(call, scope, args) {
      call.beginKey(scope);
      types.id.writeKeyPart(call, "tag", args.tag);
      call.endTag("}:cache-tag");
      call.endKey();
      call.args.text(argument.token.encode("token", args.token));
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
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["invalidated", "absent"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/cache/check_token.lua": "6-11:4",
  "lua/cache/invalidate_tag.lua": "28:28 29-36:28",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- cache.invalidate_tag 1.0.0. Generated from lua/cache/invalidate_tag.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/cache/check_token.lua:
--- Refuses a text that is not the token of a tag. Stored, it would be corrupt.
local function check_token(token)
  local hard = string.match(token, "^(%x+)%.%x+$")
  if not hard or #hard ~= 12 then
    error({ err = "ARGUMENT token: expected 12 hexadecimal digits, a full stop, and 8" })
  end
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 1 then
  return { err = "ARGUMENT cache.invalidate_tag expected 1 key and 1 argument" }
end
local arg_token = ARGV[1]
if #arg_token < 21 or #arg_token > 21 then
  return { err = "ARGUMENT cache.invalidate_tag token: expected 21 to 21 bytes" }
end
if string.find(arg_token, "[%c{}]") then
  return { err = "ARGUMENT cache.invalidate_tag token: expected no control characters and no braces" }
end

-- From lua/cache/invalidate_tag.lua:
--- Invalidates all entries with a tag: afterwards none of them is a hit. The tag \`*\` has all entries of
--- the tenant.
do
  local cache_tag, token = KEYS[1], arg_token
  check_token(token)
  -- GET asks for the type: without it, SET would replace a key of any type.
  if redis.call("SET", cache_tag, token .. " -", "XX", "GET", "KEEPTTL") then
    return "invalidated"
  end
  return "absent"
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/cache/check_token.lua": "7-12:4",
  "lua/cache/invalidate_tag.lua": "40:28 41-48:28",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=allow-oom
-- cache.invalidate_tag 1.0.0. Generated from lua/cache/invalidate_tag.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 256 calls in one run. An error ends only its own call.

-- From lua/lib/cache/check_token.lua:
--- Refuses a text that is not the token of a tag. Stored, it would be corrupt.
local function check_token(token)
  local hard = string.match(token, "^(%x+)%.%x+$")
  if not hard or #hard ~= 12 then
    error({ err = "ARGUMENT token: expected 12 hexadecimal digits, a full stop, and 8" })
  end
end

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if not wrapper_fits or wrapper_calls < 1 or wrapper_calls > 256 or #wrapper_argv ~= wrapper_calls then
  return { err = "ARGUMENT cache.invalidate_tag expected 1 to 256 calls, each with 1 key and 1 argument" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_token = wrapper_argv[wrapper_arguments + 1]
  if #arg_token < 21 or #arg_token > 21 then
    return { err = "ARGUMENT cache.invalidate_tag token: expected 21 to 21 bytes" }
  end
  if string.find(arg_token, "[%c{}]") then
    return { err = "ARGUMENT cache.invalidate_tag token: expected no control characters and no braces" }
  end

  -- From lua/cache/invalidate_tag.lua:
  --- Invalidates all entries with a tag: afterwards none of them is a hit. The tag \`*\` has all entries of
  --- the tenant.
  do
    local cache_tag, token = KEYS[wrapper_keys + 1], arg_token
    check_token(token)
    -- GET asks for the type: without it, SET would replace a key of any type.
    if redis.call("SET", cache_tag, token .. " -", "XX", "GET", "KEEPTTL") then
      return "invalidated"
    end
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
  wrapper_keys = wrapper_keys + 1
  wrapper_arguments = wrapper_arguments + 1
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
