// cache.set 1.0.0. Generated from lua/cache/set.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `cache.set`. */
export interface CacheSetArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly entry: string;
  /** A new one in each call. 12 to 12 bytes. */
  readonly fillId: string;
  /**
   * How the value of a cache entry is coded: one character for the codec, one for the compression.
   * 2 to 2 bytes.
   */
  readonly coding: string;
  /** The tokens that the tags had before the caller had the value. 21 to 8,192 bytes. */
  readonly tokens: string;
  /** The value of a cache entry, coded. 0 to 4,194,304 bytes. */
  readonly value: Uint8Array;
  /** At most keepMs counts. Milliseconds, 0 to 8,640,000,000,000,000. */
  readonly freshMs: number;
  /** The fresh and the stale time together. Milliseconds, 1 to 31,622,400,000. */
  readonly keepMs: number;
}

/** Reply of `cache.set`: `outcome` says what happened. */
export type CacheSetReply =
  | {
      /**
       * - `set`
       * - `blocked`: somebody changes the source, so the entry was removed instead.
       */
      readonly outcome: "set" | "blocked";
    };

/** The function of `cache.set`. A tenant's `scripts.cache` has it. */
export interface CacheSetOperation {
  /**
   * Stores a value that the caller has without a load. A load that began before does not replace
   * it.
   *
   * Outcomes:
   * - `set`
   * - `blocked`: somebody changes the source, so the entry was removed instead.
   *
   * Units: `freshMs`, `keepMs` in milliseconds.
   *
   * Cost: O(1), plus the length of the value.
   *
   * Retry: never. A second run could store the value again after an invalidation.
   *
   * Lua source: `lua/cache/set.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `WRONG_TYPE`, `OUT_OF_MEMORY`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A value is stored, and the load that runs may not replace it.
   * const reply = await acme.scripts.cache.set({
   *   entry: "entry-1",
   *   fillId: "aaaaaaaaaaaa",
   *   coding: "j-",
   *   tokens: "9b1e64d02a77.5d0c31aa",
   *   value: Buffer.from("{}"),
   *   freshMs: 1000,
   *   keepMs: 9000,
   * });
   * // reply: { outcome: "set" }
   * ```
   */
  readonly set: {
    (args: CacheSetArgs, options?: CallOptions): Promise<CacheSetReply>;
    /**
     * Makes many calls of `set` at once. Each call has its own result, in the order of the calls.
     *
     * One EVALSHA makes up to 100 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly CacheSetArgs[], options?: CallOptions): Promise<ManyResult<CacheSetReply>[]>;
  };
}

/** The script `cache.set`, as a client loads and calls it. */
export const cacheSet: ManyScript<CacheSetArgs, CacheSetReply> = {
  name: "cache.set",
  version: "1.0.0",
  digest: "9e9d2e6ca594b8dd07fc11ef6f945f4f51cc47ff",
  writes: true,
  resend: "never",
  takesBytes: true,
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
      args: [
        argument.fillId.encode("fillId", args.fillId),
        argument.coding.encode("coding", args.coding),
        argument.tokens.encode("tokens", args.tokens),
        argument.value.encode("value", args.value),
        argument.freshMs.encode("freshMs", args.freshMs),
        argument.keepMs.encode("keepMs", args.keepMs),
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
    limit: 100,
    width: 1,
    digest: "cf3e0349621b6eeac49ef0136f680f9949e92403",
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
      call.args.text(argument.fillId.encode("fillId", args.fillId));
      call.args.text(argument.coding.encode("coding", args.coding));
      call.args.text(argument.tokens.encode("tokens", args.tokens));
      call.args.value(argument.value.encode("value", args.value));
      argument.freshMs.writeArgument(call, "freshMs", args.freshMs);
      call.args.text(argument.keepMs.encode("keepMs", args.keepMs));
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
  fillId: types.fillId,
  coding: types.entryCoding,
  tokens: types.entryTokens,
  value: types.entryValue,
  freshMs: types.waitMs,
  keepMs: types.ms,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["set", "blocked"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/cache/lease_of.lua": "6-12:6",
  "lua/lib/cache/check_hex.lua": "16-20:5",
  "lua/lib/now_ms.lua": "24-27:4",
  "lua/lib/cache/new_entry.lua": "31-40:12",
  "lua/cache/set.lua": "80:38 81:38 82:38 83:38 84:38 85:38 86:38 87:38 88:38 89:38 90:38 91-109:38",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- cache.set 1.0.0. Generated from lua/cache/set.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/cache/lease_of.lua:
--- Reads a lease: the id of the load that has it, with \` waited\` behind it if others wait.
local function lease_of(stored)
  if not stored then
    return nil, false
  end
  local fill_id = string.match(stored, "^(.*) waited$")
  return fill_id or stored, fill_id ~= nil
end

-- From lua/lib/cache/check_hex.lua:
--- Refuses a text that has other characters than hexadecimal digits. Stored, it would be corrupt.
local function check_hex(name, text)
  if string.find(text, "%X") then
    error({ err = "ARGUMENT " .. name .. ": expected hexadecimal digits" })
  end
end

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/lib/cache/new_entry.lua:
--- Makes the text of an entry: its header line and its value.
local function new_entry(coding, fill_id, tokens, value, fresh_ms)
  check_hex("fill_id", fill_id)
  if string.find(coding, " ", 1, true) then
    error({ err = "ARGUMENT coding: expected no space" })
  end
  if string.find(tokens, "\\n", 1, true) then
    error({ err = "ARGUMENT tokens: expected no line break" })
  end
  return string.format("1%s %013d %s %s\\n", coding, now_ms() + fresh_ms, fill_id, tokens) .. value
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 3 or #ARGV ~= 6 then
  return { err = "ARGUMENT cache.set expected 3 keys and 6 arguments" }
end
local arg_fill_id = ARGV[1]
if #arg_fill_id < 12 or #arg_fill_id > 12 then
  return { err = "ARGUMENT cache.set fill_id: expected 12 to 12 bytes" }
end
if string.find(arg_fill_id, "[%c{}]") then
  return { err = "ARGUMENT cache.set fill_id: expected no control characters and no braces" }
end
local arg_coding = ARGV[2]
if #arg_coding < 2 or #arg_coding > 2 then
  return { err = "ARGUMENT cache.set coding: expected 2 to 2 bytes" }
end
if string.find(arg_coding, "[%c{}]") then
  return { err = "ARGUMENT cache.set coding: expected no control characters and no braces" }
end
local arg_tokens = ARGV[3]
if #arg_tokens < 21 or #arg_tokens > 8192 then
  return { err = "ARGUMENT cache.set tokens: expected 21 to 8192 bytes" }
end
local arg_value = ARGV[4]
if #arg_value > 4194304 then
  return { err = "ARGUMENT cache.set value: expected 0 to 4194304 bytes" }
end
local arg_fresh_ms = tonumber(ARGV[5])
if not arg_fresh_ms or arg_fresh_ms < 0 or arg_fresh_ms > 8640000000000000 or arg_fresh_ms % 1 ~= 0 then
  return { err = "ARGUMENT cache.set fresh_ms: expected a whole number from 0 to 8640000000000000" }
end
local arg_keep_ms_digits = ARGV[6]
local arg_keep_ms = string.find(arg_keep_ms_digits, "^[1-9]%d*$") and tonumber(arg_keep_ms_digits)
if not arg_keep_ms or arg_keep_ms > 31622400000 then
  return { err = "ARGUMENT cache.set keep_ms: expected a whole number from 1 to 31622400000" }
end

-- From lua/cache/set.lua:
--- Stores a value that the caller has without a load. A load that began before does not replace it.
do
  local cache_entry, cache_lease, cache_block, fill_id, coding, tokens, value, fresh_ms, keep_ms, keep_ms_digits =
    KEYS[1],
    KEYS[2],
    KEYS[3],
    arg_fill_id,
    arg_coding,
    arg_tokens,
    arg_value,
    arg_fresh_ms,
    arg_keep_ms,
    arg_keep_ms_digits
  local _, waited = lease_of(redis.call("GET", cache_lease))
  local is_blocked = redis.call("HLEN", cache_block) > 0
  local entry = new_entry(coding, fill_id, tokens, value, math.min(fresh_ms, keep_ms))
  -- Type check only: WRONGTYPE must come before the first write.
  redis.call("STRLEN", cache_entry)
  redis.call("UNLINK", cache_lease)
  if waited then
    redis.call("PUBLISH", cache_lease, is_blocked and "invalidated" or "filled")
  end
  if is_blocked then
    -- The value of the writer may be older than this one.
    redis.call("HDEL", cache_block, "setter")
    redis.call("UNLINK", cache_entry)
    return "blocked"
  end
  redis.call("SET", cache_entry, entry, "PX", keep_ms_digits)
  return "set"
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/cache/lease_of.lua": "7-13:6",
  "lua/lib/cache/check_hex.lua": "17-21:5",
  "lua/lib/now_ms.lua": "25-28:4",
  "lua/lib/cache/new_entry.lua": "32-41:12",
  "lua/cache/set.lua":
    "98:38 99:38 100:38 101:38 102:38 103:38 104:38 105:38 106:38 107:38 108:38 109-127:38",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua
-- cache.set 1.0.0. Generated from lua/cache/set.lua by moonpath-codegen. DO NOT EDIT.
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

-- From lua/lib/cache/check_hex.lua:
--- Refuses a text that has other characters than hexadecimal digits. Stored, it would be corrupt.
local function check_hex(name, text)
  if string.find(text, "%X") then
    error({ err = "ARGUMENT " .. name .. ": expected hexadecimal digits" })
  end
end

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/lib/cache/new_entry.lua:
--- Makes the text of an entry: its header line and its value.
local function new_entry(coding, fill_id, tokens, value, fresh_ms)
  check_hex("fill_id", fill_id)
  if string.find(coding, " ", 1, true) then
    error({ err = "ARGUMENT coding: expected no space" })
  end
  if string.find(tokens, "\\n", 1, true) then
    error({ err = "ARGUMENT tokens: expected no line break" })
  end
  return string.format("1%s %013d %s %s\\n", coding, now_ms() + fresh_ms, fill_id, tokens) .. value
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
  or #wrapper_argv ~= 6 * wrapper_calls
then
  return { err = "ARGUMENT cache.set expected 1 to 100 calls, each with 3 keys and 6 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_fill_id = wrapper_argv[wrapper_arguments + 1]
  if #arg_fill_id < 12 or #arg_fill_id > 12 then
    return { err = "ARGUMENT cache.set fill_id: expected 12 to 12 bytes" }
  end
  if string.find(arg_fill_id, "[%c{}]") then
    return { err = "ARGUMENT cache.set fill_id: expected no control characters and no braces" }
  end
  local arg_coding = wrapper_argv[wrapper_arguments + 2]
  if #arg_coding < 2 or #arg_coding > 2 then
    return { err = "ARGUMENT cache.set coding: expected 2 to 2 bytes" }
  end
  if string.find(arg_coding, "[%c{}]") then
    return { err = "ARGUMENT cache.set coding: expected no control characters and no braces" }
  end
  local arg_tokens = wrapper_argv[wrapper_arguments + 3]
  if #arg_tokens < 21 or #arg_tokens > 8192 then
    return { err = "ARGUMENT cache.set tokens: expected 21 to 8192 bytes" }
  end
  local arg_value = wrapper_argv[wrapper_arguments + 4]
  if #arg_value > 4194304 then
    return { err = "ARGUMENT cache.set value: expected 0 to 4194304 bytes" }
  end
  local arg_fresh_ms = tonumber(wrapper_argv[wrapper_arguments + 5])
  if not arg_fresh_ms or arg_fresh_ms < 0 or arg_fresh_ms > 8640000000000000 or arg_fresh_ms % 1 ~= 0 then
    return { err = "ARGUMENT cache.set fresh_ms: expected a whole number from 0 to 8640000000000000" }
  end
  local arg_keep_ms_digits = wrapper_argv[wrapper_arguments + 6]
  local arg_keep_ms = string.find(arg_keep_ms_digits, "^[1-9]%d*$") and tonumber(arg_keep_ms_digits)
  if not arg_keep_ms or arg_keep_ms > 31622400000 then
    return { err = "ARGUMENT cache.set keep_ms: expected a whole number from 1 to 31622400000" }
  end

  -- From lua/cache/set.lua:
  --- Stores a value that the caller has without a load. A load that began before does not replace it.
  do
    local cache_entry, cache_lease, cache_block, fill_id, coding, tokens, value, fresh_ms, keep_ms, keep_ms_digits =
      KEYS[wrapper_keys + 1],
      KEYS[wrapper_keys + 2],
      KEYS[wrapper_keys + 3],
      arg_fill_id,
      arg_coding,
      arg_tokens,
      arg_value,
      arg_fresh_ms,
      arg_keep_ms,
      arg_keep_ms_digits
    local _, waited = lease_of(redis.call("GET", cache_lease))
    local is_blocked = redis.call("HLEN", cache_block) > 0
    local entry = new_entry(coding, fill_id, tokens, value, math.min(fresh_ms, keep_ms))
    -- Type check only: WRONGTYPE must come before the first write.
    redis.call("STRLEN", cache_entry)
    redis.call("UNLINK", cache_lease)
    if waited then
      redis.call("PUBLISH", cache_lease, is_blocked and "invalidated" or "filled")
    end
    if is_blocked then
      -- The value of the writer may be older than this one.
      redis.call("HDEL", cache_block, "setter")
      redis.call("UNLINK", cache_entry)
      return "blocked"
    end
    redis.call("SET", cache_entry, entry, "PX", keep_ms_digits)
    return "set"
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
  wrapper_arguments = wrapper_arguments + 6
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
