// expiry.track 1.0.0. Generated from lua/expiry/track.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, newOperation, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
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
  /** When the item is due. Milliseconds since 1970-01-01 UTC, 0 to 8,640,000,000,000,000. */
  readonly dueMs: number;
}

/** Reply of `expiry.track`: `outcome` says what happened. */
export type ExpiryTrackReply =
  | {
      /**
       * - `tracked`: the item has the new time.
       * - `claimed`: a worker has claimed the item, its lease has not ended, and nothing is
       *   changed.
       * - `mismatch`: the operation was another call, and nothing is changed.
       */
      readonly outcome: "tracked" | "claimed" | "mismatch";
    };

/** The function of `expiry.track`. A tenant's `scripts.expiry` has it. */
export interface ExpiryTrackOperation {
  /**
   * Sets the instant at which an item is due. It replaces an earlier instant.
   *
   * A dead item begins anew: it is no longer dead, and has no attempts. An item whose lease has
   * ended keeps its attempts.
   *
   * An operation is remembered in the shard of its item. So the same operation with an item of
   * another shard is a new call, not a mismatch.
   *
   * Outcomes:
   * - `tracked`: the item has the new time.
   * - `claimed`: a worker has claimed the item, its lease has not ended, and nothing is changed.
   * - `mismatch`: the operation was another call, and nothing is changed.
   *
   * Units: `dueMs` in milliseconds since 1970-01-01 UTC.
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
  readonly track: {
    (args: ExpiryTrackArgs, options?: CallOptions): Promise<ExpiryTrackReply>;
    /**
     * Makes many calls of `track` at once. Each call has its own result, in the order of the calls.
     *
     * One EVALSHA makes up to 64 calls with keys in the same slot, one after the other. On a
     * cluster, each node gets its calls in one write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`: `calls` is no list, or an option is not valid. Nothing was sent.
     * @throws `ABORTED` or `CLOSED` before anything was sent. Every other error is in a result.
     */
    many(calls: readonly ExpiryTrackArgs[], options?: CallOptions): Promise<ManyResult<ExpiryTrackReply>[]>;
  };
}

