// stock.read_v1 1.0.0. Generated from lua/stock/read_v1.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.read_v1`. */
export interface StockReadV1Args {
  /** Part of the key. 1 to 64 bytes. */
  readonly product: string;
}

/** Reply of `stock.read_v1`: `outcome` says what happened. */
export type StockReadV1Reply =
  | {
      /** `known` */
      readonly outcome: "known";
      /** Over all shelves. Units, 0 to 1,000,000. */
      readonly total: number;
    }
  | {
      /** `unknown` */
      readonly outcome: "unknown";
    };

/** The function of `stock.read_v1`. A tenant's `stock` has it. */
export interface StockReadV1Operation {
  /**
   * Reads how many units of a product there are.
   *
   * Outcomes:
   * - `known`
   * - `unknown`
   *
   * Units: `total` in units.
   *
   * Cost: O(1).
   *
   * Retry: safe. It only reads.
   *
   * Lua source: `lua/stock/read_v1.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`: nothing was written.
   * @throws `DEADLINE`: no answer came in time.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A product that is known.
   * const reply = await acme.stock.readV1({ product: "product-1" });
   * // reply: { outcome: "known", total: 5 }
   * ```
   */
  readV1(args: StockReadV1Args, options?: CallOptions): Promise<StockReadV1Reply>;
}

/** The script `stock.read_v1`, as a client loads and calls it. */
export const stockReadV1: Script<StockReadV1Args, StockReadV1Reply> = {
  name: "stock.read_v1",
  version: "1.0.0",
  digest: "d3792a49f4d5281236936e8a7e7b9291ea885ae1",
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
  "lua/stock/read_v1.lua": "29:20 30-36:20",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- stock.read_v1 1.0.0. Generated from lua/stock/read_v1.lua by moonpath-codegen. DO NOT EDIT.

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
  return { err = "ARGUMENT stock.read_v1 expected 1 key and 0 arguments" }
end

-- From lua/stock/read_v1.lua:
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
