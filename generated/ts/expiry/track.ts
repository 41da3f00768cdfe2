// expiry.track 1.0.0. Generated from lua/expiry/track.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, newOperation, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.track`. */
export interface ExpiryTrackArgs {
  /** Part of the key. 1 to 240 bytes. */
  readonly queue: string;
  /** Part of the key. 1 to 3 bytes. */
  readonly queueShard: string;
  /** Part of the key. The client makes one if it is absent. 1 to 128 bytes. */
  readonly operation?: string | undefined;
  /** The name of the item. 1 to 256 bytes. */
  readonly item: string;
  /**
   * When the item is due; absent: debounceMs and maxWaitMs say it. Milliseconds since 1970-01-01
   * UTC, 0 to 8,640,000,000,000,000.
   */
  readonly dueMs?: number | undefined;
  /** From the last call of a series until the item is due. Milliseconds, 1 to 31,622,400,000. */
  readonly debounceMs?: number | undefined;
  /**
   * The most from the first call of the series; not below debounceMs. Milliseconds, 1 to
   * 31,622,400,000.
   */
  readonly maxWaitMs?: number | undefined;
}

/** Reply of `expiry.track`: `outcome` says what happened. */
export type ExpiryTrackReply =
  | {
      /**
       * - `tracked`: the item has the new time.
       * - `again`: a worker has claimed the item, its lease has not ended, and the item has the new
       *   time after its claim.
       * - `mismatch`: the operation was another call, and nothing is changed.
       */
      readonly outcome: "tracked" | "again" | "mismatch";
    };

/** The function of `expiry.track`. A tenant's `scripts.expiry` has it. */
export interface ExpiryTrackOperation {
  /**
   * Sets the instant at which an item is due. It replaces an earlier instant.
   *
   * If a worker has claimed the item, the script stores the instant, and the item is due then after
   * its claim. So a run begins after each call, and at most one run waits.
   *
   * With debounceMs, the item is due so long after the last of a series of calls, and at most
   * maxWaitMs after the first one. A claim ends the series; calls during the claim are a series of
   * their own. An item that waits for a retry is not due before the retry.
   *
   * A dead item begins anew: it is no longer dead, and has no attempts. An item whose lease has
   * ended keeps its attempts.
   *
   * An operation is remembered in the shard of its item. So the same operation with an item of
   * another shard is a new call, not a mismatch.
   *
   * Outcomes:
   * - `tracked`: the item has the new time.
   * - `again`: a worker has claimed the item, its lease has not ended, and the item has the new
   *   time after its claim.
   * - `mismatch`: the operation was another call, and nothing is changed.
   *
   * Units: `dueMs` in milliseconds since 1970-01-01 UTC; `debounceMs`, `maxWaitMs` in milliseconds.
   *
   * Cost: O(log N), N the tracked and the dead items.
   *
   * Retry: safe. Within 10 minutes, the same operation returns the remembered outcome and changes
   * nothing.
   *
   * Lua source: `lua/expiry/track.lua`, version 1.0.0.
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
   * // An item is tracked.
   * const reply = await acme.scripts.expiry.track({
   *   queue: "queue-1",
   *   queueShard: "0",
   *   operation: "offer-1-v1",
   *   item: "offer-1",
   *   dueMs: 8_000_000_000_000,
   * });
   * // reply: { outcome: "tracked" }
   * ```
   */
  track(args: ExpiryTrackArgs, options?: CallOptions): Promise<ExpiryTrackReply>;
}

