// writebehind.depth 1.0.0. Generated from lua/writebehind/depth.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, optional, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `writebehind.depth`. */
export interface WritebehindDepthArgs {
  /** Part of the key. 1 to 240 bytes. */
  readonly queue: string;
  /** Part of the key. 1 to 3 bytes. */
  readonly queueShard: string;
}

/** Reply of `writebehind.depth`. */
export interface WritebehindDepthReply {
  /** A number of writes. Writes, 0 to 1,000,000,000. */
  readonly queued: number;
  /** In the batch that was taken and not acknowledged. Writes, 0 to 1,000,000,000. */
  readonly inFlight: number;
  /** A number of writes. Writes, 0 to 1,000,000,000. */
  readonly dead: number;
  /** Of all these writes. Bytes, 0 to 9,007,199,254,740,991. */
  readonly bytes: number;
  /** The latest change, for writebehind.purge. 0 to 9,007,199,254,740,991. */
  readonly sequence: number;
  /** Of the batch in flight that have failed. Attempts, 0 to 9,007,199,254,740,991. */
  readonly attempts: number;
  /**
   * The age of the oldest write in flight, or else of the oldest queued one; a write that was
   * replaced has the age of the first one. Milliseconds, 0 to 8,640,000,000,000,000. It may be
   * absent.
   */
  readonly oldestMs: number | undefined;
  /**
   * Until the next attempt of the batch in flight. Milliseconds, 0 to 8,640,000,000,000,000. It may
   * be absent.
   */
  readonly retryInMs: number | undefined;
  /** Why its last attempt has failed. 1 to 1,000 bytes. It may be absent. */
  readonly reason: string | undefined;
}

/** The function of `writebehind.depth`. A tenant's `writebehind` has it. */
export interface WritebehindDepthOperation {
  /**
   * Counts the writes of a shard that are not in the database.
   *
   * Reply:
   * - `queued`: A number of writes. Writes, 0 to 1,000,000,000.
   * - `inFlight`: In the batch that was taken and not acknowledged. Writes, 0 to 1,000,000,000.
   * - `dead`: A number of writes. Writes, 0 to 1,000,000,000.
   * - `bytes`: Of all these writes. Bytes, 0 to 9,007,199,254,740,991.
   * - `sequence`: The latest change, for writebehind.purge. 0 to 9,007,199,254,740,991.
   * - `attempts`: Of the batch in flight that have failed. Attempts, 0 to 9,007,199,254,740,991.
   * - `oldestMs`: The age of the oldest write in flight, or else of the oldest queued one; a write
   *   that was replaced has the age of the first one. Milliseconds, 0 to 8,640,000,000,000,000.
   * - `retryInMs`: Until the next attempt of the batch in flight. Milliseconds, 0 to
   *   8,640,000,000,000,000.
   * - `reason`: Why its last attempt has failed. 1 to 1,000 bytes.
   *
   * Units: `queued`, `inFlight`, `dead` in writes; `bytes` in bytes; `attempts` in attempts;
   * `oldestMs`, `retryInMs` in milliseconds.
   *
   * Cost: O(1); without a batch in flight, plus the length of the oldest queued value.
   *
   * Retry: safe. It only reads.
   *
   * Lua source: `lua/writebehind/depth.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`: nothing was written.
   * @throws `DEADLINE`: no answer came in time.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A queue with a batch that has failed.
   * const reply = await acme.writebehind.depth({ queue: "queue-1", queueShard: "0" });
   * // reply: {
   * //   queued: 1,
   * //   inFlight: 1,
   * //   dead: 0,
   * //   bytes: 24,
   * //   sequence: 8,
   * //   attempts: 1,
   * //   oldestMs: …,
   * //   retryInMs: …,
   * //   reason: "away",
   * // }
   * ```
   */
  readonly depth: {
    (args: WritebehindDepthArgs, options?: CallOptions): Promise<WritebehindDepthReply>;
    /**
     * Makes many calls of `depth` at once. Each call has its own result, in the order of the calls.
     *
     * One EVALSHA makes up to 20 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly WritebehindDepthArgs[], options?: CallOptions): Promise<ManyResult<WritebehindDepthReply>[]>;
  };
}

/** The script `writebehind.depth`, as a client loads and calls it. */
export const writebehindDepth: ManyScript<WritebehindDepthArgs, WritebehindDepthReply> = {
  name: "writebehind.depth",
  version: "1.0.0",
  digest: "7b8f4051594c08364ffd21e4443574827d9b82a0",
  writes: false,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:write-queue",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:write-values",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:write-batch",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:write-state",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:write-dead",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:write-dead-records",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.writeQueue(scope, args.queue, args.queueShard),
        keys.writeValues(scope, args.queue, args.queueShard),
        keys.writeBatch(scope, args.queue, args.queueShard),
        keys.writeState(scope, args.queue, args.queueShard),
        keys.writeDead(scope, args.queue, args.queueShard),
        keys.writeDeadRecords(scope, args.queue, args.queueShard),
      ],
      args: [],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 9);
    return {
      queued: field.queued.decode("queued", fields[0]),
      inFlight: field.inFlight.decode("inFlight", fields[1]),
      dead: field.dead.decode("dead", fields[2]),
      bytes: field.bytes.decode("bytes", fields[3]),
      sequence: field.sequence.decode("sequence", fields[4]),
      attempts: field.attempts.decode("attempts", fields[5]),
      oldestMs: field.oldestMs.decode("oldestMs", fields[6]),
      retryInMs: field.retryInMs.decode("retryInMs", fields[7]),
      reason: field.reason.decode("reason", fields[8]),
    };
  },
  get lines() {
    return lines;
  },
  get lua() {
    return lua;
  },
  many: {
    limit: 20,
    width: 9,
    digest: "63eb678e9c5377b2d20e54c1338b1ff7ef9d3447",
    write(call, scope, args) {
      call.beginKey(scope);
      types.queue.writeKeyPart(call, "queue", args.queue);
      call.plainKeyPart(":");
      types.queueShard.writeKeyPart(call, "queueShard", args.queueShard);
      call.endTag("}:write-queue");
      call.endKey();
      call.beginKey(scope);
      types.queue.writeKeyPart(call, "queue", args.queue);
      call.plainKeyPart(":");
      types.queueShard.writeKeyPart(call, "queueShard", args.queueShard);
      call.endTag("}:write-values");
      call.endKey();
      call.beginKey(scope);
      types.queue.writeKeyPart(call, "queue", args.queue);
      call.plainKeyPart(":");
      types.queueShard.writeKeyPart(call, "queueShard", args.queueShard);
      call.endTag("}:write-batch");
      call.endKey();
      call.beginKey(scope);
      types.queue.writeKeyPart(call, "queue", args.queue);
      call.plainKeyPart(":");
      types.queueShard.writeKeyPart(call, "queueShard", args.queueShard);
      call.endTag("}:write-state");
      call.endKey();
      call.beginKey(scope);
      types.queue.writeKeyPart(call, "queue", args.queue);
      call.plainKeyPart(":");
      types.queueShard.writeKeyPart(call, "queueShard", args.queueShard);
      call.endTag("}:write-dead");
      call.endKey();
      call.beginKey(scope);
      types.queue.writeKeyPart(call, "queue", args.queue);
      call.plainKeyPart(":");
      types.queueShard.writeKeyPart(call, "queueShard", args.queueShard);
      call.endTag("}:write-dead-records");
      call.endKey();
    },
    get lines() {
      return manyLines;
    },
    get lua() {
      return manyLua;
    },
  },
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  queued: types.writeCount,
  inFlight: types.writeCount,
  dead: types.writeCount,
  bytes: types.writeBytes,
  sequence: types.sequence,
  attempts: types.attemptCount,
  oldestMs: optional(types.waitMs),
  retryInMs: optional(types.waitMs),
  reason: optional(types.note),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": "6-9:4",
  "lua/lib/stored_integer.lua": "14-25:9",
  "lua/writebehind/depth.lua":
    "34:56 35:56 36-79:56 93-102:100 103:109 104:109 105:109 106:109 107:109 108:109 109:109 110:109 " +
    "111:109 112:109 113:119",
  "lua/lib/writebehind/write_of.lua": "83-92:10",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- writebehind.depth 1.0.0. Generated from lua/writebehind/depth.lua by moonpath-codegen. DO NOT EDIT.

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

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 6 or #ARGV ~= 0 then
  return { err = "ARGUMENT writebehind.depth expected 6 keys and 0 arguments" }
