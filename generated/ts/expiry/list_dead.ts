// expiry.list_dead 1.0.0. Generated from lua/expiry/list_dead.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, listType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.list_dead`. */
export interface ExpiryListDeadArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly queue: string;
  /** The maximum number of items. Things, 1 to 1,000. */
  readonly limit: number;
}

/** Reply of `expiry.list_dead`. */
export interface ExpiryListDeadReply {
  /** The oldest first. At most 1,000 elements. */
  readonly items: readonly types.DeadItem[];
}

/** The function of `expiry.list_dead`. A tenant's `expiry` has it. */
export interface ExpiryListDeadOperation {
  /**
   * Lists dead items with their reasons, the oldest first.
   *
   * Reply:
   * - `items`: The oldest first. At most 1,000 elements.
   *
   * Units: `limit` in things.
   *
   * Cost: O(log N + limit), N the dead items.
   *
   * Retry: safe. It only reads.
   *
   * Lua source: `lua/expiry/list_dead.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`: an argument is not of its type or outside its bounds. Nothing was written.
   * @throws `CORRUPT`: a stored value breaks its own rules. Nothing was written.
   * @throws `WRONG_TYPE`: a key holds another type of value. Nothing was written.
   * @throws `DEADLINE`: no answer came before the deadline.
   * @throws `UNAVAILABLE`, `ABORTED`, `CLOSED` and the other errors that every call can end with.
   *
   * @example
   * ```ts
   * // A dead item is listed with its reason.
   * const reply = await acme.expiry.listDead({ queue: "queue-1", limit: 10 });
   * // reply: {
   * //   items: [{ item: "offer-1", attempts: 5, reason: "no such offer", deadSinceMs: Date.now() -
   * //     1 }],
   * // }
   * ```
   */
  listDead(args: ExpiryListDeadArgs, options?: CallOptions): Promise<ExpiryListDeadReply>;
}

/** The script `expiry.list_dead`, as a client loads and calls it. */
export const expiryListDead: Script<ExpiryListDeadArgs, ExpiryListDeadReply> = {
  name: "expiry.list_dead",
  version: "1.0.0",
  digest: "5d83423a01073682304e2ef18e2410266db38af9",
  writes: false,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>}:attempts",
    "<namespace>:{<tenant>:<queue>}:dead",
    "<namespace>:{<tenant>:<queue>}:dead-reason",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.attempts(scope, args.queue),
        keys.dead(scope, args.queue),
        keys.deadReason(scope, args.queue),
      ],
      args: [argument.limit.encode("limit", args.limit)],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    return {
      items: field.items.decode("items", fields[0]),
    };
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
  limit: types.limit,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  items: listType(types.deadItem, 1000),
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/raise.lua": {
    6: 7, 12: 13, 13: 14, 14: 15,
  },
  "lua/lib/corrupt.lua": {
    19: 11, 20: 12, 21: 13,
  },
  "lua/lib/stored_integer.lua": {
    25: 4, 29: 14, 30: 15, 31: 16, 32: 17, 33: 18, 34: 19, 35: 20, 36: 21, 37: 22, 38: 23,
  },
  "lua/expiry/list_dead.lua": {
    51: 29, 52: 29, 53: 30, 54: 31, 56: 33, 57: 34, 58: 35, 59: 36, 60: 37, 61: 38, 62: 39, 63: 40, 64: 41,
    65: 42, 66: 42, 67: 42, 68: 42, 69: 42, 70: 42, 71: 42, 72: 42, 73: 42, 74: 42, 75: 42, 76: 42, 77: 42,
    78: 43,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- expiry.list_dead 1.0.0. Generated from lua/expiry/list_dead.lua by moonpath-codegen. DO NOT EDIT.

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

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 3 or #ARGV ~= 1 then
  return { err = "ARGUMENT expiry.list_dead expected 3 keys and 1 argument" }
end
local arg_limit = tonumber(ARGV[1])
if not arg_limit or arg_limit < 1 or arg_limit > 1000 or arg_limit % 1 ~= 0 then
  return { err = "ARGUMENT expiry.list_dead limit: expected a whole number from 1 to 1000" }
end

-- From lua/expiry/list_dead.lua:
--- Lists dead items with their reasons, the oldest first.
do
  local attempts, dead, reasons, limit = KEYS[1], KEYS[2], KEYS[3], arg_limit
  local found = redis.call("ZRANGE", dead, "0", limit - 1, "WITHSCORES")
  local items = {}
  -- at most 1000 items
  for position = 1, #found, 2 do
    local name = found[position]
    items[#items + 1] = {
      item = name,
      attempts = stored_integer(redis.call("HGET", attempts, name), "attempts", 1) or 1,
      reason = redis.call("HGET", reasons, name) or "unknown",
      dead_since_ms = stored_integer(found[position + 1], "instant of a dead item"),
    }
  end
  local reply_items = items
  local wrapper_reply_items = false
  if reply_items then
    wrapper_reply_items = {}
    for index = 1, #reply_items do
      local row = reply_items[index]
      wrapper_reply_items[4 * index - 3] = row.item
      wrapper_reply_items[4 * index - 2] = row.attempts
      wrapper_reply_items[4 * index - 1] = row.reason
      wrapper_reply_items[4 * index] = row.dead_since_ms
    end
  end
  return { wrapper_reply_items }
end
`;
