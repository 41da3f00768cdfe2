// stock.release 0.1.0. Generated from lua/stock/release.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.release`. */
export interface StockReleaseArgs {
  /** Part of the key. 1 to 64 bytes. */
  readonly product: string;
  /**
   */
  readonly name: "total" | "other";
}

/** Reply of `stock.release`. */
export interface StockReleaseReply {
  /** Yes or no. */
  readonly released: boolean;
}

/** The function of `stock.release`. A tenant's `stock` has it. */
export interface StockReleaseOperation {
  /**
   * Releases one of a product's totals.
   *
   * Reply:
   * - `released`: Yes or no.
   *
   * Cost: O(1).
   *
   * Retry: never. The answer tells whether it was there.
   *
   * Lua source: `lua/stock/release.lua`, version 0.1.0.
   *
   * @throws `ARGUMENT`, `WRONG_TYPE`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A total that is there.
   * const reply = await acme.stock.release({ product: "product-1", name: "total" });
   * // reply: { released: true }
   * ```
   */
  release(args: StockReleaseArgs, options?: CallOptions): Promise<StockReleaseReply>;
}

/** The script `stock.release`, as a client loads and calls it. */
export const stockRelease: Script<StockReleaseArgs, StockReleaseReply> = {
  name: "stock.release",
  version: "0.1.0",
  digest: "ed78ecc28bb20654ec491002d1796256c66a388b",
  writes: true,
  resend: "never",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
  ],
  encode(scope, args) {
    return {
      keys: [keys.stock(scope, args.product)],
      args: [argument.name.encode("name", args.name)],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    return {
      released: field.released.decode("released", fields[0]),
    };
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
  name: choiceType(["total", "other"]),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  released: types.flag,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/stock/release.lua": "5-10:1 22:27 23-25:27",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- stock.release 0.1.0. Generated from lua/stock/release.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/stock/release.lua:
local FIELD, OTHER = "total", "other"

--- Whether it is one of ours.
local function ours(name)
  return name == FIELD or name == OTHER
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 1 then
  return { err = "ARGUMENT stock.release expected 1 key and 1 argument" }
end
local arg_name = ARGV[1]
if arg_name ~= "total" and arg_name ~= "other" then
  return { err = "ARGUMENT stock.release name: expected one of its choices" }
end

--- Releases one of a product's totals.
do
  local stock, name = KEYS[1], arg_name
  return (ours(name) and redis.call("HDEL", stock, name) == 1) and 1 or 0
end
`;
