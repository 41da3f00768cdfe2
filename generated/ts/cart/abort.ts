// cart.abort 1.0.0. Generated from lua/cart/abort.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `cart.abort`. */
export interface CartAbortArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly cart: string;
  /** Of the attempt, as begin returned it. 1 to 9,007,199,254,740,991. */
  readonly fence: number;
}

/** Reply of `cart.abort`: `outcome` says what happened. */
export type CartAbortReply =
  | {
      /**
       * - `aborted`: the attempt is over, so give all lines back.
       * - `committed`: sell all lines now.
       * - `unknown`: there is no record, so give all lines back.
       */
      readonly outcome: "aborted" | "committed" | "unknown";
    };

/** The function of `cart.abort`. A tenant's `scripts.cart` has it. */
export interface CartAbortOperation {
  /**
   * Aborts an attempt to commit a cart, unless it is committed.
   *
   * Reading and writing are one step, so the answer is final. The record stays in the index of its
   * slot, until all lines have followed.
   *
   * Outcomes:
   * - `aborted`: the attempt is over, so give all lines back.
   * - `committed`: sell all lines now.
   * - `unknown`: there is no record, so give all lines back.
   *
   * Cost: O(1).
   *
   * Retry: safe. An aborted attempt stays aborted.
   *
   * Lua source: `lua/cart/abort.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // An undecided attempt is aborted.
   * const reply = await acme.scripts.cart.abort({ cart: "cart-1", fence: 7 });
   * // reply: { outcome: "aborted" }
   * ```
   */
  abort(args: CartAbortArgs, options?: CallOptions): Promise<CartAbortReply>;
}

/** The script `cart.abort`, as a client loads and calls it. */
export const cartAbort: Script<CartAbortArgs, CartAbortReply> = {
  name: "cart.abort",
  version: "1.0.0",
  digest: "cef151b1b6c8beda73ef2be49f0b5de5a183bb0a",
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
  outcome: choiceType(["aborted", "committed", "unknown"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "7-18:9",
  "lua/cart/abort.lua": "31:36 32-46:36",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- cart.abort 1.0.0. Generated from lua/cart/abort.lua by moonpath-codegen. DO NOT EDIT.

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
  return { err = "ARGUMENT cart.abort expected 1 key and 1 argument" }
end
local arg_fence = tonumber(ARGV[1])
if not arg_fence or arg_fence < 1 or arg_fence > 9007199254740991 or arg_fence % 1 ~= 0 then
  return { err = "ARGUMENT cart.abort fence: expected a whole number from 1 to 9007199254740991" }
end

-- From lua/cart/abort.lua:
--- Aborts an attempt to commit a cart, unless it is committed.
do
  local cart_record, fence = KEYS[1], arg_fence
  local stored = redis.call("HMGET", cart_record, "state", "fence")
  local state, stored_fence = stored[1], stored_integer(stored[2], "fence")
  if not state then
    return "unknown"
  elseif state ~= "undecided" and state ~= "committed" and state ~= "aborted" then
    error({ err = "CORRUPT state" })
  elseif stored_fence ~= fence then
    return "aborted"
  end
  if state == "undecided" then
    redis.call("HSET", cart_record, "state", "aborted")
  end
  return state == "committed" and "committed" or "aborted"
end
`;
