// stock.read 2.0.0. Generated from lua/stock/read.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.read`. */
export interface StockReadArgs {
  /** Part of the key. 1 to 64 bytes. */
  readonly product: string;
  /** Names one thing. 1 to 64 bytes. */
  readonly shelf: string;
}

/** Reply of `stock.read`: `outcome` says what happened. */
export type StockReadReply =
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

/** The function of `stock.read`. A tenant's `stock` has it. */
export interface StockReadOperation {
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
   * Lua source: `lua/stock/read.lua`, version 2.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`: nothing was written.
   * @throws `DEADLINE`: no answer came in time.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A product that is known.
   * const reply = await acme.stock.read({ product: "product-1", shelf: "total" });
   * // reply: { outcome: "known", total: 5 }
   * ```
   */
  read(args: StockReadArgs, options?: CallOptions): Promise<StockReadReply>;
}

/** The script `stock.read`, as a client loads and calls it. */
export const stockRead: Script<StockReadArgs, StockReadReply> = {
  name: "stock.read",
  version: "2.0.0",
  digest: "84b6581e364c604f7b2dac077368dd0801f583a3",
  writes: false,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
  ],
  encode(scope, args) {
    return {
      keys: [keys.stock(scope, args.product)],
      args: [argument.shelf.encode("shelf", args.shelf)],
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

/** How each argument is encoded, with its bounds. */
const argument = {
  shelf: types.id,
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
  "lua/stock/read.lua": "36:24 37-43:24",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- stock.read 2.0.0. Generated from lua/stock/read.lua by moonpath-codegen. DO NOT EDIT.

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
if #KEYS ~= 1 or #ARGV ~= 1 then
  return { err = "ARGUMENT stock.read expected 1 key and 1 argument" }
end
local arg_shelf = ARGV[1]
if arg_shelf == "" or #arg_shelf > 64 then
  return { err = "ARGUMENT stock.read shelf: expected 1 to 64 bytes" }
end
if string.find(arg_shelf, "[%c{}]") then
  return { err = "ARGUMENT stock.read shelf: expected no control characters and no braces" }
end

-- From lua/stock/read.lua:
--- Reads how many units of a product there are.
do
  local stock, shelf = KEYS[1], arg_shelf
  local total = stored_units(redis.call("HGET", stock, shelf), "total")
  if not total then
    return "unknown"
  end
  return { "known", total }
end
`;
