// stock.clear 1.0.0. Generated from lua/stock/clear.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";

/** Arguments of `stock.clear`. */
export interface StockClearArgs {
  /** Part of the key. 1 to 64 bytes. */
  readonly product: string;
}

/** Reply of `stock.clear`: `outcome` says what happened. */
export type StockClearReply =
  | {
      /** `cleared` */
      readonly outcome: "cleared";
    };

/** The function of `stock.clear`. A tenant's `stock` has it. */
export interface StockClearOperation {
  /**
   * Forgets the changes of a product's stock, in the background.
   *
   * Outcomes:
   * - `cleared`
   *
   * Cost: O(N), N the changes.
   *
   * Retry: safe. What is gone stays gone.
   *
   * Lua source: `lua/stock/clear.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // Changes are forgotten.
   * const reply = await acme.stock.clear({ product: "product-1" });
   * // reply: { outcome: "cleared" }
   * ```
   */
  clear(args: StockClearArgs, options?: CallOptions): Promise<StockClearReply>;
}

/** The script `stock.clear`, as a client loads and calls it. */
export const stockClear: Script<StockClearArgs, StockClearReply> = {
  name: "stock.clear",
  version: "1.0.0",
  digest: "2b172396b9bafca96a04ca2783d675f93d4c7d61",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:changes",
  ],
  encode(scope, args) {
    return {
      keys: [keys.changes(scope, args.product)],
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
  outcome: choiceType(["cleared"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/stock/clear.lua": "11:16 12-15:16",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- stock.clear 1.0.0. Generated from lua/stock/clear.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT stock.clear expected 1 key and 0 arguments" }
end

-- From lua/stock/clear.lua:
--- Forgets the changes of a product's stock, in the background.
do
  local changes = KEYS[1]
  redis.call("DEL", changes)
  return "cleared"
end
`;
