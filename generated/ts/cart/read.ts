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
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`: nothing was written.
   * @throws `DEADLINE`: no answer came in time.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
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
     * One EVALSHA makes up to 20 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly CartReadArgs[], options?: CallOptions): Promise<ManyResult<CartReadReply>[]>;
  };
}

/** The script `cart.read`, as a client loads and calls it. */
export const cartRead: ManyScript<CartReadArgs, CartReadReply> = {
  name: "cart.read",
  version: "1.0.0",
  digest: "8f59403f5fbe337899f2600ef38eee4162a75f2b",
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
    digest: "1b4fa2a1a0d5fff13a5157ce242075325da7d23c",
    write(call, scope, args) {
      call.beginKey(scope);
      types.id.writeKeyPart(call, "cart", args.cart);
      call.endTag("}:cart");
      call.endKey();
    },
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

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/cart/read.lua":
    "7:6 15:32 16-36:32 52-54:53 70-74:57 75:61 76:61 77:61 78:61 79:61 80:61 81:61 82:61 83:61 84:61 " +
    "85-86:61",
  "lua/lib/stored_integer.lua": "40-51:9",
  "lua/lib/cart/stored_line.lua": "57-68:6",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- cart.read 1.0.0. Generated from lua/cart/read.lua by moonpath-codegen. DO NOT EDIT.

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
  local fence = stored_integer(values.fence or "", "fence", 1)
  table.sort(products)
  local lines = {}
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
  -- at most 100 lines
  for position, product in ipairs(products) do
    local units, line_state = stored_line(values["line:" .. product])
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

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "8-19:9",
  "lua/lib/cart/stored_line.lua": "23-34:6",
  "lua/cart/read.lua":
    "39:6 54:32 55-84:32 85:61 86:61 87:61 88:61 89:61 90:61 91:61 92:61 93:61 94:61 95-96:61",
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

-- From lua/cart/read.lua:
-- A cart has at most 100 lines. The other fields of its record are \`state\`, \`fence\`, \`deadline_ms\`,
-- \`lines\`, \`open\`, \`set_aside\` and \`remember_ms\`.
local MAX_FIELDS = 107

-- Generated: KEYS has the keys of all calls, one call after the other.
local wrapper_calls = #KEYS
if wrapper_calls < 1 or wrapper_calls > 20 or #ARGV ~= 0 then
  return { err = "ARGUMENT cart.read expected 1 to 20 calls, each with 1 key and 0 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys stand before those of the call that runs.
local wrapper_keys = 0

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
      local units, line_state = stored_line(values["line:" .. product])
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
