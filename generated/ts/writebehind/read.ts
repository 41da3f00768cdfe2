// writebehind.read 1.0.0. Generated from lua/writebehind/read.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, textsOf, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `writebehind.read`. */
export interface WritebehindReadArgs {
  /** Part of the key. 1 to 240 bytes. */
  readonly queue: string;
  /** Part of the key. 1 to 3 bytes. */
  readonly queueShard: string;
  /**
   * Names one thing, such as a product, a warehouse or an owner. It may be part of a key. 1 to 256
   * bytes.
   */
  readonly key: string;
}

/** Reply of `writebehind.read`: `outcome` says what happened. */
export type WritebehindReadReply =
  | {
      /**
       * - `queued`
       * - `in_flight`
       */
      readonly outcome: "queued" | "in_flight";
      /** The value of a queued write, as its writer coded it. 0 to 4,194,304 bytes. */
      readonly value: Buffer;
      /** As in the call that queued it. 1 to 256 bytes. */
      readonly operation: string;
    }
  | {
      /** `none` */
      readonly outcome: "none";
    };

/** The function of `writebehind.read`. A tenant's `writebehind` has it. */
export interface WritebehindReadOperation {
  /**
   * Reads the newest value of a key that is not acknowledged yet: the queued one, or else the one
   * in flight. A cache asks for it before it asks the database.
   *
   * Appended writes are not found: they are no values of their key. Dead writes are not either.
   *
   * Outcomes:
   * - `queued`
   * - `in_flight`
   * - `none`
   *
   * Cost: O(1), plus the length of the value.
   *
   * Retry: safe. It only reads.
   *
   * Lua source: `lua/writebehind/read.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`: nothing was written.
   * @throws `DEADLINE`: no answer came in time.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A queued value is newer than the one in flight.
   * const reply = await acme.writebehind.read({ queue: "queue-1", queueShard: "0", key: "lamp" });
   * // reply: { outcome: "queued", value: Buffer.from("new"), operation: "w2" }
   * ```
   */
  readonly read: {
    (args: WritebehindReadArgs, options?: CallOptions): Promise<WritebehindReadReply>;
    /**
     * Makes many calls of `read` at once. Each call has its own result, in the order of the calls.
     *
     * One EVALSHA makes up to 64 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly WritebehindReadArgs[], options?: CallOptions): Promise<ManyResult<WritebehindReadReply>[]>;
  };
}

/** The script `writebehind.read`, as a client loads and calls it. */
export const writebehindRead: ManyScript<WritebehindReadArgs, WritebehindReadReply> = {
  name: "writebehind.read",
  version: "1.0.0",
  digest: "412712fe17855d821ac226432c8be7222b4f2314",
  writes: false,
  resend: "safe",
  repliesBytes: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:write-values",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:write-batch",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.writeValues(scope, args.queue, args.queueShard),
        keys.writeBatch(scope, args.queue, args.queueShard),
      ],
      args: [argument.key.encode("key", args.key)],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 3);
    const outcome = field.outcome.decode("outcome", textsOf(fields[0]));
    switch (outcome) {
      case "queued":
      case "in_flight":
        return {
          outcome,
          value: field.value.decode("value", fields[1]),
          operation: field.operation.decode("operation", textsOf(fields[2])),
        };
      case "none":
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
  many: {
    limit: 64,
    width: 3,
    digest: "e747d58110ffefe089c86f120bd46df751a4662b",
    write(call, scope, args) {
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
      call.args.text(argument.key.encode("key", args.key));
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
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["queued", "in_flight", "none"]),
  value: types.writeValue,
  operation: types.id,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/writebehind/write_of.lua": "7-16:10",
  "lua/writebehind/read.lua": "33:35 34-46:35",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- writebehind.read 1.0.0. Generated from lua/writebehind/read.lua by moonpath-codegen. DO NOT EDIT.

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

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 1 then
  return { err = "ARGUMENT writebehind.read expected 2 keys and 1 argument" }
end
local arg_key = ARGV[1]
if arg_key == "" or #arg_key > 256 then
  return { err = "ARGUMENT writebehind.read key: expected 1 to 256 bytes" }
end
if string.find(arg_key, "[%c{}]") then
  return { err = "ARGUMENT writebehind.read key: expected no control characters and no braces" }
end

-- From lua/writebehind/read.lua:
--- Reads the newest value of a key that is not acknowledged yet: the queued one, or else the one in
--- flight. A cache asks for it before it asks the database.
do
  local write_values, write_batch, key = KEYS[1], KEYS[2], arg_key
  local queued = redis.call("HGET", write_values, key)
  if queued then
    local _, operation, _, value_at = write_of(queued, "queued write")
    return { "queued", string.sub(queued, value_at) or false, operation }
  end
  local taken = redis.call("HGET", write_batch, key)
  if not taken then
    return "none"
  end
  local _, operation, _, value_at = write_of(taken, "write in flight")
  return { "in_flight", string.sub(taken, value_at) or false, operation }
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/writebehind/write_of.lua": "8-17:10",
  "lua/writebehind/read.lua": "51:35 52-64:35",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=no-writes
-- writebehind.read 1.0.0. Generated from lua/writebehind/read.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 64 calls in one run. An error ends only its own call.

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

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS / 2
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if
  not wrapper_fits
  or wrapper_calls < 1
  or wrapper_calls > 64
  or wrapper_calls % 1 ~= 0
  or #wrapper_argv ~= wrapper_calls
then
  return { err = "ARGUMENT writebehind.read expected 1 to 64 calls, each with 2 keys and 1 argument" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_key = wrapper_argv[wrapper_arguments + 1]
  if arg_key == "" or #arg_key > 256 then
    return { err = "ARGUMENT writebehind.read key: expected 1 to 256 bytes" }
  end
  if string.find(arg_key, "[%c{}]") then
    return { err = "ARGUMENT writebehind.read key: expected no control characters and no braces" }
  end

  -- From lua/writebehind/read.lua:
  --- Reads the newest value of a key that is not acknowledged yet: the queued one, or else the one in
  --- flight. A cache asks for it before it asks the database.
  do
    local write_values, write_batch, key = KEYS[wrapper_keys + 1], KEYS[wrapper_keys + 2], arg_key
    local queued = redis.call("HGET", write_values, key)
    if queued then
      local _, operation, _, value_at = write_of(queued, "queued write")
      return "queued", string.sub(queued, value_at) or false, operation
    end
    local taken = redis.call("HGET", write_batch, key)
    if not taken then
      return "none"
    end
    local _, operation, _, value_at = write_of(taken, "write in flight")
    return "in_flight", string.sub(taken, value_at) or false, operation
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
-- all calls as a flat list in MessagePack, 3 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2, reply_3 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_values[wrapper_at + 2] = reply_2 or false
  wrapper_values[wrapper_at + 3] = reply_3 or false
  wrapper_at = wrapper_at + 3
  wrapper_keys = wrapper_keys + 2
  wrapper_arguments = wrapper_arguments + 1
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
