// cart.set_aside 1.0.0. Generated from lua/cart/set_aside.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, newOperation, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `cart.set_aside`. */
export interface CartSetAsideArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly cart: string;
  /** Part of the key. The client makes one if it is absent. 1 to 128 bytes. */
  readonly operation?: string | undefined;
  /** Of the attempt that was decided. 1 to 9,007,199,254,740,991. */
  readonly fence: number;
  /** The product of the line. 1 to 256 bytes. */
  readonly lineProduct: string;
  /**
   * A sentence for people, such as the reason of a failure. It must not contain secrets. 1 to 1,000
   * bytes.
   */
  readonly reason: string;
}

/** Reply of `cart.set_aside`: `outcome` says what happened. */
export type CartSetAsideReply =
  | {
      /**
       * - `set_aside`
       * - `not_open`: the line has followed or is set aside already, or the cart has no such line.
       * - `superseded`: the record is of another attempt, or it is undecided.
       * - `mismatch`: a remembered answer of this operation was for other arguments.
       * - `unknown`: there is no record.
       */
      readonly outcome: "set_aside" | "not_open" | "superseded" | "mismatch" | "unknown";
    };

/** The function of `cart.set_aside`. A tenant's `scripts.cart` has it. */
export interface CartSetAsideOperation {
  /**
   * Sets a line of a decided cart aside that cannot follow the decision, so that a person looks at
   * it.
   *
   * A failover may have lost the prepared line of a committed cart, and its units are sold
   * elsewhere since. Or it has lost the decision, and the line of an aborted cart is sold. The cart
   * is listed in `slot-dead-carts`, and its record stays. After a repair, redrive tries the line
   * again, or discard closes it. The script remembers its answer under the operation for 11
   * minutes, so a late copy of a call does not set the line aside once more.
   *
   * Outcomes:
   * - `set_aside`
   * - `not_open`: the line has followed or is set aside already, or the cart has no such line.
   * - `superseded`: the record is of another attempt, or it is undecided.
   * - `mismatch`: a remembered answer of this operation was for other arguments.
   * - `unknown`: there is no record.
   *
   * Cost: O(log C), C the open carts of the slot.
   *
   * Retry: safe. The operation makes a second run change nothing.
   *
   * Lua source: `lua/cart/set_aside.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // The only open line is set aside.
   * const reply = await acme.scripts.cart.setAside({
   *   cart: "cart-1",
   *   operation: "op-1",
   *   fence: 7,
   *   lineProduct: "vase",
   *   reason: "shortfall",
   * });
   * // reply: { outcome: "set_aside" }
   * ```
   */
  setAside(args: CartSetAsideArgs, options?: CallOptions): Promise<CartSetAsideReply>;
}

