// expiry.extend 1.0.0. Generated from lua/expiry/extend.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, newOperation, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.extend`. */
export interface ExpiryExtendArgs {
  /** Part of the key. 1 to 240 bytes. */
  readonly queue: string;
  /** Part of the key. 1 to 3 bytes. */
  readonly queueShard: string;
  /** Part of the key. The client makes one if it is absent. 1 to 128 bytes. */
  readonly operation?: string | undefined;
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
       * - `mismatch`: the operation was another call, and nothing is changed.
       */
      readonly outcome: "extended" | "claimed" | "missing" | "mismatch";
    };

/** The function of `expiry.extend`. A tenant's `scripts.expiry` has it. */
export interface ExpiryExtendOperation {
  /**
   * Changes the instant at which a tracked item is due.
   *
   * An operation is remembered in the shard of its item. So the same operation with an item of
   * another shard is a new call, not a mismatch.
   *
   * Outcomes:
   * - `extended`: the item has the new time.
   * - `claimed`: a worker has claimed the item, and its lease has not ended.
   * - `missing`: the item is not tracked.
   * - `mismatch`: the operation was another call, and nothing is changed.
   *
   * Units: `dueMs` in milliseconds since 1970-01-01 UTC.
   *
   * Cost: O(log N), N the tracked items.
   *
   * Retry: safe. Within 10 minutes, the same operation returns the remembered outcome and changes
   * nothing.
   *
   * Lua source: `lua/expiry/extend.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A tracked item gets more time.
   * const reply = await acme.scripts.expiry.extend({
   *   queue: "queue-1",
   *   queueShard: "0",
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
  version: "1.0.0",
  digest: "5e7795a4e6a12f03be21a0ed3997e37c148f1627",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:due",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:processing",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:attempts",
    "<namespace>:{<slot of tenant, queue, queue_shard>}:slot-queue:<queue>",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:expiry-operation:<operation>",
  ],
  encode(scope, args) {
    const operation = args.operation ?? newOperation();
    return {
      keys: [
        keys.due(scope, args.queue, args.queueShard),
        keys.processing(scope, args.queue, args.queueShard),
        keys.attempts(scope, args.queue, args.queueShard),
        keys.slotQueue(scope, args.queue, args.queueShard),
        keys.expiryOperation(scope, args.queue, args.queueShard, operation),
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
  outcome: choiceType(["extended", "claimed", "missing", "mismatch"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": "6-9:4",
  "lua/lib/stored_integer.lua": "14-25:9",
  "lua/lib/expiry/claim_state.lua": "29-36:10",
  "lua/lib/expiry/earlier_due.lua": "40-50:16",
  "lua/lib/slot_member.lua": "55-57:6",
  "lua/lib/expiry/stored_attempts.lua": "61-76:11",
  "lua/expiry/extend.lua":
    "80:9 99:59 100:59 101-120:59 121:78 122:78 123:78 124-129:82 141-144:88 154-157:92",
  "lua/lib/expiry/note_due.lua": "132-140:12",
  "lua/lib/expiry/attempts_text.lua": "147-153:7",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- expiry.extend 1.0.0. Generated from lua/expiry/extend.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
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

-- From lua/lib/expiry/claim_state.lua:
--- Tells whether a worker has claimed an item, and whether the lease of its last worker has ended.
local function claim_state(processing, item)
  local lease_ends = stored_integer(redis.call("ZSCORE", processing, item), "processing")
  if not lease_ends then
    return false, false
  end
  local abandoned = lease_ends < now_ms()
  return not abandoned, abandoned
end

-- From lua/lib/expiry/earlier_due.lua:
--- Computes the time that a shard must get in the index of its slot, because an item will be due.
local function earlier_due(slot_queue, member, due, processing, due_ms)
  local known = redis.call("ZSCORE", slot_queue, member)
  if known then
    return tonumber(known) > due_ms and due_ms or nil
  end
  local first = redis.call("ZRANGE", due, "0", "0", "WITHSCORES")
  local leased = redis.call("ZRANGE", processing, "0", "0", "WITHSCORES")
  local first_ms = stored_integer(first[2] or false, "due") or due_ms
  local ends_ms = stored_integer(leased[2] or false, "processing") or due_ms
  return math.min(due_ms, first_ms, ends_ms)
end

-- From lua/lib/slot_member.lua:
--- The name of a key's owner in the indexes of its slot: the text of the key's hash tag, such as
--- \`acme:lamp\`.
local function slot_member(key)
  return string.match(key, "{(.*)}") or ""
end

-- From lua/lib/expiry/stored_attempts.lua:
--- Reads the text of an item in \`attempts\`: the number of its claims, and what track noted.
local function stored_attempts(text)
  if not text or not string.find(text, " ", 1, true) then
    return stored_integer(text, "attempts")
  end
  local count, rest = string.match(text, "^(%d+)( .+)$")
  local again = string.match(rest or "", "^ again (%d+)")
  local since = string.match(rest or "", "^ since (%d+)$")
    or string.match(rest or "", "^ again %d+ since (%d+)$")
  local read = (again and " again " .. again or "") .. (since and " since " .. since or "")
  if read ~= rest then
    error({ err = "CORRUPT attempts" })
  end
  return stored_integer(count or false, "attempts"),
    stored_integer(again or false, "attempts"),
    stored_integer(since or false, "attempts")
end

-- From lua/expiry/extend.lua:
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 5 or #ARGV ~= 2 then
  return { err = "ARGUMENT expiry.extend expected 5 keys and 2 arguments" }
end
local arg_item = ARGV[1]
if arg_item == "" or #arg_item > 256 then
  return { err = "ARGUMENT expiry.extend item: expected 1 to 256 bytes" }
end
if string.find(arg_item, "[%c{}]") then
  return { err = "ARGUMENT expiry.extend item: expected no control characters and no braces" }
end
local arg_due_ms = tonumber(ARGV[2])
if not arg_due_ms or arg_due_ms < 0 or arg_due_ms > 8640000000000000 or arg_due_ms % 1 ~= 0 then
  return { err = "ARGUMENT expiry.extend due_ms: expected a whole number from 0 to 8640000000000000" }
end

--- Changes the instant at which a tracked item is due.
do
  local due, processing, attempts, slot_queue, expiry_operation, item, due_ms =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], arg_item, arg_due_ms
  local claimed, abandoned = claim_state(processing, item)
  local outcome = "extended"
  if claimed then
    outcome = "claimed"
  elseif not abandoned and not redis.call("ZSCORE", due, item) then
    outcome = "missing"
  end
  local member = slot_member(due)
  local earlier_ms = earlier_due(slot_queue, member, due, processing, due_ms)
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("ZCARD", due)
  local count, _, since_ms = stored_attempts(redis.call("HGET", attempts, item))

  local due_text = string.format("%d", due_ms)
  local what = " " .. due_text .. " " .. item
  local first =
    redis.call("SET", expiry_operation, "extend " .. outcome .. what, "NX", "GET", "PX", HORIZON_MS)
  if first then
    return first == "extend extended" .. what and "extended"
      or first == "extend claimed" .. what and "claimed"
      or first == "extend missing" .. what and "missing"
      or "mismatch"
  end
  if outcome ~= "extended" then
    return outcome
  end
  redis.call("ZADD", due, due_text, item)
  if earlier_ms then
    -- From lua/lib/expiry/note_due.lua:
    --- Writes into the index of the slot that a shard is due at a time, as earlier_due computed it.
    local function note_due(slot_queue, member, earlier_ms)
      -- The clock of a worker may be so far ahead of Redis's clock, or behind it.
      local CLOCK_ERROR_MS = 1000
      local earlier_text = string.format("%d", earlier_ms)
      redis.call("ZADD", slot_queue, earlier_text, member)
      if redis.call("ZCOUNT", slot_queue, now_ms() + CLOCK_ERROR_MS, earlier_ms - 1) == 0 then
        redis.call("PUBLISH", slot_queue, earlier_text)
      end
    end
    note_due(slot_queue, member, earlier_ms)
  end
  if abandoned then
    redis.call("ZREM", processing, item)
    -- From lua/lib/expiry/attempts_text.lua:
    --- The text of an item in \`attempts\`, as stored_attempts reads it.
    local function attempts_text(count, again_ms, since_ms)
      local since = since_ms and string.format(" since %d", since_ms) or ""
      if again_ms then
        return string.format("%d again %d%s", count, again_ms, since)
      end
      return string.format("%d%s", count, since)
    end
    redis.call("HSET", attempts, item, attempts_text(count or 1, nil, since_ms))
  end
  return "extended"
end
`;
