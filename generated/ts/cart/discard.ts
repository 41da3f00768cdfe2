// cart.discard 1.0.0. Generated from lua/cart/discard.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `cart.discard`. */
export interface CartDiscardArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly cart: string;
  /**
   * When the cart was set aside, as stored. Milliseconds since 1970-01-01 UTC, 0 to
   * 8,640,000,000,000,000.
   */
  readonly sinceMs: number;
}

/** Reply of `cart.discard`: `outcome` says what happened. */
export type CartDiscardReply =
  | {
      /**
       * - `discarded`
       * - `unknown`: it was not set aside at that time.
       */
      readonly outcome: "discarded" | "unknown";
    };

/** The function of `cart.discard`. A tenant's `scripts.cart` has it. */
export interface CartDiscardOperation {
  /**
   * Closes the lines of a cart for good that were set aside, after a person has settled them with
   * the customer, for example by a refund.
   *
   * It changes no stock. If no other line is open, the record ends after the remember_ms of begin.
   *
   * Outcomes:
   * - `discarded`
   * - `unknown`: it was not set aside at that time.
   *
   * Units: `sinceMs` in milliseconds since 1970-01-01 UTC.
   *
   * Cost: O(L), L the lines, at most 100.
   *
   * Retry: safe. It names the time at which the cart was set aside, so a late call changes nothing.
   *
   * Lua source: `lua/cart/discard.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A line that was set aside is closed.
   * const reply = await acme.scripts.cart.discard({ cart: "cart-1", sinceMs: 1_700_000_000_000 });
   * // reply: { outcome: "discarded" }
   * ```
   */
  discard(args: CartDiscardArgs, options?: CallOptions): Promise<CartDiscardReply>;
}

/** The script `cart.discard`, as a client loads and calls it. */
export const cartDiscard: Script<CartDiscardArgs, CartDiscardReply> = {
  name: "cart.discard",
  version: "1.0.0",
  digest: "98f0ec715de8cb9574d5107e656c6c8fbe302a12",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<cart>}:cart",
    "<namespace>:{<slot of tenant, cart>}:slot-dead-carts",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.cartRecord(scope, args.cart),
        keys.slotDeadCarts(scope, args.cart),
      ],
      args: [argument.sinceMs.encode("sinceMs", args.sinceMs)],
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
  sinceMs: types.epochMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["discarded", "unknown"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/slot_member.lua": "7-9:6",
  "lua/cart/discard.lua": "13-16:6 29:44 30-35:44 51-58:50 74-97:59",
  "lua/lib/stored_integer.lua": "39-50:9",
  "lua/lib/cart/stored_line.lua": "61-72:6",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- cart.discard 1.0.0. Generated from lua/cart/discard.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/slot_member.lua:
--- The name of a key's owner in the indexes of its slot: the text of the key's hash tag, such as
--- \`acme:lamp\`.
local function slot_member(key)
  return string.match(key, "{(.*)}") or ""
end

-- From lua/cart/discard.lua:
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000
-- A cart has at most 100 lines. The other fields of its record are \`state\`, \`fence\`, \`deadline_ms\`,
-- \`lines\`, \`open\`, \`set_aside\` and \`remember_ms\`.
local MAX_FIELDS = 107

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 1 then
  return { err = "ARGUMENT cart.discard expected 2 keys and 1 argument" }
end
local arg_since_ms = tonumber(ARGV[1])
if not arg_since_ms or arg_since_ms < 0 or arg_since_ms > 8640000000000000 or arg_since_ms % 1 ~= 0 then
  return { err = "ARGUMENT cart.discard since_ms: expected a whole number from 0 to 8640000000000000" }
end

--- Closes the lines of a cart for good that were set aside, after a person has settled them with the
--- customer, for example by a refund.
do
  local cart_record, slot_dead_carts, since_ms = KEYS[1], KEYS[2], arg_since_ms
  local member = slot_member(cart_record)
  local entry = redis.call("HGET", slot_dead_carts, member)
  if not entry then
    return "unknown"
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
  local stored_ms = stored_integer(string.match(entry, "^(%d+) ") or "", "cart that is set aside")
  if stored_ms ~= since_ms then
    return "unknown"
  elseif redis.call("HLEN", cart_record) > MAX_FIELDS then
    error({ err = "CORRUPT cart of more than 100 lines" })
  end
  local fields = redis.call("HGETALL", cart_record)
  local changed, open, remember_ms = {}, 0, HORIZON_MS
  -- From lua/lib/cart/stored_line.lua:
  --- Reads the stored text of a cart's line, such as \`2 open\`.
  local function stored_line(value)
    -- The upper bound of the type quantity.
    local MAX_LINE_UNITS = 1000000000000
    local stored_units, state = string.match(value, "^(%d+) ([%l_]+)$")
    local units = tonumber(stored_units)
    if units and units >= 1 and units <= MAX_LINE_UNITS then
      if state == "open" or state == "finished" or state == "set_aside" or state == "discarded" then
        return units, state
      end
    end
    error({ err = "CORRUPT line of a cart" })
  end
  -- at most 107 fields
  for position = 1, #fields, 2 do
    local field, value = fields[position], fields[position + 1]
    if field == "open" then
      open = stored_integer(value, "counts of a cart", 0, 100) or 0
    elseif field == "remember_ms" then
      remember_ms = stored_integer(value, "remember_ms", 1000, 31622400000) or HORIZON_MS
    elseif string.find(field, "^line:") then
      local units, line_state = stored_line(value)
      if line_state == "set_aside" then
        changed[#changed + 1] = field
        changed[#changed + 1] = string.format("%d discarded", units)
      end
    end
  end
  if #changed > 0 then
    -- at most 202 values
    redis.call("HSET", cart_record, "set_aside", "0", unpack(changed))
  end
  if open == 0 then
    redis.call("PEXPIRE", cart_record, math.max(remember_ms, HORIZON_MS))
  end
  redis.call("HDEL", slot_dead_carts, member)
  return "discarded"
end
`;
