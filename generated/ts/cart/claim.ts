// cart.claim 1.0.0. Generated from lua/cart/claim.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `cart.claim`. */
export interface CartClaimArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly cart: string;
  /**
   * The time in the index, as the worker read it. Milliseconds since 1970-01-01 UTC, 0 to
   * 8,640,000,000,000,000.
   */
  readonly dueMs: number;
  /** After which the cart is due again. Milliseconds, 1 to 31,622,400,000. */
  readonly retryMs: number;
}

/** Reply of `cart.claim`: `outcome` says what happened. */
export type CartClaimReply =
  | {
      /**
       * - `claimed`: ask settle now.
       * - `finished`: no line is open, so the cart has left the index.
       * - `changed`: the index has another time for it, because another worker has taken it, for
       *   example.
       */
      readonly outcome: "claimed" | "finished" | "changed";
    };

/** The function of `cart.claim`. A tenant's `scripts.cart` has it. */
export interface CartClaimOperation {
  /**
   * Takes a cart from the index of its slot, for a worker that finishes what a caller has left.
   *
   * The cart stays in the index, and is due again after retryMs, so a worker that stops loses
   * nothing. A cart without an open line leaves the index.
   *
   * Outcomes:
   * - `claimed`: ask settle now.
   * - `finished`: no line is open, so the cart has left the index.
   * - `changed`: the index has another time for it, because another worker has taken it, for
   *   example.
   *
   * Units: `dueMs` in milliseconds since 1970-01-01 UTC; `retryMs` in milliseconds.
   *
   * Cost: O(log C), C the open carts of the slot.
   *
   * Retry: safe. It names the time that it read, so a second run changes nothing.
   *
   * Lua source: `lua/cart/claim.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A cart with an open line is due again later.
   * const reply = await acme.scripts.cart.claim({
   *   cart: "cart-1",
   *   dueMs: Date.now() - 1,
   *   retryMs: 5000,
   * });
   * // reply: { outcome: "claimed" }
   * ```
   */
  claim(args: CartClaimArgs, options?: CallOptions): Promise<CartClaimReply>;
}

/** The script `cart.claim`, as a client loads and calls it. */
export const cartClaim: Script<CartClaimArgs, CartClaimReply> = {
  name: "cart.claim",
  version: "1.0.0",
  digest: "bebdf8ac097dc22e666fbf55c3cde9419165c6b7",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<cart>}:cart",
    "<namespace>:{<slot of tenant, cart>}:slot-carts",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.cartRecord(scope, args.cart),
        keys.slotCarts(scope, args.cart),
      ],
      args: [
        argument.dueMs.encode("dueMs", args.dueMs),
        argument.retryMs.encode("retryMs", args.retryMs),
      ],
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
  dueMs: types.epochMs,
  retryMs: types.ms,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["claimed", "finished", "changed"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/slot_member.lua": "7-9:6",
  "lua/lib/stored_integer.lua": "14-25:9",
  "lua/cart/claim.lua": "42:47 43-52:47 59-61:57",
  "lua/lib/now_ms.lua": "55-58:4",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- cart.claim 1.0.0. Generated from lua/cart/claim.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/slot_member.lua:
--- The name of a key's owner in the indexes of its slot: the text of the key's hash tag, such as
--- \`acme:lamp\`.
local function slot_member(key)
  return string.match(key, "{(.*)}") or ""
end

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
if #KEYS ~= 2 or #ARGV ~= 2 then
  return { err = "ARGUMENT cart.claim expected 2 keys and 2 arguments" }
end
local arg_due_ms = tonumber(ARGV[1])
if not arg_due_ms or arg_due_ms < 0 or arg_due_ms > 8640000000000000 or arg_due_ms % 1 ~= 0 then
  return { err = "ARGUMENT cart.claim due_ms: expected a whole number from 0 to 8640000000000000" }
end
local arg_retry_ms = tonumber(ARGV[2])
if not arg_retry_ms or arg_retry_ms < 1 or arg_retry_ms > 31622400000 or arg_retry_ms % 1 ~= 0 then
  return { err = "ARGUMENT cart.claim retry_ms: expected a whole number from 1 to 31622400000" }
end

-- From lua/cart/claim.lua:
--- Takes a cart from the index of its slot, for a worker that finishes what a caller has left.
do
  local cart_record, slot_carts, due_ms, retry_ms = KEYS[1], KEYS[2], arg_due_ms, arg_retry_ms
  local member = slot_member(cart_record)
  local stored = stored_integer(redis.call("ZSCORE", slot_carts, member), "time of a cart")
  local open = stored_integer(redis.call("HGET", cart_record, "open"), "counts of a cart", 0, 100)
  if stored ~= due_ms then
    return "changed"
  elseif not open or open == 0 then
    redis.call("ZREM", slot_carts, member)
    return "finished"
  end
  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  redis.call("ZADD", slot_carts, now_ms() + retry_ms, member)
  return "claimed"
end
`;
