// expiry.extend 1.0.1. Generated from lua/expiry/extend.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.extend`. */
export interface ExpiryExtendArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly queue: string;
  /** The name of the item. 1 to 256 bytes. */
  readonly item: string;
  /** When the item is due. Milliseconds since 1970-01-01 UTC, 0 to 8,640,000,000,000,000. */
  readonly dueMs: number;
}

/** Reply of `expiry.extend`: `outcome` says what happened. */
export type ExpiryExtendReply =
  | {
      /**
       * - `extended`: the item has the new time.
       * - `claimed`: a worker has claimed the item, and its lease has not ended.
       * - `missing`: the item is not tracked.
       */
      readonly outcome: "extended" | "claimed" | "missing";
    };

/** The function of `expiry.extend`. A tenant's `expiry` has it. */
export interface ExpiryExtendOperation {
  /**
   * Changes the instant at which a tracked item is due.
   *
   * Outcomes:
   * - `extended`: the item has the new time.
   * - `claimed`: a worker has claimed the item, and its lease has not ended.
   * - `missing`: the item is not tracked.
   *
   * Units: `dueMs` in milliseconds since 1970-01-01 UTC.
   *
   * Cost: O(log N), N the tracked items.
   *
   * Retry: safe. If no other call for the item comes between, a second run sets the same instant
   * again; otherwise it may undo that call.
   *
   * Lua source: `lua/expiry/extend.lua`, version 1.0.1.
   *
   * @throws `ARGUMENT`: an argument is not of its type or outside its bounds. Nothing was written.
   * @throws `CORRUPT`: a stored value breaks its own rules. Nothing was written.
   * @throws `WRONG_TYPE`: a key holds another type of value. Nothing was written.
   * @throws `OUT_OF_MEMORY`: the server is at its memory limit. Nothing was written.
   * @throws `EVICTION`: the server's `maxmemory-policy` could evict what the script stores. Nothing
   *   was sent.
   * @throws `OUTCOME_UNKNOWN`: the call was sent and no answer came. The script may have run.
   * @throws `UNAVAILABLE`, `ABORTED`, `CLOSED` and the other errors that every call can end with.
   *
   * @example
   * ```ts
   * // A tracked item gets more time.
   * const reply = await acme.expiry.extend({
   *   queue: "queue-1",
   *   item: "offer-1",
   *   dueMs: Date.now() + 90_000,
   * });
   * // reply: { outcome: "extended" }
   * ```
   */
  extend(args: ExpiryExtendArgs, options?: CallOptions): Promise<ExpiryExtendReply>;
}

/** The script `expiry.extend`, as a client loads and calls it. */
export const expiryExtend: Script<ExpiryExtendArgs, ExpiryExtendReply> = {
  name: "expiry.extend",
  version: "1.0.1",
  digest: "72af2465dfaf43bf9ffe864c7812e5ca604ff7dc",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>}:due",
    "<namespace>:{<tenant>:<queue>}:processing",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.due(scope, args.queue),
        keys.processing(scope, args.queue),
      ],
      args: [
        argument.item.encode("item", args.item),
        argument.dueMs.encode("dueMs", args.dueMs),
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
};

