// stock.try 1.0.0. Generated from lua/stock/try.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.try`. */
export interface StockTryArgs {
  /** Part of the key. 1 to 64 bytes. */
  readonly product: string;
  /** Things on a shelf. Units, 0 to 1,000,000. */
  readonly quantity: number;
}

/** Reply of `stock.try`: `outcome` says what happened. */
export type StockTryReply =
  | {
      /** `set` */
      readonly outcome: "set";
    };

/** The function of `stock.try`. A tenant's `stock` has it. */
export interface StockTryOperation {
  /**
   * Notes a change, and goes on where that fails.
   *
   * Outcomes:
   * - `set`
   *
   * Units: `quantity` in units.
   *
   * Cost: O(log N), N the changes.
   *
   * Retry: safe. The same level is set again.
   *
   * Lua source: `lua/stock/try.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `WRONG_TYPE`, `OUT_OF_MEMORY`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // The usual case.
   * const reply = await acme.stock.try({ product: "product-1", quantity: 5 });
   * // reply: { outcome: "set" }
   * ```
   */
  try(args: StockTryArgs, options?: CallOptions): Promise<StockTryReply>;
}

/** The script `stock.try`, as a client loads and calls it. */
export const stockTry: Script<StockTryArgs, StockTryReply> = {
  name: "stock.try",
  version: "1.0.0",
  digest: "730154176b67ca3cc188104910e9872caab5ce50",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
    "<namespace>:{<tenant>:<product>}:changes",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.stock(scope, args.product),
        keys.changes(scope, args.product),
      ],
      args: [argument.quantity.encode("quantity", args.quantity)],
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
};

/** How each argument is encoded, with its bounds. */
const argument = {
  quantity: types.units,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["set"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/stock/try.lua": "17:22 18-23:22",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- stock.try 1.0.0. Generated from lua/stock/try.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 1 then
  return { err = "ARGUMENT stock.try expected 2 keys and 1 argument" }
end
local arg_quantity_digits = ARGV[1]
local arg_quantity = (arg_quantity_digits == "0" or string.find(arg_quantity_digits, "^[1-9]%d*$"))
  and tonumber(arg_quantity_digits)
if not arg_quantity or arg_quantity > 1000000 then
  return { err = "ARGUMENT stock.try quantity: expected a whole number from 0 to 1000000" }
end

-- From lua/stock/try.lua:
--- Notes a change, and goes on where that fails.
do
  local stock, changes, quantity, quantity_digits = KEYS[1], KEYS[2], arg_quantity, arg_quantity_digits
  redis.call("HSET", stock, "total", quantity_digits)
  -- moonpath-allow errors/swallowed: the list of changes is for people only, and may be lost
  redis.pcall("ZADD", changes, quantity_digits, "total")
  return "set"
end
`;
