// writebehind.enqueue 1.0.0. Generated from lua/writebehind/enqueue.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, newOperation, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `writebehind.enqueue`. */
export interface WritebehindEnqueueArgs {
  /** Part of the key. 1 to 240 bytes. */
  readonly queue: string;
  /** Part of the key. 1 to 3 bytes. */
  readonly queueShard: string;
  /** Part of the key. The client makes one if it is absent. 1 to 128 bytes. */
  readonly operation?: string | undefined;
  /** Names what is written; one key is always in the same shard. 1 to 256 bytes. */
  readonly key: string;
  /** The value of a queued write, as its writer coded it. 0 to 4,194,304 bytes. */
  readonly value: Uint8Array;
  /**
   */
  readonly mode: "coalesce" | "append";
  /** The shard takes so many queued and dead writes. Writes, 0 to 1,000,000,000. */
  readonly maxWrites: number;
  /** The shard takes so many bytes, with the batch in flight. Bytes, 0 to 9,007,199,254,740,991. */
  readonly maxBytes: number;
  /** When so many writes are queued, workers get a message. Writes, 0 to 1,000,000,000. */
  readonly flushWrites: number;
  /** How long the operation is remembered. Milliseconds, 1,000 to 31,622,400,000. */
  readonly rememberMs: number;
}

/** Reply of `writebehind.enqueue`: `outcome` says what happened. */
export type WritebehindEnqueueReply =
  | {
      /**
       * - `queued`: the write is new.
       * - `replaced`: it took the place of a queued one.
       * - `repeated`: this operation has queued a write before, and nothing is changed.
       * - `full`: there is no room, and nothing is changed.
       */
      readonly outcome: "queued" | "replaced" | "repeated" | "full";
    };

