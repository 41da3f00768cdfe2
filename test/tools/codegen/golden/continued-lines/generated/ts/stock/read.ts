// stock.read 1.0.0. Generated from lua/stock/read.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.read`. */
export interface StockReadArgs {
  /** Part of the key. 1 to 64 bytes. */
  readonly product: string;
}

/** Reply of `stock.read`: `outcome` says what happened. */
export type StockReadReply =
  | {
      /** `known` */
      readonly outcome: "known";
      /** Over all shelves of the product. Units, 0 to 1,000,000. */
      readonly total: number;
    }
  | {
      /** `unknown`: no shelf has reported yet. */
      readonly outcome: "unknown";
    };

/** The function of `stock.read`. A tenant's `stock` has it. */
export interface StockReadOperation {
  /**
   * Reads how many units of a product there are.
   *
   * Outcomes:
   * - `known`
   * - `unknown`: no shelf has reported yet.
   *
   * Units: `total` in units.
   *
   * Cost: O(1), whatever the number of shelves.
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
   * // A product that is known.
   * const reply = await acme.stock.read({ product: "product-1" });
   * // reply: { outcome: "known", total: 5 }
   * ```
   */
  read(args: StockReadArgs, options?: CallOptions): Promise<StockReadReply>;
}

/** The script `stock.read`, as a client loads and calls it. */
export const stockRead: Script<StockReadArgs, StockReadReply> = {
  name: "stock.read",
  version: "1.0.0",
  digest: "4d96e9c172a3c9c436d2fc0cc26618f55a2109ce",
  writes: false,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
  ],
  encode(scope, args) {
    return {
      keys: [keys.stock(scope, args.product)],
      args: [],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 2);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "known":
        return {
          outcome,
          total: field.total.decode("total", fields[1]),
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

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["known", "unknown"]),
  total: types.units,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_units.lua": "6-11:8 17-20:14",
  "lua/lib/corrupt.lua": "14-16:4",
  "lua/stock/read.lua": "29:31 30-36:31",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- stock.read 1.0.0. Generated from lua/stock/read.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stored_units.lua:
--- Reads units that a script stored earlier; anything else stops the script.
local function stored_units(value, what)
  if not value then
    return nil
  end
  local number = string.find(value, "^%d+$") and tonumber(value)
  if not number or number > 1000000 then
    -- From lua/lib/corrupt.lua:
    --- Stops the script before it writes: what is stored is not what the keyspace says.
    local function corrupt(what)
      error({ err = "CORRUPT " .. what })
    end
    corrupt(what)
  end
  return number
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT stock.read expected 1 key and 0 arguments" }
end

-- From lua/stock/read.lua:
--- Reads how many units of a product there are.
do
  local stock = KEYS[1]
  local total = stored_units(redis.call("HGET", stock, "total"), "total")
  if not total then
    return "unknown"
  end
  return { "known", total }
end
`;
