// stock.fill 1.0.0. Generated from lua/stock/fill.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, listType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.fill`. */
export interface StockFillArgs {
  /** Part of the key. 1 to 64 bytes. */
  readonly product: string;
  /** What lies on each shelf now. At most 1,000 elements. */
  readonly levels: readonly types.ShelfLevel[];
  /** Shelves to tell of. At most 1,000 elements; each 1 to 64 bytes. */
  readonly asked: readonly string[];
}

/** Reply of `stock.fill`. */
export interface StockFillReply {
  /** The asked ones that have a level, before the change. At most 1,000 elements. */
  readonly known: readonly types.ShelfLevel[];
  /** Of all asked ones, before the change. At most 1,000 elements. */
  readonly states: readonly types.ShelfState[];
  /** Whether each shelf was new. At most 1,000 elements. */
  readonly set: readonly boolean[];
}

/** The function of `stock.fill`. A tenant's `stock` has it. */
export interface StockFillOperation {
  /**
   * Sets many shelves, and says what lies on others.
   *
   * Reply:
   * - `known`: The asked ones that have a level, before the change. At most 1,000 elements.
   * - `states`: Of all asked ones, before the change. At most 1,000 elements.
   * - `set`: Whether each shelf was new. At most 1,000 elements.
   *
   * Cost: O(N), N the shelves.
   *
   * Retry: never. The answer tells of the levels before.
   *
   * Lua source: `lua/stock/fill.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // Shelves get their levels.
   * const reply = await acme.stock.fill({
   *   product: "product-1",
   *   levels: [{ shelf: "a1", quantity: 5 }, { shelf: "c3", quantity: 1 }],
   *   asked: ["a1", "b2", "d4"],
   * });
   * // reply: {
   * //   known: [{ shelf: "a1", quantity: 7 }, { shelf: "b2", quantity: 0 }],
   * //   states: [{ shelf: "a1", empty: false }, { shelf: "b2", empty: true }, { shelf: "d4",
   * //     empty: true }],
   * //   set: [false, true],
   * // }
   * ```
   */
  fill(args: StockFillArgs, options?: CallOptions): Promise<StockFillReply>;
}

