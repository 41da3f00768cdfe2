// stock.trim 1.0.0. Generated from lua/stock/trim.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";

/** Arguments of `stock.trim`. */
export interface StockTrimArgs {
  /** Part of the key. 1 to 64 bytes. */
  readonly product: string;
}

/** Reply of `stock.trim`: `outcome` says what happened. */
export type StockTrimReply =
  | {
      /** `done` */
      readonly outcome: "done";
    };

/** The function of `stock.trim`. A tenant's `stock` has it. */
export interface StockTrimOperation {
  /**
   * Removes what a shop says of a product, if it is empty.
   *
   * Outcomes:
   * - `done`
   *
   * Cost: O(1).
   *
   * Retry: safe. What is gone stays gone.
   *
   * Lua source: `lua/stock/trim.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `WRONG_TYPE`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // An empty text is removed.
   * const reply = await acme.stock.trim({ product: "product-1" });
   * // reply: { outcome: "done" }
   * ```
   */
  trim(args: StockTrimArgs, options?: CallOptions): Promise<StockTrimReply>;
}

/** The script `stock.trim`, as a client loads and calls it. */
export const stockTrim: Script<StockTrimArgs, StockTrimReply> = {
  name: "stock.trim",
  version: "1.0.0",
  digest: "ed99215b784c62553d2f1ad1dfffe7001ac73643",
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
  outcome: choiceType(["done"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/stock/trim.lua": "11:16 12-17:16",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- stock.trim 1.0.0. Generated from lua/stock/trim.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT stock.trim expected 1 key and 0 arguments" }
end

-- From lua/stock/trim.lua:
--- Removes what a shop says of a product, if it is empty.
do
  local key = KEYS[1]
  if redis.call("GETRANGE", key, "0", "0") == "" then
    redis.call("DEL", key)
  end
  return "done"
end
`;