/** How each argument is encoded, with its bounds. */
const argument = {
  item: types.id,
  dueMs: types.epochMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["extended", "claimed", "missing"]),
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": {
    6: 4, 7: 5, 8: 6, 9: 7,
  },
  "lua/lib/raise.lua": {
    13: 7, 19: 13, 20: 14, 21: 15,
  },
  "lua/lib/corrupt.lua": {
    26: 11, 27: 12, 28: 13,
  },
  "lua/lib/stored_integer.lua": {
    32: 4, 36: 14, 37: 15, 38: 16, 39: 17, 40: 18, 41: 19, 42: 20, 43: 21, 44: 22, 45: 23,
  },
  "lua/lib/expiry/is_claimed.lua": {
    49: 9, 50: 10, 51: 11, 52: 12,
  },
  "lua/lib/expiry/wake_worker.lua": {
    57: 8, 58: 9, 59: 10, 60: 11, 61: 12, 62: 13, 63: 14,
  },
  "lua/expiry/extend.lua": {
    85: 33, 86: 33, 87: 33, 88: 34, 89: 35, 90: 36, 91: 37, 92: 38, 93: 39, 94: 40, 95: 41, 96: 42, 97: 43,
    98: 44, 99: 45, 100: 46,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- expiry.extend 1.0.1. Generated from lua/expiry/extend.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/lib/raise.lua:
--- Ends the script with an error that names a line of the script. Call it before the first write.
local function raise(code, what, level)
  -- Clients expect the code as the first word of an error. Redis puts ERR in front of an error that
  -- is a text, so this error must be a table. For a table, Redis names the line of error() itself,
  -- which is always the line below. Lua adds the line at \`level\`, but only to a text. So the first
  -- error() is caught and only returns this position, "user_script:<line>: ". The second error()
  -- ends the script.
  local _, position = pcall(error, "", level + 2)
  error({ err = code .. " " .. what .. " at " .. string.gsub(position, ": $", "") })
end

-- From lua/lib/corrupt.lua:
--- Ends the script with the error CORRUPT: a stored value does not have the form that the keyspace
--- declares.
local function corrupt(what, level)
  raise("CORRUPT", what, (level or 1) + 1)
end

-- From lua/lib/stored_integer.lua:
-- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
local MAX_EXACT = 9007199254740991

--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script.
local function stored_integer(value, what, min, max)
  if not value then
    return nil
  end
  local number = string.find(value, "^-?%d+$") and tonumber(value)
  if not number or number < (min or 0) or number > (max or MAX_EXACT) then
    corrupt(what, 2)
  end
  return number
end

-- From lua/lib/expiry/is_claimed.lua:
--- Tells whether a worker has claimed an item and its lease has not ended.
local function is_claimed(processing, item)
  local lease_ends = stored_integer(redis.call("ZSCORE", processing, item), "processing")
  return lease_ends ~= nil and lease_ends >= now_ms()
end

-- From lua/lib/expiry/wake_worker.lua:
--- Wakes the workers of a queue if an item will be due before all others, because they may be
--- waiting longer.
local function wake_worker(due, due_ms)
  local earliest_due = redis.call("ZRANGE", due, "0", "0", "WITHSCORES")
  local earliest_ms = tonumber(earliest_due[2])
  if not earliest_ms or due_ms < earliest_ms then
    redis.call("PUBLISH", due, "earlier")
  end
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 2 then
  return { err = "ARGUMENT expiry.extend expected 2 keys and 2 arguments" }
end
local arg_item = ARGV[1]
if arg_item == "" or #arg_item > 256 then
  return { err = "ARGUMENT expiry.extend item: expected 1 to 256 bytes" }
end
if string.find(arg_item, "[%c{}]") then
  return { err = "ARGUMENT expiry.extend item: expected no control characters and no braces" }
end
local arg_due_ms_digits = ARGV[2]
local arg_due_ms = (arg_due_ms_digits == "0" or string.find(arg_due_ms_digits, "^[1-9]%d*$"))
  and tonumber(arg_due_ms_digits)
if not arg_due_ms or arg_due_ms > 8640000000000000 then
  return { err = "ARGUMENT expiry.extend due_ms: expected a whole number from 0 to 8640000000000000" }
end

-- From lua/expiry/extend.lua:
--- Changes the instant at which a tracked item is due.
do
  local due, processing, item, due_ms, due_ms_digits =
    KEYS[1], KEYS[2], arg_item, arg_due_ms, arg_due_ms_digits
  if is_claimed(processing, item) then
    return "claimed"
  end
  local tracked = redis.call("ZSCORE", due, item)
  local abandoned = redis.call("ZSCORE", processing, item)
  if not tracked and not abandoned then
    return "missing"
  end
  wake_worker(due, due_ms)
  redis.call("ZADD", due, due_ms_digits, item)
  redis.call("ZREM", processing, item)
  return "extended"
end
`;
