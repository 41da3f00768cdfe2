// stock.label 1.0.0. Generated from lua/stock/label.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.label`. */
export interface StockLabelArgs {
  /** Part of the key. 1 to 64 bytes. */
  readonly product: string;
}

/** Reply of `stock.label`: `outcome` says what happened. */
export type StockLabelReply =
  | {
      /** `known` */
      readonly outcome: "known";
      /** Text that is stored and given back as it came. 0 to 1,024 bytes. */
      readonly text: string;
    }
  | {
      /** `unknown` */
      readonly outcome: "unknown";
    };

/** The function of `stock.label`. A tenant's `stock` has it. */
export interface StockLabelOperation {
  /**
   * Reads a product's label.
   *
   * Outcomes:
   * - `known`
   * - `unknown`
   *
   * Cost: O(1).
   *
   * Retry: safe. It only reads.
   *
   * Lua source: `lua/stock/label.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `WRONG_TYPE`: nothing was written.
   * @throws `DEADLINE`: no answer came in time.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A label.
   * const reply = await acme.stock.label({ product: "product-1" });
   * // reply: { outcome: "known", text: "a lamp" }
   * ```
   */
  label(args: StockLabelArgs, options?: CallOptions): Promise<StockLabelReply>;
}

/** The script `stock.label`, as a client loads and calls it. */
export const stockLabel: Script<StockLabelArgs, StockLabelReply> = {
  name: "stock.label",
  version: "1.0.0",
  digest: "8eb189dde9eccc6a7792deaed39e26707243bf01",
  writes: false,
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
    const fields = readFields(reply, 2);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "known":
        return {
          outcome,
          text: field.text.decode("text", fields[1]),
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
  text: types.payload,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/stock/label.lua": "11:18 12-18:18",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- stock.label 1.0.0. Generated from lua/stock/label.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT stock.label expected 1 key and 0 arguments" }
end

-- From lua/stock/label.lua:
--- Reads a product's label.
do
  local of = KEYS[1]
  local text = redis.call("GET", of)
  if not text then
    return "unknown"
  end
  return { "known", text }
end
`;
