// expiry.list_dead 1.0.0. Generated from lua/expiry/list_dead.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, listType, optional, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.list_dead`. */
export interface ExpiryListDeadArgs {
  /** Part of the key. 1 to 240 bytes. */
  readonly queue: string;
  /** Part of the key. 1 to 3 bytes. */
  readonly queueShard: string;
  /** The maximum number of items. Items, 1 to 100. */
  readonly limit: number;
  /**
   * Dead_since_ms of the last item of the page before. Milliseconds since 1970-01-01 UTC, 0 to
   * 8,640,000,000,000,000.
   */
  readonly afterMs?: number | undefined;
  /** The last item of the page before. 1 to 256 bytes. */
  readonly afterItem?: string | undefined;
}

/** Reply of `expiry.list_dead`. */
export interface ExpiryListDeadReply {
  /** The oldest first. At most 1,000 elements. */
  readonly items: readonly types.DeadItem[];
}

/** The function of `expiry.list_dead`. A tenant's `scripts.expiry` has it. */
export interface ExpiryListDeadOperation {
  /**
   * Lists dead items with their reasons, the oldest first, one page a call.
   *
   * The next page begins after the last item of the page before. If that item is not dead any more,
   * or died again, the next page begins with the items of its millisecond. So a page may repeat
   * items, but it never skips one that stays dead.
   *
   * Reply:
   * - `items`: The oldest first. At most 1,000 elements.
   *
   * Units: `limit` in items; `afterMs` in milliseconds since 1970-01-01 UTC.
   *
   * Cost: O(log N + limit), N the dead items.
   *
   * Retry: safe. It only reads.
   *
   * Lua source: `lua/expiry/list_dead.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`: nothing was written.
   * @throws `DEADLINE`: no answer came in time.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A dead item is listed with its reason.
   * const reply = await acme.scripts.expiry.listDead({
   *   queue: "queue-1",
   *   queueShard: "0",
   *   limit: 10,
   * });
   * // reply: {
   * //   items: [{ item: "offer-1", attempts: 5, reason: "no such offer", deadSinceMs: Date.now() -
   * //     1 }],
   * // }
   * ```
   */
  readonly listDead: {
    (args: ExpiryListDeadArgs, options?: CallOptions): Promise<ExpiryListDeadReply>;
    /**
     * Makes many calls of `listDead` at once. Each call has its own result, in the order of the
     * calls.
     *
     * One EVALSHA makes up to 5 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly ExpiryListDeadArgs[], options?: CallOptions): Promise<ManyResult<ExpiryListDeadReply>[]>;
  };
}

/** The script `expiry.list_dead`, as a client loads and calls it. */
export const expiryListDead: ManyScript<ExpiryListDeadArgs, ExpiryListDeadReply> = {
  name: "expiry.list_dead",
  version: "1.0.0",
  digest: "1740489f3849928ca0bf13960e24e8fae652a766",
  writes: false,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:attempts",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:dead",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:dead-reason",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.attempts(scope, args.queue, args.queueShard),
        keys.dead(scope, args.queue, args.queueShard),
        keys.deadReason(scope, args.queue, args.queueShard),
      ],
      args: [
        argument.limit.encode("limit", args.limit),
        argument.afterMs.encode("afterMs", args.afterMs),
        argument.afterItem.encode("afterItem", args.afterItem),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    return {
      items: field.items.decode("items", fields[0]),
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
    digest: "6be757ad4f8912539603c317bcaded89fec98197",
    write(call, scope, args) {
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
      argument.limit.writeArgument(call, "limit", args.limit);
      call.args.text(argument.afterMs.encode("afterMs", args.afterMs));
      call.args.text(argument.afterItem.encode("afterItem", args.afterItem));
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
  limit: types.itemLimit,
  afterMs: optional(types.epochMs),
  afterItem: optional(types.id),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  items: listType(types.deadItem, 1000),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/expiry/list_dead.lua":
    "32:41 33:41 34-47:41 48:54 49:54 50:54 51:54 52:54 53:54 54:54 55:54 56:54 57:54 58:54 59-69:54 " +
    "86-95:66 96:75 97:75 98:75 99:75 100:75 101:75 102:75 103:75 104:75 105:75 106:75 107-108:75",
  "lua/lib/stored_integer.lua": "73-84:9",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- expiry.list_dead 1.0.0. Generated from lua/expiry/list_dead.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 3 or #ARGV ~= 3 then
  return { err = "ARGUMENT expiry.list_dead expected 3 keys and 3 arguments" }
end
local arg_limit = tonumber(ARGV[1])
if not arg_limit or arg_limit < 1 or arg_limit > 100 or arg_limit % 1 ~= 0 then
  return { err = "ARGUMENT expiry.list_dead limit: expected a whole number from 1 to 100" }
end
local arg_after_ms = tonumber(ARGV[2])
if ARGV[2] ~= "" then
  if not arg_after_ms or arg_after_ms < 0 or arg_after_ms > 8640000000000000 or arg_after_ms % 1 ~= 0 then
    return { err = "ARGUMENT expiry.list_dead after_ms: expected a whole number from 0 to 8640000000000000" }
  end
end
local arg_after_item = ARGV[3]
if arg_after_item == "" then
  arg_after_item = nil
else
  if arg_after_item == "" or #arg_after_item > 256 then
    return { err = "ARGUMENT expiry.list_dead after_item: expected 1 to 256 bytes" }
  end
  if string.find(arg_after_item, "[%c{}]") then
    return { err = "ARGUMENT expiry.list_dead after_item: expected no control characters and no braces" }
  end
end

-- From lua/expiry/list_dead.lua:
--- Lists dead items with their reasons, the oldest first, one page a call.
do
  local attempts, dead, reasons, limit, after_ms, after_item =
    KEYS[1], KEYS[2], KEYS[3], arg_limit, arg_after_ms, arg_after_item
  local first = 0
  if after_ms then
    local after = string.format("%d", after_ms)
    if after_item and redis.call("ZSCORE", dead, after_item) == after then
      first = redis.call("ZRANK", dead, after_item) + 1
    else
      first = redis.call("ZCOUNT", dead, "-inf", "(" .. after)
    end
  end
  local found = redis.call("ZRANGE", dead, first, first + limit - 1, "WITHSCORES")
  local items = {}
  if #found == 0 then
    local reply_items = items
    local wrapper_reply_items = false
    if reply_items then
      wrapper_reply_items = {}
      for index = 1, #reply_items do
        local row = reply_items[index]
        wrapper_reply_items[4 * index - 3] = row.item
        wrapper_reply_items[4 * index - 2] = row.attempts
        wrapper_reply_items[4 * index - 1] = row.reason
        wrapper_reply_items[4 * index] = row.dead_since_ms
      end
    end
    return { wrapper_reply_items }
  end
  local names = {}
  -- at most 100 items
  for position = 1, #found, 2 do
    names[#names + 1] = found[position]
  end
  -- at most 100 items
  local counts = redis.call("HMGET", attempts, unpack(names))
  -- at most 100 items
  local whys = redis.call("HMGET", reasons, unpack(names))
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
  -- at most 100 items
  for position = 1, #found, 2 do
    local index = #items + 1
    items[index] = {
      item = found[position],
      attempts = stored_integer(counts[index], "attempts", 1) or 1,
      reason = whys[index] or "unknown",
      dead_since_ms = stored_integer(found[position + 1], "instant of a dead item"),
    }
  end
  local reply_items = items
  local wrapper_reply_items = false
  if reply_items then
    wrapper_reply_items = {}
    for index = 1, #reply_items do
      local row = reply_items[index]
      wrapper_reply_items[4 * index - 3] = row.item
      wrapper_reply_items[4 * index - 2] = row.attempts
      wrapper_reply_items[4 * index - 1] = row.reason
      wrapper_reply_items[4 * index] = row.dead_since_ms
    end
  end
  return { wrapper_reply_items }
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "8-19:9",
  "lua/expiry/list_dead.lua":
    "66:41 67:41 68:41 69:41 70:41 71:41 72:41 73-86:41 87:54 88:54 89:54 90:54 91:54 92:54 93:54 94:54 " +
    "95:54 96:54 97:54 98-119:54 120:75 121:75 122:75 123:75 124:75 125:75 126:75 127:75 128:75 129:75 " +
    "130:75 131-132:75",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=no-writes
-- expiry.list_dead 1.0.0. Generated from lua/expiry/list_dead.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 5 calls in one run. An error ends only its own call.

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

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS / 3
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if
  not wrapper_fits
  or wrapper_calls < 1
  or wrapper_calls > 5
  or wrapper_calls % 1 ~= 0
  or #wrapper_argv ~= 3 * wrapper_calls
then
  return { err = "ARGUMENT expiry.list_dead expected 1 to 5 calls, each with 3 keys and 3 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_limit = tonumber(wrapper_argv[wrapper_arguments + 1])
  if not arg_limit or arg_limit < 1 or arg_limit > 100 or arg_limit % 1 ~= 0 then
    return { err = "ARGUMENT expiry.list_dead limit: expected a whole number from 1 to 100" }
  end
  local arg_after_ms = tonumber(wrapper_argv[wrapper_arguments + 2])
  if wrapper_argv[wrapper_arguments + 2] ~= "" then
    if not arg_after_ms or arg_after_ms < 0 or arg_after_ms > 8640000000000000 or arg_after_ms % 1 ~= 0 then
      return { err = "ARGUMENT expiry.list_dead after_ms: expected a whole number from 0 to 8640000000000000" }
    end
  end
  local arg_after_item = wrapper_argv[wrapper_arguments + 3]
  if arg_after_item == "" then
    arg_after_item = nil
  else
    if arg_after_item == "" or #arg_after_item > 256 then
      return { err = "ARGUMENT expiry.list_dead after_item: expected 1 to 256 bytes" }
    end
    if string.find(arg_after_item, "[%c{}]") then
      return { err = "ARGUMENT expiry.list_dead after_item: expected no control characters and no braces" }
    end
  end

  -- From lua/expiry/list_dead.lua:
  --- Lists dead items with their reasons, the oldest first, one page a call.
  do
    local attempts, dead, reasons, limit, after_ms, after_item =
      KEYS[wrapper_keys + 1],
      KEYS[wrapper_keys + 2],
      KEYS[wrapper_keys + 3],
      arg_limit,
      arg_after_ms,
      arg_after_item
    local first = 0
    if after_ms then
      local after = string.format("%d", after_ms)
      if after_item and redis.call("ZSCORE", dead, after_item) == after then
        first = redis.call("ZRANK", dead, after_item) + 1
      else
        first = redis.call("ZCOUNT", dead, "-inf", "(" .. after)
      end
    end
    local found = redis.call("ZRANGE", dead, first, first + limit - 1, "WITHSCORES")
    local items = {}
    if #found == 0 then
      local reply_items = items
      local wrapper_reply_items = false
      if reply_items then
        wrapper_reply_items = {}
        for index = 1, #reply_items do
          local row = reply_items[index]
          wrapper_reply_items[4 * index - 3] = row.item
          wrapper_reply_items[4 * index - 2] = row.attempts
          wrapper_reply_items[4 * index - 1] = row.reason
          wrapper_reply_items[4 * index] = row.dead_since_ms
        end
      end
      return wrapper_reply_items
    end
    local names = {}
    -- at most 100 items
    for position = 1, #found, 2 do
      names[#names + 1] = found[position]
    end
    -- at most 100 items
    local counts = redis.call("HMGET", attempts, unpack(names))
    -- at most 100 items
    local whys = redis.call("HMGET", reasons, unpack(names))
    -- at most 100 items
    for position = 1, #found, 2 do
      local index = #items + 1
      items[index] = {
        item = found[position],
        attempts = stored_integer(counts[index], "attempts", 1) or 1,
        reason = whys[index] or "unknown",
        dead_since_ms = stored_integer(found[position + 1], "instant of a dead item"),
      }
    end
    local reply_items = items
    local wrapper_reply_items = false
    if reply_items then
      wrapper_reply_items = {}
      for index = 1, #reply_items do
        local row = reply_items[index]
        wrapper_reply_items[4 * index - 3] = row.item
        wrapper_reply_items[4 * index - 2] = row.attempts
        wrapper_reply_items[4 * index - 1] = row.reason
        wrapper_reply_items[4 * index] = row.dead_since_ms
      end
    end
    return wrapper_reply_items
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
  wrapper_keys = wrapper_keys + 3
  wrapper_arguments = wrapper_arguments + 3
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