/** The script `expiry.track`, as a client loads and calls it. */
export const expiryTrack: ManyScript<ExpiryTrackArgs, ExpiryTrackReply> = {
  name: "expiry.track",
  version: "1.0.0",
  digest: "5073a9ab279d77c2fb26cc5b40a216fdb2240c5e",
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
    limit: 64,
    width: 1,
    digest: "b596860fd1fa37bf2e2fc4f9945482721cf162e6",
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
  item: types.id,
  dueMs: types.epochMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["tracked", "claimed", "mismatch"]),
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": {
    6: 4, 7: 5, 8: 6, 9: 7,
  },
  "lua/lib/stored_integer.lua": {
    14: 9, 16: 11, 17: 12, 18: 13, 19: 14, 20: 15, 21: 16, 22: 17, 23: 18, 24: 19, 25: 20,
  },
  "lua/lib/expiry/claim_state.lua": {
    29: 10, 30: 11, 31: 12, 32: 13, 33: 14, 34: 15, 35: 16, 36: 17,
  },
  "lua/lib/expiry/earlier_due.lua": {
    40: 16, 41: 17, 42: 18, 43: 19, 44: 20, 45: 21, 46: 22, 47: 23, 48: 24, 49: 25, 50: 26,
  },
  "lua/lib/expiry/note_due.lua": {
    54: 12, 56: 14, 57: 15, 58: 16, 59: 17, 60: 18, 61: 19, 62: 20,
  },
  "lua/lib/slot_member.lua": {
    67: 6, 68: 7, 69: 8,
  },
  "lua/expiry/track.lua": {
    73: 7, 92: 84, 93: 84, 94: 84, 95: 85, 96: 86, 97: 87, 98: 88, 100: 90, 101: 91, 102: 92, 103: 93,
    104: 94, 106: 96, 107: 97, 108: 98, 109: 99, 110: 100, 111: 101, 112: 101, 113: 101, 114: 104, 115: 105,
    116: 106, 117: 107, 118: 108, 119: 109, 120: 110, 121: 111, 122: 112, 123: 113, 124: 114, 125: 115,
    126: 116, 127: 117, 128: 118, 129: 119, 130: 120, 131: 121, 132: 122,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- expiry.track 1.0.0. Generated from lua/expiry/track.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/expiry/track.lua:
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 7 or #ARGV ~= 2 then
  return { err = "ARGUMENT expiry.track expected 7 keys and 2 arguments" }
end
local arg_item = ARGV[1]
if arg_item == "" or #arg_item > 256 then
  return { err = "ARGUMENT expiry.track item: expected 1 to 256 bytes" }
end
if string.find(arg_item, "[%c{}]") then
  return { err = "ARGUMENT expiry.track item: expected no control characters and no braces" }
end
local arg_due_ms = tonumber(ARGV[2])
if not arg_due_ms or arg_due_ms < 0 or arg_due_ms > 8640000000000000 or arg_due_ms % 1 ~= 0 then
  return { err = "ARGUMENT expiry.track due_ms: expected a whole number from 0 to 8640000000000000" }
end

--- Sets the instant at which an item is due. It replaces an earlier instant.
do
  local due, processing, attempts, dead, reasons, slot_queue, expiry_operation, item, due_ms =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], arg_item, arg_due_ms
  local claimed, abandoned = claim_state(processing, item)
  local is_dead = redis.call("ZSCORE", dead, item)
  local member = slot_member(due)
  local earlier_ms = earlier_due(slot_queue, member, due, processing, due_ms)
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("ZCARD", due)
  if is_dead or abandoned then
    redis.call("HLEN", reasons)
    redis.call("HLEN", attempts)
  end

  local due_text = string.format("%d", due_ms)
  local what = due_text .. " " .. item
  local outcome = claimed and "track claimed " or "track tracked "
  local first = redis.call("SET", expiry_operation, outcome .. what, "NX", "GET", "PX", HORIZON_MS)
  if first then
    return first == "track tracked " .. what and "tracked"
      or first == "track claimed " .. what and "claimed"
      or "mismatch"
  end
  if claimed then
    return "claimed"
  end
  redis.call("ZADD", due, due_text, item)
  if earlier_ms then
    note_due(slot_queue, member, earlier_ms)
  end
  if abandoned then
    redis.call("ZREM", processing, item)
    redis.call("HSETNX", attempts, item, "1")
  end
  if is_dead then
    redis.call("ZREM", dead, item)
    redis.call("HDEL", reasons, item)
    redis.call("HDEL", attempts, item)
  end
  return "tracked"
