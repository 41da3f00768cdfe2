// stock.read 1.0.0. Generated from lua/stock/read.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.read`. */
export interface StockReadArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /**
   * At this number of available units or below, the product counts as low. Units, 0 to
   * 1,000,000,000,000.
   */
  readonly low: number;
}

/** Reply of `stock.read`: `outcome` says what happened. */
export type StockReadReply =
  | {
      /** `known`: the product has stock. */
      readonly outcome: "known";
      /** Over all warehouses. Units, -100,000,000,000,000 to 100,000,000,000,000. */
      readonly total: number;
      /** Of the available units. */
      readonly status: types.StockStatus;
      /** The total minus held units. Units, -200,000,000,000,000 to 100,000,000,000,000. */
      readonly available: number;
    }
  | {
      /** `unknown`: no warehouse has a level. */
      readonly outcome: "unknown";
    };

/** The function of `stock.read`. A tenant's `stock` has it. */
export interface StockReadOperation {
  /**
   * Reads the summary of a product's stock: total, available units and status.
   *
   * A reservation whose lease has ended stays in `held` until a reserve, a sweep or a release ends
   * it. `levels` reads the level of each warehouse.
   *
   * Outcomes:
   * - `known`: the product has stock.
   * - `unknown`: no warehouse has a level.
   *
   * Units: `low`, `total`, `available` in units.
   *
   * Cost: O(1).
   *
   * Retry: safe. It only reads.
   *
   * Lua source: `lua/stock/read.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`: nothing was written.
   * @throws `DEADLINE`: no answer came in time.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // The total is the sum of two warehouses.
   * const reply = await acme.stock.read({ product: "product-1", low: 2 });
   * // reply: { outcome: "known", total: 12, status: "in_stock", available: 12 }
   * ```
   */
  readonly read: {
    (args: StockReadArgs, options?: CallOptions): Promise<StockReadReply>;
    /**
     * Makes many calls of `read` at once. Each call has its own result, in the order of the calls.
     *
     * One EVALSHA makes up to 100 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly StockReadArgs[], options?: CallOptions): Promise<ManyResult<StockReadReply>[]>;
  };
}

/** The script `stock.read`, as a client loads and calls it. */
export const stockRead: ManyScript<StockReadArgs, StockReadReply> = {
  name: "stock.read",
  version: "1.0.0",
  digest: "a51821f1397e27d3d553fbcd43672127666c8387",
  writes: false,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
  ],
  encode(scope, args) {
    return {
      keys: [keys.stock(scope, args.product)],
      args: [argument.low.encode("low", args.low)],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 4);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "known":
        return {
          outcome,
          total: field.total.decode("total", fields[1]),
          status: field.status.decode("status", fields[2]),
          available: field.available.decode("available", fields[3]),
        };
      case "unknown":
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
    limit: 100,
    width: 4,
    digest: "e53762b7470a839ce979a1edc3fb5caf9c075db2",
    write(call, scope, args) {
      call.beginKey(scope);
      types.id.writeKeyPart(call, "product", args.product);
      call.endTag("}:stock");
      call.endKey();
      argument.low.writeArgument(call, "low", args.low);
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
  low: types.units,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["known", "unknown"]),
  total: types.total,
  status: types.stockStatus,
  available: types.available,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stock/stock_counts.lua": "6-21:10",
  "lua/stock/read.lua": "34:35 35-38:35 50-59:39",
  "lua/lib/stock/stock_status.lua": "41-49:6",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- stock.read 1.0.0. Generated from lua/stock/read.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stock/stock_counts.lua:
--- Checks the fields \`total\` and \`held\` of a stock.
local function stock_counts(stored_total, stored_held)
  -- The upper bound of the type total.
  local MAX_TOTAL = 100000000000000
  local total = nil
  if stored_total then
    total = tonumber(stored_total)
    if not total or total % 1 ~= 0 or total < -MAX_TOTAL or total > MAX_TOTAL then
      error({ err = "CORRUPT total" })
    end
  end
  local held = tonumber(stored_held or "0")
  if not held or held % 1 ~= 0 or held < 0 or held > MAX_TOTAL then
    error({ err = "CORRUPT held" })
  end
  return total, held
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 1 then
  return { err = "ARGUMENT stock.read expected 1 key and 1 argument" }
end
local arg_low = tonumber(ARGV[1])
if not arg_low or arg_low < 0 or arg_low > 1000000000000 or arg_low % 1 ~= 0 then
  return { err = "ARGUMENT stock.read low: expected a whole number from 0 to 1000000000000" }
end

-- From lua/stock/read.lua:
--- Reads the summary of a product's stock: total, available units and status.
do
  local stock, low = KEYS[1], arg_low
  local stored = redis.call("HMGET", stock, "total", "held")
  local total, held = stock_counts(stored[1], stored[2])
  if total then
    -- From lua/lib/stock/stock_status.lua:
    --- Returns the status that a shop shows for a number of units.
    local function stock_status(units, low)
      if units <= 0 then
        return "out_of_stock"
      end
      if units <= low then
        return "low_stock"
      end
      return "in_stock"
    end
    return { "known", total or false, stock_status(total - held, low) or false, total - held }
  end
  -- Units may still be held if the product was forgotten, and it may be watched. No other field may
  -- exist.
  local others = redis.call("HMGET", stock, "prepared", "watch")
  if redis.call("HLEN", stock) > (stored[2] and 1 or 0) + (others[1] and 1 or 0) + (others[2] and 1 or 0) then
    error({ err = "CORRUPT total" })
  end
  return "unknown"
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/stock/stock_counts.lua": "7-22:10",
  "lua/lib/stock/stock_status.lua": "26-34:6",
  "lua/stock/read.lua": "58:35 59-68:35 69:44 70-74:44",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=no-writes
-- stock.read 1.0.0. Generated from lua/stock/read.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 100 calls in one run. An error ends only its own call.

-- From lua/lib/stock/stock_counts.lua:
--- Checks the fields \`total\` and \`held\` of a stock.
local function stock_counts(stored_total, stored_held)
  -- The upper bound of the type total.
  local MAX_TOTAL = 100000000000000
  local total = nil
  if stored_total then
    total = tonumber(stored_total)
    if not total or total % 1 ~= 0 or total < -MAX_TOTAL or total > MAX_TOTAL then
      error({ err = "CORRUPT total" })
    end
  end
  local held = tonumber(stored_held or "0")
  if not held or held % 1 ~= 0 or held < 0 or held > MAX_TOTAL then
    error({ err = "CORRUPT held" })
  end
  return total, held
end

-- From lua/lib/stock/stock_status.lua:
--- Returns the status that a shop shows for a number of units.
local function stock_status(units, low)
  if units <= 0 then
    return "out_of_stock"
  end
  if units <= low then
    return "low_stock"
  end
  return "in_stock"
end

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if not wrapper_fits or wrapper_calls < 1 or wrapper_calls > 100 or #wrapper_argv ~= wrapper_calls then
  return { err = "ARGUMENT stock.read expected 1 to 100 calls, each with 1 key and 1 argument" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_low = tonumber(wrapper_argv[wrapper_arguments + 1])
  if not arg_low or arg_low < 0 or arg_low > 1000000000000 or arg_low % 1 ~= 0 then
    return { err = "ARGUMENT stock.read low: expected a whole number from 0 to 1000000000000" }
  end

  -- From lua/stock/read.lua:
  --- Reads the summary of a product's stock: total, available units and status.
  do
    local stock, low = KEYS[wrapper_keys + 1], arg_low
    local stored = redis.call("HMGET", stock, "total", "held")
    local total, held = stock_counts(stored[1], stored[2])
    if total then
      return "known", total or false, stock_status(total - held, low) or false, total - held
    end
    -- Units may still be held if the product was forgotten, and it may be watched. No other field may
    -- exist.
    local others = redis.call("HMGET", stock, "prepared", "watch")
    if
      redis.call("HLEN", stock) > (stored[2] and 1 or 0) + (others[1] and 1 or 0) + (others[2] and 1 or 0)
    then
      error({ err = "CORRUPT total" })
    end
    return "unknown"
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
-- all calls as a flat list in MessagePack, 4 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2, reply_3, reply_4 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_values[wrapper_at + 2] = reply_2 or false
  wrapper_values[wrapper_at + 3] = reply_3 or false
  wrapper_values[wrapper_at + 4] = reply_4 or false
  wrapper_at = wrapper_at + 4
  wrapper_keys = wrapper_keys + 1
  wrapper_arguments = wrapper_arguments + 1
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
