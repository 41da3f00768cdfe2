// cart.read 1.0.0. Generated from lua/cart/read.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `cart.read`. */
export interface CartReadArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly cart: string;
}

/** Reply of `cart.read`: `outcome` says what happened. */
export type CartReadReply =
  | {
      /**
       * - `committed`
       * - `aborted`
       * - `undecided`
       */
      readonly outcome: "committed" | "aborted" | "undecided";
      /** Of the latest attempt. 1 to 9,007,199,254,740,991. */
      readonly fence: number;
      /** Sorted by product. At most 1,000 elements. */
      readonly lines: readonly types.RecordedLine[];
    }
  | {
      /** `unknown`: no attempt to commit it is known. */
      readonly outcome: "unknown";
    };

/** The function of `cart.read`. A tenant's `scripts.cart` has it. */
export interface CartReadOperation {
  /**
   * Reads how a cart was decided, and how far its lines have followed.
   *
   * Outcomes:
   * - `committed`
   * - `aborted`
   * - `undecided`
   * - `unknown`: no attempt to commit it is known.
   *
   * Cost: O(L log L), L the lines, at most 100.
   *
   * Retry: safe. It only reads.
   *
   * Lua source: `lua/cart/read.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`: an argument is not of its type or outside its bounds. Nothing was written.
   * @throws `CORRUPT`: a stored value breaks its own rules. Nothing was written.
   * @throws `WRONG_TYPE`: a key holds another type of value. Nothing was written.
   * @throws `DEADLINE`: no answer came before the deadline.
   * @throws `UNAVAILABLE`, `ABORTED`, `CLOSED` and the other errors that every call can end with.
   *
   * @example
   * ```ts
   * // A committed cart with one line that has not followed.
   * const reply = await acme.scripts.cart.read({ cart: "cart-1" });
   * // reply: {
   * //   outcome: "committed",
   * //   fence: 7,
   * //   lines: [{ product: "lamp", units: 2, state: "finished" }, { product: "vase", units: 1,
   * //     state: "open" }],
   * // }
   * ```
   */
  read(args: CartReadArgs, options?: CallOptions): Promise<CartReadReply>;
}

/** The script `cart.read`, as a client loads and calls it. */
export const cartRead: Script<CartReadArgs, CartReadReply> = {
  name: "cart.read",
  version: "1.0.0",
  digest: "0f96b2dc3f27473aa22df5762a204629310a69b1",
  writes: false,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<cart>}:cart",
  ],
  encode(scope, args) {
    return {
      keys: [keys.cartRecord(scope, args.cart)],
      args: [],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 3);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "committed":
      case "aborted":
      case "undecided":
        return {
          outcome,
          fence: field.fence.decode("fence", fields[1]),
          lines: field.lines.decode("lines", fields[2]),
        };
      case "unknown":
        return {
          outcome,
        };
    }
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
  outcome: choiceType(["committed", "aborted", "undecided", "unknown"]),
  fence: types.fence,
  lines: listType(types.recordedLine, 1000),
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": {
    7: 9, 9: 11, 10: 12, 11: 13, 12: 14, 13: 15, 14: 16, 15: 17, 16: 18, 17: 19, 18: 20,
  },
  "lua/cart/read.lua": {
    23: 5, 31: 30, 32: 30, 33: 31, 34: 32, 35: 33, 36: 34, 37: 35, 39: 37, 40: 38, 41: 39, 42: 40, 43: 41,
    44: 42, 45: 43, 46: 44, 47: 45, 48: 46, 49: 47, 50: 48, 51: 49, 52: 50, 53: 51, 54: 52, 55: 53, 57: 55,
    58: 56, 59: 57, 60: 58, 61: 59, 62: 60, 63: 61, 64: 62, 65: 63, 66: 63, 67: 63, 68: 63, 69: 63, 70: 63,
    71: 63, 72: 63, 73: 63, 74: 63, 75: 63, 76: 63, 77: 64,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- cart.read 1.0.0. Generated from lua/cart/read.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stored_integer.lua:
--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script.
local function stored_integer(value, what, min, max)
  -- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
  local MAX_EXACT = 9007199254740991
  if not value then
    return nil
  end
  local number = string.find(value, "^-?%d+$") and tonumber(value)
  if not number or number < (min or 0) or number > (max or MAX_EXACT) then
    error({ err = "CORRUPT " .. what })
  end
  return number
end

-- From lua/cart/read.lua:
-- A cart has at most 100 lines. The other fields of its record are \`state\`, \`fence\`, \`deadline_ms\`,
-- \`lines\`, \`open\`, \`set_aside\` and \`remember_ms\`.
local MAX_FIELDS = 107

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT cart.read expected 1 key and 0 arguments" }
end

--- Reads how a cart was decided, and how far its lines have followed.
do
  local cart_record = KEYS[1]
  if redis.call("HLEN", cart_record) > MAX_FIELDS then
    error({ err = "CORRUPT cart of more than 100 lines" })
  end
  local fields = redis.call("HGETALL", cart_record)
  local values, products = {}, {}
  -- at most 107 fields
  for position = 1, #fields, 2 do
    local field = fields[position]
    values[field] = fields[position + 1]
    local product = string.match(field, "^line:(.+)$")
    if product then
      products[#products + 1] = product
    end
  end
  local state = values.state
  if not state then
    return "unknown"
  elseif state ~= "committed" and state ~= "aborted" and state ~= "undecided" then
    error({ err = "CORRUPT state" })
  end
  local fence = stored_integer(values.fence or "", "fence", 1)
  table.sort(products)
  local lines = {}
  -- at most 100 lines
  for position, product in ipairs(products) do
    local stored_units, line_state = string.match(values["line:" .. product], "^(%d+) ([%l_]+)$")
    local units = stored_integer(stored_units or "", "line of a cart", 1, 1000000000000)
    if line_state ~= "open" and line_state ~= "finished" and line_state ~= "set_aside" then
      error({ err = "CORRUPT line of a cart" })
    end
    lines[position] = { product = product, units = units, state = line_state }
  end
  local reply_outcome, reply_fence, reply_lines = state, fence, lines
  local wrapper_reply_lines = false
  if reply_lines then
    wrapper_reply_lines = {}
    for index = 1, #reply_lines do
      local row = reply_lines[index]
      wrapper_reply_lines[3 * index - 2] = row.product
      wrapper_reply_lines[3 * index - 1] = row.units
      wrapper_reply_lines[3 * index] = row.state
    end
  end
  return { reply_outcome, reply_fence or false, wrapper_reply_lines }
end
`;