end
`;

/** Source file -> line of the Lua text below -> line of that source file. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": {
    7: 4, 8: 5, 9: 6, 10: 7,
  },
  "lua/lib/stored_integer.lua": {
    15: 9, 17: 11, 18: 12, 19: 13, 20: 14, 21: 15, 22: 16, 23: 17, 24: 18, 25: 19, 26: 20,
  },
  "lua/lib/expiry/claim_state.lua": {
    30: 10, 31: 11, 32: 12, 33: 13, 34: 14, 35: 15, 36: 16, 37: 17,
  },
  "lua/lib/expiry/earlier_due.lua": {
    41: 16, 42: 17, 43: 18, 44: 19, 45: 20, 46: 21, 47: 22, 48: 23, 49: 24, 50: 25, 51: 26,
  },
  "lua/lib/expiry/note_due.lua": {
    55: 12, 57: 14, 58: 15, 59: 16, 60: 17, 61: 18, 62: 19, 63: 20,
  },
  "lua/lib/slot_member.lua": {
    68: 6, 69: 7, 70: 8,
  },
  "lua/expiry/track.lua": {
    74: 7, 101: 84, 102: 84, 103: 84, 104: 84, 105: 84, 106: 84, 107: 84, 108: 84, 109: 84, 110: 84,
    111: 84, 112: 85, 113: 86, 114: 87, 115: 88, 117: 90, 118: 91, 119: 92, 120: 93, 121: 94, 123: 96,
    124: 97, 125: 98, 126: 99, 127: 100, 128: 101, 129: 101, 130: 101, 131: 104, 132: 105, 133: 106,
    134: 107, 135: 108, 136: 109, 137: 110, 138: 111, 139: 112, 140: 113, 141: 114, 142: 115, 143: 116,
    144: 117, 145: 118, 146: 119, 147: 120, 148: 121, 149: 122,
  },
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua
-- expiry.track 1.0.0. Generated from lua/expiry/track.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 64 calls in one run. An error ends only its own call.

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

-- From lua/expiry/track.lua:
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

-- Generated: KEYS has the keys of all calls, one call after the other, and ARGV their arguments.
local wrapper_calls = #KEYS / 7
if wrapper_calls < 1 or wrapper_calls > 64 or wrapper_calls % 1 ~= 0 or #ARGV ~= 2 * wrapper_calls then
  return { err = "ARGUMENT expiry.track expected 1 to 64 calls, each with 7 keys and 2 arguments" }
end
-- Locals cost less than globals.
local KEYS, ARGV, xpcall, type = KEYS, ARGV, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_item = ARGV[wrapper_arguments + 1]
  if arg_item == "" or #arg_item > 256 then
    return { err = "ARGUMENT expiry.track item: expected 1 to 256 bytes" }
  end
  if string.find(arg_item, "[%c{}]") then
    return { err = "ARGUMENT expiry.track item: expected no control characters and no braces" }
  end
  local arg_due_ms = tonumber(ARGV[wrapper_arguments + 2])
  if not arg_due_ms or arg_due_ms < 0 or arg_due_ms > 8640000000000000 or arg_due_ms % 1 ~= 0 then
    return { err = "ARGUMENT expiry.track due_ms: expected a whole number from 0 to 8640000000000000" }
  end

  --- Sets the instant at which an item is due. It replaces an earlier instant.
  do
    local due, processing, attempts, dead, reasons, slot_queue, expiry_operation, item, due_ms =
      KEYS[wrapper_keys + 1],
      KEYS[wrapper_keys + 2],
      KEYS[wrapper_keys + 3],
      KEYS[wrapper_keys + 4],
      KEYS[wrapper_keys + 5],
      KEYS[wrapper_keys + 6],
      KEYS[wrapper_keys + 7],
      arg_item,
      arg_due_ms
    local claimed, abandoned = claim_state(processing, item)
    local is_dead = redis.call("ZSCORE", dead, item)
    local member = slot_member(due)
    local earlier_ms = earlier_due(slot_queue, member, due, processing, due_ms)
    -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
    redis.call("ZCARD", due)
    if is_dead or abandoned then
      redis.call("HLEN", reasons)
      redis.call("HLEN", attempts)
    end

    local due_text = string.format("%d", due_ms)
    local what = due_text .. " " .. item
    local outcome = claimed and "track claimed " or "track tracked "
    local first = redis.call("SET", expiry_operation, outcome .. what, "NX", "GET", "PX", HORIZON_MS)
    if first then
      return first == "track tracked " .. what and "tracked"
        or first == "track claimed " .. what and "claimed"
        or "mismatch"
    end
    if claimed then
      return "claimed"
    end
    redis.call("ZADD", due, due_text, item)
    if earlier_ms then
      note_due(slot_queue, member, earlier_ms)
    end
    if abandoned then
      redis.call("ZREM", processing, item)
      redis.call("HSETNX", attempts, item, "1")
    end
    if is_dead then
      redis.call("ZREM", dead, item)
      redis.call("HDEL", reasons, item)
      redis.call("HDEL", attempts, item)
    end
    return "tracked"
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
  wrapper_keys = wrapper_keys + 7
  wrapper_arguments = wrapper_arguments + 2
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
