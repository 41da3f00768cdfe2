// stock.remove 1.0.0. Generated from lua/stock/remove.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.remove`. */
export interface StockRemoveArgs {
  /** Part of the key. 1 to 64 bytes. */
  readonly product: string;
  /** The shelves to remove. At most 250 elements; each 1 to 64 bytes. */
  readonly shelves: readonly string[];
}

/** Reply of `stock.remove`: `outcome` says what happened. */
export type StockRemoveReply =
  | {
      /** `removed` */
      readonly outcome: "removed";
    };

/** The function of `stock.remove`. A tenant's `stock` has it. */
export interface StockRemoveOperation {
  /**
   * Removes shelves.
   *
   * Outcomes:
   * - `removed`
   *
   * Cost: O(S), S the shelves.
   *
   * Retry: safe. A removed shelf stays removed.
   *
   * Lua source: `lua/stock/remove.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `WRONG_TYPE`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A shelf is removed.
   * const reply = await acme.stock.remove({ product: "product-1", shelves: ["a1"] });
   * // reply: { outcome: "removed" }
   * ```
   */
  remove(args: StockRemoveArgs, options?: CallOptions): Promise<StockRemoveReply>;
}

/** The script `stock.remove`, as a client loads and calls it. */
export const stockRemove: Script<StockRemoveArgs, StockRemoveReply> = {
  name: "stock.remove",
  version: "1.0.0",
  digest: "3498a050b18ea171e58f208fc5850b5284848896",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
  ],
  encode(scope, args) {
    return {
      keys: [keys.stock(scope, args.product)],
      args: [...argument.shelves.encode("shelves", args.shelves)],
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
  shelves: listType(types.id, 250),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["removed"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/stock/remove.lua": "31:21 32-37:21",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- stock.remove 1.0.0. Generated from lua/stock/remove.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV < 1 then
  return { err = "ARGUMENT stock.remove expected 1 key and at least 1 argument" }
end
local arg_shelves = {}
do
  local wrapper_count = tonumber(ARGV[1])
  if not wrapper_count or wrapper_count < 0 or wrapper_count > 250 or wrapper_count % 1 ~= 0 then
    return { err = "ARGUMENT stock.remove shelves: expected a whole number from 0 to 250" }
  end
  if #ARGV ~= 1 + wrapper_count then
    return { err = "ARGUMENT stock.remove expected as many arguments as its lists say" }
  end
  for index = 1, wrapper_count do
    local element = ARGV[1 + index]
    if element == "" or #element > 64 then
      return { err = "ARGUMENT stock.remove shelves: expected 1 to 64 bytes" }
    end
    if string.find(element, "[%c{}]") then
      return { err = "ARGUMENT stock.remove shelves: expected no control characters and no braces" }
    end
    arg_shelves[index] = element
  end
end

-- From lua/stock/remove.lua:
--- Removes shelves.
do
  local stock, shelves = KEYS[1], arg_shelves
  if #shelves > 0 then
    redis.call("HDEL", stock, unpack(shelves))
  end
  return "removed"
end
`;
