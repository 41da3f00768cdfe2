// stock.fill 1.0.0. Generated from lua/stock/fill.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, listType, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
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
  readonly fill: {
    (args: StockFillArgs, options?: CallOptions): Promise<StockFillReply>;
    /**
     * Makes many calls of `fill` at once. Each call has its own result, in the order of the calls.
     *
     * One EVALSHA makes up to 20 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly StockFillArgs[], options?: CallOptions): Promise<ManyResult<StockFillReply>[]>;
  };
}

/** The script `stock.fill`, as a client loads and calls it. */
export const stockFill: ManyScript<StockFillArgs, StockFillReply> = {
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
  many: {
    limit: 20,
    width: 3,
    hasArgumentCounts: true,
    digest: "bc5747b0e59b01431956dc9a81026dade99160cb",
    get lines() {
      return manyLines;
    },
    get lua() {
      return manyLua;
    },
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
    "76:28 77-97:28 98:48 99:48 100:48 101:48 102:48 103:48 104:48 105:48 106:48 107:48 108:48 109:48 " +
    "110:48 111:48 112:48 113:48 114:48 115:48 116:48 117:48 118:48 119:48 120:48 121:48 122:48 123:48 " +
    "124-125:48",
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

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/corrupt.lua": "7-9:4",
  "lua/lib/stored_units.lua": "13-22:8",
  "lua/stock/fill.lua":
    "99:28 100-120:28 121:48 122:48 123:48 124:48 125:48 126:48 127:48 128:48 129:48 130:48 131:48 132:48 " +
    "133:48 134:48 135:48 136:48 137:48 138:48 139:48 140:48 141:48 142:48 143:48 144:48 145:48 146:48 " +
    "147-148:48",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua
-- stock.fill 1.0.0. Generated from lua/stock/fill.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 20 calls in one run. An error ends only its own call.

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

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV is a flat
-- list in MessagePack: for each call the number of its arguments, and then these.
local wrapper_calls = #KEYS
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
wrapper_fits = wrapper_fits and not (wrapper_calls < 1 or wrapper_calls > 20)
local wrapper_end = 0
for _ = 1, wrapper_fits and wrapper_calls or 0 do
  local size = tonumber(wrapper_argv[wrapper_end + 1])
  wrapper_fits = wrapper_fits and size and size >= 0 and size % 1 == 0
  wrapper_end = wrapper_fits and wrapper_end + 1 + size or 0
end
if not wrapper_fits or wrapper_end ~= #wrapper_argv then
  return { err = "ARGUMENT stock.fill expected 1 to 20 calls, each with 1 key and at least 2 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0
local wrapper_size = 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  if wrapper_size < 2 then
    return { err = "ARGUMENT stock.fill expected 1 key and at least 2 arguments" }
  end
  local wrapper_position
  local arg_levels = {}
  do
    local wrapper_count = tonumber(wrapper_argv[wrapper_arguments + 1])
    if not wrapper_count or wrapper_count < 0 or wrapper_count > 1000 or wrapper_count % 1 ~= 0 then
      return { err = "ARGUMENT stock.fill levels: expected a whole number from 0 to 1000" }
    end
    if wrapper_size < 2 + 2 * wrapper_count then
      return { err = "ARGUMENT stock.fill expected as many arguments as its lists say" }
    end
    for index = 1, wrapper_count do
      local field_shelf = wrapper_argv[wrapper_arguments + 2 * index]
      if field_shelf == "" or #field_shelf > 64 then
        return { err = "ARGUMENT stock.fill levels.shelf: expected 1 to 64 bytes" }
      end
      if string.find(field_shelf, "[%c{}]") then
        return { err = "ARGUMENT stock.fill levels.shelf: expected no control characters and no braces" }
      end
      local field_quantity = tonumber(wrapper_argv[wrapper_arguments + 1 + 2 * index])
      if not field_quantity or field_quantity < 0 or field_quantity > 1000000 or field_quantity % 1 ~= 0 then
        return { err = "ARGUMENT stock.fill levels.quantity: expected a whole number from 0 to 1000000" }
      end
      arg_levels[index] = { shelf = field_shelf, quantity = field_quantity }
    end
    wrapper_position = 1 + 2 * wrapper_count
  end
  local arg_asked = {}
  do
    local wrapper_count = tonumber(wrapper_argv[wrapper_arguments + wrapper_position + 1])
    if not wrapper_count or wrapper_count < 0 or wrapper_count > 1000 or wrapper_count % 1 ~= 0 then
      return { err = "ARGUMENT stock.fill asked: expected a whole number from 0 to 1000" }
    end
    if wrapper_size ~= wrapper_position + 1 + wrapper_count then
      return { err = "ARGUMENT stock.fill expected as many arguments as its lists say" }
    end
    for index = 1, wrapper_count do
      local element = wrapper_argv[wrapper_arguments + wrapper_position + 1 + index]
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
    local stock, levels, asked = KEYS[wrapper_keys + 1], arg_levels, arg_asked
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
    return wrapper_reply_known, wrapper_reply_states, wrapper_reply_set
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
  wrapper_size = tonumber(wrapper_argv[wrapper_arguments + 1])
  wrapper_arguments = wrapper_arguments + 1
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
  wrapper_arguments = wrapper_arguments + wrapper_size
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
