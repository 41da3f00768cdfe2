// stock.order 1.0.0. Generated from lua/stock/order.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, newOperation, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.order`. */
export interface StockOrderArgs {
  /** Part of the key. 1 to 64 bytes. */
  readonly product: string;
  /** Part of the key. The client makes one if it is absent. 1 to 64 bytes. */
  readonly operation?: string | undefined;
  /** Things on a shelf. Units, 0 to 1,000,000. */
  readonly quantity: number;
  /** Any shelf where there is none. 1 to 64 bytes. */
  readonly shelf?: string | undefined;
  /** The whole quantity where there is none. Units, 0 to 1,000,000. */
  readonly atLeast?: number | undefined;
  /** How an order is packed. */
  readonly packing?: types.Packing | undefined;
  /**
   */
  readonly speed?: "slow" | "fast" | undefined;
  /** Yes or no. */
  readonly gift: boolean;
}

/** Reply of `stock.order`: `outcome` says what happened. */
export type StockOrderReply =
  | {
      /**
       * - `noted`
       * - `repeated`
       */
      readonly outcome: "noted" | "repeated";
    };

/** The function of `stock.order`. A tenant's `stock` has it. */
export interface StockOrderOperation {
  /**
   * Notes an order, once for each operation.
   *
   * Outcomes:
   * - `noted`
   * - `repeated`
   *
   * Units: `quantity`, `atLeast` in units.
   *
   * Cost: O(1).
   *
   * Retry: safe. The key is the operation's own.
   *
   * Lua source: `lua/stock/order.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `WRONG_TYPE`, `OUT_OF_MEMORY`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // An order of everything.
   * const reply = await acme.stock.order({
   *   product: "product-1",
   *   operation: "one",
   *   quantity: 5,
   *   shelf: "a1",
   *   atLeast: 2,
   *   packing: "bag",
   *   speed: "fast",
   *   gift: true,
   * });
   * // reply: { outcome: "noted" }
   * ```
   */
  order(args: StockOrderArgs, options?: CallOptions): Promise<StockOrderReply>;
}

/** The script `stock.order`, as a client loads and calls it. */
export const stockOrder: Script<StockOrderArgs, StockOrderReply> = {
  name: "stock.order",
  version: "1.0.0",
  digest: "d0a6dedd7a9999493a43b345dbee1e2e5c672cec",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:order:<operation>",
  ],
  encode(scope, args) {
    const operation = args.operation ?? newOperation();
    return {
      keys: [keys.order(scope, args.product, operation)],
      args: [
        argument.quantity.encode("quantity", args.quantity),
        argument.shelf.encode("shelf", args.shelf),
        argument.atLeast.encode("atLeast", args.atLeast),
        argument.packing.encode("packing", args.packing),
        argument.speed.encode("speed", args.speed),
        argument.gift.encode("gift", args.gift),
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
  quantity: types.units,
  shelf: optional(types.id),
  atLeast: optional(types.units),
  packing: optional(types.packing),
  speed: optional(choiceType(["slow", "fast"])),
  gift: types.flag,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["noted", "repeated"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/stock/order.lua": "6-13:28",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- stock.order 1.0.0. Generated from lua/stock/order.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/stock/order.lua:
--- Notes an order, once for each operation.
local function order(order, quantity, shelf, at_least, packing, speed, gift)
  if redis.call("HLEN", order) > 0 then
    return "repeated"
  end
  redis.call("HSET", order, "quantity", quantity, "shelf", shelf or "-", "at_least", at_least or quantity)
  redis.call("HSET", order, "packing", packing or "box", "speed", speed or "slow", "gift", gift and 1 or 0)
  return "noted"
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 6 then
  return { err = "ARGUMENT stock.order expected 1 key and 6 arguments" }
end
local arg_quantity = tonumber(ARGV[1])
if not arg_quantity or arg_quantity < 0 or arg_quantity > 1000000 or arg_quantity % 1 ~= 0 then
  return { err = "ARGUMENT stock.order quantity: expected a whole number from 0 to 1000000" }
end
local arg_shelf = ARGV[2]
if arg_shelf == "" then
  arg_shelf = nil
else
  if arg_shelf == "" or #arg_shelf > 64 then
    return { err = "ARGUMENT stock.order shelf: expected 1 to 64 bytes" }
  end
  if string.find(arg_shelf, "[%c{}]") then
    return { err = "ARGUMENT stock.order shelf: expected no control characters and no braces" }
  end
end
local arg_at_least = tonumber(ARGV[3])
if ARGV[3] ~= "" then
  if not arg_at_least or arg_at_least < 0 or arg_at_least > 1000000 or arg_at_least % 1 ~= 0 then
    return { err = "ARGUMENT stock.order at_least: expected a whole number from 0 to 1000000" }
  end
end
local arg_packing = ARGV[4]
if arg_packing == "" then
  arg_packing = nil
else
  if arg_packing ~= "box" and arg_packing ~= "bag" then
    return { err = "ARGUMENT stock.order packing: expected one of its choices" }
  end
end
local arg_speed = ARGV[5]
if arg_speed == "" then
  arg_speed = nil
else
  if arg_speed ~= "slow" and arg_speed ~= "fast" then
    return { err = "ARGUMENT stock.order speed: expected one of its choices" }
  end
end
local arg_gift = ARGV[6]
if arg_gift ~= "1" and arg_gift ~= "0" then
  return { err = "ARGUMENT stock.order gift: expected 1 or 0" }
end
arg_gift = arg_gift == "1"
local reply_outcome = order(KEYS[1], arg_quantity, arg_shelf, arg_at_least, arg_packing, arg_speed, arg_gift)
return { reply_outcome }
`;
