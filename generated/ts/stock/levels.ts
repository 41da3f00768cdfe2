// stock.levels 1.0.0. Generated from lua/stock/levels.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.levels`. */
export interface StockLevelsArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
}

/** Reply of `stock.levels`: `outcome` says what happened. */
export type StockLevelsReply =
  | {
      /** `known`: the product has stock. */
      readonly outcome: "known";
      /** Over all warehouses. Units, -100,000,000,000,000 to 100,000,000,000,000. */
      readonly total: number;
      /** The total minus held units. Units, -200,000,000,000,000 to 100,000,000,000,000. */
      readonly available: number;
      /** Sorted by warehouse. At most 1,000 elements. */
      readonly levels: readonly types.WarehouseLevel[];
    }
  | {
      /** `unknown`: no warehouse has a level. */
      readonly outcome: "unknown";
    };

/** The function of `stock.levels`. A tenant's `stock` has it. */
export interface StockLevelsOperation {
  /**
   * Reads the level of a product in each warehouse, and how many units have moved there.
   *
   * `moved` is the running sum of all sales, commits and returns of the warehouse, below zero for
   * sales. Pass it to `set_level` together with a count, so that sales after the count are kept.
   *
   * Outcomes:
   * - `known`: the product has stock.
   * - `unknown`: no warehouse has a level.
   *
   * Units: `total`, `available` in units.
   *
   * Cost: O(W log W), W the product's warehouses, at most 100.
   *
   * Retry: safe. It only reads.
   *
   * Lua source: `lua/stock/levels.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`: nothing was written.
   * @throws `DEADLINE`: no answer came in time.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // The levels of two warehouses, in the order of their names.
   * const reply = await acme.stock.levels({ product: "product-1" });
   * // reply: {
   * //   outcome: "known",
   * //   total: 12,
   * //   available: 12,
   * //   levels: [{ warehouse: "berlin", quantity: 5, moved: -3 }, { warehouse: "paris", quantity:
   * //     7, moved: 0 }],
   * // }
   * ```
   */
  readonly levels: {
    (args: StockLevelsArgs, options?: CallOptions): Promise<StockLevelsReply>;
    /**
     * Makes many calls of `levels` at once. Each call has its own result, in the order of the
     * calls.
     *
     * One EVALSHA makes up to 20 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly StockLevelsArgs[], options?: CallOptions): Promise<ManyResult<StockLevelsReply>[]>;
  };
}

/** The script `stock.levels`, as a client loads and calls it. */
export const stockLevels: ManyScript<StockLevelsArgs, StockLevelsReply> = {
  name: "stock.levels",
  version: "1.0.0",
  digest: "a4928b05ca001d5ab89a3670be42e8e877251661",
  writes: false,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
  ],
  encode(scope, args) {
    return {
      keys: [keys.stock(scope, args.product)],
      args: [],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 4);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "known":
        return {
          outcome,
          total: field.total.decode("total", fields[1]),
          available: field.available.decode("available", fields[2]),
          levels: field.levels.decode("levels", fields[3]),
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
    width: 4,
    digest: "2a3a00001f70cce2f9f5f9a75e596493c96b354e",
    write(call, scope, args) {
      call.beginKey(scope);
      types.id.writeKeyPart(call, "product", args.product);
      call.endTag("}:stock");
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
  outcome: choiceType(["known", "unknown"]),
  total: types.total,
  available: types.available,
  levels: listType(types.warehouseLevel, 1000),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stock/stock_counts.lua": "6-21:10",
  "lua/lib/stock/stored_event.lua": "26-40:7",
  "lua/lib/stock/stored_level.lua": "44-55:5",
  "lua/stock/levels.lua":
    "58-61:5 69:44 70-104:44 105:78 106:78 107:78 108:78 109:78 110:78 111:78 112:78 113:78 114:78 " +
    "115-116:78",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- stock.levels 1.0.0. Generated from lua/stock/levels.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stock/stock_counts.lua:
--- Checks the fields \`total\` and \`held\` of a stock.
local function stock_counts(stored_total, stored_held)
  -- The upper bound of the type total.
  local MAX_TOTAL = 100000000000000
  local total = nil
  if stored_total then
    total = tonumber(stored_total)
    if not total or total % 1 ~= 0 or total < -MAX_TOTAL or total > MAX_TOTAL then
      error({ err = "CORRUPT total" })
    end
  end
  local held = tonumber(stored_held or "0")
  if not held or held % 1 ~= 0 or held < 0 or held > MAX_TOTAL then
    error({ err = "CORRUPT held" })
  end
  return total, held
end

-- From lua/lib/stock/stored_event.lua:
--- Reads the latest event of a warehouse, such as \`17 10\`: its sequence, and its base. The level of
--- the warehouse minus the base is the running sum of what was sold and returned there.
local function stored_event(value)
  -- The upper bound of the type sequence.
  local MAX_SEQUENCE = 9007199254740991
  -- The upper bound of a base: of the type level and the type moved together.
  local BASE_LIMIT = 1001000000000000
  if not value then
    return -1, 0
  end
  local stored_sequence, stored_base = string.match(value, "^(%d+) (-?%d+)$")
  local sequence, base = tonumber(stored_sequence), tonumber(stored_base)
  if not sequence or sequence > MAX_SEQUENCE or base < -BASE_LIMIT or base > BASE_LIMIT then
    error({ err = "CORRUPT event of a warehouse" })
  end
  return sequence, base
end

-- From lua/lib/stock/stored_level.lua:
--- Reads the level of a warehouse.
local function stored_level(value)
  -- The upper bound of the type level, and the lower one without its sign.
  local MAX_STORED_LEVEL = 1000000000000
  if not value then
    return nil
  end
  local level = tonumber(value)
  if not level or level % 1 ~= 0 or level < -MAX_STORED_LEVEL or level > MAX_STORED_LEVEL then
    error({ err = "CORRUPT level of a warehouse" })
  end
  return level
end

-- From lua/stock/levels.lua:
local MAX_WAREHOUSES = 100
-- A product has at most 100 warehouses, each with a level and an event. The other four fields are
-- total, held, prepared and watch.
local MAX_FIELDS = 204

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT stock.levels expected 1 key and 0 arguments" }
end

--- Reads the level of a product in each warehouse, and how many units have moved there.
do
  local stock = KEYS[1]
  -- HLEN first, because a hash that no script made may be of any size.
  if redis.call("HLEN", stock) > MAX_FIELDS then
    error({ err = "CORRUPT stock of more than 100 warehouses" })
  end
  local stored = redis.call("HGETALL", stock)
  local values, names = {}, {}
  local sum = 0
  -- at most 204 fields
  for position = 1, #stored, 2 do
    local field = stored[position]
    values[field] = stored[position + 1]
    if string.find(field, "^level:") then
      names[#names + 1] = string.sub(field, 7)
    end
  end
  local total, held = stock_counts(values.total or false, values.held or false)
  table.sort(names)
  local listed = {}
  -- at most 100 warehouses
  for position, warehouse in ipairs(names) do
    local level = stored_level(values["level:" .. warehouse] or "")
    local _, base = stored_event(values["event:" .. warehouse])
    listed[position] = { warehouse = warehouse, quantity = level, moved = level - base }
    sum = sum + level
  end
  if #names > MAX_WAREHOUSES then
    error({ err = "CORRUPT stock of more than 100 warehouses" })
  elseif sum ~= (total or 0) or (#names > 0 and not total) then
    error({ err = "CORRUPT total" })
  end
  if not total then
    return "unknown"
  end
  local reply_outcome, reply_total, reply_available, reply_levels = "known", total, total - held, listed
  local wrapper_reply_levels = false
  if reply_levels then
    wrapper_reply_levels = {}
    for index = 1, #reply_levels do
      local row = reply_levels[index]
      wrapper_reply_levels[3 * index - 2] = row.warehouse
      wrapper_reply_levels[3 * index - 1] = row.quantity
      wrapper_reply_levels[3 * index] = row.moved
    end
  end
  return { reply_outcome, reply_total or false, reply_available or false, wrapper_reply_levels }
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/stock/stock_counts.lua": "7-22:10",
  "lua/lib/stock/stored_event.lua": "27-41:7",
  "lua/lib/stock/stored_level.lua": "45-56:5",
  "lua/stock/levels.lua":
    "59-62:5 77:44 78-112:44 113:78 114:78 115:78 116:78 117:78 118:78 119:78 120:78 121:78 122:78 " +
    "123-124:78",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=no-writes
-- stock.levels 1.0.0. Generated from lua/stock/levels.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 20 calls in one run. An error ends only its own call.

-- From lua/lib/stock/stock_counts.lua:
--- Checks the fields \`total\` and \`held\` of a stock.
local function stock_counts(stored_total, stored_held)
  -- The upper bound of the type total.
  local MAX_TOTAL = 100000000000000
  local total = nil
  if stored_total then
    total = tonumber(stored_total)
    if not total or total % 1 ~= 0 or total < -MAX_TOTAL or total > MAX_TOTAL then
      error({ err = "CORRUPT total" })
    end
  end
  local held = tonumber(stored_held or "0")
  if not held or held % 1 ~= 0 or held < 0 or held > MAX_TOTAL then
    error({ err = "CORRUPT held" })
  end
  return total, held
end

-- From lua/lib/stock/stored_event.lua:
--- Reads the latest event of a warehouse, such as \`17 10\`: its sequence, and its base. The level of
--- the warehouse minus the base is the running sum of what was sold and returned there.
local function stored_event(value)
  -- The upper bound of the type sequence.
  local MAX_SEQUENCE = 9007199254740991
  -- The upper bound of a base: of the type level and the type moved together.
  local BASE_LIMIT = 1001000000000000
  if not value then
    return -1, 0
  end
  local stored_sequence, stored_base = string.match(value, "^(%d+) (-?%d+)$")
  local sequence, base = tonumber(stored_sequence), tonumber(stored_base)
  if not sequence or sequence > MAX_SEQUENCE or base < -BASE_LIMIT or base > BASE_LIMIT then
    error({ err = "CORRUPT event of a warehouse" })
  end
  return sequence, base
end

-- From lua/lib/stock/stored_level.lua:
--- Reads the level of a warehouse.
local function stored_level(value)
  -- The upper bound of the type level, and the lower one without its sign.
  local MAX_STORED_LEVEL = 1000000000000
  if not value then
    return nil
  end
  local level = tonumber(value)
  if not level or level % 1 ~= 0 or level < -MAX_STORED_LEVEL or level > MAX_STORED_LEVEL then
    error({ err = "CORRUPT level of a warehouse" })
  end
  return level
end

-- From lua/stock/levels.lua:
local MAX_WAREHOUSES = 100
-- A product has at most 100 warehouses, each with a level and an event. The other four fields are
-- total, held, prepared and watch.
local MAX_FIELDS = 204

-- Generated: KEYS has the keys of all calls, one call after the other.
local wrapper_calls = #KEYS
if wrapper_calls < 1 or wrapper_calls > 20 or #ARGV ~= 0 then
  return { err = "ARGUMENT stock.levels expected 1 to 20 calls, each with 1 key and 0 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys stand before those of the call that runs.
local wrapper_keys = 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  --- Reads the level of a product in each warehouse, and how many units have moved there.
  do
    local stock = KEYS[wrapper_keys + 1]
    -- HLEN first, because a hash that no script made may be of any size.
    if redis.call("HLEN", stock) > MAX_FIELDS then
      error({ err = "CORRUPT stock of more than 100 warehouses" })
    end
    local stored = redis.call("HGETALL", stock)
    local values, names = {}, {}
    local sum = 0
    -- at most 204 fields
    for position = 1, #stored, 2 do
      local field = stored[position]
      values[field] = stored[position + 1]
      if string.find(field, "^level:") then
        names[#names + 1] = string.sub(field, 7)
      end
    end
    local total, held = stock_counts(values.total or false, values.held or false)
    table.sort(names)
    local listed = {}
    -- at most 100 warehouses
    for position, warehouse in ipairs(names) do
      local level = stored_level(values["level:" .. warehouse] or "")
      local _, base = stored_event(values["event:" .. warehouse])
      listed[position] = { warehouse = warehouse, quantity = level, moved = level - base }
      sum = sum + level
    end
    if #names > MAX_WAREHOUSES then
      error({ err = "CORRUPT stock of more than 100 warehouses" })
    elseif sum ~= (total or 0) or (#names > 0 and not total) then
      error({ err = "CORRUPT total" })
    end
    if not total then
      return "unknown"
    end
    local reply_outcome, reply_total, reply_available, reply_levels = "known", total, total - held, listed
    local wrapper_reply_levels = false
    if reply_levels then
      wrapper_reply_levels = {}
      for index = 1, #reply_levels do
        local row = reply_levels[index]
        wrapper_reply_levels[3 * index - 2] = row.warehouse
        wrapper_reply_levels[3 * index - 1] = row.quantity
        wrapper_reply_levels[3 * index] = row.moved
      end
    end
    return reply_outcome, reply_total or false, reply_available or false, wrapper_reply_levels
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
-- all calls as a flat list in MessagePack, 4 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2, reply_3, reply_4 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_values[wrapper_at + 2] = reply_2 or false
  wrapper_values[wrapper_at + 3] = reply_3 or false
  wrapper_values[wrapper_at + 4] = reply_4 or false
  wrapper_at = wrapper_at + 4
  wrapper_keys = wrapper_keys + 1
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
