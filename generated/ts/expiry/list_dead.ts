// expiry.list_dead 1.0.0. Generated from lua/expiry/list_dead.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, listType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.list_dead`. */
export interface ExpiryListDeadArgs {
  /** Part of the key. 1 to 240 bytes. */
  readonly queue: string;
  /** Part of the key. 1 to 3 bytes. */
  readonly queueShard: string;
  /** The maximum number of items. Items, 1 to 100. */
  readonly limit: number;
  /**
   * Dead_since_ms of the last item of the page before. Milliseconds since 1970-01-01 UTC, 0 to
   * 8,640,000,000,000,000.
   */
  readonly afterMs?: number | undefined;
  /** The last item of the page before. 1 to 256 bytes. */
  readonly afterItem?: string | undefined;
}

/** Reply of `expiry.list_dead`. */
export interface ExpiryListDeadReply {
  /** The oldest first. At most 1,000 elements. */
  readonly items: readonly types.DeadItem[];
}

/** The function of `expiry.list_dead`. A tenant's `scripts.expiry` has it. */
export interface ExpiryListDeadOperation {
  /**
   * Lists dead items with their reasons, the oldest first, one page a call.
   *
   * The next page begins after the last item of the page before. If that item is not dead any more,
   * or died again, the next page begins with the items of its millisecond. So a page may repeat
   * items, but it never skips one that stays dead.
   *
   * Reply:
   * - `items`: The oldest first. At most 1,000 elements.
   *
   * Units: `limit` in items; `afterMs` in milliseconds since 1970-01-01 UTC.
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
   * const reply = await acme.scripts.expiry.listDead({
   *   queue: "queue-1",
   *   queueShard: "0",
   *   limit: 10,
   * });
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
  digest: "7bdbe24800c81b84d586822f6a95ba43c5b75581",
  writes: false,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:attempts",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:dead",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:dead-reason",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.attempts(scope, args.queue, args.queueShard),
        keys.dead(scope, args.queue, args.queueShard),
        keys.deadReason(scope, args.queue, args.queueShard),
      ],
      args: [
        argument.limit.encode("limit", args.limit),
        argument.afterMs.encode("afterMs", args.afterMs),
        argument.afterItem.encode("afterItem", args.afterItem),
      ],
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
  limit: types.itemLimit,
  afterMs: optional(types.epochMs),
  afterItem: optional(types.id),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  items: listType(types.deadItem, 1000),
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": {
    7: 9, 9: 11, 10: 12, 11: 13, 12: 14, 13: 15, 14: 16, 15: 17, 16: 18, 17: 19, 18: 20,
  },
  "lua/expiry/list_dead.lua": {
    48: 40, 49: 40, 50: 40, 51: 41, 52: 42, 53: 43, 54: 44, 55: 45, 56: 46, 57: 47, 58: 48, 59: 49, 60: 50,
    61: 51, 62: 52, 63: 53, 64: 53, 65: 53, 66: 53, 67: 53, 68: 53, 69: 53, 70: 53, 71: 53, 72: 53, 73: 53,
    74: 53, 75: 53, 76: 54, 77: 55, 79: 57, 80: 58, 81: 59, 83: 61, 85: 63, 87: 65, 88: 66, 89: 67, 90: 68,
    91: 69, 92: 70, 93: 71, 94: 72, 95: 73, 96: 74, 97: 74, 98: 74, 99: 74, 100: 74, 101: 74, 102: 74,
    103: 74, 104: 74, 105: 74, 106: 74, 107: 74, 108: 74, 109: 75,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- expiry.list_dead 1.0.0. Generated from lua/expiry/list_dead.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stored_integer.lua:
--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script.
local function stored_integer(value, what, min, max)
  -- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
  local MAX_EXACT = 9007199254740991
  if not value then
    return nil
  end
  local number = string.find(value, "^-?%d+$") and tonumber(value)
  if not number or number < (min or 0) or number > (max or MAX_EXACT) then
    error({ err = "CORRUPT " .. what })
  end
  return number
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 3 or #ARGV ~= 3 then
  return { err = "ARGUMENT expiry.list_dead expected 3 keys and 3 arguments" }
end
local arg_limit = tonumber(ARGV[1])
if not arg_limit or arg_limit < 1 or arg_limit > 100 or arg_limit % 1 ~= 0 then
  return { err = "ARGUMENT expiry.list_dead limit: expected a whole number from 1 to 100" }
end
local arg_after_ms = tonumber(ARGV[2])
if ARGV[2] ~= "" then
  if not arg_after_ms or arg_after_ms < 0 or arg_after_ms > 8640000000000000 or arg_after_ms % 1 ~= 0 then
    return { err = "ARGUMENT expiry.list_dead after_ms: expected a whole number from 0 to 8640000000000000" }
  end
end
local arg_after_item = ARGV[3]
if arg_after_item == "" then
  arg_after_item = nil
else
  if arg_after_item == "" or #arg_after_item > 256 then
    return { err = "ARGUMENT expiry.list_dead after_item: expected 1 to 256 bytes" }
  end
  if string.find(arg_after_item, "[%c{}]") then
    return { err = "ARGUMENT expiry.list_dead after_item: expected no control characters and no braces" }
  end
end

-- From lua/expiry/list_dead.lua:
--- Lists dead items with their reasons, the oldest first, one page a call.
do
  local attempts, dead, reasons, limit, after_ms, after_item =
    KEYS[1], KEYS[2], KEYS[3], arg_limit, arg_after_ms, arg_after_item
  local first = 0
  if after_ms then
    local after = string.format("%d", after_ms)
    if after_item and redis.call("ZSCORE", dead, after_item) == after then
      first = redis.call("ZRANK", dead, after_item) + 1
    else
      first = redis.call("ZCOUNT", dead, "-inf", "(" .. after)
    end
  end
  local found = redis.call("ZRANGE", dead, first, first + limit - 1, "WITHSCORES")
  local items = {}
  if #found == 0 then
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
  local names = {}
  -- at most 100 items
  for position = 1, #found, 2 do
    names[#names + 1] = found[position]
  end
  -- at most 100 items
  local counts = redis.call("HMGET", attempts, unpack(names))
  -- at most 100 items
  local whys = redis.call("HMGET", reasons, unpack(names))
  -- at most 100 items
  for position = 1, #found, 2 do
    local index = #items + 1
    items[index] = {
      item = found[position],
      attempts = stored_integer(counts[index], "attempts", 1) or 1,
      reason = whys[index] or "unknown",
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
