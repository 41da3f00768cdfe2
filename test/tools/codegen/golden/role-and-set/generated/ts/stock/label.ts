// stock.label 1.0.0. Generated from lua/stock/label.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.label`. */
export interface StockLabelArgs {
  /** Part of the key. 1 to 64 bytes. */
  readonly product: string;
  /** Text that is stored and given back as it came. 0 to 1,024 bytes. */
  readonly text: string;
}

/** Reply of `stock.label`: `outcome` says what happened. */
export type StockLabelReply =
  | {
      /** `set` */
      readonly outcome: "set";
    };

/** The function of `stock.label`. A tenant's `stock` has it. */
export interface StockLabelOperation {
  /**
   * Sets what a shop says of a product.
   *
   * Outcomes:
   * - `set`
   *
   * Cost: O(1).
   *
   * Retry: safe. The same text is set again.
   *
   * Lua source: `lua/stock/label.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `OUT_OF_MEMORY`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A text is set.
   * const reply = await acme.stock.label({ product: "product-1", text: "lamp" });
   * // reply: { outcome: "set" }
   * ```
   */
  label(args: StockLabelArgs, options?: CallOptions): Promise<StockLabelReply>;
}

/** The script `stock.label`, as a client loads and calls it. */
export const stockLabel: Script<StockLabelArgs, StockLabelReply> = {
  name: "stock.label",
  version: "1.0.0",
  digest: "521e99e57c4bd4930154ff86468d8739b59f8a05",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:label",
  ],
  encode(scope, args) {
    return {
      keys: [keys.label(scope, args.product)],
      args: [argument.text.encode("text", args.text)],
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
  text: types.payload,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["set"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/stock/label.lua": "15:18 16-19:18",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- stock.label 1.0.0. Generated from lua/stock/label.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 1 then
  return { err = "ARGUMENT stock.label expected 1 key and 1 argument" }
end
local arg_text = ARGV[1]
if #arg_text > 1024 then
  return { err = "ARGUMENT stock.label text: expected 0 to 1024 bytes" }
end

-- From lua/stock/label.lua:
--- Sets what a shop says of a product.
do
  local key, text = KEYS[1], arg_text
  redis.call("SET", key, text)
  return "set"
end
`;