/** The script `stock.fill`, as a client loads and calls it. */
export const stockFill: Script<StockFillArgs, StockFillReply> = {
  name: "stock.fill",
  version: "1.0.0",
  digest: "c05f4cbbb4a4f14249cc57b41bc25e4667014bac",
  writes: true,
  resend: "never",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
  ],
  encode(scope, args) {
    return {
      keys: [keys.stock(scope, args.product)],
      args: [
        ...argument.levels.encode("levels", args.levels),
        ...argument.asked.encode("asked", args.asked),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 3);
    return {
      known: field.known.decode("known", fields[0]),
      states: field.states.decode("states", fields[1]),
      set: field.set.decode("set", fields[2]),
    };
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
  levels: listType(types.shelfLevel, 1000),
  asked: listType(types.id, 1000),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  known: listType(types.shelfLevel, 1000),
  states: listType(types.shelfState, 1000),
  set: listType(types.flag, 1000),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/corrupt.lua": "6-8:4",
  "lua/lib/stored_units.lua": "12-21:8",
  "lua/stock/fill.lua":
    "76:27 77-97:27 98:47 99:47 100:47 101:47 102:47 103:47 104:47 105:47 106:47 107:47 108:47 109:47 " +
    "110:47 111:47 112:47 113:47 114:47 115:47 116:47 117:47 118:47 119:47 120:47 121:47 122:47 123:47 " +
    "124-125:47",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- stock.fill 1.0.0. Generated from lua/stock/fill.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/corrupt.lua:
--- Stops the script before it writes: what is stored is not what the keyspace says.
local function corrupt(what)
  error({ err = "CORRUPT " .. what })
end

-- From lua/lib/stored_units.lua:
--- Reads units that a script stored earlier; anything else stops the script.
local function stored_units(value, what)
  if not value then
    return nil
  end
  local number = string.find(value, "^%d+$") and tonumber(value)
  if not number or number > 1000000 then
    corrupt(what)
  end
  return number
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV < 2 then
  return { err = "ARGUMENT stock.fill expected 1 key and at least 2 arguments" }
end
local wrapper_position
local arg_levels = {}
do
  local wrapper_count = tonumber(ARGV[1])
  if not wrapper_count or wrapper_count < 0 or wrapper_count > 1000 or wrapper_count % 1 ~= 0 then
    return { err = "ARGUMENT stock.fill levels: expected a whole number from 0 to 1000" }
  end
  if #ARGV < 2 + 2 * wrapper_count then
    return { err = "ARGUMENT stock.fill expected as many arguments as its lists say" }
  end
  for index = 1, wrapper_count do
    local field_shelf = ARGV[2 * index]
    if field_shelf == "" or #field_shelf > 64 then
      return { err = "ARGUMENT stock.fill levels.shelf: expected 1 to 64 bytes" }
    end
    if string.find(field_shelf, "[%c{}]") then
      return { err = "ARGUMENT stock.fill levels.shelf: expected no control characters and no braces" }
    end
    local field_quantity = tonumber(ARGV[1 + 2 * index])
    if not field_quantity or field_quantity < 0 or field_quantity > 1000000 or field_quantity % 1 ~= 0 then
      return { err = "ARGUMENT stock.fill levels.quantity: expected a whole number from 0 to 1000000" }
    end
    arg_levels[index] = { shelf = field_shelf, quantity = field_quantity }
  end
  wrapper_position = 1 + 2 * wrapper_count
end
local arg_asked = {}
do
  local wrapper_count = tonumber(ARGV[wrapper_position + 1])
  if not wrapper_count or wrapper_count < 0 or wrapper_count > 1000 or wrapper_count % 1 ~= 0 then
    return { err = "ARGUMENT stock.fill asked: expected a whole number from 0 to 1000" }
  end
  if #ARGV ~= wrapper_position + 1 + wrapper_count then
    return { err = "ARGUMENT stock.fill expected as many arguments as its lists say" }
  end
  for index = 1, wrapper_count do
    local element = ARGV[wrapper_position + 1 + index]
    if element == "" or #element > 64 then
      return { err = "ARGUMENT stock.fill asked: expected 1 to 64 bytes" }
    end
    if string.find(element, "[%c{}]") then
      return { err = "ARGUMENT stock.fill asked: expected no control characters and no braces" }
    end
    arg_asked[index] = element
  end
end

-- From lua/stock/fill.lua:
--- Sets many shelves, and says what lies on others.
do
  local stock, levels, asked = KEYS[1], arg_levels, arg_asked
  local known = {}
  local states = {}
  -- at most 1000 shelves
  for position, shelf in ipairs(asked) do
    local quantity = stored_units(redis.call("HGET", stock, shelf), "level")
    if quantity then
      known[#known + 1] = { shelf = shelf, quantity = quantity }
    end
    states[position] = { shelf = shelf, empty = (quantity or 0) == 0 }
  end
  local set = {}
  -- at most 1000 shelves
  for position, level in ipairs(levels) do
    set[position] = redis.call("HEXISTS", stock, level.shelf) == 0
  end
  -- at most 1000 shelves
  for _, level in ipairs(levels) do
    redis.call("HSET", stock, level.shelf, level.quantity)
  end
  local reply_known, reply_states, reply_set = known, states, set
  local wrapper_reply_known = false
  if reply_known then
    wrapper_reply_known = {}
    for index = 1, #reply_known do
      local row = reply_known[index]
      wrapper_reply_known[2 * index - 1] = row.shelf
      wrapper_reply_known[2 * index] = row.quantity
    end
  end
  local wrapper_reply_states = false
  if reply_states then
    wrapper_reply_states = {}
    for index = 1, #reply_states do
      local row = reply_states[index]
      wrapper_reply_states[2 * index - 1] = row.shelf
      wrapper_reply_states[2 * index] = row.empty and 1 or 0
    end
  end
  local wrapper_reply_set = false
  if reply_set then
    wrapper_reply_set = {}
    for index = 1, #reply_set do
      local row = reply_set[index]
      wrapper_reply_set[index] = row and 1 or 0
    end
  end
  return { wrapper_reply_known, wrapper_reply_states, wrapper_reply_set }
end
`;
