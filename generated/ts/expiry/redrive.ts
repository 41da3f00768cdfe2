// expiry.redrive 1.0.0. Generated from lua/expiry/redrive.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, newOperation, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.redrive`. */
export interface ExpiryRedriveArgs {
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

/** Reply of `expiry.redrive`: `outcome` says what happened. */
export type ExpiryRedriveReply =
  | {
      /** `redriven` */
      readonly outcome: "redriven";
      /** How many items were dead. Things, 0 to 1,000. */
      readonly redriven: number;
    }
  | {
      /** `mismatch`: the operation was another call, and nothing is changed. */
      readonly outcome: "mismatch";
    };

/** The function of `expiry.redrive`. A tenant's `scripts.expiry` has it. */
export interface ExpiryRedriveOperation {
  /**
   * Makes dead items due again, now and without attempts.
   *
   * An item that was tracked again meanwhile is not dead any more, and keeps its instant.
   *
   * Outcomes:
   * - `redriven`
   * - `mismatch`: the operation was another call, and nothing is changed.
   *
   * Units: `redriven` in things.
   *
   * Cost: O(I log N), I the given items, N the tracked and the dead items.
   *
   * Retry: safe. Within 10 minutes, the same operation returns the remembered count and changes
   * nothing.
   *
   * Lua source: `lua/expiry/redrive.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A dead item is due again.
   * const reply = await acme.scripts.expiry.redrive({
   *   queue: "queue-1",
   *   queueShard: "0",
   *   items: ["offer-1", "offer-2"],
   * });
   * // reply: { outcome: "redriven", redriven: 1 }
   * ```
   */
  redrive(args: ExpiryRedriveArgs, options?: CallOptions): Promise<ExpiryRedriveReply>;
}

/** The script `expiry.redrive`, as a client loads and calls it. */
export const expiryRedrive: Script<ExpiryRedriveArgs, ExpiryRedriveReply> = {
  name: "expiry.redrive",
  version: "1.0.0",
  digest: "778df5d65775aaeebfc00ed6fef8706f3b55da6e",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:due",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:attempts",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:dead",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:dead-reason",
    "<namespace>:{<slot of tenant, queue, queue_shard>}:slot-queue:<queue>",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:expiry-operation:<operation>",
  ],
  encode(scope, args) {
    const operation = args.operation ?? newOperation();
    return {
      keys: [
        keys.due(scope, args.queue, args.queueShard),
        keys.attempts(scope, args.queue, args.queueShard),
        keys.dead(scope, args.queue, args.queueShard),
        keys.deadReason(scope, args.queue, args.queueShard),
        keys.slotQueue(scope, args.queue, args.queueShard),
        keys.expiryOperation(scope, args.queue, args.queueShard, operation),
      ],
      args: [...argument.items.encode("items", args.items)],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 2);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "redriven":
        return {
          outcome,
          redriven: field.redriven.decode("redriven", fields[1]),
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
  outcome: choiceType(["redriven", "mismatch"]),
  redriven: types.processed,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/expiry/redrive.lua": "6:7 34:54 35:54 36-41:54 70-75:60 83-84:67 101-120:69 127-137:89",
  "lua/lib/expiry/remembered_count.lua": "44-52:9 68-69:18",
  "lua/lib/stored_integer.lua": "56-67:9",
  "lua/lib/now_ms.lua": "79-82:4",
  "lua/lib/expiry/dead_among.lua": "87-100:6",
  "lua/lib/slot_member.lua": "124-126:6",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- expiry.redrive 1.0.0. Generated from lua/expiry/redrive.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/expiry/redrive.lua:
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 6 or #ARGV < 1 then
  return { err = "ARGUMENT expiry.redrive expected 6 keys and at least 1 argument" }
end
local arg_items = {}
do
  local wrapper_count = tonumber(ARGV[1])
  if not wrapper_count or wrapper_count < 0 or wrapper_count > 100 or wrapper_count % 1 ~= 0 then
    return { err = "ARGUMENT expiry.redrive items: expected a whole number from 0 to 100" }
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

--- Makes dead items due again, now and without attempts.
do
  local due, attempts, dead, reasons, slot_queue, expiry_operation, items =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], arg_items
  if #items == 0 then
    return { "redriven", 0 }
  end
  -- Names have no control characters, so two different lists never give the same text.
  local call = "redrive " .. redis.sha1hex(table.concat(items, "\\n"))
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
    return { "redriven", count }
  end

  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  local now = now_ms()
  local now_text = string.format("%d", now)
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
  local redriven = dead_among(dead, items)
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("ZCARD", slot_queue)
  redis.call("HLEN", attempts)
  redis.call("HLEN", reasons)
  local remembered = string.format("%d %s", #redriven, call)
  if #redriven == 0 then
    redis.call("SET", expiry_operation, remembered, "PX", HORIZON_MS)
    return { "redriven", 0 }
  end

  local instants = {}
  -- at most 100 items
  for position, item in ipairs(redriven) do
    instants[2 * position - 1] = now_text
    instants[2 * position] = item
  end
  -- at most 200 values
  redis.call("ZADD", due, unpack(instants))
  redis.call("SET", expiry_operation, remembered, "PX", HORIZON_MS)
  -- From lua/lib/slot_member.lua:
  --- The name of a key's owner in the indexes of its slot: the text of the key's hash tag, such as
  --- \`acme:lamp\`.
  local function slot_member(key)
    return string.match(key, "{(.*)}") or ""
  end
  if redis.call("ZADD", slot_queue, "LT", "CH", now_text, slot_member(due)) == 1 then
    redis.call("PUBLISH", slot_queue, now_text)
  end
  -- at most 100 items
  redis.call("ZREM", dead, unpack(redriven))
  -- at most 100 items
  redis.call("HDEL", reasons, unpack(redriven))
  -- at most 100 items
  redis.call("HDEL", attempts, unpack(redriven))
  return { "redriven", #redriven }
end
`;
