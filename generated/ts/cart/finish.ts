// cart.finish 1.0.0. Generated from lua/cart/finish.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `cart.finish`. */
export interface CartFinishArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly cart: string;
  /** Of the attempt that was decided. 1 to 9,007,199,254,740,991. */
  readonly fence: number;
  /**
   * The lines that have followed; the script ignores other products. At most 100 elements; each 1
   * to 256 bytes.
   */
  readonly products: readonly string[];
}

/** Reply of `cart.finish`: `outcome` says what happened. */
export type CartFinishReply =
  | {
      /**
       * - `finished`: no line is open.
       * - `open`: some lines are.
       * - `undecided`: the attempt is not decided, so nothing is changed.
       * - `superseded`: the record is of another attempt.
       * - `unknown`: there is no record.
       */
      readonly outcome: "finished" | "open" | "undecided" | "superseded" | "unknown";
    };

/** The function of `cart.finish`. A tenant's `scripts.cart` has it. */
export interface CartFinishOperation {
  /**
   * Notes that lines of a decided cart have followed: they are sold, or given back.
   *
   * After the last one, the cart leaves the index of its slot, and its record ends after the
   * remember_ms of begin. While a line is open or set aside, the record has no end. A line that
   * another worker has set aside is finished too, because it was sold or given back since.
   *
   * Outcomes:
   * - `finished`: no line is open.
   * - `open`: some lines are.
   * - `undecided`: the attempt is not decided, so nothing is changed.
   * - `superseded`: the record is of another attempt.
   * - `unknown`: there is no record.
   *
   * Cost: O(P + log C), P the products, C the open carts of the slot.
   *
   * Retry: safe. A finished line is not counted twice.
   *
   * Lua source: `lua/cart/finish.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // The last open line.
   * const reply = await acme.scripts.cart.finish({
   *   cart: "cart-1",
   *   fence: 7,
   *   products: ["lamp", "vase"],
   * });
   * // reply: { outcome: "finished" }
   * ```
   */
  finish(args: CartFinishArgs, options?: CallOptions): Promise<CartFinishReply>;
}

/** The script `cart.finish`, as a client loads and calls it. */
export const cartFinish: Script<CartFinishArgs, CartFinishReply> = {
  name: "cart.finish",
  version: "1.0.0",
  digest: "e80ae73c2fea57e362a8a3f135f31aec688dd1de",
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
      args: [
        argument.fence.encode("fence", args.fence),
        ...argument.products.encode("products", args.products),
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
  products: listType(types.id, 100),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["finished", "open", "undecided", "superseded", "unknown"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "7-18:9",
  "lua/cart/finish.lua": "22:6 54:60 55:60 56-81:60 97-115:87 122-141:106",
  "lua/lib/cart/stored_line.lua": "84-95:6",
  "lua/lib/slot_member.lua": "119-121:6",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- cart.finish 1.0.0. Generated from lua/cart/finish.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/cart/finish.lua:
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 3 or #ARGV < 2 then
  return { err = "ARGUMENT cart.finish expected 3 keys and at least 2 arguments" }
end
local arg_fence = tonumber(ARGV[1])
if not arg_fence or arg_fence < 1 or arg_fence > 9007199254740991 or arg_fence % 1 ~= 0 then
  return { err = "ARGUMENT cart.finish fence: expected a whole number from 1 to 9007199254740991" }
end
local arg_products = {}
do
  local wrapper_count = tonumber(ARGV[2])
  if not wrapper_count or wrapper_count < 0 or wrapper_count > 100 or wrapper_count % 1 ~= 0 then
    return { err = "ARGUMENT cart.finish products: expected a whole number from 0 to 100" }
  end
  if #ARGV ~= 2 + wrapper_count then
    return { err = "ARGUMENT cart.finish expected as many arguments as its lists say" }
  end
  for index = 1, wrapper_count do
    local element = ARGV[2 + index]
    if element == "" or #element > 256 then
      return { err = "ARGUMENT cart.finish products: expected 1 to 256 bytes" }
    end
    if string.find(element, "[%c{}]") then
      return { err = "ARGUMENT cart.finish products: expected no control characters and no braces" }
    end
    arg_products[index] = element
  end
end

--- Notes that lines of a decided cart have followed: they are sold, or given back.
do
  local cart_record, slot_carts, slot_dead_carts, fence, products =
    KEYS[1], KEYS[2], KEYS[3], arg_fence, arg_products
  local stored = redis.call("HMGET", cart_record, "state", "fence", "open", "set_aside", "remember_ms")
  local state = stored[1]
  if not state then
    return "unknown"
  elseif stored_integer(stored[2], "fence") ~= fence then
    return "superseded"
  elseif state == "undecided" then
    return "undecided"
  elseif state ~= "committed" and state ~= "aborted" then
    error({ err = "CORRUPT state" })
  end
  local open = stored_integer(stored[3] or "", "counts of a cart", 0, 100)
  local aside = stored_integer(stored[4] or "", "counts of a cart", 0, 100)
  local remember_ms = stored_integer(stored[5] or "", "remember_ms", 1000, 31622400000)
  local fields, followed, found, is_listed = {}, 0, 0, {}
  -- at most 100 products
  for position = 1, #products do
    fields[position] = "line:" .. products[position]
  end
  local lines = {}
  if #fields > 0 then
    -- at most 100 names
    lines = redis.call("HMGET", cart_record, unpack(fields))
  end
  local changed = {}
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
  -- at most 100 products
  for position = 1, #products do
    local field, line = fields[position], lines[position]
    if line and not is_listed[field] then
      is_listed[field] = true
      local units, line_state = stored_line(line)
      if line_state == "open" then
        followed = followed + 1
      elseif line_state == "set_aside" then
        found = found + 1
      end
      if line_state == "open" or line_state == "set_aside" then
        changed[#changed + 1] = field
        changed[#changed + 1] = string.format("%d finished", units)
      end
    end
  end
  if followed > open or found > aside then
    error({ err = "CORRUPT counts of a cart" })
  end
  -- From lua/lib/slot_member.lua:
  --- The name of a key's owner in the indexes of its slot: the text of the key's hash tag, such as
  --- \`acme:lamp\`.
  local function slot_member(key)
    return string.match(key, "{(.*)}") or ""
  end
  local member = slot_member(cart_record)
  -- ZCARD and HLEN prove the types before the first write.
  redis.call("ZCARD", slot_carts)
  redis.call("HLEN", slot_dead_carts)
  if followed + found > 0 then
    -- at most 204 values
    redis.call("HSET", cart_record, "open", open - followed, "set_aside", aside - found, unpack(changed))
  end
  if found > 0 and aside == found then
    redis.call("HDEL", slot_dead_carts, member)
  end
  if open > followed then
    return "open"
  end
  redis.call("ZREM", slot_carts, member)
  if aside == found and followed + found > 0 then
    redis.call("PEXPIRE", cart_record, math.max(remember_ms, HORIZON_MS))
  end
  return "finished"
end
`;