/** The script `cart.set_aside`, as a client loads and calls it. */
export const cartSetAside: Script<CartSetAsideArgs, CartSetAsideReply> = {
  name: "cart.set_aside",
  version: "1.0.0",
  digest: "df5698229838b925cd0392618f314412ec203c55",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<cart>}:cart",
    "<namespace>:{<slot of tenant, cart>}:slot-carts",
    "<namespace>:{<slot of tenant, cart>}:slot-dead-carts",
    "<namespace>:{<tenant>:<cart>}:cart-operation:<operation>",
  ],
  encode(scope, args) {
    const operation = args.operation ?? newOperation();
    return {
      keys: [
        keys.cartRecord(scope, args.cart),
        keys.slotCarts(scope, args.cart),
        keys.slotDeadCarts(scope, args.cart),
        keys.cartOperation(scope, args.cart, operation),
      ],
      args: [
        argument.fence.encode("fence", args.fence),
        argument.lineProduct.encode("lineProduct", args.lineProduct),
        argument.reason.encode("reason", args.reason),
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
  fence: types.fence,
  lineProduct: types.id,
  reason: types.note,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["set_aside", "not_open", "superseded", "mismatch", "unknown"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/cart/set_aside.lua": "6:7 29:60 30:60 31:60 32-49:69 65-71:87 86-92:94 99-102:101 109-128:105",
  "lua/lib/stored_integer.lua": "53-64:9",
  "lua/lib/cart/stored_line.lua": "74-85:6",
  "lua/lib/slot_member.lua": "96-98:6",
  "lua/lib/now_ms.lua": "105-108:4",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- cart.set_aside 1.0.0. Generated from lua/cart/set_aside.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/cart/set_aside.lua:
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 4 or #ARGV ~= 3 then
  return { err = "ARGUMENT cart.set_aside expected 4 keys and 3 arguments" }
end
local arg_fence = tonumber(ARGV[1])
if not arg_fence or arg_fence < 1 or arg_fence > 9007199254740991 or arg_fence % 1 ~= 0 then
  return { err = "ARGUMENT cart.set_aside fence: expected a whole number from 1 to 9007199254740991" }
end
local arg_line_product = ARGV[2]
if arg_line_product == "" or #arg_line_product > 256 then
  return { err = "ARGUMENT cart.set_aside line_product: expected 1 to 256 bytes" }
end
if string.find(arg_line_product, "[%c{}]") then
  return { err = "ARGUMENT cart.set_aside line_product: expected no control characters and no braces" }
end
local arg_reason = ARGV[3]
if arg_reason == "" or #arg_reason > 1000 then
  return { err = "ARGUMENT cart.set_aside reason: expected 1 to 1000 bytes" }
end

--- Sets a line of a decided cart aside that cannot follow the decision, so that a person looks at it.
do
  local cart_record, slot_carts, slot_dead_carts, cart_operation, fence, line_product, reason =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], arg_fence, arg_line_product, arg_reason
  local field = "line:" .. line_product
  local arguments = string.format("%d %s", fence, line_product)
  local remembered = redis.call("GET", cart_operation)
  if remembered then
    local answer, rest = string.match(remembered, "^([%l_]+) (.*)$")
    if rest ~= arguments then
      return "mismatch"
    elseif answer == "set_aside" or answer == "not_open" then
      return answer
    elseif answer == "superseded" or answer == "unknown" then
      return answer
    end
    error({ err = "CORRUPT cart-operation" })
  end

  local stored = redis.call("HMGET", cart_record, "state", "fence", "open", "set_aside", field)
  local state, line = stored[1], stored[5]
  local outcome = "unknown"
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
  if state and state ~= "committed" and state ~= "undecided" and state ~= "aborted" then
    error({ err = "CORRUPT state" })
  elseif state and (stored_integer(stored[2], "fence") ~= fence or state == "undecided") then
    outcome = "superseded"
  elseif state then
    local open = stored_integer(stored[3] or "", "counts of a cart", 0, 100)
    local aside = stored_integer(stored[4] or "", "counts of a cart", 0, 99)
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
    local units, line_state = stored_line(line or "1 finished")
    if line_state ~= "open" then
      outcome = "not_open"
    elseif open < 1 then
      error({ err = "CORRUPT counts of a cart" })
    else
      outcome = "set_aside"
      -- From lua/lib/slot_member.lua:
      --- The name of a key's owner in the indexes of its slot: the text of the key's hash tag, such as
      --- \`acme:lamp\`.
      local function slot_member(key)
        return string.match(key, "{(.*)}") or ""
      end
      local member = slot_member(cart_record)
      -- HLEN and ZCARD prove the types before the first write.
      redis.call("HLEN", slot_dead_carts)
      redis.call("ZCARD", slot_carts)
      -- From lua/lib/now_ms.lua:
      --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
      local function now_ms()
        local clock = redis.call("TIME")
        return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
      end
      local entry = string.format("%d %s: %s", now_ms(), line_product, reason)
      redis.call(
        "HSET",
        cart_record,
        "open",
        open - 1,
        "set_aside",
        aside + 1,
        field,
        string.format("%d set_aside", units)
      )
      redis.call("HSET", slot_dead_carts, member, entry)
      if open == 1 then
        redis.call("ZREM", slot_carts, member)
      end
    end
  end
  redis.call("SET", cart_operation, string.format("%s %s", outcome, arguments), "PX", HORIZON_MS)
  return outcome
end
`;
