// expiry.redrive 2.0.0. Generated from lua/expiry/redrive.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, listType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.redrive`. */
export interface ExpiryRedriveArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly queue: string;
  /**
   * As expiry.list_dead returned them; the script ignores an item that is not dead. At most 1,000
   * elements; each 1 to 256 bytes.
   */
  readonly items: readonly string[];
}

/** Reply of `expiry.redrive`. */
export interface ExpiryRedriveReply {
  /** How many items were dead. Things, 0 to 1,000. */
  readonly redriven: number;
}

/** The function of `expiry.redrive`. A tenant's `expiry` has it. */
export interface ExpiryRedriveOperation {
  /**
   * Makes dead items due again, now and without attempts.
   *
   * An item that was tracked again meanwhile is not dead any more, and keeps its instant.
   *
   * Reply:
   * - `redriven`: How many items were dead. Things, 0 to 1,000.
   *
   * Units: `redriven` in things.
   *
   * Cost: O(I log N), I the given items, N the tracked and the dead items.
   *
   * Retry: safe. In a second run the items are not dead any more.
   *
   * Lua source: `lua/expiry/redrive.lua`, version 2.0.0.
   *
   * @throws `ARGUMENT`: an argument is not of its type or outside its bounds. Nothing was written.
   * @throws `WRONG_TYPE`: a key holds another type of value. Nothing was written.
   * @throws `OUT_OF_MEMORY`: the server is at its memory limit. Nothing was written.
   * @throws `EVICTION`: the server's `maxmemory-policy` could evict what the script stores. Nothing
   *   was sent.
   * @throws `OUTCOME_UNKNOWN`: the call was sent and no answer came. The script may have run.
   * @throws `UNAVAILABLE`, `ABORTED`, `CLOSED` and the other errors that every call can end with.
   *
   * @example
   * ```ts
   * // A dead item is due again.
   * const reply = await acme.expiry.redrive({ queue: "queue-1", items: ["offer-1", "offer-2"] });
   * // reply: { redriven: 1 }
   * ```
   */
  redrive(args: ExpiryRedriveArgs, options?: CallOptions): Promise<ExpiryRedriveReply>;
}

/** The script `expiry.redrive`, as a client loads and calls it. */
export const expiryRedrive: Script<ExpiryRedriveArgs, ExpiryRedriveReply> = {
  name: "expiry.redrive",
  version: "2.0.0",
  digest: "8a40c3fb7700dc41cf75e0b176d3f6d09a233f0d",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>}:due",
    "<namespace>:{<tenant>:<queue>}:attempts",
    "<namespace>:{<tenant>:<queue>}:dead",
    "<namespace>:{<tenant>:<queue>}:dead-reason",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.due(scope, args.queue),
        keys.attempts(scope, args.queue),
        keys.dead(scope, args.queue),
        keys.deadReason(scope, args.queue),
      ],
      args: [...argument.items.encode("items", args.items)],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    return {
      redriven: field.redriven.decode("redriven", fields[0]),
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
  items: listType(types.id, 1000),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  redriven: types.processed,
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": {
    6: 4, 7: 5, 8: 6, 9: 7,
  },
  "lua/lib/expiry/wake_worker.lua": {
    14: 8, 15: 9, 16: 10, 17: 11, 18: 12, 19: 13, 20: 14,
  },
  "lua/expiry/redrive.lua": {
    49: 38, 50: 38, 52: 40, 53: 41, 54: 42, 55: 43, 56: 44, 57: 45, 59: 47, 60: 48, 61: 49, 62: 50, 64: 52,
    66: 54, 67: 55, 68: 56, 69: 57, 70: 58, 71: 59, 72: 60, 73: 61, 75: 63, 77: 65, 78: 66, 79: 67, 81: 69,
    83: 71, 85: 73, 86: 74, 87: 75,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- expiry.redrive 2.0.0. Generated from lua/expiry/redrive.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
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
if #KEYS ~= 4 or #ARGV < 1 then
  return { err = "ARGUMENT expiry.redrive expected 4 keys and at least 1 argument" }
end
local arg_items = {}
do
  local wrapper_count = tonumber(ARGV[1])
  if not wrapper_count or wrapper_count < 0 or wrapper_count > 1000 or wrapper_count % 1 ~= 0 then
    return { err = "ARGUMENT expiry.redrive items: expected a whole number from 0 to 1000" }
  end
  if #ARGV ~= 1 + wrapper_count then
    return { err = "ARGUMENT expiry.redrive expected as many arguments as its lists say" }
  end
  for index = 1, wrapper_count do
    local element = ARGV[1 + index]
    if element == "" or #element > 256 then
      return { err = "ARGUMENT expiry.redrive items: expected 1 to 256 bytes" }
    end
    if string.find(element, "[%c{}]") then
      return { err = "ARGUMENT expiry.redrive items: expected no control characters and no braces" }
    end
    arg_items[index] = element
  end
end

-- From lua/expiry/redrive.lua:
--- Makes dead items due again, now and without attempts.
do
  local due, attempts, dead, reasons, items = KEYS[1], KEYS[2], KEYS[3], KEYS[4], arg_items
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("ZCARD", due)
  redis.call("HLEN", attempts)
  redis.call("HLEN", reasons)
  if #items == 0 then
    return 0
  end

  local now = now_ms()
  local dead_since = redis.call("ZMSCORE", dead, unpack(items))
  local redriven = {}
  local is_redriven = {}
  -- at most 1000 items
  for position, item in ipairs(items) do
    -- An item may be given twice, but it counts once.
    if dead_since[position] and not is_redriven[item] then
      is_redriven[item] = true
      redriven[#redriven + 1] = item
    end
  end
  if #redriven == 0 then
    return 0
  end

  wake_worker(due, now)
  -- at most 1000 items
  for _, item in ipairs(redriven) do
    redis.call("ZADD", due, now, item)
  end
  -- at most 1000 items
  redis.call("ZREM", dead, unpack(redriven))
  -- at most 1000 items
  redis.call("HDEL", reasons, unpack(redriven))
  -- at most 1000 items
  redis.call("HDEL", attempts, unpack(redriven))
  return #redriven
end
`;
