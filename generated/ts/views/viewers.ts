// views.viewers 1.0.0. Generated from lua/views/viewers.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `views.viewers`. */
export interface ViewsViewersArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** Part of the key. 1 to 256 bytes. */
  readonly period: string;
}

/** Reply of `views.viewers`. */
export interface ViewsViewersReply {
  /** How many people viewed the product. Things, 0 to 9,000,000,000,000,000. */
  readonly viewers: number;
}

/** The function of `views.viewers`. A tenant's `views` has it. */
export interface ViewsViewersOperation {
  /**
   * Estimates how many different people viewed a product in a period.
   *
   * The estimate comes from a HyperLogLog. Its error is about 1 %; small numbers are exact in
   * practice.
   *
   * A damaged HyperLogLog is an error INVALIDOBJ, unless the key has a stored estimate. The repair
   * is to delete the key, which loses the viewers of the period.
   *
   * Reply:
   * - `viewers`: How many people viewed the product. Things, 0 to 9,000,000,000,000,000.
   *
   * Units: `viewers` in things.
   *
   * Cost: O(1).
   *
   * Retry: safe. It changes only the stored estimate.
   *
   * Lua source: `lua/views/viewers.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // Two people viewed a product.
   * const reply = await acme.views.viewers({ product: "product-1", period: "2026-11-27" });
   * // reply: { viewers: 2 }
   * ```
   */
  viewers(args: ViewsViewersArgs, options?: CallOptions): Promise<ViewsViewersReply>;
}

/** The script `views.viewers`, as a client loads and calls it. */
export const viewsViewers: Script<ViewsViewersArgs, ViewsViewersReply> = {
  name: "views.viewers",
  version: "1.0.0",
  digest: "a05bb81f8538659ab5e786dde10f988611014412",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:viewers:<period>",
  ],
  encode(scope, args) {
    return {
      keys: [keys.viewers(scope, args.product, args.period)],
      args: [],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    return {
      viewers: field.viewers.decode("viewers", fields[0]),
    };
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
  viewers: types.estimate,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/views/viewers.lua": "11:31 12-14:31",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- views.viewers 1.0.0. Generated from lua/views/viewers.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT views.viewers expected 1 key and 0 arguments" }
end

-- From lua/views/viewers.lua:
--- Estimates how many different people viewed a product in a period.
do
  local viewers_key = KEYS[1]
  return redis.call("PFCOUNT", viewers_key)
end
`;
