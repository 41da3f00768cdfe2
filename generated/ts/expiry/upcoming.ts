// expiry.upcoming 1.0.0. Generated from lua/expiry/upcoming.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, listType, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.upcoming`. */
export interface ExpiryUpcomingArgs {
  /** Part of the key. 1 to 240 bytes. */
  readonly queue: string;
  /** Part of the key. 1 to 3 bytes. */
  readonly queueShard: string;
  /** How long from now. Milliseconds, 1 to 31,622,400,000. */
  readonly withinMs: number;
  /** The maximum number of items. Items, 1 to 100. */
  readonly limit: number;
}

/** Reply of `expiry.upcoming`. */
export interface ExpiryUpcomingReply {
  /** The earliest first. At most 1,000 elements. */
  readonly items: readonly types.DueItem[];
}

/** The function of `expiry.upcoming`. A tenant's `scripts.expiry` has it. */
export interface ExpiryUpcomingOperation {
  /**
   * Lists the items that will be due soon, or are due and not claimed, the earliest first.
   *
   * Reply:
   * - `items`: The earliest first. At most 1,000 elements.
   *
   * Units: `withinMs` in milliseconds; `limit` in items.
   *
   * Cost: O(log N + limit), N the tracked items.
   *
   * Retry: safe. It only reads.
   *
   * Lua source: `lua/expiry/upcoming.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`: nothing was written.
   * @throws `DEADLINE`: no answer came in time.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // Items due within a minute are listed.
   * const reply = await acme.scripts.expiry.upcoming({
   *   queue: "queue-1",
   *   queueShard: "0",
   *   withinMs: 60_000,
   *   limit: 10,
   * });
   * // reply: { items: [{ item: "offer-1", dueMs: Date.now() + 30_000 }] }
   * ```
   */
  readonly upcoming: {
    (args: ExpiryUpcomingArgs, options?: CallOptions): Promise<ExpiryUpcomingReply>;
    /**
     * Makes many calls of `upcoming` at once. Each call has its own result, in the order of the
     * calls.
     *
     * One EVALSHA makes up to 8 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly ExpiryUpcomingArgs[], options?: CallOptions): Promise<ManyResult<ExpiryUpcomingReply>[]>;
  };
}

/** The script `expiry.upcoming`, as a client loads and calls it. */
export const expiryUpcoming: ManyScript<ExpiryUpcomingArgs, ExpiryUpcomingReply> = {
  name: "expiry.upcoming",
  version: "1.0.0",
  digest: "0e66e3d02bda9aabfa9ae266d51d0adcf5dd415e",
  writes: false,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:due",
  ],
  encode(scope, args) {
    return {
      keys: [keys.due(scope, args.queue, args.queueShard)],
      args: [
        argument.withinMs.encode("withinMs", args.withinMs),
        argument.limit.encode("limit", args.limit),
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
    limit: 8,
    width: 1,
    digest: "df2af571b38e0036847502a462c900e372563e61",
    write(call, scope, args) {
      call.beginKey(scope);
      types.queue.writeKeyPart(call, "queue", args.queue);
      call.plainKeyPart(":");
      types.queueShard.writeKeyPart(call, "queueShard", args.queueShard);
      call.endTag("}:due");
      call.endKey();
      argument.withinMs.writeArgument(call, "withinMs", args.withinMs);
      call.args.text(argument.limit.encode("limit", args.limit));
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
  withinMs: types.ms,
  limit: types.itemLimit,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  items: listType(types.dueItem, 1000),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": "6-9:4",
  "lua/lib/stored_integer.lua": "14-25:9",
  "lua/expiry/upcoming.lua": "43:30 44-46:30 47:32 48:32 49:32 50:32 51:32 52:32 53:32 54:32 55-63:32",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- expiry.upcoming 1.0.0. Generated from lua/expiry/upcoming.lua by moonpath-codegen. DO NOT EDIT.

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
if #KEYS ~= 1 or #ARGV ~= 2 then
  return { err = "ARGUMENT expiry.upcoming expected 1 key and 2 arguments" }
end
local arg_within_ms = tonumber(ARGV[1])
if not arg_within_ms or arg_within_ms < 1 or arg_within_ms > 31622400000 or arg_within_ms % 1 ~= 0 then
  return { err = "ARGUMENT expiry.upcoming within_ms: expected a whole number from 1 to 31622400000" }
end
local arg_limit_digits = ARGV[2]
local arg_limit = string.find(arg_limit_digits, "^[1-9]%d*$") and tonumber(arg_limit_digits)
if not arg_limit or arg_limit > 100 then
  return { err = "ARGUMENT expiry.upcoming limit: expected a whole number from 1 to 100" }
end

-- From lua/expiry/upcoming.lua:
--- Lists the items that will be due soon, or are due and not claimed, the earliest first.
do
  local due, within_ms, limit, limit_digits = KEYS[1], arg_within_ms, arg_limit, arg_limit_digits
  local found = redis.call(
    "ZRANGE",
    due,
    "-inf",
    now_ms() + within_ms,
    "BYSCORE",
    "LIMIT",
    "0",
    limit_digits,
    "WITHSCORES"
  )
  local items = {}
  -- at most 100 items
  for position = 1, #found, 2 do
    items[position] = found[position]
    items[position + 1] = stored_integer(found[position + 1], "due")
  end
  return { items }
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": "7-10:4",
  "lua/lib/stored_integer.lua": "15-26:9",
  "lua/expiry/upcoming.lua": "55:30 56:30 57-59:30 60:32 61:32 62:32 63:32 64:32 65:32 66:32 67:32 68-76:32",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=no-writes
-- expiry.upcoming 1.0.0. Generated from lua/expiry/upcoming.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 8 calls in one run. An error ends only its own call.

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

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if not wrapper_fits or wrapper_calls < 1 or wrapper_calls > 8 or #wrapper_argv ~= 2 * wrapper_calls then
  return { err = "ARGUMENT expiry.upcoming expected 1 to 8 calls, each with 1 key and 2 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_within_ms = tonumber(wrapper_argv[wrapper_arguments + 1])
  if not arg_within_ms or arg_within_ms < 1 or arg_within_ms > 31622400000 or arg_within_ms % 1 ~= 0 then
    return { err = "ARGUMENT expiry.upcoming within_ms: expected a whole number from 1 to 31622400000" }
  end
  local arg_limit_digits = wrapper_argv[wrapper_arguments + 2]
  local arg_limit = string.find(arg_limit_digits, "^[1-9]%d*$") and tonumber(arg_limit_digits)
  if not arg_limit or arg_limit > 100 then
    return { err = "ARGUMENT expiry.upcoming limit: expected a whole number from 1 to 100" }
  end

  -- From lua/expiry/upcoming.lua:
  --- Lists the items that will be due soon, or are due and not claimed, the earliest first.
  do
    local due, within_ms, limit, limit_digits =
      KEYS[wrapper_keys + 1], arg_within_ms, arg_limit, arg_limit_digits
    local found = redis.call(
      "ZRANGE",
      due,
      "-inf",
      now_ms() + within_ms,
      "BYSCORE",
      "LIMIT",
      "0",
      limit_digits,
      "WITHSCORES"
    )
    local items = {}
    -- at most 100 items
    for position = 1, #found, 2 do
      items[position] = found[position]
      items[position + 1] = stored_integer(found[position + 1], "due")
    end
    return items
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
  wrapper_keys = wrapper_keys + 1
  wrapper_arguments = wrapper_arguments + 2
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
