// cache.renew 1.0.0. Generated from lua/cache/renew.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `cache.renew`. */
export interface CacheRenewArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly entry: string;
  /** As in the call of cache.read that granted the lease. 12 to 12 bytes. */
  readonly fillId: string;
  /** From now on. Milliseconds, 1 to 31,622,400,000. */
  readonly leaseMs: number;
}

/** Reply of `cache.renew`: `outcome` says what happened. */
export type CacheRenewReply =
  | {
      /**
       * - `renewed`
       * - `lost`: the lease has ended, or was taken away, so a fill will be refused.
       */
      readonly outcome: "renewed" | "lost";
    };

/** The function of `cache.renew`. A tenant's `scripts.cache` has it. */
export interface CacheRenewOperation {
  /**
   * Extends the lease of a load that takes longer.
   *
   * Outcomes:
   * - `renewed`
   * - `lost`: the lease has ended, or was taken away, so a fill will be refused.
   *
   * Units: `leaseMs` in milliseconds.
   *
   * Cost: O(1).
   *
   * Retry: safe. A second run sets the same time again.
   *
   * Lua source: `lua/cache/renew.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `WRONG_TYPE`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // The holder renews its lease.
   * const reply = await acme.scripts.cache.renew({
   *   entry: "entry-1",
   *   fillId: "aaaaaaaaaaaa",
   *   leaseMs: 5000,
   * });
   * // reply: { outcome: "renewed" }
   * ```
   */
  readonly renew: {
    (args: CacheRenewArgs, options?: CallOptions): Promise<CacheRenewReply>;
    /**
     * Makes many calls of `renew` at once. Each call has its own result, in the order of the calls.
     *
     * One EVALSHA makes up to 100 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly CacheRenewArgs[], options?: CallOptions): Promise<ManyResult<CacheRenewReply>[]>;
  };
}

/** The script `cache.renew`, as a client loads and calls it. */
export const cacheRenew: ManyScript<CacheRenewArgs, CacheRenewReply> = {
  name: "cache.renew",
  version: "1.0.0",
  digest: "59e8ff8c46dd0e11a965548cd0e3e223165677e5",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<entry>}:cache-lease",
  ],
  encode(scope, args) {
    return {
      keys: [keys.cacheLease(scope, args.entry)],
      args: [
        argument.fillId.encode("fillId", args.fillId),
        argument.leaseMs.encode("leaseMs", args.leaseMs),
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
    digest: "b41a92b9c0ed4aa5eecf52fe829e79cd89e4bf7a",
    write(call, scope, args) {
      call.beginKey(scope);
      types.id.writeKeyPart(call, "entry", args.entry);
      call.endTag("}:cache-lease");
      call.endKey();
      call.args.text(argument.fillId.encode("fillId", args.fillId));
      call.args.text(argument.leaseMs.encode("leaseMs", args.leaseMs));
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
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["renewed", "lost"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/cache/lease_of.lua": "6-12:6",
  "lua/cache/renew.lua": "33:25 34:25 35-42:25",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- cache.renew 1.0.0. Generated from lua/cache/renew.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/cache/lease_of.lua:
--- Reads a lease: the id of the load that has it, with \` waited\` behind it if others wait.
local function lease_of(stored)
  if not stored then
    return nil, false
  end
  local fill_id = string.match(stored, "^(.*) waited$")
  return fill_id or stored, fill_id ~= nil
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 2 then
  return { err = "ARGUMENT cache.renew expected 1 key and 2 arguments" }
end
local arg_fill_id = ARGV[1]
if #arg_fill_id < 12 or #arg_fill_id > 12 then
  return { err = "ARGUMENT cache.renew fill_id: expected 12 to 12 bytes" }
end
if string.find(arg_fill_id, "[%c{}]") then
  return { err = "ARGUMENT cache.renew fill_id: expected no control characters and no braces" }
end
local arg_lease_ms_digits = ARGV[2]
local arg_lease_ms = string.find(arg_lease_ms_digits, "^[1-9]%d*$") and tonumber(arg_lease_ms_digits)
if not arg_lease_ms or arg_lease_ms > 31622400000 then
  return { err = "ARGUMENT cache.renew lease_ms: expected a whole number from 1 to 31622400000" }
end

-- From lua/cache/renew.lua:
--- Extends the lease of a load that takes longer.
do
  local cache_lease, fill_id, lease_ms, lease_ms_digits =
    KEYS[1], arg_fill_id, arg_lease_ms, arg_lease_ms_digits
  local holder = lease_of(redis.call("GET", cache_lease))
  if holder ~= fill_id then
    return "lost"
  end
  redis.call("PEXPIRE", cache_lease, lease_ms_digits)
  return "renewed"
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/cache/lease_of.lua": "7-13:6",
  "lua/cache/renew.lua": "45:25 46:25 47-54:25",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=allow-oom
-- cache.renew 1.0.0. Generated from lua/cache/renew.lua by moonpath-codegen. DO NOT EDIT.
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

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if not wrapper_fits or wrapper_calls < 1 or wrapper_calls > 100 or #wrapper_argv ~= 2 * wrapper_calls then
  return { err = "ARGUMENT cache.renew expected 1 to 100 calls, each with 1 key and 2 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_fill_id = wrapper_argv[wrapper_arguments + 1]
  if #arg_fill_id < 12 or #arg_fill_id > 12 then
    return { err = "ARGUMENT cache.renew fill_id: expected 12 to 12 bytes" }
  end
  if string.find(arg_fill_id, "[%c{}]") then
    return { err = "ARGUMENT cache.renew fill_id: expected no control characters and no braces" }
  end
  local arg_lease_ms_digits = wrapper_argv[wrapper_arguments + 2]
  local arg_lease_ms = string.find(arg_lease_ms_digits, "^[1-9]%d*$") and tonumber(arg_lease_ms_digits)
  if not arg_lease_ms or arg_lease_ms > 31622400000 then
    return { err = "ARGUMENT cache.renew lease_ms: expected a whole number from 1 to 31622400000" }
  end

  -- From lua/cache/renew.lua:
  --- Extends the lease of a load that takes longer.
  do
    local cache_lease, fill_id, lease_ms, lease_ms_digits =
      KEYS[wrapper_keys + 1], arg_fill_id, arg_lease_ms, arg_lease_ms_digits
    local holder = lease_of(redis.call("GET", cache_lease))
    if holder ~= fill_id then
      return "lost"
    end
    redis.call("PEXPIRE", cache_lease, lease_ms_digits)
    return "renewed"
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
