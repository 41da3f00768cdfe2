// cart.read 1.0.0. Generated from lua/cart/read.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
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
  readonly read: {
    (args: CartReadArgs, options?: CallOptions): Promise<CartReadReply>;
    /**
     * Makes many calls of `read` at once. Each call has its own result, in the order of the calls.
     *
     * One EVALSHA makes up to 20 calls with keys in the same slot, one after the other. On a
     * cluster, each node gets its calls in one write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`: `calls` is no list, or an option is not valid. Nothing was sent.
     * @throws `ABORTED` or `CLOSED` before anything was sent. Every other error is in a result.
     */
    many(calls: readonly CartReadArgs[], options?: CallOptions): Promise<ManyResult<CartReadReply>[]>;
  };
}

/** The script `cart.read`, as a client loads and calls it. */
export const cartRead: ManyScript<CartReadArgs, CartReadReply> = {
  name: "cart.read",
  version: "1.0.0",
  digest: "8ab4400e082ad9a4c4fc5f823d25b021503da70f",
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
  many: {
    limit: 20,
    width: 3,
    digest: "42bf8e2468d4148790b38601c4962894d0927af8",
    get lines() {
      return manyLines;
    },
    get lua() {
      return manyLua;
    },
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
    23: 5, 31: 31, 32: 31, 33: 32, 34: 33, 35: 34, 36: 35, 37: 36, 39: 38, 40: 39, 41: 40, 42: 41, 43: 42,
    44: 43, 45: 44, 46: 45, 47: 46, 48: 47, 49: 48, 50: 49, 51: 50, 52: 51, 53: 52, 54: 53, 55: 54, 57: 56,
    58: 57, 59: 58, 60: 59, 61: 60, 62: 61, 63: 62, 64: 63, 65: 64, 66: 64, 67: 64, 68: 64, 69: 64, 70: 64,
    71: 64, 72: 64, 73: 64, 74: 64, 75: 64, 76: 64, 77: 65,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- cart.read 1.0.0. Generated from lua/cart/read.lua by moonpath-codegen. DO NOT EDIT.

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

/** Source file -> line of the Lua text below -> line of that source file. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": {
    8: 9, 10: 11, 11: 12, 12: 13, 13: 14, 14: 15, 15: 16, 16: 17, 17: 18, 18: 19, 19: 20,
  },
  "lua/cart/read.lua": {
    24: 5, 39: 31, 40: 31, 41: 32, 42: 33, 43: 34, 44: 35, 45: 36, 47: 38, 48: 39, 49: 40, 50: 41, 51: 42,
    52: 43, 53: 44, 54: 45, 55: 46, 56: 47, 57: 48, 58: 49, 59: 50, 60: 51, 61: 52, 62: 53, 63: 54, 65: 56,
    66: 57, 67: 58, 68: 59, 69: 60, 70: 61, 71: 62, 72: 63, 73: 64, 74: 64, 75: 64, 76: 64, 77: 64, 78: 64,
    79: 64, 80: 64, 81: 64, 82: 64, 83: 64, 84: 64, 85: 65,
  },
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=no-writes
-- cart.read 1.0.0. Generated from lua/cart/read.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 20 calls in one run. An error ends only its own call.

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

-- From lua/cart/read.lua:
-- A cart has at most 100 lines. The other fields of its record are \`state\`, \`fence\`, \`deadline_ms\`,
-- \`lines\`, \`open\`, \`set_aside\` and \`remember_ms\`.
local MAX_FIELDS = 107

-- Generated: KEYS has the keys of all calls, one call after the other, and ARGV their arguments.
local wrapper_calls = #KEYS
if wrapper_calls < 1 or wrapper_calls > 20 or #ARGV ~= 0 then
  return { err = "ARGUMENT cart.read expected 1 to 20 calls, each with 1 key and 0 arguments" }
end
-- Locals cost less than globals.
local KEYS, ARGV, xpcall, type = KEYS, ARGV, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  --- Reads how a cart was decided, and how far its lines have followed.
  do
    local cart_record = KEYS[wrapper_keys + 1]
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
    return reply_outcome, reply_fence or false, wrapper_reply_lines
  end
end

-- Generated: makes an error the reply of its call, with the line that raised it, as Redis does for a
-- single call.
local function wrapper_failed(failure)
  if type(failure) ~= "table" then
    return { err = "ERR " .. tostring(failure) }
  end
  -- The levels above: 1 is pcall, 2 this function, 3 error or redis.call, 4 the line that called it.
  local _, where = pcall(error, "", 4)
  return {
    err = tostring(failure.err) .. " at " .. tostring(where),
    ignore_error_stats_update = failure.ignore_error_stats_update,
  }
end

-- Generated: runs the calls in their order. The reply is a list. First comes one text: the values of
-- all calls as a flat list in MessagePack, 3 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2, reply_3 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_values[wrapper_at + 2] = reply_2 or false
  wrapper_values[wrapper_at + 3] = reply_3 or false
  wrapper_at = wrapper_at + 3
  wrapper_keys = wrapper_keys + 1
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
