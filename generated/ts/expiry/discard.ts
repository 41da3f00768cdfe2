// expiry.discard 1.0.0. Generated from lua/expiry/discard.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, newOperation, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.discard`. */
export interface ExpiryDiscardArgs {
  /** Part of the key. 1 to 240 bytes. */
  readonly queue: string;
  /** Part of the key. 1 to 3 bytes. */
  readonly queueShard: string;
  /** Part of the key. The client makes one if it is absent. 1 to 128 bytes. */
  readonly operation?: string | undefined;
  /**
   * As expiry.list_dead returned them; the script ignores an item that is not dead. At most 100
   * elements; each 1 to 256 bytes.
   */
  readonly items: readonly string[];
}

/** Reply of `expiry.discard`: `outcome` says what happened. */
export type ExpiryDiscardReply =
  | {
      /** `discarded` */
      readonly outcome: "discarded";
      /** How many items were dead. Things, 0 to 1,000. */
      readonly discarded: number;
    }
  | {
      /** `mismatch`: the operation was another call, and nothing is changed. */
      readonly outcome: "mismatch";
    };

/** The function of `expiry.discard`. A tenant's `scripts.expiry` has it. */
export interface ExpiryDiscardOperation {
  /**
   * Removes dead items with their reasons and attempts.
   *
   * An item that was tracked again meanwhile is not dead any more, and stays.
   *
   * Outcomes:
   * - `discarded`
   * - `mismatch`: the operation was another call, and nothing is changed.
   *
   * Units: `discarded` in things.
   *
   * Cost: O(I log N), I the given items, N the dead items.
   *
   * Retry: safe. Within 10 minutes, the same operation returns the remembered count and changes
   * nothing.
   *
   * Lua source: `lua/expiry/discard.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A dead item is removed.
   * const reply = await acme.scripts.expiry.discard({
   *   queue: "queue-1",
   *   queueShard: "0",
   *   items: ["offer-1", "offer-2"],
   * });
   * // reply: { outcome: "discarded", discarded: 1 }
   * ```
   */
  discard(args: ExpiryDiscardArgs, options?: CallOptions): Promise<ExpiryDiscardReply>;
}

/** The script `expiry.discard`, as a client loads and calls it. */
export const expiryDiscard: Script<ExpiryDiscardArgs, ExpiryDiscardReply> = {
  name: "expiry.discard",
  version: "1.0.0",
  digest: "899ef503ce9f3427144ca13f95497f229dde270c",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:attempts",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:dead",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:dead-reason",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:expiry-operation:<operation>",
  ],
  encode(scope, args) {
    const operation = args.operation ?? newOperation();
    return {
      keys: [
        keys.attempts(scope, args.queue, args.queueShard),
        keys.dead(scope, args.queue, args.queueShard),
        keys.deadReason(scope, args.queue, args.queueShard),
        keys.expiryOperation(scope, args.queue, args.queueShard, operation),
      ],
      args: [...argument.items.encode("items", args.items)],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 2);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "discarded":
        return {
          outcome,
          discarded: field.discarded.decode("discarded", fields[1]),
        };
      case "mismatch":
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
};

/** How each argument is encoded, with its bounds. */
const argument = {
  items: listType(types.id, 100),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["discarded", "mismatch"]),
  discarded: types.processed,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/expiry/discard.lua": "6:5 34:44 35-40:44 69-74:50 92-106:57",
  "lua/lib/expiry/remembered_count.lua": "43-51:9 67-68:18",
  "lua/lib/stored_integer.lua": "55-66:9",
  "lua/lib/expiry/dead_among.lua": "78-91:6",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- expiry.discard 1.0.0. Generated from lua/expiry/discard.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/expiry/discard.lua:
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 4 or #ARGV < 1 then
  return { err = "ARGUMENT expiry.discard expected 4 keys and at least 1 argument" }
end
local arg_items = {}
do
  local wrapper_count = tonumber(ARGV[1])
  if not wrapper_count or wrapper_count < 0 or wrapper_count > 100 or wrapper_count % 1 ~= 0 then
    return { err = "ARGUMENT expiry.discard items: expected a whole number from 0 to 100" }
  end
  if #ARGV ~= 1 + wrapper_count then
    return { err = "ARGUMENT expiry.discard expected as many arguments as its lists say" }
  end
  for index = 1, wrapper_count do
    local element = ARGV[1 + index]
    if element == "" or #element > 256 then
      return { err = "ARGUMENT expiry.discard items: expected 1 to 256 bytes" }
    end
    if string.find(element, "[%c{}]") then
      return { err = "ARGUMENT expiry.discard items: expected no control characters and no braces" }
    end
    arg_items[index] = element
  end
end

--- Removes dead items with their reasons and attempts.
do
  local attempts, dead, reasons, expiry_operation, items = KEYS[1], KEYS[2], KEYS[3], KEYS[4], arg_items
  if #items == 0 then
    return { "discarded", 0 }
  end
  -- Names have no control characters, so two different lists never give the same text.
  local call = "discard " .. redis.sha1hex(table.concat(items, "\\n"))
  -- From lua/lib/expiry/remembered_count.lua:
  --- Reads how many items an earlier run of an operation handled.
  local function remembered_count(expiry_operation, call)
    local stored = redis.call("GET", expiry_operation)
    if not stored then
      return nil, false
    end
    local count, rest = string.match(stored, "^(%d+) (.*)$")
    if rest ~= call then
      return nil, true
    end
    -- From lua/lib/stored_integer.lua:
    --- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
    --- script. \`tonumber\` also reads forms such as 1e3, which no script stores.
    local function stored_integer(value, what, min, max)
      -- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
      local MAX_EXACT = 9007199254740991
      if not value then
        return nil
      end
      local number = tonumber(value)
      if not number or number % 1 ~= 0 or number < (min or 0) or number > (max or MAX_EXACT) then
        error({ err = "CORRUPT " .. what })
      end
      return number
    end
    return stored_integer(count or false, "operation", 0, 100), false
  end
  local count, mismatch = remembered_count(expiry_operation, call)
  if mismatch then
    return "mismatch"
  elseif count then
    return { "discarded", count }
  end

  -- From lua/lib/expiry/dead_among.lua:
  --- Selects those of the given items that are dead, each once.
  local function dead_among(dead, items)
    -- at most 100 items
    local dead_since = redis.call("ZMSCORE", dead, unpack(items))
    local found = {}
    local is_found = {}
    -- at most 100 items
    for position, item in ipairs(items) do
      if dead_since[position] and not is_found[item] then
        is_found[item] = true
        found[#found + 1] = item
      end
    end
    return found
  end
  local found = dead_among(dead, items)
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("HLEN", attempts)
  redis.call("HLEN", reasons)
  redis.call("SET", expiry_operation, string.format("%d %s", #found, call), "PX", HORIZON_MS)
  if #found > 0 then
    -- at most 100 items
    redis.call("ZREM", dead, unpack(found))
    -- at most 100 items
    redis.call("HDEL", reasons, unpack(found))
    -- at most 100 items
    redis.call("HDEL", attempts, unpack(found))
  end
  return { "discarded", #found }
end
`;
