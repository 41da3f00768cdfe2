// stock.greet 1.0.0. Generated from lua/stock/greet.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";

/** Arguments of `stock.greet`. */
export interface StockGreetArgs {
  /** Part of the key. 1 to 64 bytes. */
  readonly product: string;
}

/** Reply of `stock.greet`: `outcome` says what happened. */
export type StockGreetReply =
  | {
      /** `greeted` */
      readonly outcome: "greeted";
    };

/** The function of `stock.greet`. A tenant's `stock` has it. */
export interface StockGreetOperation {
  /**
   * Greets in letters of other languages: ä, 挨, 🙂.
   *
   * Outcomes:
   * - `greeted`
   *
   * Cost: O(1).
   *
   * Retry: safe. The same greeting is set again.
   *
   * Lua source: `lua/stock/greet.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `OUT_OF_MEMORY`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A greeting: 挨拶.
   * const reply = await acme.stock.greet({ product: "product-1" });
   * // reply: { outcome: "greeted" }
   * ```
   */
  greet(args: StockGreetArgs, options?: CallOptions): Promise<StockGreetReply>;
}

/** The script `stock.greet`, as a client loads and calls it. */
export const stockGreet: Script<StockGreetArgs, StockGreetReply> = {
  name: "stock.greet",
  version: "1.0.0",
  digest: "c1275e8eb9c42f23ef17b97609ec4f530fe67630",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:label",
  ],
  encode(scope, args) {
    return {
      keys: [keys.label(scope, args.product)],
      args: [],
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

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["greeted"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/stock/greet.lua": "6:2 14:21 15-18:21",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- stock.greet 1.0.0. Generated from lua/stock/greet.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/stock/greet.lua:
-- Grüße, 挨拶, 🙂
local GREETING = "Grüße, 挨拶, 🙂"

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT stock.greet expected 1 key and 0 arguments" }
end

--- Greets in letters of other languages: ä, 挨, 🙂.
do
  local label = KEYS[1]
  redis.call("SET", label, GREETING) -- 🙂
  return "greeted"
end
`;
