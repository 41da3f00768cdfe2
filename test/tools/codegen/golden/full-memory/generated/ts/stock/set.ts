// stock.set 1.0.0. Generated from lua/stock/set.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.set`. */
export interface StockSetArgs {
  /** Part of the key. 1 to 64 bytes. */
  readonly product: string;
  /** Names one thing. 1 to 64 bytes. */
  readonly shelf: string;
  /** On the shelf now. Units, 0 to 1,000,000. */
  readonly quantity: number;
}

/** Reply of `stock.set`: `outcome` says what happened. */
export type StockSetReply =
  | {
      /** `set` */
      readonly outcome: "set";
    };

/** The function of `stock.set`. A tenant's `stock` has it. */
export interface StockSetOperation {
  /**
   * Sets what lies on one shelf.
   *
   * Outcomes:
   * - `set`
   *
   * Units: `quantity` in units.
   *
   * Cost: O(1).
   *
   * Retry: safe. The same level is set again.
   *
   * Lua source: `lua/stock/set.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `WRONG_TYPE`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A shelf gets its level.
   * const reply = await acme.stock.set({ product: "product-1", shelf: "a1", quantity: 5 });
   * // reply: { outcome: "set" }
   * ```
   */
  set(args: StockSetArgs, options?: CallOptions): Promise<StockSetReply>;
}

/** The script `stock.set`, as a client loads and calls it. */
export const stockSet: Script<StockSetArgs, StockSetReply> = {
  name: "stock.set",
  version: "1.0.0",
  digest: "ad019589d583c8f52bb4a0433cdd0f495c3e4664",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
  ],
  encode(scope, args) {
    return {
      keys: [keys.stock(scope, args.product)],
      args: [
        argument.shelf.encode("shelf", args.shelf),
        argument.quantity.encode("quantity", args.quantity),
      ],
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
  shelf: types.id,
  quantity: types.units,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["set"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/stock/set.lua": "24:23 25-28:23",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- stock.set 1.0.0. Generated from lua/stock/set.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 2 then
  return { err = "ARGUMENT stock.set expected 1 key and 2 arguments" }
end
local arg_shelf = ARGV[1]
if arg_shelf == "" or #arg_shelf > 64 then
  return { err = "ARGUMENT stock.set shelf: expected 1 to 64 bytes" }
end
if string.find(arg_shelf, "[%c{}]") then
  return { err = "ARGUMENT stock.set shelf: expected no control characters and no braces" }
end
local arg_quantity_digits = ARGV[2]
local arg_quantity = (arg_quantity_digits == "0" or string.find(arg_quantity_digits, "^[1-9]%d*$"))
  and tonumber(arg_quantity_digits)
if not arg_quantity or arg_quantity > 1000000 then
  return { err = "ARGUMENT stock.set quantity: expected a whole number from 0 to 1000000" }
end

-- From lua/stock/set.lua:
--- Sets what lies on one shelf.
do
  local stock, shelf, quantity, quantity_digits = KEYS[1], arg_shelf, arg_quantity, arg_quantity_digits
  redis.call("HSET", stock, shelf, quantity_digits)
  return "set"
end
`;
