// stock.forget 1.0.0. Generated from lua/stock/forget.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";

/** Arguments of `stock.forget`. */
export interface StockForgetArgs {
  /** Part of the key. 1 to 64 bytes. */
  readonly product: string;
}

/** Reply of `stock.forget`: `outcome` says what happened. */
export type StockForgetReply =
  | {
      /** `forgotten` */
      readonly outcome: "forgotten";
    };

/** The function of `stock.forget`. A tenant's `stock` has it. */
export interface StockForgetOperation {
  /**
   * Forgets what a shop says of a product, and the shop's own list.
   *
   * Outcomes:
   * - `forgotten`
   *
   * Cost: O(1).
   *
   * Retry: safe. What is gone stays gone.
   *
   * Lua source: `lua/stock/forget.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A label is forgotten.
   * const reply = await acme.stock.forget({ product: "product-1" });
   * // reply: { outcome: "forgotten" }
   * ```
   */
  forget(args: StockForgetArgs, options?: CallOptions): Promise<StockForgetReply>;
}

/** The script `stock.forget`, as a client loads and calls it. */
export const stockForget: Script<StockForgetArgs, StockForgetReply> = {
  name: "stock.forget",
  version: "1.0.0",
  digest: "745fb0428258bc47d16f90e46f7f004e8e5299c5",
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
  outcome: choiceType(["forgotten"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/stock/forget.lua": "11:16 12-17:16",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- stock.forget 1.0.0. Generated from lua/stock/forget.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT stock.forget expected 1 key and 0 arguments" }
end

-- From lua/stock/forget.lua:
--- Forgets what a shop says of a product, and the shop's own list.
do
  local label = KEYS[1]
  redis.call("DEL", label)
  -- moonpath-allow keys/undeclared: the list is older than this package, and on one node
  redis.call("DEL", "golden:labels")
  return "forgotten"
end
`;
