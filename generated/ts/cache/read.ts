// cache.read 1.0.0. Generated from lua/cache/read.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, textsOf, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `cache.read`. */
export interface CacheReadArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly entry: string;
  /** A new one in each call: the load that gets the lease, and fills. 12 to 12 bytes. */
  readonly fillId: string;
  /** A duration, at most 366 days. Milliseconds, 1 to 31,622,400,000. */
  readonly leaseMs: number;
  /** The caller has the entry with this id already, and wants to replace it. 12 to 12 bytes. */
  readonly replaces?: string | undefined;
  /**
   * The fill or the release shall wake the caller, with a message on the channel with the lease's
   * name.
   */
  readonly waits?: boolean | undefined;
}

/**
 * Reply of `cache.read`: `outcome` says what happened.
 *
 * Fresh, stale: there is an entry.
 */
export type CacheReadReply =
  | {
      /** `fresh` */
      readonly outcome: "fresh";
      /** A cache entry: its header line and its value. 1 to 4,202,600 bytes. */
      readonly stored: Buffer;
      /** By Redis's clock. Milliseconds, 0 to 8,640,000,000,000,000. */
      readonly freshForMs: number;
    }
  | {
      /** `stale` */
      readonly outcome: "stale";
      /** A cache entry: its header line and its value. 1 to 4,202,600 bytes. */
      readonly stored: Buffer;
      /**
       * Granted: the caller loads, and fills; busy: another caller loads; blocked: somebody changes
       * the source, so a load must not be stored.
       */
      readonly lease: "granted" | "busy" | "blocked";
      /** When busy. Milliseconds, 1 to 31,622,400,000. It may be absent. */
      readonly leaseEndsInMs: number | undefined;
    }
  | {
      /** `absent`: there is none, or the one to be replaced. */
      readonly outcome: "absent";
      /**
       * Granted: the caller loads, and fills; busy: another caller loads; blocked: somebody changes
       * the source, so a load must not be stored.
       */
      readonly lease: "granted" | "busy" | "blocked";
      /** When busy. Milliseconds, 1 to 31,622,400,000. It may be absent. */
      readonly leaseEndsInMs: number | undefined;
    }
  | {
      /**
       * `foreign`: another release of the service wrote it, in a form that this one does not know.
       */
      readonly outcome: "foreign";
    };

