// writebehind.take 1.0.0. Generated from lua/writebehind/take.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, optional, readFields, textsOf, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `writebehind.take`. */
export interface WritebehindTakeArgs {
  /** Part of the key. 1 to 240 bytes. */
  readonly queue: string;
  /** Part of the key. 1 to 3 bytes. */
  readonly queueShard: string;
  /** The maximum number of writes in a new batch. Writes, 1 to 100. */
  readonly limit: number;
  /** A new batch ends before it is larger, unless its first write is. Bytes, 1 to 16,777,216. */
  readonly maxBytes: number;
  /** Yes: also before the time of the next attempt. */
  readonly skipDelay?: boolean | undefined;
}

/** Reply of `writebehind.take`: `outcome` says what happened. */
export type WritebehindTakeReply =
  | {
      /** `batch`: a batch of writes. */
      readonly outcome: "batch";
      /** Its number. 0 to 9,007,199,254,740,991. */
      readonly batch: number;
      /** In their order. At most 1,000 elements. */
      readonly writes: readonly types.QueuedWrite[];
      /** The bytes of all values, one after another. 0 to 25,165,824 bytes. */
      readonly values: Buffer;
      /** The attempts that have failed. Attempts, 0 to 9,007,199,254,740,991. */
      readonly attempts: number;
      /**
       * The number of the previous batch; absent for the first one. 0 to 9,007,199,254,740,991. It
       * may be absent.
       */
      readonly previous: number | undefined;
    }
  | {
      /** `waiting`: the batch in flight has failed, and its next attempt comes later. */
      readonly outcome: "waiting";
      /** A time to wait from now on; 0 means no wait. Milliseconds, 0 to 8,640,000,000,000,000. */
      readonly retryInMs: number;
    }
  | {
      /** `empty`: nothing is queued. */
      readonly outcome: "empty";
    };

/** The function of `writebehind.take`. A tenant's `writebehind` has it. */
export interface WritebehindTakeOperation {
  /**
   * Takes a numbered batch of queued writes, for a worker that brings it to the database.
   *
   * The script returns a batch again until it is acknowledged, with the same number and the same
   * writes. So the database can detect a batch that it has already. Each batch has the number of
   * the previous one, and the next one begins after it is acknowledged. So no batch overwrites a
   * later one.
   *
   * Outcomes:
   * - `batch`: a batch of writes.
   * - `waiting`: the batch in flight has failed, and its next attempt comes later.
   * - `empty`: nothing is queued.
   *
   * Units: `limit` in writes; `maxBytes` in bytes; `attempts` in attempts; `retryInMs` in
   * milliseconds.
   *
   * Cost: O(limit), plus the length of the values.
   *
   * Retry: safe. A batch is returned until it is acknowledged; a late call may begin the next
   * batch, which the next call returns.
   *
   * Lua source: `lua/writebehind/take.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // Queued writes are taken in their order.
   * const reply = await acme.writebehind.take({
   *   queue: "queue-1",
   *   queueShard: "0",
   *   limit: 10,
   *   maxBytes: 1000,
   * });
   * // reply: {
   * //   outcome: "batch",
   * //   batch: 8_000_000_000_000_001,
   * //   writes: [{ key: "lamp", sequence: 7, operation: "w1", valueBytes: 2 }, { key: "vase",
   * //     sequence: 8, operation: "w2", valueBytes: 3 }],
   * //   values: Buffer.from("deabc"),
   * //   attempts: 0,
   * //   previous: 8_000_000_000_000_000,
   * // }
   * ```
   */
  take(args: WritebehindTakeArgs, options?: CallOptions): Promise<WritebehindTakeReply>;
}

