// writebehind.resolve 1.0.0. Generated from lua/writebehind/resolve.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `writebehind.resolve`. */
export interface WritebehindResolveArgs {
  /** Part of the key. 1 to 240 bytes. */
  readonly queue: string;
  /** Part of the key. 1 to 3 bytes. */
  readonly queueShard: string;
  /** As writebehind.list_dead returned it. 1 to 256 bytes. */
  readonly key: string;
  /** As writebehind.list_dead returned it. 0 to 9,007,199,254,740,991. */
  readonly sequence: number;
  /**
   */
  readonly decision: "redrive" | "discard";
}

/** Reply of `writebehind.resolve`: `outcome` says what happened. */
export type WritebehindResolveReply =
  | {
      /**
       * - `redriven`
       * - `discarded`
       * - `unknown`: it is not dead any more.
       */
      readonly outcome: "redriven" | "discarded" | "unknown";
    };

/** The function of `writebehind.resolve`. A tenant's `writebehind` has it. */
export interface WritebehindResolveOperation {
  /**
   * Queues a dead write again, at the end of the queue, or discards it.
   *
   * A write that is queued again has a new number.
   *
   * Outcomes:
   * - `redriven`
   * - `discarded`
   * - `unknown`: it is not dead any more.
   *
   * Cost: O(log N), N the dead writes, plus the length of the value.
   *
   * Retry: safe. A second run finds no dead write of this number.
   *
   * Lua source: `lua/writebehind/resolve.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A dead write is queued again.
   * const reply = await acme.writebehind.resolve({
   *   queue: "queue-1",
   *   queueShard: "0",
   *   key: "vase",
   *   sequence: 8,
   *   decision: "redrive",
   * });
   * // reply: { outcome: "redriven" }
   * ```
   */
  readonly resolve: {
    (args: WritebehindResolveArgs, options?: CallOptions): Promise<WritebehindResolveReply>;
    /**
     * Makes many calls of `resolve` at once. Each call has its own result, in the order of the
     * calls.
     *
     * One EVALSHA makes up to 32 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly WritebehindResolveArgs[], options?: CallOptions): Promise<ManyResult<WritebehindResolveReply>[]>;
  };
}

/** The script `writebehind.resolve`, as a client loads and calls it. */
export const writebehindResolve: ManyScript<WritebehindResolveArgs, WritebehindResolveReply> = {
  name: "writebehind.resolve",
  version: "1.0.0",
  digest: "1a8e022b3a9051275e2552c592666535fcbcfd16",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:write-queue",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:write-values",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:write-state",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:write-dead",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:write-dead-records",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.writeQueue(scope, args.queue, args.queueShard),
        keys.writeValues(scope, args.queue, args.queueShard),
        keys.writeState(scope, args.queue, args.queueShard),
        keys.writeDead(scope, args.queue, args.queueShard),
        keys.writeDeadRecords(scope, args.queue, args.queueShard),
      ],
      args: [
        argument.key.encode("key", args.key),
        argument.sequence.encode("sequence", args.sequence),
        argument.decision.encode("decision", args.decision),
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
    digest: "ef31ad3a71ba5a1172fb27f7386c1110f4d795bc",
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
      call.args.text(argument.key.encode("key", args.key));
      argument.sequence.writeArgument(call, "sequence", args.sequence);
      call.args.text(argument.decision.encode("decision", args.decision));
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
  sequence: types.sequence,
  decision: choiceType(["redrive", "discard"]),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["redriven", "discarded", "unknown"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/writebehind/dead_write_of.lua": "6-12:6",
  "lua/lib/writebehind/write_of.lua": "17-26:10",
  "lua/lib/writebehind/dead_member.lua": "30-52:12",
  "lua/lib/stored_integer.lua": "57-68:9",
  "lua/writebehind/resolve.lua": "72:7 95:57 96:57 97:57 98-110:67 118-133:80",
  "lua/lib/next_number.lua": "113-117:9",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- writebehind.resolve 1.0.0. Generated from lua/writebehind/resolve.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/writebehind/dead_write_of.lua:
--- Reads a dead write: its reason, a line break, and the stored write. The reason has no line break.
local function dead_write_of(stored)
  local reason, record_at = string.match(stored, "^([^\\n]+)\\n()")
  if not reason then
    error({ err = "CORRUPT dead write" })
  end
  return reason, string.sub(stored, record_at)
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

-- From lua/lib/writebehind/dead_member.lua:
--- Finds a dead write by its key and its number.
local function dead_member(write_dead_records, key, sequence)
  local text = string.format("%d", sequence)
  local member = key
  local stored = redis.call("HGET", write_dead_records, key)
  if stored then
    local _, record = dead_write_of(stored)
    if write_of(record, "dead write") == text then
      return member, record, stored
    end
  end
  -- A write that was appended has its number as its name.
  member = "\\n" .. text
  stored = redis.call("HGET", write_dead_records, member)
  if not stored then
    return nil, "", ""
  end
  local _, record = dead_write_of(stored)
  local _, _, stored_key = write_of(record, "dead write")
  if stored_key ~= key then
    return nil, "", ""
  end
  return member, record, stored
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

-- From lua/writebehind/resolve.lua:
-- The upper bound of the type sequence. A stored number leaves room for the next one.
local MAX_SEQUENCE = 9007199254740991

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 5 or #ARGV ~= 3 then
  return { err = "ARGUMENT writebehind.resolve expected 5 keys and 3 arguments" }
end
local arg_key = ARGV[1]
if arg_key == "" or #arg_key > 256 then
  return { err = "ARGUMENT writebehind.resolve key: expected 1 to 256 bytes" }
end
if string.find(arg_key, "[%c{}]") then
  return { err = "ARGUMENT writebehind.resolve key: expected no control characters and no braces" }
end
local arg_sequence = tonumber(ARGV[2])
if not arg_sequence or arg_sequence < 0 or arg_sequence > 9007199254740991 or arg_sequence % 1 ~= 0 then
  return { err = "ARGUMENT writebehind.resolve sequence: expected a whole number from 0 to 9007199254740991" }
end
local arg_decision = ARGV[3]
if arg_decision ~= "redrive" and arg_decision ~= "discard" then
  return { err = "ARGUMENT writebehind.resolve decision: expected one of its choices" }
end

--- Queues a dead write again, at the end of the queue, or discards it.
do
  local write_queue, write_values, write_state, write_dead, write_dead_records, key, sequence, decision =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], arg_key, arg_sequence, arg_decision
  local state = redis.call("HMGET", write_state, "sequence", "bytes")
  local last = stored_integer(state[1], "write-state", 0, MAX_SEQUENCE - 2)
  local bytes = stored_integer(state[2], "write-state") or 0
  -- Type check only: WRONGTYPE must come before the first write.
  redis.call("ZCARD", write_dead)
  local member, record, stored = dead_member(write_dead_records, key, sequence)
  if not member then
    return "unknown"
  end
  local total = math.max(bytes - #stored, 0)

  if decision == "redrive" then
    local _, operation, _, value_at = write_of(record, "dead write")
    -- From lua/lib/next_number.lua:
    --- Returns a number above the last one, for fences and batches.
    local function next_number(last)
      local clock = redis.call("TIME")
      local now_us = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
      return math.max(now_us, (last or 0) + 1)
    end
    local number = next_number(last)
    local text = string.format("%d", number)
    local again = text .. "\\t" .. operation .. "\\t" .. key .. "\\n" .. string.sub(record, value_at)
    local name = member == key and key or "\\n" .. text
    -- Type check only: WRONGTYPE must come before the first write.
    redis.call("LLEN", write_queue)
    redis.call("HSET", write_values, name, again)
    redis.call("RPUSH", write_queue, name)
    redis.call("HSET", write_state, "sequence", text, "bytes", string.format("%d", total + #again))
  else
    redis.call("HSET", write_state, "bytes", string.format("%d", total))
  end
  redis.call("ZREM", write_dead, member)
  redis.call("HDEL", write_dead_records, member)
  return decision == "redrive" and "redriven" or "discarded"
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/writebehind/dead_write_of.lua": "7-13:6",
  "lua/lib/writebehind/write_of.lua": "18-27:10",
  "lua/lib/writebehind/dead_member.lua": "31-53:12",
  "lua/lib/next_number.lua": "57-61:9",
  "lua/lib/stored_integer.lua": "66-77:9",
  "lua/writebehind/resolve.lua":
    "81:7 123:57 124:57 125:57 126:57 127:57 128:57 129:57 130:57 131:57 132:57 133-161:67",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=allow-oom
-- writebehind.resolve 1.0.0. Generated from lua/writebehind/resolve.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 32 calls in one run. An error ends only its own call.

-- From lua/lib/writebehind/dead_write_of.lua:
--- Reads a dead write: its reason, a line break, and the stored write. The reason has no line break.
local function dead_write_of(stored)
  local reason, record_at = string.match(stored, "^([^\\n]+)\\n()")
  if not reason then
    error({ err = "CORRUPT dead write" })
  end
  return reason, string.sub(stored, record_at)
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

-- From lua/lib/writebehind/dead_member.lua:
--- Finds a dead write by its key and its number.
local function dead_member(write_dead_records, key, sequence)
  local text = string.format("%d", sequence)
  local member = key
  local stored = redis.call("HGET", write_dead_records, key)
  if stored then
    local _, record = dead_write_of(stored)
    if write_of(record, "dead write") == text then
      return member, record, stored
    end
  end
  -- A write that was appended has its number as its name.
  member = "\\n" .. text
  stored = redis.call("HGET", write_dead_records, member)
  if not stored then
    return nil, "", ""
  end
  local _, record = dead_write_of(stored)
  local _, _, stored_key = write_of(record, "dead write")
  if stored_key ~= key then
    return nil, "", ""
  end
  return member, record, stored
end

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

-- From lua/writebehind/resolve.lua:
-- The upper bound of the type sequence. A stored number leaves room for the next one.
local MAX_SEQUENCE = 9007199254740991

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS / 5
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if
  not wrapper_fits
  or wrapper_calls < 1
  or wrapper_calls > 32
  or wrapper_calls % 1 ~= 0
  or #wrapper_argv ~= 3 * wrapper_calls
then
  return { err = "ARGUMENT writebehind.resolve expected 1 to 32 calls, each with 5 keys and 3 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_key = wrapper_argv[wrapper_arguments + 1]
  if arg_key == "" or #arg_key > 256 then
    return { err = "ARGUMENT writebehind.resolve key: expected 1 to 256 bytes" }
  end
  if string.find(arg_key, "[%c{}]") then
    return { err = "ARGUMENT writebehind.resolve key: expected no control characters and no braces" }
  end
  local arg_sequence = tonumber(wrapper_argv[wrapper_arguments + 2])
  if not arg_sequence or arg_sequence < 0 or arg_sequence > 9007199254740991 or arg_sequence % 1 ~= 0 then
    return {
      err = "ARGUMENT writebehind.resolve sequence: expected a whole number from 0 to 9007199254740991",
    }
  end
  local arg_decision = wrapper_argv[wrapper_arguments + 3]
  if arg_decision ~= "redrive" and arg_decision ~= "discard" then
    return { err = "ARGUMENT writebehind.resolve decision: expected one of its choices" }
  end

  --- Queues a dead write again, at the end of the queue, or discards it.
  do
    local write_queue, write_values, write_state, write_dead, write_dead_records, key, sequence, decision =
      KEYS[wrapper_keys + 1],
      KEYS[wrapper_keys + 2],
      KEYS[wrapper_keys + 3],
      KEYS[wrapper_keys + 4],
      KEYS[wrapper_keys + 5],
      arg_key,
      arg_sequence,
      arg_decision
    local state = redis.call("HMGET", write_state, "sequence", "bytes")
    local last = stored_integer(state[1], "write-state", 0, MAX_SEQUENCE - 2)
    local bytes = stored_integer(state[2], "write-state") or 0
    -- Type check only: WRONGTYPE must come before the first write.
    redis.call("ZCARD", write_dead)
    local member, record, stored = dead_member(write_dead_records, key, sequence)
    if not member then
      return "unknown"
    end
    local total = math.max(bytes - #stored, 0)

    if decision == "redrive" then
      local _, operation, _, value_at = write_of(record, "dead write")
      local number = next_number(last)
      local text = string.format("%d", number)
      local again = text .. "\\t" .. operation .. "\\t" .. key .. "\\n" .. string.sub(record, value_at)
      local name = member == key and key or "\\n" .. text
      -- Type check only: WRONGTYPE must come before the first write.
      redis.call("LLEN", write_queue)
      redis.call("HSET", write_values, name, again)
      redis.call("RPUSH", write_queue, name)
      redis.call("HSET", write_state, "sequence", text, "bytes", string.format("%d", total + #again))
    else
      redis.call("HSET", write_state, "bytes", string.format("%d", total))
    end
    redis.call("ZREM", write_dead, member)
    redis.call("HDEL", write_dead_records, member)
    return decision == "redrive" and "redriven" or "discarded"
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
  wrapper_keys = wrapper_keys + 5
  wrapper_arguments = wrapper_arguments + 3
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
