// stock.read 1.0.0. Generated from lua/stock/read.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
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
   * @throws `ARGUMENT`: an argument is not of its type or outside its bounds. Nothing was written.
   * @throws `CORRUPT`: a stored value breaks its own rules. Nothing was written.
   * @throws `WRONG_TYPE`: a key holds another type of value. Nothing was written.
   * @throws `DEADLINE`: no answer came before the deadline.
   * @throws `UNAVAILABLE`, `ABORTED`, `CLOSED` and the other errors that every call can end with.
   *
   * @example
   * ```ts
   * // The total is the sum of two warehouses.
   * const reply = await acme.stock.read({ product: "product-1", low: 2 });
   * // reply: { outcome: "known", total: 12, status: "in_stock", available: 12 }
   * ```
   */
  read(args: StockReadArgs, options?: CallOptions): Promise<StockReadReply>;
}

/** The script `stock.read`, as a client loads and calls it. */
export const stockRead: Script<StockReadArgs, StockReadReply> = {
  name: "stock.read",
  version: "1.0.0",
  digest: "34e566567fdfa7bbd633c018a0e37e744fd789f7",
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

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stock/stock_counts.lua": {
    6: 10, 8: 12, 9: 13, 10: 14, 11: 15, 12: 16, 13: 17, 14: 18, 15: 19, 16: 20, 17: 21, 18: 22, 19: 23,
    20: 24, 21: 25,
  },
  "lua/lib/stock/stock_status.lua": {
    25: 6, 26: 7, 27: 8, 28: 9, 29: 10, 30: 11, 31: 12, 32: 13, 33: 14,
  },
  "lua/stock/read.lua": {
    46: 34, 47: 34, 48: 35, 49: 36, 50: 37, 51: 38, 52: 39, 55: 42, 56: 43, 57: 44, 58: 45, 59: 46, 60: 47,
  },
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