/** The script `writebehind.take`, as a client loads and calls it. */
export const writebehindTake: Script<WritebehindTakeArgs, WritebehindTakeReply> = {
  name: "writebehind.take",
  version: "1.0.0",
  digest: "e4eb34c7563957859c272e4a0e7bcd05a98547a5",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  repliesBytes: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:write-queue",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:write-values",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:write-batch",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:write-state",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.writeQueue(scope, args.queue, args.queueShard),
        keys.writeValues(scope, args.queue, args.queueShard),
        keys.writeBatch(scope, args.queue, args.queueShard),
        keys.writeState(scope, args.queue, args.queueShard),
      ],
      args: [
        argument.limit.encode("limit", args.limit),
        argument.maxBytes.encode("maxBytes", args.maxBytes),
        argument.skipDelay.encode("skipDelay", args.skipDelay),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 7);
    const outcome = field.outcome.decode("outcome", textsOf(fields[0]));
    switch (outcome) {
      case "batch":
        return {
          outcome,
          batch: field.batch.decode("batch", textsOf(fields[1])),
          writes: field.writes.decode("writes", textsOf(fields[2])),
          values: field.values.decode("values", fields[3]),
          attempts: field.attempts.decode("attempts", textsOf(fields[4])),
          previous: field.previous.decode("previous", textsOf(fields[5])),
        };
      case "waiting":
        return {
          outcome,
          retryInMs: field.retryInMs.decode("retryInMs", textsOf(fields[6])),
        };
      case "empty":
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
  limit: types.writeLimit,
  maxBytes: types.batchBytes,
  skipDelay: optional(types.flag),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["batch", "waiting", "empty"]),
  batch: types.sequence,
  writes: listType(types.queuedWrite, 1000),
  values: types.batchValues,
  attempts: types.attemptCount,
  previous: optional(types.sequence),
  retryInMs: types.waitMs,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "7-18:9",
  "lua/lib/writebehind/write_of.lua": "23-32:10",
  "lua/writebehind/take.lua":
    "36-41:7 66:74 67:74 68-82:74 89-119:89 120:119 121:119 122:119 123:119 124:119 125:119 126-156:119 " +
    "165-189:151",
  "lua/lib/now_ms.lua": "85-88:4",
  "lua/lib/next_number.lua": "160-164:9",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- writebehind.take 1.0.0. Generated from lua/writebehind/take.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/writebehind/write_of.lua:
