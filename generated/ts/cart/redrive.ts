// cart.redrive 1.0.0. Generated from lua/cart/redrive.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `cart.redrive`. */
export interface CartRedriveArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly cart: string;
  /**
   * When the cart was set aside, as stored. Milliseconds since 1970-01-01 UTC, 0 to
   * 8,640,000,000,000,000.
   */
  readonly sinceMs: number;
}

/** Reply of `cart.redrive`: `outcome` says what happened. */
export type CartRedriveReply =
  | {
      /**
       * - `redriven`
       * - `unknown`: it was not set aside at that time.
       */
      readonly outcome: "redriven" | "unknown";
    };

/** The function of `cart.redrive`. A tenant's `scripts.cart` has it. */
export interface CartRedriveOperation {
  /**
   * Opens the lines of a cart again that were set aside, after a person has looked at it.
   *
   * A message on the channel of the index wakes the worker, which tries to sell them. If the
   * reservation of a line is not remembered any more, first reserve its units again under the name
   * of the cart.
   *
   * Outcomes:
   * - `redriven`
   * - `unknown`: it was not set aside at that time.
   *
   * Units: `sinceMs` in milliseconds since 1970-01-01 UTC.
   *
   * Cost: O(L + log C), L the lines, at most 100, C the open carts of the slot.
   *
   * Retry: safe. It names the time at which the cart was set aside, so a late call changes nothing.
   *
   * Lua source: `lua/cart/redrive.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A line that was set aside is open again.
   * const reply = await acme.scripts.cart.redrive({ cart: "cart-1", sinceMs: 1_700_000_000_000 });
   * // reply: { outcome: "redriven" }
   * ```
   */
  redrive(args: CartRedriveArgs, options?: CallOptions): Promise<CartRedriveReply>;
}

/** The script `cart.redrive`, as a client loads and calls it. */
export const cartRedrive: Script<CartRedriveArgs, CartRedriveReply> = {
  name: "cart.redrive",
  version: "1.0.0",
  digest: "95a6769d3b8d6e41fe2ba3a623325a64d114277b",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<cart>}:cart",
    "<namespace>:{<slot of tenant, cart>}:slot-carts",
    "<namespace>:{<slot of tenant, cart>}:slot-dead-carts",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.cartRecord(scope, args.cart),
        keys.slotCarts(scope, args.cart),
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
  outcome: choiceType(["redriven", "unknown"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/slot_member.lua": "7-9:6",
  "lua/cart/redrive.lua": "14:8 26:42 27-32:42 48-55:48 71-85:57 92-101:72",
  "lua/lib/stored_integer.lua": "36-47:9",
  "lua/lib/cart/stored_line.lua": "58-69:6",
  "lua/lib/now_ms.lua": "88-91:4",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- cart.redrive 1.0.0. Generated from lua/cart/redrive.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/slot_member.lua:
--- The name of a key's owner in the indexes of its slot: the text of the key's hash tag, such as
--- \`acme:lamp\`.
local function slot_member(key)
  return string.match(key, "{(.*)}") or ""
end

-- From lua/cart/redrive.lua:
-- A cart has at most 100 lines. The other fields of its record are \`state\`, \`fence\`, \`deadline_ms\`,
-- \`lines\`, \`open\`, \`set_aside\` and \`remember_ms\`.
local MAX_FIELDS = 107

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 3 or #ARGV ~= 1 then
  return { err = "ARGUMENT cart.redrive expected 3 keys and 1 argument" }
end
local arg_since_ms = tonumber(ARGV[1])
if not arg_since_ms or arg_since_ms < 0 or arg_since_ms > 8640000000000000 or arg_since_ms % 1 ~= 0 then
  return { err = "ARGUMENT cart.redrive since_ms: expected a whole number from 0 to 8640000000000000" }
end

--- Opens the lines of a cart again that were set aside, after a person has looked at it.
do
  local cart_record, slot_carts, slot_dead_carts, since_ms = KEYS[1], KEYS[2], KEYS[3], arg_since_ms
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
  local changed, opened, open = {}, 0, 0
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
    elseif string.find(field, "^line:") then
      local units, line_state = stored_line(value)
      if line_state == "set_aside" then
        opened = opened + 1
        changed[#changed + 1] = field
        changed[#changed + 1] = string.format("%d open", units)
      end
    end
  end
  -- ZCARD proves the type before the first write.
  redis.call("ZCARD", slot_carts)
  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  local now = string.format("%d", now_ms())
  if opened > 0 then
    redis.call("ZADD", slot_carts, now, member)
    -- at most 204 values
    redis.call("HSET", cart_record, "open", open + opened, "set_aside", "0", unpack(changed))
  end
  redis.call("HDEL", slot_dead_carts, member)
  redis.call("PUBLISH", slot_carts, now)
  return "redriven"
end
`;