end

-- From lua/writebehind/depth.lua:
--- Counts the writes of a shard that are not in the database.
do
  local write_queue, write_values, write_batch, write_state, write_dead, write_dead_records =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
  local state = redis.call(
    "HMGET",
    write_state,
    "sequence",
    "bytes",
    "batch_bytes",
    "attempts",
    "retry_at_ms",
    "reason",
    "batch",
    "batch_first"
  )
  local sequence = stored_integer(state[1], "write-state") or 0
  local bytes = stored_integer(state[2], "write-state") or 0
  local batch_bytes = stored_integer(state[3], "write-state") or 0
  local attempts = stored_integer(state[4], "write-state") or 0
  local retry_at_ms = stored_integer(state[5], "write-state") or 0
  local reason = state[6]
  -- After a repair, the number of the batch is near that of its first write.
  local batch_first = stored_integer(state[8] or state[7], "write-state")
  local queued = redis.call("LLEN", write_queue)
  if queued ~= redis.call("HLEN", write_values) then
    error({ err = "CORRUPT write-queue" })
  end
  local dead = redis.call("ZCARD", write_dead)
  if dead ~= redis.call("HLEN", write_dead_records) then
    error({ err = "CORRUPT dead write" })
  end
  -- The field with the empty name is the number of the previous batch.
  local in_flight = redis.call("HLEN", write_batch) - redis.call("HEXISTS", write_batch, "")

  local oldest
  if in_flight > 0 then
    if not batch_first then
      error({ err = "CORRUPT write-state" })
    end
    oldest = batch_first
  elseif queued > 0 then
    local name = redis.call("LINDEX", write_queue, "0")
    local record = name and redis.call("HGET", write_values, name)
    if not record then
      error({ err = "CORRUPT write-queue" })
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
    oldest = stored_integer((write_of(record, "queued write")), "queued write")
  end
  if queued + dead == 0 then
    -- A repair may have left a wrong sum.
    bytes = in_flight > 0 and batch_bytes or 0
  end

  local now = now_ms()
  local is_waiting = in_flight > 0 and retry_at_ms > now
  return {
    queued,
    in_flight,
    dead,
    bytes,
    sequence,
    attempts,
    oldest and math.max(now - math.floor(oldest / 1000), 0) or nil or false,
    is_waiting and retry_at_ms - now or nil or false,
    in_flight > 0 and reason and reason ~= "" and reason or nil,
  }
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": "7-10:4",
  "lua/lib/stored_integer.lua": "15-26:9",
  "lua/lib/writebehind/write_of.lua": "31-40:10",
  "lua/writebehind/depth.lua":
    "56:56 57:56 58:56 59:56 60:56 61:56 62:56 63-116:56 117:109 118:109 119:109 120:109 121:109 122:109 " +
    "123:109 124:109 125:119",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=no-writes
