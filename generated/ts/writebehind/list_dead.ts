// writebehind.list_dead 1.0.0. Generated from lua/writebehind/list_dead.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, listType, optional, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `writebehind.list_dead`. */
export interface WritebehindListDeadArgs {
  /** Part of the key. 1 to 240 bytes. */
  readonly queue: string;
  /** Part of the key. 1 to 3 bytes. */
  readonly queueShard: string;
  /** The maximum number of writes. Writes, 1 to 100. */
  readonly limit: number;
  /**
   * Dead_since_ms of the last write of the page before. Milliseconds since 1970-01-01 UTC, 0 to
   * 8,640,000,000,000,000.
   */
  readonly afterMs?: number | undefined;
  /** Its key. 1 to 256 bytes. */
  readonly afterKey?: string | undefined;
  /** Its number. 0 to 9,007,199,254,740,991. */
  readonly afterSequence?: number | undefined;
}

/** Reply of `writebehind.list_dead`. */
export interface WritebehindListDeadReply {
  /** The oldest first. At most 1,000 elements. */
  readonly writes: readonly types.DeadWrite[];
}

/** The function of `writebehind.list_dead`. A tenant's `writebehind` has it. */
export interface WritebehindListDeadOperation {
  /**
   * Lists dead writes with their reasons, the oldest first, one page a call.
   *
   * A page ends before its writes take more than a megabyte, unless its first write is larger. So
   * only an empty page is the end of the list.
   *
   * The next page begins after the last write of the page before. If that one is not dead any more,
   * the next page begins with the writes of its millisecond. So a page may repeat writes, but it
   * never skips one that stays dead.
   *
   * Reply:
   * - `writes`: The oldest first. At most 1,000 elements.
   *
   * Units: `limit` in writes; `afterMs` in milliseconds since 1970-01-01 UTC.
   *
   * Cost: O(log N + limit), N the dead writes, plus the length of their values, which is at most 1
   * MiB or that of one write.
   *
   * Retry: safe. It only reads.
   *
   * Lua source: `lua/writebehind/list_dead.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`: nothing was written.
   * @throws `DEADLINE`: no answer came in time.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A dead write is listed with its reason.
   * const reply = await acme.writebehind.listDead({
   *   queue: "queue-1",
   *   queueShard: "0",
   *   limit: 10,
   * });
   * // reply: {
   * //   writes: [{ key: "vase", sequence: 8, operation: "w2", valueBytes: 2, reason: "no such
   * //     product", deadSinceMs: 5 }],
   * // }
   * ```
   */
  readonly listDead: {
    (args: WritebehindListDeadArgs, options?: CallOptions): Promise<WritebehindListDeadReply>;
    /**
     * Makes many calls of `listDead` at once. Each call has its own result, in the order of the
     * calls.
     *
     * One EVALSHA makes up to 5 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly WritebehindListDeadArgs[], options?: CallOptions): Promise<ManyResult<WritebehindListDeadReply>[]>;
  };
}

/** The script `writebehind.list_dead`, as a client loads and calls it. */
export const writebehindListDead: ManyScript<WritebehindListDeadArgs, WritebehindListDeadReply> = {
  name: "writebehind.list_dead",
  version: "1.0.0",
  digest: "6318b583e26d634c1ca592b61f0b1e4892226bd4",
  writes: false,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:write-dead",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:write-dead-records",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.writeDead(scope, args.queue, args.queueShard),
        keys.writeDeadRecords(scope, args.queue, args.queueShard),
      ],
      args: [
        argument.limit.encode("limit", args.limit),
        argument.afterMs.encode("afterMs", args.afterMs),
        argument.afterKey.encode("afterKey", args.afterKey),
        argument.afterSequence.encode("afterSequence", args.afterSequence),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    return {
      writes: field.writes.decode("writes", fields[0]),
    };
  },
  get lines() {
    return lines;
  },
  get lua() {
    return lua;
  },
  many: {
    limit: 5,
    width: 1,
    digest: "9646db99eb3af1512f83a2af9c2930e2f011a2ab",
    write(call, scope, args) {
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
      argument.limit.writeArgument(call, "limit", args.limit);
      call.args.text(argument.afterMs.encode("afterMs", args.afterMs));
      call.args.text(argument.afterKey.encode("afterKey", args.afterKey));
      call.args.text(argument.afterSequence.encode("afterSequence", args.afterSequence));
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
  limit: types.writeLimit,
  afterMs: optional(types.epochMs),
  afterKey: optional(types.id),
  afterSequence: optional(types.sequence),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  writes: listType(types.deadWrite, 1000),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/writebehind/dead_write_of.lua": "6-12:6",
  "lua/lib/stored_integer.lua": "17-28:9",
  "lua/lib/writebehind/write_of.lua": "33-42:10",
  "lua/writebehind/list_dead.lua":
    "46:6 90:48 91:48 92-138:48 139:94 140:94 141:94 142:94 143:94 144:94 145:94 146:94 147:94 148:94 " +
    "149:94 150:94 151:94 152-153:94",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- writebehind.list_dead 1.0.0. Generated from lua/writebehind/list_dead.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/writebehind/dead_write_of.lua:
--- Reads a dead write: its reason, a line break, and the stored write. The reason has no line break.
local function dead_write_of(stored)
  local reason, record_at = string.match(stored, "^([^\\n]+)\\n()")
  if not reason then
    error({ err = "CORRUPT dead write" })
  end
  return reason, string.sub(stored, record_at)
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

-- From lua/writebehind/list_dead.lua:
-- The maximum bytes of a page, unless its first write is larger.
local MAX_PAGE_BYTES = 1048576

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 4 then
  return { err = "ARGUMENT writebehind.list_dead expected 2 keys and 4 arguments" }
end
local arg_limit = tonumber(ARGV[1])
if not arg_limit or arg_limit < 1 or arg_limit > 100 or arg_limit % 1 ~= 0 then
  return { err = "ARGUMENT writebehind.list_dead limit: expected a whole number from 1 to 100" }
end
local arg_after_ms = tonumber(ARGV[2])
if ARGV[2] ~= "" then
  if not arg_after_ms or arg_after_ms < 0 or arg_after_ms > 8640000000000000 or arg_after_ms % 1 ~= 0 then
    return {
      err = "ARGUMENT writebehind.list_dead after_ms: expected a whole number from 0 to 8640000000000000",
    }
  end
end
local arg_after_key = ARGV[3]
if arg_after_key == "" then
  arg_after_key = nil
else
  if arg_after_key == "" or #arg_after_key > 256 then
    return { err = "ARGUMENT writebehind.list_dead after_key: expected 1 to 256 bytes" }
  end
  if string.find(arg_after_key, "[%c{}]") then
    return { err = "ARGUMENT writebehind.list_dead after_key: expected no control characters and no braces" }
  end
end
local arg_after_sequence = tonumber(ARGV[4])
if ARGV[4] ~= "" then
  if
    not arg_after_sequence
    or arg_after_sequence < 0
    or arg_after_sequence > 9007199254740991
    or arg_after_sequence % 1 ~= 0
  then
    return {
      err = "ARGUMENT writebehind.list_dead after_sequence: expected a whole number from 0 to 9007199254740991",
    }
  end
end

--- Lists dead writes with their reasons, the oldest first, one page a call.
do
  local write_dead, write_dead_records, limit, after_ms, after_key, after_sequence =
    KEYS[1], KEYS[2], arg_limit, arg_after_ms, arg_after_key, arg_after_sequence
  local first = 0
  if after_ms then
    local after = string.format("%d", after_ms)
    local member = after_sequence and string.format("\\n%d", after_sequence) or ""
    if redis.call("ZSCORE", write_dead, member) ~= after then
      member = after_key or ""
      -- It may be another dead write of the key, of the same millisecond.
      local stored = after_sequence and redis.call("HGET", write_dead_records, member)
      if stored then
        local _, record = dead_write_of(stored)
        if tonumber((write_of(record, "dead write"))) ~= after_sequence then
          member = ""
        end
      end
    end
    if redis.call("ZSCORE", write_dead, member) == after then
      first = redis.call("ZRANK", write_dead, member) + 1
    else
      first = redis.call("ZCOUNT", write_dead, "-inf", "(" .. after)
    end
  end
  local found = redis.call("ZRANGE", write_dead, first, first + limit - 1, "WITHSCORES")
  local writes, page_bytes = {}, 0
  -- at most 100 writes
  for position = 1, #found, 2 do
    page_bytes = page_bytes + redis.call("HSTRLEN", write_dead_records, found[position])
    if position > 1 and page_bytes > MAX_PAGE_BYTES then
      break
    end
    local stored = redis.call("HGET", write_dead_records, found[position])
    if not stored then
      error({ err = "CORRUPT dead write" })
    end
    local reason, record = dead_write_of(stored)
    local sequence, operation, key = write_of(record, "dead write")
    writes[#writes + 1] = {
      key = key,
      sequence = tonumber(sequence),
      operation = operation,
      -- Before the value are two tabs and a line break.
      value_bytes = #record - #sequence - #operation - #key - 3,
      reason = reason,
      dead_since_ms = stored_integer(found[position + 1], "instant of a dead write"),
    }
  end
  local reply_writes = writes
  local wrapper_reply_writes = false
  if reply_writes then
    wrapper_reply_writes = {}
    for index = 1, #reply_writes do
      local row = reply_writes[index]
      wrapper_reply_writes[6 * index - 5] = row.key
      wrapper_reply_writes[6 * index - 4] = row.sequence
      wrapper_reply_writes[6 * index - 3] = row.operation
      wrapper_reply_writes[6 * index - 2] = row.value_bytes
      wrapper_reply_writes[6 * index - 1] = row.reason
      wrapper_reply_writes[6 * index] = row.dead_since_ms
    end
  end
  return { wrapper_reply_writes }
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/writebehind/dead_write_of.lua": "7-13:6",
  "lua/lib/stored_integer.lua": "18-29:9",
  "lua/lib/writebehind/write_of.lua": "34-43:10",
  "lua/writebehind/list_dead.lua":
    "47:6 108:48 109:48 110:48 111:48 112:48 113:48 114:48 115-161:48 162:94 163:94 164:94 165:94 166:94 " +
    "167:94 168:94 169:94 170:94 171:94 172:94 173:94 174:94 175-176:94",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=no-writes
-- writebehind.list_dead 1.0.0. Generated from lua/writebehind/list_dead.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 5 calls in one run. An error ends only its own call.

-- From lua/lib/writebehind/dead_write_of.lua:
--- Reads a dead write: its reason, a line break, and the stored write. The reason has no line break.
local function dead_write_of(stored)
  local reason, record_at = string.match(stored, "^([^\\n]+)\\n()")
  if not reason then
    error({ err = "CORRUPT dead write" })
  end
  return reason, string.sub(stored, record_at)
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

-- From lua/writebehind/list_dead.lua:
-- The maximum bytes of a page, unless its first write is larger.
local MAX_PAGE_BYTES = 1048576

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS / 2
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if
  not wrapper_fits
  or wrapper_calls < 1
  or wrapper_calls > 5
  or wrapper_calls % 1 ~= 0
  or #wrapper_argv ~= 4 * wrapper_calls
then
  return { err = "ARGUMENT writebehind.list_dead expected 1 to 5 calls, each with 2 keys and 4 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_limit = tonumber(wrapper_argv[wrapper_arguments + 1])
  if not arg_limit or arg_limit < 1 or arg_limit > 100 or arg_limit % 1 ~= 0 then
    return { err = "ARGUMENT writebehind.list_dead limit: expected a whole number from 1 to 100" }
  end
  local arg_after_ms = tonumber(wrapper_argv[wrapper_arguments + 2])
  if wrapper_argv[wrapper_arguments + 2] ~= "" then
    if not arg_after_ms or arg_after_ms < 0 or arg_after_ms > 8640000000000000 or arg_after_ms % 1 ~= 0 then
      return {
        err = "ARGUMENT writebehind.list_dead after_ms: expected a whole number from 0 to 8640000000000000",
      }
    end
  end
  local arg_after_key = wrapper_argv[wrapper_arguments + 3]
  if arg_after_key == "" then
    arg_after_key = nil
  else
    if arg_after_key == "" or #arg_after_key > 256 then
      return { err = "ARGUMENT writebehind.list_dead after_key: expected 1 to 256 bytes" }
    end
    if string.find(arg_after_key, "[%c{}]") then
      return { err = "ARGUMENT writebehind.list_dead after_key: expected no control characters and no braces" }
    end
  end
  local arg_after_sequence = tonumber(wrapper_argv[wrapper_arguments + 4])
  if wrapper_argv[wrapper_arguments + 4] ~= "" then
    if
      not arg_after_sequence
      or arg_after_sequence < 0
      or arg_after_sequence > 9007199254740991
      or arg_after_sequence % 1 ~= 0
    then
      return {
        err = "ARGUMENT writebehind.list_dead after_sequence: expected a whole number from 0 to 9007199254740991",
      }
    end
  end

  --- Lists dead writes with their reasons, the oldest first, one page a call.
  do
    local write_dead, write_dead_records, limit, after_ms, after_key, after_sequence =
      KEYS[wrapper_keys + 1],
      KEYS[wrapper_keys + 2],
      arg_limit,
      arg_after_ms,
      arg_after_key,
      arg_after_sequence
    local first = 0
    if after_ms then
      local after = string.format("%d", after_ms)
      local member = after_sequence and string.format("\\n%d", after_sequence) or ""
      if redis.call("ZSCORE", write_dead, member) ~= after then
        member = after_key or ""
        -- It may be another dead write of the key, of the same millisecond.
        local stored = after_sequence and redis.call("HGET", write_dead_records, member)
        if stored then
          local _, record = dead_write_of(stored)
          if tonumber((write_of(record, "dead write"))) ~= after_sequence then
            member = ""
          end
        end
      end
      if redis.call("ZSCORE", write_dead, member) == after then
        first = redis.call("ZRANK", write_dead, member) + 1
      else
        first = redis.call("ZCOUNT", write_dead, "-inf", "(" .. after)
      end
    end
    local found = redis.call("ZRANGE", write_dead, first, first + limit - 1, "WITHSCORES")
    local writes, page_bytes = {}, 0
    -- at most 100 writes
    for position = 1, #found, 2 do
      page_bytes = page_bytes + redis.call("HSTRLEN", write_dead_records, found[position])
      if position > 1 and page_bytes > MAX_PAGE_BYTES then
        break
      end
      local stored = redis.call("HGET", write_dead_records, found[position])
      if not stored then
        error({ err = "CORRUPT dead write" })
      end
      local reason, record = dead_write_of(stored)
      local sequence, operation, key = write_of(record, "dead write")
      writes[#writes + 1] = {
        key = key,
        sequence = tonumber(sequence),
        operation = operation,
        -- Before the value are two tabs and a line break.
        value_bytes = #record - #sequence - #operation - #key - 3,
        reason = reason,
        dead_since_ms = stored_integer(found[position + 1], "instant of a dead write"),
      }
    end
    local reply_writes = writes
    local wrapper_reply_writes = false
    if reply_writes then
      wrapper_reply_writes = {}
      for index = 1, #reply_writes do
        local row = reply_writes[index]
        wrapper_reply_writes[6 * index - 5] = row.key
        wrapper_reply_writes[6 * index - 4] = row.sequence
        wrapper_reply_writes[6 * index - 3] = row.operation
        wrapper_reply_writes[6 * index - 2] = row.value_bytes
        wrapper_reply_writes[6 * index - 1] = row.reason
        wrapper_reply_writes[6 * index] = row.dead_since_ms
      end
    end
    return wrapper_reply_writes
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
  wrapper_keys = wrapper_keys + 2
  wrapper_arguments = wrapper_arguments + 4
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