--- Reads a stored write: \`<sequence> <operation> <key>\` with tabs between them, a line break and the
--- value. Names of operations and keys have no control characters.
local function write_of(record, what)
  -- 2^53 - 1, the upper bound of the type sequence.
  local MAX_SEQUENCE = 9007199254740991
  local sequence, operation, key, value_at = string.match(record, "^(%d+)\\t([^\\t\\n]+)\\t([^\\t\\n]+)\\n()")
  local number = tonumber(sequence)
  if not number or number > MAX_SEQUENCE then
    error({ err = "CORRUPT " .. what })
  end
  return sequence, operation, key, value_at
end

-- From lua/writebehind/take.lua:
-- The upper bound of the type sequence. A stored number leaves room for the next one.
local MAX_SEQUENCE = 9007199254740991
-- The upper bound of the type write_limit.
local MAX_WRITES = 100
-- In a batch, the field with the empty name holds the number of the previous batch. No key has an
-- empty name.
local PREVIOUS = ""

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 4 or #ARGV ~= 3 then
  return { err = "ARGUMENT writebehind.take expected 4 keys and 3 arguments" }
end
local arg_limit = tonumber(ARGV[1])
if not arg_limit or arg_limit < 1 or arg_limit > 100 or arg_limit % 1 ~= 0 then
  return { err = "ARGUMENT writebehind.take limit: expected a whole number from 1 to 100" }
end
local arg_max_bytes = tonumber(ARGV[2])
if not arg_max_bytes or arg_max_bytes < 1 or arg_max_bytes > 16777216 or arg_max_bytes % 1 ~= 0 then
  return { err = "ARGUMENT writebehind.take max_bytes: expected a whole number from 1 to 16777216" }
end
local arg_skip_delay = ARGV[3]
if arg_skip_delay == "" then
  arg_skip_delay = nil
else
  if arg_skip_delay ~= "1" and arg_skip_delay ~= "0" then
    return { err = "ARGUMENT writebehind.take skip_delay: expected 1 or 0" }
  end
  arg_skip_delay = arg_skip_delay == "1"
end

--- Takes a numbered batch of queued writes, for a worker that brings it to the database.
do
  local write_queue, write_values, write_batch, write_state, limit, max_bytes, skip_delay =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], arg_limit, arg_max_bytes, arg_skip_delay
  local state = redis.call("HMGET", write_state, "batch", "attempts", "retry_at_ms")
  local batch = stored_integer(state[1], "write-state", 0, MAX_SEQUENCE - 2)
  local attempts = stored_integer(state[2], "write-state") or 0
  local retry_at_ms = stored_integer(state[3], "write-state") or 0
  local writes, values = {}, {}

  local field_count = redis.call("HLEN", write_batch)
  if field_count > 0 then
    if not batch then
      error({ err = "CORRUPT write-state" })
    end
    if field_count > MAX_WRITES + 1 then
      error({ err = "CORRUPT write-batch" })
    end
    -- From lua/lib/now_ms.lua:
    --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
    local function now_ms()
      local clock = redis.call("TIME")
      return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
    end
    local wait_ms = retry_at_ms - now_ms()
    if wait_ms > 0 and not skip_delay then
      return { "waiting", false, false, false, false, false, wait_ms }
    end
    local previous
    local taken = {}
    local fields = redis.call("HGETALL", write_batch)
    -- at most 101 fields
    for position = 1, #fields, 2 do
      local record = fields[position + 1]
      if fields[position] == PREVIOUS then
        previous = stored_integer(record, "write-batch")
      else
        local sequence, operation, key, value_at = write_of(record, "write in flight")
        taken[#taken + 1] = { tonumber(sequence), key, operation, string.sub(record, value_at) }
      end
    end
    if #taken == 0 then
      error({ err = "CORRUPT write-batch" })
    end
    table.sort(taken, function(one, other)
      return one[1] < other[1]
    end)
    -- at most 101 writes
    for position = 1, #taken do
      local write = taken[position]
      local at = 4 * position
      writes[at - 3], writes[at - 2], writes[at - 1], writes[at] = write[2], write[1], write[3], #write[4]
      values[position] = write[4]
    end
    return {
      "batch",
      batch or false,
      writes or false,
      table.concat(values) or false,
      attempts or false,
      previous,
    }
  end

  local queued = redis.call("LLEN", write_queue)
  if queued ~= redis.call("HLEN", write_values) then
    error({ err = "CORRUPT write-queue" })
  end
  if queued == 0 then
    return "empty"
  end
  local members = redis.call("LRANGE", write_queue, "0", limit - 1)
  local moved, names, is_taken, bytes = {}, {}, {}, 0
  -- at most 100 writes
  for position = 1, #members do
    local member = members[position]
    local record = redis.call("HGET", write_values, member)
    if not record or is_taken[member] then
      error({ err = "CORRUPT write-queue" })
    end
    if position > 1 and bytes + #record > max_bytes then
      break
    end
    bytes = bytes + #record
    local sequence, operation, key, value_at = write_of(record, "queued write")
    local at = 4 * position
    values[position] = string.sub(record, value_at)
    writes[at - 3], writes[at - 2], writes[at - 1], writes[at] =
      key, tonumber(sequence), operation, #values[position]
    names[position], is_taken[member] = member, true
    moved[2 * position - 1], moved[2 * position] = member, record
  end

  -- From lua/lib/next_number.lua:
  --- Returns a number above the last one, for fences and batches.
  local function next_number(last)
    local clock = redis.call("TIME")
    local now_us = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
    return math.max(now_us, (last or 0) + 1)
  end
  local new_batch = next_number(batch)
  local batch_first = string.format("%d", writes[2])
  -- The first write, because a user without the worker's rights may not run it.
  redis.call("LTRIM", write_queue, #names, "-1")
  redis.call(
    "HSET",
    write_state,
    "batch",
    string.format("%d", new_batch),
    "batch_bytes",
    string.format("%d", bytes),
    "batch_first",
    batch_first,
    "attempts",
    "0"
  )
  -- at most 200 texts
  redis.call("HSET", write_batch, unpack(moved))
  if batch then
    redis.call("HSET", write_batch, PREVIOUS, string.format("%d", batch))
  end
  -- at most 100 names
  redis.call("HDEL", write_values, unpack(names))
  return { "batch", new_batch or false, writes or false, table.concat(values) or false, 0, batch }
end
`;