-- writebehind.depth 1.0.0. Generated from lua/writebehind/depth.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 20 calls in one run. An error ends only its own call.

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

-- Generated: KEYS has the keys of all calls, one call after the other.
local wrapper_calls = #KEYS / 6
if wrapper_calls < 1 or wrapper_calls > 20 or wrapper_calls % 1 ~= 0 or #ARGV ~= 0 then
  return { err = "ARGUMENT writebehind.depth expected 1 to 20 calls, each with 6 keys and 0 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys stand before those of the call that runs.
local wrapper_keys = 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  -- From lua/writebehind/depth.lua:
  --- Counts the writes of a shard that are not in the database.
  do
    local write_queue, write_values, write_batch, write_state, write_dead, write_dead_records =
      KEYS[wrapper_keys + 1],
      KEYS[wrapper_keys + 2],
      KEYS[wrapper_keys + 3],
      KEYS[wrapper_keys + 4],
      KEYS[wrapper_keys + 5],
      KEYS[wrapper_keys + 6]
    local state = redis.call(
      "HMGET",
      write_state,
      "sequence",
      "bytes",
      "batch_bytes",
      "attempts",
      "retry_at_ms",
      "reason",
      "batch",
      "batch_first"
    )
    local sequence = stored_integer(state[1], "write-state") or 0
    local bytes = stored_integer(state[2], "write-state") or 0
    local batch_bytes = stored_integer(state[3], "write-state") or 0
    local attempts = stored_integer(state[4], "write-state") or 0
    local retry_at_ms = stored_integer(state[5], "write-state") or 0
    local reason = state[6]
    -- After a repair, the number of the batch is near that of its first write.
    local batch_first = stored_integer(state[8] or state[7], "write-state")
    local queued = redis.call("LLEN", write_queue)
    if queued ~= redis.call("HLEN", write_values) then
      error({ err = "CORRUPT write-queue" })
    end
    local dead = redis.call("ZCARD", write_dead)
    if dead ~= redis.call("HLEN", write_dead_records) then
      error({ err = "CORRUPT dead write" })
    end
    -- The field with the empty name is the number of the previous batch.
    local in_flight = redis.call("HLEN", write_batch) - redis.call("HEXISTS", write_batch, "")

    local oldest
    if in_flight > 0 then
      if not batch_first then
        error({ err = "CORRUPT write-state" })
      end
      oldest = batch_first
    elseif queued > 0 then
      local name = redis.call("LINDEX", write_queue, "0")
      local record = name and redis.call("HGET", write_values, name)
      if not record then
        error({ err = "CORRUPT write-queue" })
      end
      oldest = stored_integer((write_of(record, "queued write")), "queued write")
    end
    if queued + dead == 0 then
      -- A repair may have left a wrong sum.
      bytes = in_flight > 0 and batch_bytes or 0
    end

    local now = now_ms()
    local is_waiting = in_flight > 0 and retry_at_ms > now
    return queued,
      in_flight,
      dead,
      bytes,
      sequence,
      attempts,
      oldest and math.max(now - math.floor(oldest / 1000), 0) or nil or false,
      is_waiting and retry_at_ms - now or nil or false,
      in_flight > 0 and reason and reason ~= "" and reason or nil
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
-- all calls as a flat list in MessagePack, 9 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2, reply_3, reply_4, reply_5, reply_6, reply_7, reply_8, reply_9 =
    xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_values[wrapper_at + 2] = reply_2 or false
  wrapper_values[wrapper_at + 3] = reply_3 or false
  wrapper_values[wrapper_at + 4] = reply_4 or false
  wrapper_values[wrapper_at + 5] = reply_5 or false
  wrapper_values[wrapper_at + 6] = reply_6 or false
  wrapper_values[wrapper_at + 7] = reply_7 or false
  wrapper_values[wrapper_at + 8] = reply_8 or false
  wrapper_values[wrapper_at + 9] = reply_9 or false
  wrapper_at = wrapper_at + 9
  wrapper_keys = wrapper_keys + 6
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