/** The function of `cache.read`. A tenant's `scripts.cache` has it. */
export interface CacheReadOperation {
  /**
   * Reads an entry. If it is stale or absent, one caller gets the lease and loads it.
   *
   * The caller compares the tokens of the header with the present ones. If one differs, it calls
   * again with `replaces`. A caller that names the fill id of a fresh entry refreshes it early.
   *
   * Outcomes:
   * - `fresh`
   * - `stale`
   * - `absent`: there is none, or the one to be replaced.
   * - `foreign`: another release of the service wrote it, in a form that this one does not know.
   *
   * Fresh, stale: there is an entry.
   *
   * Units: `leaseMs`, `freshForMs`, `leaseEndsInMs` in milliseconds.
   *
   * Cost: O(1), plus the length of the entry.
   *
   * Retry: never. A second run would grant a lease again that an invalidation has ended.
   *
   * Lua source: `lua/cache/read.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A fresh entry is returned.
   * const reply = await acme.scripts.cache.read({
   *   entry: "entry-1",
   *   fillId: "aaaaaaaaaaaa",
   *   leaseMs: 5000,
   * });
   * // reply: {
   * //   outcome: "fresh",
   * //   stored: Buffer.from("1j- 9999999999999 0123456789ab 9b1e64d02a77.5d0c31aa\n{}"),
   * //   freshForMs: …,
   * // }
   * ```
   */
  readonly read: {
    (args: CacheReadArgs, options?: CallOptions): Promise<CacheReadReply>;
    /**
     * Makes many calls of `read` at once. Each call has its own result, in the order of the calls.
     *
     * One EVALSHA makes up to 100 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly CacheReadArgs[], options?: CallOptions): Promise<ManyResult<CacheReadReply>[]>;
  };
}

/** The script `cache.read`, as a client loads and calls it. */
export const cacheRead: ManyScript<CacheReadArgs, CacheReadReply> = {
  name: "cache.read",
  version: "1.0.0",
  digest: "20162bdba13086b29df702a54208d222a5c90be7",
  writes: true,
  resend: "never",
  repliesBytes: true,
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
        argument.leaseMs.encode("leaseMs", args.leaseMs),
        argument.replaces.encode("replaces", args.replaces),
        argument.waits.encode("waits", args.waits),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 5);
    const outcome = field.outcome.decode("outcome", textsOf(fields[0]));
    switch (outcome) {
      case "fresh":
        return {
          outcome,
          stored: field.stored.decode("stored", fields[1]),
          freshForMs: field.freshForMs.decode("freshForMs", textsOf(fields[2])),
        };
      case "stale":
        return {
          outcome,
          stored: field.stored.decode("stored", fields[1]),
          lease: field.lease.decode("lease", textsOf(fields[3])),
          leaseEndsInMs: field.leaseEndsInMs.decode("leaseEndsInMs", textsOf(fields[4])),
        };
      case "absent":
        return {
          outcome,
          lease: field.lease.decode("lease", textsOf(fields[3])),
          leaseEndsInMs: field.leaseEndsInMs.decode("leaseEndsInMs", textsOf(fields[4])),
        };
      case "foreign":
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
    limit: 100,
    width: 5,
    digest: "5476381e55a1909f9c574ab056000bf21efdcb34",
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
      call.args.text(argument.leaseMs.encode("leaseMs", args.leaseMs));
      call.args.text(argument.replaces.encode("replaces", args.replaces));
      call.args.text(argument.waits.encode("waits", args.waits));
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
  leaseMs: types.ms,
  replaces: optional(types.fillId),
  waits: optional(types.flag),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["fresh", "stale", "absent", "foreign"]),
  stored: types.storedEntry,
  freshForMs: types.waitMs,
  lease: choiceType(["granted", "busy", "blocked"]),
  leaseEndsInMs: optional(types.ms),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/cache/check_hex.lua": "6-10:5",
  "lua/cache/read.lua": "51:68 52:68 53-57:68 72-78:73 85-99:80 109-114:95",
  "lua/lib/cache/entry_head.lua": "61-71:7",
  "lua/lib/now_ms.lua": "81-84:4",
  "lua/lib/cache/lease_of.lua": "102-108:6",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- cache.read 1.0.0. Generated from lua/cache/read.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/cache/check_hex.lua:
--- Refuses a text that has other characters than hexadecimal digits. Stored, it would be corrupt.
local function check_hex(name, text)
  if string.find(text, "%X") then
    error({ err = "ARGUMENT " .. name .. ": expected hexadecimal digits" })
  end
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 3 or #ARGV ~= 4 then
  return { err = "ARGUMENT cache.read expected 3 keys and 4 arguments" }
end
local arg_fill_id = ARGV[1]
if #arg_fill_id < 12 or #arg_fill_id > 12 then
  return { err = "ARGUMENT cache.read fill_id: expected 12 to 12 bytes" }
end
if string.find(arg_fill_id, "[%c{}]") then
  return { err = "ARGUMENT cache.read fill_id: expected no control characters and no braces" }
end
local arg_lease_ms_digits = ARGV[2]
local arg_lease_ms = string.find(arg_lease_ms_digits, "^[1-9]%d*$") and tonumber(arg_lease_ms_digits)
if not arg_lease_ms or arg_lease_ms > 31622400000 then
  return { err = "ARGUMENT cache.read lease_ms: expected a whole number from 1 to 31622400000" }
end
local arg_replaces = ARGV[3]
if arg_replaces == "" then
  arg_replaces = nil
else
  if #arg_replaces < 12 or #arg_replaces > 12 then
    return { err = "ARGUMENT cache.read replaces: expected 12 to 12 bytes" }
  end
  if string.find(arg_replaces, "[%c{}]") then
    return { err = "ARGUMENT cache.read replaces: expected no control characters and no braces" }
  end
end
local arg_waits = ARGV[4]
if arg_waits == "" then
  arg_waits = nil
else
  if arg_waits ~= "1" and arg_waits ~= "0" then
    return { err = "ARGUMENT cache.read waits: expected 1 or 0" }
  end
  arg_waits = arg_waits == "1"
end

-- From lua/cache/read.lua:
--- Reads an entry. If it is stale or absent, one caller gets the lease and loads it.
do
  local cache_entry, cache_lease, cache_block, fill_id, lease_ms, replaces, waits, lease_ms_digits =
    KEYS[1], KEYS[2], KEYS[3], arg_fill_id, arg_lease_ms, arg_replaces, arg_waits, arg_lease_ms_digits
  check_hex("fill_id", fill_id)
  local stored = redis.call("GET", cache_entry)
  local outcome = "absent"
  if stored then
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
    local fresh_until_ms, stored_id = entry_head(stored)
    if not fresh_until_ms then
      return "foreign"
    end
    if stored_id == replaces then
      stored = nil
    else
      -- From lua/lib/now_ms.lua:
      --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
      local function now_ms()
        local clock = redis.call("TIME")
        return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
      end
      local fresh_for_ms = fresh_until_ms - now_ms()
      if fresh_for_ms > 0 then
        return { "fresh", stored or false, fresh_for_ms }
      end
      outcome = "stale"
    end
  end

  if redis.call("HLEN", cache_block) > 0 then
    return { outcome, stored or nil or false, false, "blocked" }
  end
  local held = redis.call("SET", cache_lease, fill_id, "NX", "GET", "PX", lease_ms_digits)
  if not held then
    return { outcome, stored or nil or false, false, "granted" }
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
  local holder, waited = lease_of(held)
  if waits and not waited then
    redis.call("SET", cache_lease, holder .. " waited", "KEEPTTL")
  end
  return { outcome, stored or nil or false, false, "busy", math.max(redis.call("PTTL", cache_lease), 1) }
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/cache/check_hex.lua": "7-11:5",
  "lua/lib/cache/entry_head.lua": "16-26:7",
  "lua/lib/cache/lease_of.lua": "30-36:6",
  "lua/lib/now_ms.lua": "40-43:4",
  "lua/cache/read.lua": "101:68 102:68 103:68 104:68 105:68 106:68 107:68 108:68 109:68 110-142:68",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=allow-oom
-- cache.read 1.0.0. Generated from lua/cache/read.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 100 calls in one run. An error ends only its own call.

-- From lua/lib/cache/check_hex.lua:
--- Refuses a text that has other characters than hexadecimal digits. Stored, it would be corrupt.
local function check_hex(name, text)
  if string.find(text, "%X") then
    error({ err = "ARGUMENT " .. name .. ": expected hexadecimal digits" })
  end
end

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
  or #wrapper_argv ~= 4 * wrapper_calls
then
  return { err = "ARGUMENT cache.read expected 1 to 100 calls, each with 3 keys and 4 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_fill_id = wrapper_argv[wrapper_arguments + 1]
  if #arg_fill_id < 12 or #arg_fill_id > 12 then
    return { err = "ARGUMENT cache.read fill_id: expected 12 to 12 bytes" }
  end
  if string.find(arg_fill_id, "[%c{}]") then
    return { err = "ARGUMENT cache.read fill_id: expected no control characters and no braces" }
  end
  local arg_lease_ms_digits = wrapper_argv[wrapper_arguments + 2]
  local arg_lease_ms = string.find(arg_lease_ms_digits, "^[1-9]%d*$") and tonumber(arg_lease_ms_digits)
  if not arg_lease_ms or arg_lease_ms > 31622400000 then
    return { err = "ARGUMENT cache.read lease_ms: expected a whole number from 1 to 31622400000" }
  end
  local arg_replaces = wrapper_argv[wrapper_arguments + 3]
  if arg_replaces == "" then
    arg_replaces = nil
  else
    if #arg_replaces < 12 or #arg_replaces > 12 then
      return { err = "ARGUMENT cache.read replaces: expected 12 to 12 bytes" }
    end
    if string.find(arg_replaces, "[%c{}]") then
      return { err = "ARGUMENT cache.read replaces: expected no control characters and no braces" }
    end
  end
  local arg_waits = wrapper_argv[wrapper_arguments + 4]
  if arg_waits == "" then
    arg_waits = nil
  else
    if arg_waits ~= "1" and arg_waits ~= "0" then
      return { err = "ARGUMENT cache.read waits: expected 1 or 0" }
    end
    arg_waits = arg_waits == "1"
  end

  -- From lua/cache/read.lua:
  --- Reads an entry. If it is stale or absent, one caller gets the lease and loads it.
  do
    local cache_entry, cache_lease, cache_block, fill_id, lease_ms, replaces, waits, lease_ms_digits =
      KEYS[wrapper_keys + 1],
      KEYS[wrapper_keys + 2],
      KEYS[wrapper_keys + 3],
      arg_fill_id,
      arg_lease_ms,
      arg_replaces,
      arg_waits,
      arg_lease_ms_digits
    check_hex("fill_id", fill_id)
    local stored = redis.call("GET", cache_entry)
    local outcome = "absent"
    if stored then
      local fresh_until_ms, stored_id = entry_head(stored)
      if not fresh_until_ms then
        return "foreign"
      end
      if stored_id == replaces then
        stored = nil
      else
        local fresh_for_ms = fresh_until_ms - now_ms()
        if fresh_for_ms > 0 then
          return "fresh", stored or false, fresh_for_ms
        end
        outcome = "stale"
      end
    end

    if redis.call("HLEN", cache_block) > 0 then
      return outcome, stored or nil or false, false, "blocked"
    end
    local held = redis.call("SET", cache_lease, fill_id, "NX", "GET", "PX", lease_ms_digits)
    if not held then
      return outcome, stored or nil or false, false, "granted"
    end
    local holder, waited = lease_of(held)
    if waits and not waited then
      redis.call("SET", cache_lease, holder .. " waited", "KEEPTTL")
    end
    return outcome, stored or nil or false, false, "busy", math.max(redis.call("PTTL", cache_lease), 1)
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
-- all calls as a flat list in MessagePack, 5 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2, reply_3, reply_4, reply_5 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_values[wrapper_at + 2] = reply_2 or false
  wrapper_values[wrapper_at + 3] = reply_3 or false
  wrapper_values[wrapper_at + 4] = reply_4 or false
  wrapper_values[wrapper_at + 5] = reply_5 or false
  wrapper_at = wrapper_at + 5
  wrapper_keys = wrapper_keys + 3
  wrapper_arguments = wrapper_arguments + 4
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
