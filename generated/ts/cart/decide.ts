// cart.decide 1.0.0. Generated from lua/cart/decide.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `cart.decide`. */
export interface CartDecideArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly cart: string;
  /** Of the attempt, as begin returned it. 1 to 9,007,199,254,740,991. */
  readonly fence: number;
}

/** Reply of `cart.decide`: `outcome` says what happened. */
export type CartDecideReply =
  | {
      /**
       * - `committed`: sell all lines now, with this fence.
       * - `aborted`: the attempt is over, so give all lines back.
       * - `unknown`: there is no record, so give all lines back.
       */
      readonly outcome: "committed" | "aborted" | "unknown";
    };

/** The function of `cart.decide`. A tenant's `scripts.cart` has it. */
export interface CartDecideOperation {
  /**
   * Decides that a cart is committed, after all its lines are prepared.
   *
   * This one step sells the whole cart. From then on, the lines only follow: commit_prepared sells
   * each. It works for the attempt that is undecided, and for no other. A record that does not
   * exist stays absent, so an attempt that a failover has lost is never committed.
   *
   * Wait until replicas have this write, before the customer is told. After a failover that lost
   * it, the record is undecided again, and a worker aborts it although a line may be sold.
   *
   * A caller without a reply does not know the decision. It must ask again with the same fence, by
   * decide or abort, or leave the cart to the worker. It must never give lines back by itself.
   *
   * Outcomes:
   * - `committed`: sell all lines now, with this fence.
   * - `aborted`: the attempt is over, so give all lines back.
   * - `unknown`: there is no record, so give all lines back.
   *
   * Cost: O(1).
   *
   * Retry: safe. A committed cart stays committed.
   *
   * Lua source: `lua/cart/decide.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // The attempt is committed.
   * const reply = await acme.scripts.cart.decide({ cart: "cart-1", fence: 7 });
   * // reply: { outcome: "committed" }
   * ```
   */
  decide(args: CartDecideArgs, options?: CallOptions): Promise<CartDecideReply>;
}

/** The script `cart.decide`, as a client loads and calls it. */
export const cartDecide: Script<CartDecideArgs, CartDecideReply> = {
  name: "cart.decide",
  version: "1.0.0",
  digest: "0f3f9f4883d559e2777a1a67cdaafb9f6b49619a",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<cart>}:cart",
  ],
  encode(scope, args) {
    return {
      keys: [keys.cartRecord(scope, args.cart)],
      args: [argument.fence.encode("fence", args.fence)],
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
  fence: types.fence,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["committed", "aborted", "unknown"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "7-18:9",
  "lua/cart/decide.lua": "31:47 32-46:47",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- cart.decide 1.0.0. Generated from lua/cart/decide.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stored_integer.lua:
--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script. \`tonumber\` also reads forms such as 1e3, which no script stores.
local function stored_integer(value, what, min, max)
  -- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
  local MAX_EXACT = 9007199254740991
  if not value then
    return nil
  end
  local number = tonumber(value)
  if not number or number % 1 ~= 0 or number < (min or 0) or number > (max or MAX_EXACT) then
    error({ err = "CORRUPT " .. what })
  end
  return number
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 1 then
  return { err = "ARGUMENT cart.decide expected 1 key and 1 argument" }
end
local arg_fence = tonumber(ARGV[1])
if not arg_fence or arg_fence < 1 or arg_fence > 9007199254740991 or arg_fence % 1 ~= 0 then
  return { err = "ARGUMENT cart.decide fence: expected a whole number from 1 to 9007199254740991" }
end

-- From lua/cart/decide.lua:
--- Decides that a cart is committed, after all its lines are prepared.
do
  local cart_record, fence = KEYS[1], arg_fence
  local stored = redis.call("HMGET", cart_record, "state", "fence")
  local state, stored_fence = stored[1], stored_integer(stored[2], "fence")
  if not state then
    return "unknown"
  elseif state ~= "undecided" and state ~= "committed" and state ~= "aborted" then
    error({ err = "CORRUPT state" })
  elseif stored_fence ~= fence or state == "aborted" then
    return "aborted"
  end
  if state == "undecided" then
    redis.call("HSET", cart_record, "state", "committed")
  end
  return "committed"
end
`;