/** The script `expiry.track`, as a client loads and calls it. */
export const expiryTrack: Script<ExpiryTrackArgs, ExpiryTrackReply> = {
  name: "expiry.track",
  version: "1.0.0",
  digest: "f59821100d2736b9ba6e23d5170ee393a991d232",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:due",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:processing",
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
        keys.processing(scope, args.queue, args.queueShard),
        keys.attempts(scope, args.queue, args.queueShard),
        keys.dead(scope, args.queue, args.queueShard),
        keys.deadReason(scope, args.queue, args.queueShard),
        keys.slotQueue(scope, args.queue, args.queueShard),
        keys.expiryOperation(scope, args.queue, args.queueShard, operation),
      ],
      args: [
        argument.item.encode("item", args.item),
        argument.dueMs.encode("dueMs", args.dueMs),
        argument.debounceMs.encode("debounceMs", args.debounceMs),
        argument.maxWaitMs.encode("maxWaitMs", args.maxWaitMs),
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
  dueMs: optional(types.epochMs),
  debounceMs: optional(types.ms),
  maxWaitMs: optional(types.ms),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["tracked", "again", "mismatch"]),
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/expiry/attempts_text.lua": {
    6: 7, 7: 8, 8: 9, 9: 10, 10: 11, 11: 12, 12: 13, 13: 14, 14: 15, 15: 16,
  },
  "lua/lib/now_ms.lua": {
    19: 4, 20: 5, 21: 6, 22: 7,
  },
  "lua/lib/stored_integer.lua": {
    27: 9, 29: 11, 30: 12, 31: 13, 32: 14, 33: 15, 34: 16, 35: 17, 36: 18, 37: 19, 38: 20,
  },
  "lua/lib/expiry/claim_state.lua": {
    42: 10, 43: 11, 44: 12, 45: 13, 46: 14, 47: 15, 48: 16, 49: 17,
  },
  "lua/lib/expiry/debounced_due.lua": {
    54: 11, 55: 12, 56: 13, 57: 14, 58: 15,
  },
  "lua/lib/expiry/earlier_due.lua": {
    62: 16, 63: 17, 64: 18, 65: 19, 66: 20, 67: 21, 68: 22, 69: 23, 70: 24, 71: 25, 72: 26,
  },
  "lua/lib/expiry/note_due.lua": {
    76: 12, 78: 14, 79: 15, 80: 16, 81: 17, 82: 18, 83: 19, 84: 20,
  },
  "lua/lib/slot_member.lua": {
    89: 6, 90: 7, 91: 8,
  },
  "lua/lib/expiry/stored_attempts.lua": {
    95: 11, 96: 12, 97: 13, 98: 14, 99: 15, 100: 16, 101: 17, 102: 18, 103: 19, 104: 20, 105: 21, 106: 22,
    107: 23, 108: 24, 109: 25, 110: 26,
  },
  "lua/expiry/track.lua": {
    114: 11, 157: 120, 158: 120, 159: 120, 160: 120, 161: 120, 162: 120, 163: 120, 164: 120, 165: 120,
    166: 120, 167: 120, 168: 120, 169: 120, 170: 133, 171: 134, 172: 135, 173: 136, 174: 137, 175: 138,
    176: 139, 177: 140, 178: 141, 179: 142, 181: 144, 182: 145, 183: 146, 184: 147, 185: 148, 186: 149,
    187: 150, 188: 151, 190: 153, 191: 154, 192: 155, 193: 156, 194: 157, 195: 158, 197: 160, 198: 161,
    199: 162, 200: 163, 201: 164, 202: 165, 203: 166, 205: 168, 206: 169, 207: 170, 208: 171, 209: 171,
    210: 171, 211: 174, 212: 175, 213: 176, 214: 177, 215: 178, 216: 179, 217: 180, 218: 181, 219: 182,
    220: 183, 221: 184, 222: 185, 223: 186, 224: 187, 225: 188, 226: 189, 227: 190, 228: 191, 229: 192,
    230: 193, 231: 194, 232: 195, 233: 196,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- expiry.track 1.0.0. Generated from lua/expiry/track.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/expiry/attempts_text.lua:
--- The text of an item in \`attempts\`, as stored_attempts reads it.
local function attempts_text(count, again_ms, since_ms)
  local text = string.format("%d", count)
  if again_ms then
    text = text .. string.format(" again %d", again_ms)
  end
  if since_ms then
    text = text .. string.format(" since %d", since_ms)
  end
  return text
end

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

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

-- From lua/lib/expiry/debounced_due.lua:
--- Computes when an item of a series of calls is due: so long after this call, but at most
--- \`max_wait_ms\` after the first.
local function debounced_due(since_ms, debounce_ms, max_wait_ms)
  local now = now_ms()
  local first_ms = math.min(since_ms or now, now)
  return math.min(now + debounce_ms, first_ms + max_wait_ms), first_ms
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

-- From lua/expiry/track.lua:
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 7 or #ARGV ~= 4 then
  return { err = "ARGUMENT expiry.track expected 7 keys and 4 arguments" }
end
local arg_item = ARGV[1]
if arg_item == "" or #arg_item > 256 then
  return { err = "ARGUMENT expiry.track item: expected 1 to 256 bytes" }
end
if string.find(arg_item, "[%c{}]") then
  return { err = "ARGUMENT expiry.track item: expected no control characters and no braces" }
end
local arg_due_ms = tonumber(ARGV[2])
if ARGV[2] ~= "" then
  if not arg_due_ms or arg_due_ms < 0 or arg_due_ms > 8640000000000000 or arg_due_ms % 1 ~= 0 then
    return { err = "ARGUMENT expiry.track due_ms: expected a whole number from 0 to 8640000000000000" }
  end
end
local arg_debounce_ms = tonumber(ARGV[3])
if ARGV[3] ~= "" then
  if
    not arg_debounce_ms
    or arg_debounce_ms < 1
    or arg_debounce_ms > 31622400000
    or arg_debounce_ms % 1 ~= 0
  then
    return { err = "ARGUMENT expiry.track debounce_ms: expected a whole number from 1 to 31622400000" }
  end
end
local arg_max_wait_ms = tonumber(ARGV[4])
if ARGV[4] ~= "" then
  if
    not arg_max_wait_ms
    or arg_max_wait_ms < 1
    or arg_max_wait_ms > 31622400000
    or arg_max_wait_ms % 1 ~= 0
  then
    return { err = "ARGUMENT expiry.track max_wait_ms: expected a whole number from 1 to 31622400000" }
  end
end

--- Sets the instant at which an item is due. It replaces an earlier instant.
do
  local due, processing, attempts, dead, reasons, slot_queue, expiry_operation, item, due_ms, debounce_ms, max_wait_ms =
    KEYS[1],
    KEYS[2],
    KEYS[3],
    KEYS[4],
    KEYS[5],
    KEYS[6],
    KEYS[7],
    arg_item,
    arg_due_ms,
    arg_debounce_ms,
    arg_max_wait_ms
  local what
  if due_ms and not debounce_ms and not max_wait_ms then
    what = string.format("%d %s", due_ms, item)
  elseif not due_ms and debounce_ms and max_wait_ms and max_wait_ms >= debounce_ms then
    what = string.format("debounce %d %d %s", debounce_ms, max_wait_ms, item)
  else
    error({
      err = "ARGUMENT expiry.track due_ms: pass it alone, or debounce_ms and a max_wait_ms not below it",
    })
  end

  local claimed, abandoned = claim_state(processing, item)
  local is_dead = redis.call("ZSCORE", dead, item)
  local count, since_ms, _
  if claimed or abandoned or debounce_ms then
    count, _, since_ms = stored_attempts(redis.call("HGET", attempts, item))
  end
  if is_dead then
    count, since_ms = 0, nil
    -- Type checks only: WRONGTYPE must come before the first write, because Redis does not roll back.
    redis.call("HLEN", reasons)
    redis.call("HLEN", attempts)
  end
  if debounce_ms then
    due_ms, since_ms = debounced_due(since_ms, debounce_ms, max_wait_ms)
    if (count or 0) > 0 then
      -- A claimed item is not in due.
      local retry_ms = stored_integer(redis.call("ZSCORE", due, item), "due")
      due_ms = math.max(due_ms, retry_ms or 0)
    end
  end
  local member = slot_member(due)
  local earlier_ms = not claimed and earlier_due(slot_queue, member, due, processing, due_ms)
  redis.call("ZCARD", due)

  local outcome = claimed and "track again " or "track tracked "
  local first = redis.call("SET", expiry_operation, outcome .. what, "NX", "GET", "PX", HORIZON_MS)
  if first then
    return first == "track tracked " .. what and "tracked"
      or first == "track again " .. what and "again"
      or "mismatch"
  end
  if claimed then
    redis.call("HSET", attempts, item, attempts_text(count or 1, due_ms, since_ms))
    return "again"
  end
  redis.call("ZADD", due, string.format("%d", due_ms), item)
  if earlier_ms then
    note_due(slot_queue, member, earlier_ms)
  end
  if abandoned then
    redis.call("ZREM", processing, item)
    redis.call("HSET", attempts, item, attempts_text(count or 1, nil, since_ms))
  elseif debounce_ms then
    redis.call("HSET", attempts, item, attempts_text(count or 0, nil, since_ms))
  elseif is_dead then
    redis.call("HDEL", attempts, item)
  end
  if is_dead then
    redis.call("ZREM", dead, item)
    redis.call("HDEL", reasons, item)
  end
  return "tracked"
end
`;