/** The function of `writebehind.enqueue`. A tenant's `writebehind` has it. */
export interface WritebehindEnqueueOperation {
  /**
   * Queues a write for a worker, which brings it to the database.
   *
   * With `coalesce`, a queued write of the same key is replaced and keeps its place: the last value
   * wins. A write that a worker has taken stays as it is, and the new one is queued behind it. A
   * dead write of the key is removed, because its value is older. With `append`, each write is
   * kept, and writes of one key reach the database in their order.
   *
   * Outcomes:
   * - `queued`: the write is new.
   * - `replaced`: it took the place of a queued one.
   * - `repeated`: this operation has queued a write before, and nothing is changed.
   * - `full`: there is no room, and nothing is changed.
   *
   * Units: `maxWrites`, `flushWrites` in writes; `maxBytes` in bytes; `rememberMs` in milliseconds.
   *
   * Cost: O(log N), N the dead writes, plus the length of the value.
   *
   * Retry: safe within `rememberMs`. Because an operation is queued once; after that, the same call
   * queues a new write.
   *
   * Lua source: `lua/writebehind/enqueue.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A write is queued.
   * const reply = await acme.writebehind.enqueue({
   *   queue: "queue-1",
   *   queueShard: "0",
   *   operation: "w1",
   *   key: "lamp",
   *   value: Buffer.from("{}"),
   *   mode: "coalesce",
   *   maxWrites: 10,
   *   maxBytes: 1000,
   *   flushWrites: 5,
   *   rememberMs: 60_000,
   * });
   * // reply: { outcome: "queued" }
   * ```
   */
  readonly enqueue: {
    (args: WritebehindEnqueueArgs, options?: CallOptions): Promise<WritebehindEnqueueReply>;
    /**
     * Makes many calls of `enqueue` at once. Each call has its own result, in the order of the
     * calls.
     *
     * One EVALSHA makes up to 32 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly WritebehindEnqueueArgs[], options?: CallOptions): Promise<ManyResult<WritebehindEnqueueReply>[]>;
  };
}

/** The script `writebehind.enqueue`, as a client loads and calls it. */
export const writebehindEnqueue: ManyScript<WritebehindEnqueueArgs, WritebehindEnqueueReply> = {
  name: "writebehind.enqueue",
  version: "1.0.0",
  digest: "4115d2cb117bc15a12d3b303964ea1ac427e1fb8",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  resendWithinMs: (args) => args.rememberMs,
  takesBytes: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:write-queue",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:write-values",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:write-state",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:write-dead",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:write-dead-records",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:write-operation:<operation>",
  ],
  encode(scope, args) {
    const operation = args.operation ?? newOperation();
    return {
      keys: [
        keys.writeQueue(scope, args.queue, args.queueShard),
        keys.writeValues(scope, args.queue, args.queueShard),
        keys.writeState(scope, args.queue, args.queueShard),
        keys.writeDead(scope, args.queue, args.queueShard),
        keys.writeDeadRecords(scope, args.queue, args.queueShard),
        keys.writeOperation(scope, args.queue, args.queueShard, operation),
      ],
      args: [
        argument.key.encode("key", args.key),
        argument.value.encode("value", args.value),
        argument.mode.encode("mode", args.mode),
        argument.maxWrites.encode("maxWrites", args.maxWrites),
        argument.maxBytes.encode("maxBytes", args.maxBytes),
        argument.flushWrites.encode("flushWrites", args.flushWrites),
        argument.rememberMs.encode("rememberMs", args.rememberMs),
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
    limit: 32,
    width: 1,
    digest: "bc7044989dcae87e28a21a94dec478db4224f430",
    write(call, scope, args) {
      const operation = args.operation ?? newOperation();
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
      call.beginKey(scope);
      types.queue.writeKeyPart(call, "queue", args.queue);
      call.plainKeyPart(":");
      types.queueShard.writeKeyPart(call, "queueShard", args.queueShard);
      call.endTag("}:write-operation:");
      types.operation.writeKeyPart(call, "operation", operation);
      call.endKey();
      call.args.text(argument.key.encode("key", args.key));
      call.args.value(argument.value.encode("value", args.value));
      call.args.text(argument.mode.encode("mode", args.mode));
      argument.maxWrites.writeArgument(call, "maxWrites", args.maxWrites);
      argument.maxBytes.writeArgument(call, "maxBytes", args.maxBytes);
      argument.flushWrites.writeArgument(call, "flushWrites", args.flushWrites);
      call.args.text(argument.rememberMs.encode("rememberMs", args.rememberMs));
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
  key: types.id,
  value: types.writeValue,
  mode: choiceType(["coalesce", "append"]),
  maxWrites: types.writeCount,
  maxBytes: types.writeBytes,
  flushWrites: types.writeCount,
  rememberMs: types.rememberMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["queued", "replaced", "repeated", "full"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/next_number.lua": "6-10:9",
  "lua/lib/stored_integer.lua": "15-26:9",
  "lua/writebehind/enqueue.lua":
    "30:6 75:82 76:82 77:82 78:82 79:82 80:82 81:82 82:82 83:82 84:82 85:82 86:82 87:82 88:82 89:82 90:82 " +
    "91-109:97 123-153:116",
  "lua/lib/writebehind/write_of.lua": "113-122:10",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- writebehind.enqueue 1.0.0. Generated from lua/writebehind/enqueue.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/next_number.lua:
--- Returns a number above the last one, for fences and batches.
local function next_number(last)
  local clock = redis.call("TIME")
  local now_us = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
  return math.max(now_us, (last or 0) + 1)
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

-- From lua/writebehind/enqueue.lua:
-- The upper bound of the type sequence. A stored number leaves room for the next one.
local MAX_SEQUENCE = 9007199254740991

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 6 or #ARGV ~= 7 then
  return { err = "ARGUMENT writebehind.enqueue expected 6 keys and 7 arguments" }
end
local arg_key = ARGV[1]
if arg_key == "" or #arg_key > 256 then
  return { err = "ARGUMENT writebehind.enqueue key: expected 1 to 256 bytes" }
end
if string.find(arg_key, "[%c{}]") then
  return { err = "ARGUMENT writebehind.enqueue key: expected no control characters and no braces" }
end
local arg_value = ARGV[2]
if #arg_value > 4194304 then
  return { err = "ARGUMENT writebehind.enqueue value: expected 0 to 4194304 bytes" }
end
local arg_mode = ARGV[3]
if arg_mode ~= "coalesce" and arg_mode ~= "append" then
  return { err = "ARGUMENT writebehind.enqueue mode: expected one of its choices" }
end
local arg_max_writes = tonumber(ARGV[4])
if not arg_max_writes or arg_max_writes < 0 or arg_max_writes > 1000000000 or arg_max_writes % 1 ~= 0 then
  return { err = "ARGUMENT writebehind.enqueue max_writes: expected a whole number from 0 to 1000000000" }
end
local arg_max_bytes = tonumber(ARGV[5])
if not arg_max_bytes or arg_max_bytes < 0 or arg_max_bytes > 9007199254740991 or arg_max_bytes % 1 ~= 0 then
  return { err = "ARGUMENT writebehind.enqueue max_bytes: expected a whole number from 0 to 9007199254740991" }
end
local arg_flush_writes = tonumber(ARGV[6])
if
  not arg_flush_writes
  or arg_flush_writes < 0
  or arg_flush_writes > 1000000000
  or arg_flush_writes % 1 ~= 0
then
  return { err = "ARGUMENT writebehind.enqueue flush_writes: expected a whole number from 0 to 1000000000" }
end
local arg_remember_ms_digits = ARGV[7]
local arg_remember_ms = string.find(arg_remember_ms_digits, "^[1-9]%d*$") and tonumber(arg_remember_ms_digits)
if not arg_remember_ms or arg_remember_ms < 1000 or arg_remember_ms > 31622400000 then
  return { err = "ARGUMENT writebehind.enqueue remember_ms: expected a whole number from 1000 to 31622400000" }
end

--- Queues a write for a worker, which brings it to the database.
do
  local write_queue, write_values, write_state, write_dead, write_dead_records, write_operation, key, value, mode, max_writes, max_bytes, flush_writes, remember_ms, remember_ms_digits =
    KEYS[1],
    KEYS[2],
    KEYS[3],
    KEYS[4],
    KEYS[5],
    KEYS[6],
    arg_key,
    arg_value,
    arg_mode,
    arg_max_writes,
    arg_max_bytes,
    arg_flush_writes,
    arg_remember_ms,
    arg_remember_ms_digits
  local state = redis.call("HMGET", write_state, "sequence", "bytes", "batch_bytes")
  local last = stored_integer(state[1], "write-state", 0, MAX_SEQUENCE - 2)
  local bytes = stored_integer(state[2], "write-state") or 0
  local batch_bytes = stored_integer(state[3], "write-state") or 0
  local dead_bytes = redis.call("HSTRLEN", write_dead_records, key)
  local old = redis.call("HGET", write_values, key)
  local writes = redis.call("LLEN", write_queue) + redis.call("ZCARD", write_dead)
  if writes == 0 then
    -- A repair may have left a wrong sum.
    bytes = batch_bytes
  end

  local new_sequence = next_number(last)
  local sequence = string.format("%d", new_sequence)
  local member = key
  if mode == "append" then
    -- No key has a line break, so this is no key.
    member, old, dead_bytes = "\\n" .. sequence, false, 0
  elseif old then
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
    sequence = write_of(old, "queued write")
  end
  local operation = string.match(write_operation, "}:write%-operation:(.*)$")
  local record = sequence .. "\\t" .. operation .. "\\t" .. key .. "\\n" .. value
  local total = math.max(bytes + #record - (old and #old or 0) - dead_bytes, 0)
  local has_room = old or writes - (dead_bytes > 0 and 1 or 0) < max_writes
  if not has_room or (total > max_bytes and total > bytes) then
    return redis.call("GET", write_operation) and "repeated" or "full"
  end

  if redis.call("SET", write_operation, "queued", "NX", "GET", "PX", remember_ms_digits) then
    return "repeated"
  end
  redis.call("HSET", write_values, member, record)
  redis.call(
    "HSET",
    write_state,
    "sequence",
    string.format("%d", new_sequence),
    "bytes",
    string.format("%d", total)
  )
  if not old and redis.call("RPUSH", write_queue, member) == flush_writes then
    redis.call("PUBLISH", write_queue, "full")
  end
  if dead_bytes > 0 then
    redis.call("ZREM", write_dead, key)
    redis.call("HDEL", write_dead_records, key)
  end
  return old and "replaced" or "queued"
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/next_number.lua": "7-11:9",
  "lua/lib/stored_integer.lua": "16-27:9",
  "lua/lib/writebehind/write_of.lua": "32-41:10",
  "lua/writebehind/enqueue.lua":
    "45:6 112:82 113:82 114:82 115:82 116:82 117:82 118:82 119:82 120:82 121:82 122:82 123:82 124:82 " +
    "125:82 126:82 127:82 128-177:97",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua
-- writebehind.enqueue 1.0.0. Generated from lua/writebehind/enqueue.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 32 calls in one run. An error ends only its own call.

-- From lua/lib/next_number.lua:
--- Returns a number above the last one, for fences and batches.
local function next_number(last)
  local clock = redis.call("TIME")
  local now_us = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
  return math.max(now_us, (last or 0) + 1)
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

-- From lua/writebehind/enqueue.lua:
-- The upper bound of the type sequence. A stored number leaves room for the next one.
local MAX_SEQUENCE = 9007199254740991

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS / 6
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if
  not wrapper_fits
  or wrapper_calls < 1
  or wrapper_calls > 32
  or wrapper_calls % 1 ~= 0
  or #wrapper_argv ~= 7 * wrapper_calls
then
  return { err = "ARGUMENT writebehind.enqueue expected 1 to 32 calls, each with 6 keys and 7 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_key = wrapper_argv[wrapper_arguments + 1]
  if arg_key == "" or #arg_key > 256 then
    return { err = "ARGUMENT writebehind.enqueue key: expected 1 to 256 bytes" }
  end
  if string.find(arg_key, "[%c{}]") then
    return { err = "ARGUMENT writebehind.enqueue key: expected no control characters and no braces" }
  end
  local arg_value = wrapper_argv[wrapper_arguments + 2]
  if #arg_value > 4194304 then
    return { err = "ARGUMENT writebehind.enqueue value: expected 0 to 4194304 bytes" }
  end
  local arg_mode = wrapper_argv[wrapper_arguments + 3]
  if arg_mode ~= "coalesce" and arg_mode ~= "append" then
    return { err = "ARGUMENT writebehind.enqueue mode: expected one of its choices" }
  end
  local arg_max_writes = tonumber(wrapper_argv[wrapper_arguments + 4])
  if not arg_max_writes or arg_max_writes < 0 or arg_max_writes > 1000000000 or arg_max_writes % 1 ~= 0 then
    return { err = "ARGUMENT writebehind.enqueue max_writes: expected a whole number from 0 to 1000000000" }
  end
  local arg_max_bytes = tonumber(wrapper_argv[wrapper_arguments + 5])
  if not arg_max_bytes or arg_max_bytes < 0 or arg_max_bytes > 9007199254740991 or arg_max_bytes % 1 ~= 0 then
    return {
      err = "ARGUMENT writebehind.enqueue max_bytes: expected a whole number from 0 to 9007199254740991",
    }
  end
  local arg_flush_writes = tonumber(wrapper_argv[wrapper_arguments + 6])
  if
    not arg_flush_writes
    or arg_flush_writes < 0
    or arg_flush_writes > 1000000000
    or arg_flush_writes % 1 ~= 0
  then
    return { err = "ARGUMENT writebehind.enqueue flush_writes: expected a whole number from 0 to 1000000000" }
  end
  local arg_remember_ms_digits = wrapper_argv[wrapper_arguments + 7]
  local arg_remember_ms = string.find(arg_remember_ms_digits, "^[1-9]%d*$")
    and tonumber(arg_remember_ms_digits)
  if not arg_remember_ms or arg_remember_ms < 1000 or arg_remember_ms > 31622400000 then
    return {
      err = "ARGUMENT writebehind.enqueue remember_ms: expected a whole number from 1000 to 31622400000",
    }
  end

  --- Queues a write for a worker, which brings it to the database.
  do
    local write_queue, write_values, write_state, write_dead, write_dead_records, write_operation, key, value, mode, max_writes, max_bytes, flush_writes, remember_ms, remember_ms_digits =
      KEYS[wrapper_keys + 1],
      KEYS[wrapper_keys + 2],
      KEYS[wrapper_keys + 3],
      KEYS[wrapper_keys + 4],
      KEYS[wrapper_keys + 5],
      KEYS[wrapper_keys + 6],
      arg_key,
      arg_value,
      arg_mode,
      arg_max_writes,
      arg_max_bytes,
      arg_flush_writes,
      arg_remember_ms,
      arg_remember_ms_digits
    local state = redis.call("HMGET", write_state, "sequence", "bytes", "batch_bytes")
    local last = stored_integer(state[1], "write-state", 0, MAX_SEQUENCE - 2)
    local bytes = stored_integer(state[2], "write-state") or 0
    local batch_bytes = stored_integer(state[3], "write-state") or 0
    local dead_bytes = redis.call("HSTRLEN", write_dead_records, key)
    local old = redis.call("HGET", write_values, key)
    local writes = redis.call("LLEN", write_queue) + redis.call("ZCARD", write_dead)
    if writes == 0 then
      -- A repair may have left a wrong sum.
      bytes = batch_bytes
    end

    local new_sequence = next_number(last)
    local sequence = string.format("%d", new_sequence)
    local member = key
    if mode == "append" then
      -- No key has a line break, so this is no key.
      member, old, dead_bytes = "\\n" .. sequence, false, 0
    elseif old then
      sequence = write_of(old, "queued write")
    end
    local operation = string.match(write_operation, "}:write%-operation:(.*)$")
    local record = sequence .. "\\t" .. operation .. "\\t" .. key .. "\\n" .. value
    local total = math.max(bytes + #record - (old and #old or 0) - dead_bytes, 0)
    local has_room = old or writes - (dead_bytes > 0 and 1 or 0) < max_writes
    if not has_room or (total > max_bytes and total > bytes) then
      return redis.call("GET", write_operation) and "repeated" or "full"
    end

    if redis.call("SET", write_operation, "queued", "NX", "GET", "PX", remember_ms_digits) then
      return "repeated"
    end
    redis.call("HSET", write_values, member, record)
    redis.call(
      "HSET",
      write_state,
      "sequence",
      string.format("%d", new_sequence),
      "bytes",
      string.format("%d", total)
    )
    if not old and redis.call("RPUSH", write_queue, member) == flush_writes then
      redis.call("PUBLISH", write_queue, "full")
    end
    if dead_bytes > 0 then
      redis.call("ZREM", write_dead, key)
      redis.call("HDEL", write_dead_records, key)
    end
    return old and "replaced" or "queued"
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
  wrapper_keys = wrapper_keys + 6
  wrapper_arguments = wrapper_arguments + 7
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
