// stock.count 1.0.0. Generated from lua/stock/count.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, optional, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.count`. */
export interface StockCountArgs {
  /** Part of the key. 1 to 64 bytes. */
  readonly product: string;
  /** The most that it counts. Units, 0 to 1,000,000. */
  readonly limit: number;
}

/** Reply of `stock.count`. */
export interface StockCountReply {
  /** Absent if there is no total. Units, 0 to 1,000,000. It may be absent. */
  readonly counted: number | undefined;
}

/** The function of `stock.count`. A tenant's `stock` has it. */
export interface StockCountOperation {
  /**
   * Reads a product's total up to a limit. A return without a value keeps the function one.
   *
   * Reply:
   * - `counted`: Absent if there is no total. Units, 0 to 1,000,000.
   *
   * Units: `limit`, `counted` in units.
   *
   * Cost: O(1).
   *
   * Retry: safe. It only reads.
   *
   * Lua source: `lua/stock/count.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`: nothing was written.
   * @throws `DEADLINE`: no answer came in time.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // There is a total.
   * const reply = await acme.stock.count({ product: "product-1", limit: 5 });
   * // reply: { counted: 5 }
   * ```
   */
  readonly count: {
    (args: StockCountArgs, options?: CallOptions): Promise<StockCountReply>;
    /**
     * Makes many calls of `count` at once. Each call has its own result, in the order of the calls.
     *
     * One EVALSHA makes up to 50 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly StockCountArgs[], options?: CallOptions): Promise<ManyResult<StockCountReply>[]>;
  };
}

/** The script `stock.count`, as a client loads and calls it. */
export const stockCount: ManyScript<StockCountArgs, StockCountReply> = {
  name: "stock.count",
  version: "1.0.0",
  digest: "5ac621e71b0b6187f4ff8ac3fcb65412680fbb6f",
  writes: false,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
  ],
  encode(scope, args) {
    return {
      keys: [keys.stock(scope, args.product)],
      args: [argument.limit.encode("limit", args.limit)],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    return {
      counted: field.counted.decode("counted", fields[0]),
    };
  },
  get lines() {
    return lines;
  },
  get lua() {
    return lua;
  },
  many: {
    limit: 50,
    width: 1,
    digest: "3d57c70e6dfa655234b3214e275364734e3ea4ce",
    write(call, scope, args) {
      call.beginKey(scope);
      types.id.writeKeyPart(call, "product", args.product);
      call.endTag("}:stock");
      call.endKey();
      argument.limit.writeArgument(call, "limit", args.limit);
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
  limit: types.units,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  counted: optional(types.units),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/corrupt.lua": "6-8:4",
  "lua/lib/stored_units.lua": "12-21:8",
  "lua/stock/count.lua": "25-31:24",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- stock.count 1.0.0. Generated from lua/stock/count.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/corrupt.lua:
--- Stops the script before it writes: what is stored is not what the keyspace says.
local function corrupt(what)
  error({ err = "CORRUPT " .. what })
end

-- From lua/lib/stored_units.lua:
--- Reads units that a script stored earlier; anything else stops the script.
local function stored_units(value, what)
  if not value then
    return nil
  end
  local number = string.find(value, "^%d+$") and tonumber(value)
  if not number or number > 1000000 then
    corrupt(what)
  end
  return number
end

-- From lua/stock/count.lua:
--- Reads a product's total up to a limit. A return without a value keeps the function one.
local function count(stock, limit)
  local total = stored_units(redis.call("HGET", stock, "total"), "total")
  if not total then
    return
  end
  return math.min(total, limit)
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 1 then
  return { err = "ARGUMENT stock.count expected 1 key and 1 argument" }
end
local arg_limit = tonumber(ARGV[1])
if not arg_limit or arg_limit < 0 or arg_limit > 1000000 or arg_limit % 1 ~= 0 then
  return { err = "ARGUMENT stock.count limit: expected a whole number from 0 to 1000000" }
end
local reply_counted = count(KEYS[1], arg_limit)
return { reply_counted or false }
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/corrupt.lua": "7-9:4",
  "lua/lib/stored_units.lua": "13-22:8",
  "lua/stock/count.lua": "26-32:24",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=no-writes
-- stock.count 1.0.0. Generated from lua/stock/count.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 50 calls in one run. An error ends only its own call.

-- From lua/lib/corrupt.lua:
--- Stops the script before it writes: what is stored is not what the keyspace says.
local function corrupt(what)
  error({ err = "CORRUPT " .. what })
end

-- From lua/lib/stored_units.lua:
--- Reads units that a script stored earlier; anything else stops the script.
local function stored_units(value, what)
  if not value then
    return nil
  end
  local number = string.find(value, "^%d+$") and tonumber(value)
  if not number or number > 1000000 then
    corrupt(what)
  end
  return number
end

-- From lua/stock/count.lua:
--- Reads a product's total up to a limit. A return without a value keeps the function one.
local function count(stock, limit)
  local total = stored_units(redis.call("HGET", stock, "total"), "total")
  if not total then
    return
  end
  return math.min(total, limit)
end

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if not wrapper_fits or wrapper_calls < 1 or wrapper_calls > 50 or #wrapper_argv ~= wrapper_calls then
  return { err = "ARGUMENT stock.count expected 1 to 50 calls, each with 1 key and 1 argument" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_limit = tonumber(wrapper_argv[wrapper_arguments + 1])
  if not arg_limit or arg_limit < 0 or arg_limit > 1000000 or arg_limit % 1 ~= 0 then
    return { err = "ARGUMENT stock.count limit: expected a whole number from 0 to 1000000" }
  end
  local reply_counted = count(KEYS[wrapper_keys + 1], arg_limit)
  return reply_counted or false
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
  wrapper_arguments = wrapper_arguments + 1
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
