// expiry.track 1.0.0. Generated from lua/expiry/track.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, newOperation, optional, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
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
   * their own. If the item has attempts, such a call never makes it due earlier, because it may
   * wait for a retry. So it also keeps a later time that a call with dueMs has set. Only dueMs
   * replaces that.
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
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
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
     * One EVALSHA makes up to 64 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly ExpiryTrackArgs[], options?: CallOptions): Promise<ManyResult<ExpiryTrackReply>[]>;
  };
}

/** The script `expiry.track`, as a client loads and calls it. */
export const expiryTrack: ManyScript<ExpiryTrackArgs, ExpiryTrackReply> = {
  name: "expiry.track",
  version: "1.0.0",
  digest: "9b3c567e60e55eaf1d53f10b5c545fa880ec29b8",
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
  many: {
    limit: 64,
    width: 1,
    digest: "2cc55069923d6c22274944819cce926762c97047",
    write(call, scope, args) {
      const operation = args.operation ?? newOperation();
      call.beginKey(scope);
      types.queue.writeKeyPart(call, "queue", args.queue);
      call.plainKeyPart(":");
      types.queueShard.writeKeyPart(call, "queueShard", args.queueShard);
      call.endTag("}:due");
      call.endKey();
      call.beginKey(scope);
      types.queue.writeKeyPart(call, "queue", args.queue);
      call.plainKeyPart(":");
      types.queueShard.writeKeyPart(call, "queueShard", args.queueShard);
      call.endTag("}:processing");
      call.endKey();
      call.beginKey(scope);
      types.queue.writeKeyPart(call, "queue", args.queue);
      call.plainKeyPart(":");
      types.queueShard.writeKeyPart(call, "queueShard", args.queueShard);
      call.endTag("}:attempts");
      call.endKey();
      call.beginKey(scope);
      types.queue.writeKeyPart(call, "queue", args.queue);
      call.plainKeyPart(":");
      types.queueShard.writeKeyPart(call, "queueShard", args.queueShard);
      call.endTag("}:dead");
      call.endKey();
      call.beginKey(scope);
      types.queue.writeKeyPart(call, "queue", args.queue);
      call.plainKeyPart(":");
      types.queueShard.writeKeyPart(call, "queueShard", args.queueShard);
      call.endTag("}:dead-reason");
      call.endKey();
      call.key(keys.slotQueue(scope, args.queue, args.queueShard));
      call.beginKey(scope);
      types.queue.writeKeyPart(call, "queue", args.queue);
      call.plainKeyPart(":");
      types.queueShard.writeKeyPart(call, "queueShard", args.queueShard);
      call.endTag("}:expiry-operation:");
      types.operation.writeKeyPart(call, "operation", operation);
      call.endKey();
      call.args.text(argument.item.encode("item", args.item));
      call.args.text(argument.dueMs.encode("dueMs", args.dueMs));
      call.args.text(argument.debounceMs.encode("debounceMs", args.debounceMs));
      call.args.text(argument.maxWaitMs.encode("maxWaitMs", args.maxWaitMs));
    },
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
  dueMs: optional(types.epochMs),
  debounceMs: optional(types.ms),
  maxWaitMs: optional(types.ms),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["tracked", "again", "mismatch"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "7-18:9",
  "lua/lib/now_ms.lua": "22-25:4",
  "lua/expiry/track.lua":
    "29:10 72:121 73:121 74:121 75:121 76:121 77:121 78:121 79:121 80:121 81:121 82:121 83:121 84:121 " +
    "85-101:134 120-140:151 147:172 161-169:173 170:181 171:181 172:184 182-187:185 199-214:191",
  "lua/lib/expiry/stored_attempts.lua": "104-119:11",
  "lua/lib/slot_member.lua": "144-146:6",
  "lua/lib/expiry/earlier_due.lua": "150-160:16",
  "lua/lib/expiry/attempts_text.lua": "175-181:7",
  "lua/lib/expiry/note_due.lua": "190-198:12",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- expiry.track 1.0.0. Generated from lua/expiry/track.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
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

  local lease_ends_ms = stored_integer(redis.call("ZSCORE", processing, item), "processing")
  local claimed = lease_ends_ms and lease_ends_ms >= now_ms()
  local abandoned = lease_ends_ms and not claimed
  local is_dead = redis.call("ZSCORE", dead, item)
  local count, since_ms, _
  if lease_ends_ms or debounce_ms then
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
    count, _, since_ms = stored_attempts(redis.call("HGET", attempts, item))
  end
  if is_dead then
    count, since_ms = 0, nil
    -- Type checks only: WRONGTYPE must come before the first write, because Redis does not roll back.
    redis.call("HLEN", reasons)
    redis.call("HLEN", attempts)
  end
  if debounce_ms then
    local now = now_ms()
    -- Now, if the stored trigger is ahead of the clock.
    since_ms = math.min(since_ms or now, now)
    due_ms = math.min(now + debounce_ms, since_ms + max_wait_ms)
    if (count or 0) > 0 then
      -- A claimed item is not in due.
      local retry_ms = stored_integer(redis.call("ZSCORE", due, item), "due")
      due_ms = math.max(due_ms, retry_ms or 0)
    end
  end
  local member, earlier_ms
  if not claimed then
    -- From lua/lib/slot_member.lua:
    --- The name of a key's owner in the indexes of its slot: the text of the key's hash tag, such as
    --- \`acme:lamp\`.
    local function slot_member(key)
      return string.match(key, "{(.*)}") or ""
    end
    member = slot_member(due)
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
    earlier_ms = earlier_due(slot_queue, member, due, processing, due_ms)
  end
  -- ZCARD proves the type before the first write.
  redis.call("ZCARD", due)

  local outcome = claimed and "track again " or "track tracked "
  local first = redis.call("SET", expiry_operation, outcome .. what, "NX", "GET", "PX", HORIZON_MS)
  if first then
    return first == "track tracked " .. what and "tracked"
      or first == "track again " .. what and "again"
      or "mismatch"
  end
  -- From lua/lib/expiry/attempts_text.lua:
  --- The text of an item in \`attempts\`, as stored_attempts reads it.
  local function attempts_text(count, again_ms, since_ms)
    local since = since_ms and string.format(" since %d", since_ms) or ""
    if again_ms then
      return string.format("%d again %d%s", count, again_ms, since)
    end
    return string.format("%d%s", count, since)
  end
  if claimed then
    redis.call("HSET", attempts, item, attempts_text(count or 1, due_ms, since_ms))
    return "again"
  end
  redis.call("ZADD", due, string.format("%d", due_ms), item)
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

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/expiry/attempts_text.lua": "7-13:7",
  "lua/lib/stored_integer.lua": "18-29:9",
  "lua/lib/expiry/earlier_due.lua": "33-43:16",
  "lua/lib/now_ms.lua": "47-50:4",
  "lua/lib/expiry/note_due.lua": "54-62:12",
  "lua/lib/slot_member.lua": "67-69:6",
  "lua/lib/expiry/stored_attempts.lua": "73-88:11",
  "lua/expiry/track.lua":
    "92:10 152:121 153:121 154:121 155:121 156:121 157:121 158:121 159:121 160:121 161:121 162:121 " +
    "163:121 164:121 165-212:134 213:181 214:181 215-237:184",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua
-- expiry.track 1.0.0. Generated from lua/expiry/track.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 64 calls in one run. An error ends only its own call.

-- From lua/lib/expiry/attempts_text.lua:
--- The text of an item in \`attempts\`, as stored_attempts reads it.
local function attempts_text(count, again_ms, since_ms)
  local since = since_ms and string.format(" since %d", since_ms) or ""
  if again_ms then
    return string.format("%d again %d%s", count, again_ms, since)
  end
  return string.format("%d%s", count, since)
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

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
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

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS / 7
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if
  not wrapper_fits
  or wrapper_calls < 1
  or wrapper_calls > 64
  or wrapper_calls % 1 ~= 0
  or #wrapper_argv ~= 4 * wrapper_calls
then
  return { err = "ARGUMENT expiry.track expected 1 to 64 calls, each with 7 keys and 4 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_item = wrapper_argv[wrapper_arguments + 1]
  if arg_item == "" or #arg_item > 256 then
    return { err = "ARGUMENT expiry.track item: expected 1 to 256 bytes" }
  end
  if string.find(arg_item, "[%c{}]") then
    return { err = "ARGUMENT expiry.track item: expected no control characters and no braces" }
  end
  local arg_due_ms = tonumber(wrapper_argv[wrapper_arguments + 2])
  if wrapper_argv[wrapper_arguments + 2] ~= "" then
    if not arg_due_ms or arg_due_ms < 0 or arg_due_ms > 8640000000000000 or arg_due_ms % 1 ~= 0 then
      return { err = "ARGUMENT expiry.track due_ms: expected a whole number from 0 to 8640000000000000" }
    end
  end
  local arg_debounce_ms = tonumber(wrapper_argv[wrapper_arguments + 3])
  if wrapper_argv[wrapper_arguments + 3] ~= "" then
    if
      not arg_debounce_ms
      or arg_debounce_ms < 1
      or arg_debounce_ms > 31622400000
      or arg_debounce_ms % 1 ~= 0
    then
      return { err = "ARGUMENT expiry.track debounce_ms: expected a whole number from 1 to 31622400000" }
    end
  end
  local arg_max_wait_ms = tonumber(wrapper_argv[wrapper_arguments + 4])
  if wrapper_argv[wrapper_arguments + 4] ~= "" then
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
      KEYS[wrapper_keys + 1],
      KEYS[wrapper_keys + 2],
      KEYS[wrapper_keys + 3],
      KEYS[wrapper_keys + 4],
      KEYS[wrapper_keys + 5],
      KEYS[wrapper_keys + 6],
      KEYS[wrapper_keys + 7],
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

    local lease_ends_ms = stored_integer(redis.call("ZSCORE", processing, item), "processing")
    local claimed = lease_ends_ms and lease_ends_ms >= now_ms()
    local abandoned = lease_ends_ms and not claimed
    local is_dead = redis.call("ZSCORE", dead, item)
    local count, since_ms, _
    if lease_ends_ms or debounce_ms then
      count, _, since_ms = stored_attempts(redis.call("HGET", attempts, item))
    end
    if is_dead then
      count, since_ms = 0, nil
      -- Type checks only: WRONGTYPE must come before the first write, because Redis does not roll back.
      redis.call("HLEN", reasons)
      redis.call("HLEN", attempts)
    end
    if debounce_ms then
      local now = now_ms()
      -- Now, if the stored trigger is ahead of the clock.
      since_ms = math.min(since_ms or now, now)
      due_ms = math.min(now + debounce_ms, since_ms + max_wait_ms)
      if (count or 0) > 0 then
        -- A claimed item is not in due.
        local retry_ms = stored_integer(redis.call("ZSCORE", due, item), "due")
        due_ms = math.max(due_ms, retry_ms or 0)
      end
    end
    local member, earlier_ms
    if not claimed then
      member = slot_member(due)
      earlier_ms = earlier_due(slot_queue, member, due, processing, due_ms)
    end
    -- ZCARD proves the type before the first write.
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
  wrapper_arguments = wrapper_arguments + 4
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
