// expiry.redrive 1.0.0. Generated from lua/expiry/redrive.lua by moonpath-codegen. DO NOT EDIT.
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
   * An item that was tracked again meanwhile keeps its instant. An item that a worker has claimed
   * stays claimed.
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
   * Lua source: `lua/expiry/redrive.lua`, version 1.0.0.
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
  version: "1.0.0",
  digest: "2f4cf9f7dbab2751e1bcb1a98743ae0297a5f9f3",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>}:due",
    "<namespace>:{<tenant>:<queue>}:processing",
    "<namespace>:{<tenant>:<queue>}:attempts",
    "<namespace>:{<tenant>:<queue>}:dead",
    "<namespace>:{<tenant>:<queue>}:dead-reason",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.due(scope, args.queue),
        keys.processing(scope, args.queue),
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
    24: 51, 26: 53, 27: 54, 28: 55, 29: 56, 30: 57, 31: 58, 33: 60, 34: 61, 35: 62, 36: 63, 37: 64, 39: 66,
    41: 68, 42: 69, 43: 70, 45: 72, 46: 73, 47: 74, 48: 75, 49: 76, 50: 77, 51: 78, 52: 79,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- expiry.redrive 1.0.0. Generated from lua/expiry/redrive.lua by moonpath-codegen. DO NOT EDIT.

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
  local earliest_due = redis.call("ZRANGE", due, 0, 0, "WITHSCORES")
  local earliest_ms = tonumber(earliest_due[2])
  if not earliest_ms or due_ms < earliest_ms then
    redis.call("PUBLISH", due, "earlier")
  end
end

-- From lua/expiry/redrive.lua:
--- Makes dead items due again, now and without attempts.
local function redrive(due, processing, attempts, dead, reasons, items)
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("ZCARD", due)
  redis.call("HLEN", attempts)
  redis.call("HLEN", reasons)
  if #items == 0 then
    return 0
  end

  local now = now_ms()
  local dead_since = redis.call("ZMSCORE", dead, unpack(items))
  local claimed_until = redis.call("ZMSCORE", processing, unpack(items))
  local redriven = 0
  wake_worker(due, now)
  -- at most 1000 items
  for position, item in ipairs(items) do
    -- An item may be given twice, but it counts once.
    if dead_since[position] and redis.call("ZREM", dead, item) == 1 then
      redriven = redriven + 1
      redis.call("HDEL", reasons, item)
      -- A claimed item becomes due by itself when its lease ends.
      if not claimed_until[position] then
        redis.call("ZADD", due, "NX", now, item)
        redis.call("HDEL", attempts, item)
      end
    end
  end
  return redriven
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT expiry.redrive " .. argument .. ": expected " .. expected })
end

local wrapper_position = 0
local function wrapper_next_argument()
  wrapper_position = wrapper_position + 1
  return ARGV[wrapper_position] or ""
end

local function wrapper_read_integer(argument, text, min, max)
  local number = #text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
  if not number or number < min or number > max then
    wrapper_refuse(argument, string.format("a whole number from %.0f to %.0f", min, max))
  end
  return number
end

local function wrapper_read_text(argument, text, min_bytes, max_bytes, forbidden, expected)
  if #text < min_bytes or #text > max_bytes then
    wrapper_refuse(argument, string.format("%.0f to %.0f bytes", min_bytes, max_bytes))
  end
  if forbidden and string.find(text, forbidden) then
    wrapper_refuse(argument, expected)
  end
  return text
end

local function wrapper_read_list(argument, read_element)
  local list = {}
  for index = 1, wrapper_read_integer(argument, wrapper_next_argument(), 0, 1000) do
    list[index] = read_element()
  end
  return list
end

if #KEYS ~= 5 then
  return redis.error_reply("ARGUMENT expiry.redrive expected 5 keys")
end
local arg_items = wrapper_read_list("items", function()
  return wrapper_read_text(
    "items",
    wrapper_next_argument(),
    1,
    256,
    "[%c{}]",
    "no control characters and no braces"
  )
end)
if wrapper_position ~= #ARGV then
  return redis.error_reply("ARGUMENT expiry.redrive expected as many arguments as its lists say")
end
local reply_redriven = redrive(KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], arg_items)
return { reply_redriven }
`;
