// stock.set_level 1.0.0. Generated from lua/stock/set_level.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.set_level`. */
export interface StockSetLevelArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** The warehouse that counted. 1 to 256 bytes. */
  readonly warehouse: string;
  /** In the warehouse at the time of the count. Units, 0 to 1,000,000,000,000. */
  readonly quantity: number;
  /** The warehouse's event number; higher is later. 0 to 9,007,199,254,740,991. */
  readonly sequence: number;
  /**
   * At this number of available units or below, the product counts as low. Units, 0 to
   * 1,000,000,000,000.
   */
  readonly low: number;
  /**
   * As levels returned it when the count began; ignored if the warehouse has no level. Units,
   * -9,000,000,000,000,000 to 9,000,000,000,000,000.
   */
  readonly moved?: number | undefined;
}

/** Reply of `stock.set_level`: `outcome` says what happened. */
export type StockSetLevelReply =
  | {
      /**
       * - `applied`: the level is set.
       * - `repeated`: the sequence equals the latest one of the warehouse.
       * - `stale`: it is lower.
       */
      readonly outcome: "applied" | "repeated" | "stale";
      /**
       * Over all warehouses; 0 if the product was forgotten. Units, -100,000,000,000,000 to
       * 100,000,000,000,000.
       */
      readonly total: number;
      /** The status before this call. */
      readonly statusBefore: types.StockStatus;
      /** Of the available units. */
      readonly status: types.StockStatus;
      /** The total minus held units. Units, -200,000,000,000,000 to 100,000,000,000,000. */
      readonly available: number;
    }
  | {
      /** `full`: 100 other warehouses already have the product. */
      readonly outcome: "full";
      /**
       * How many of the 100 warehouses are empty, so that drop_warehouse can remove them. Things, 0
       * to 1,000.
       */
      readonly empty: number;
    };

/** The function of `stock.set_level`. A tenant's `stock` has it. */
export interface StockSetLevelOperation {
  /**
   * Sets one warehouse's stock of a product and returns the product's total and status.
   *
   * The quantity is what the warehouse counted. It includes held units. Events may arrive twice or
   * late. An event whose sequence is not above the latest one of the warehouse changes nothing.
   *
   * Without `moved`, the level becomes the quantity: the event must come after all sales and
   * returns that it does not know. With `moved` as `levels` returned it when the count began, sales
   * and returns since then are kept: level = quantity + (moved now - moved then).
   *
   * For 11 minutes, the script remembers the sequence of an event that was "full", and of a
   * warehouse that was forgotten. A later event that is "repeated" or "stale" because of it begins
   * the 11 minutes anew. So a late copy of a call brings no warehouse back. Use a new sequence to
   * try again.
   *
   * Outcomes:
   * - `applied`: the level is set.
   * - `repeated`: the sequence equals the latest one of the warehouse.
   * - `stale`: it is lower.
   * - `full`: 100 other warehouses already have the product.
   *
   * Units: `quantity`, `low`, `moved`, `total`, `available` in units; `empty` in things.
   *
   * Cost: O(1); O(W) for a new warehouse if the product has 50 or more, W its warehouses, at most
   * 100.
   *
   * Retry: safe. The sequence makes a second run change nothing; after the warehouse was forgotten
   * or the event was "full", for 11 minutes.
   *
   * Lua source: `lua/stock/set_level.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // The first event of a warehouse sets its level.
   * const reply = await acme.stock.setLevel({
   *   product: "product-1",
   *   warehouse: "paris",
   *   quantity: 7,
   *   sequence: 1,
   *   low: 2,
   * });
   * // reply: {
   * //   outcome: "applied",
   * //   total: 12,
   * //   statusBefore: "in_stock",
   * //   status: "in_stock",
   * //   available: 12,
   * // }
   * ```
   */
  readonly setLevel: {
    (args: StockSetLevelArgs, options?: CallOptions): Promise<StockSetLevelReply>;
    /**
     * Makes many calls of `setLevel` at once. Each call has its own result, in the order of the
     * calls.
     *
     * One EVALSHA makes up to 100 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly StockSetLevelArgs[], options?: CallOptions): Promise<ManyResult<StockSetLevelReply>[]>;
  };
}

/** The script `stock.set_level`, as a client loads and calls it. */
export const stockSetLevel: ManyScript<StockSetLevelArgs, StockSetLevelReply> = {
  name: "stock.set_level",
  version: "1.0.0",
  digest: "40efa636bee9cdc240d3e64871f8957199f63667",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
    "<namespace>:{<tenant>:<product>}:past-sequences",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.stock(scope, args.product),
        keys.pastSequences(scope, args.product),
      ],
      args: [
        argument.warehouse.encode("warehouse", args.warehouse),
        argument.quantity.encode("quantity", args.quantity),
        argument.sequence.encode("sequence", args.sequence),
        argument.low.encode("low", args.low),
        argument.moved.encode("moved", args.moved),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 6);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "applied":
      case "repeated":
      case "stale":
        return {
          outcome,
          total: field.total.decode("total", fields[1]),
          statusBefore: field.statusBefore.decode("statusBefore", fields[2]),
          status: field.status.decode("status", fields[3]),
          available: field.available.decode("available", fields[4]),
        };
      case "full":
        return {
          outcome,
          empty: field.empty.decode("empty", fields[5]),
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
    limit: 100,
    width: 6,
    digest: "cbcf74fad5354c8f892ec356df6ea0592f7d08c6",
    write(call, scope, args) {
      call.beginKey(scope);
      types.id.writeKeyPart(call, "product", args.product);
      call.endTag("}:stock");
      call.endKey();
      call.beginKey(scope);
      types.id.writeKeyPart(call, "product", args.product);
      call.endTag("}:past-sequences");
      call.endKey();
      call.args.text(argument.warehouse.encode("warehouse", args.warehouse));
      argument.quantity.writeArgument(call, "quantity", args.quantity);
      call.args.text(argument.sequence.encode("sequence", args.sequence));
      argument.low.writeArgument(call, "low", args.low);
      call.args.text(argument.moved.encode("moved", args.moved));
    },
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
  warehouse: types.id,
  quantity: types.units,
  sequence: types.sequence,
  low: types.units,
  moved: optional(types.moved),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["applied", "repeated", "stale", "full"]),
  total: types.total,
  statusBefore: types.stockStatus,
  status: types.stockStatus,
  available: types.available,
  empty: types.processed,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stock/stock_status.lua": "6-14:6",
  "lua/lib/stock/stock_counts.lua": "18-33:10",
  "lua/lib/stock/stored_event.lua": "38-52:7",
  "lua/lib/stock/stored_level.lua": "56-67:5",
  "lua/lib/stock/watched_low.lua": "72-86:7",
  "lua/stock/set_level.lua":
    "89-109:9 146:104 147:104 148-161:104 177-224:118 239-241:166 242:168 243:168 244:168 245:168 246:168 " +
    "247-248:168",
  "lua/lib/stored_integer.lua": "165-176:9",
  "lua/lib/stock/status_change.lua": "229-238:13",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- stock.set_level 1.0.0. Generated from lua/stock/set_level.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stock/stock_status.lua:
--- Returns the status that a shop shows for a number of units.
local function stock_status(units, low)
  if units <= 0 then
    return "out_of_stock"
  end
  if units <= low then
    return "low_stock"
  end
  return "in_stock"
end

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

-- From lua/lib/stock/watched_low.lua:
--- Reads the field \`watch\` of a stock, such as \`17 3\`: the sequence of its event, and from which
--- number of available units down the product counts as low.
local function watched_low(value)
  -- The upper bound of the type units.
  local MAX_LOW = 1000000000000
  -- The upper bound of the type sequence.
  local MAX_WATCH_SEQUENCE = 9007199254740991
  if not value then
    return nil, -1
  end
  local stored_sequence, stored_low = string.match(value, "^(%d+) (%d+)$")
  local sequence, low = tonumber(stored_sequence), tonumber(stored_low)
  if not low or low > MAX_LOW or not sequence or sequence > MAX_WATCH_SEQUENCE then
    error({ err = "CORRUPT watch" })
  end
  return low, sequence
end

-- From lua/stock/set_level.lua:
local MAX_WAREHOUSES = 100
-- The upper bound of the type level.
local MAX_LEVEL = 1000000000000
-- The sum \`moved\` begins again at 0 when it is larger than this.
local MOVED_LIMIT = 1000000000000000
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

--- Counts the warehouses that have a level, and how many of them are empty.
local function count_levels(stock)
  local fields = redis.call("HGETALL", stock)
  local warehouses, empty = 0, 0
  -- at most 204 fields
  for position = 1, #fields, 2 do
    if string.find(fields[position], "^level:") then
      warehouses = warehouses + 1
      empty = empty + (tonumber(fields[position + 1]) == 0 and 1 or 0)
    end
  end
  return warehouses, empty
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 5 then
  return { err = "ARGUMENT stock.set_level expected 2 keys and 5 arguments" }
end
local arg_warehouse = ARGV[1]
if arg_warehouse == "" or #arg_warehouse > 256 then
  return { err = "ARGUMENT stock.set_level warehouse: expected 1 to 256 bytes" }
end
if string.find(arg_warehouse, "[%c{}]") then
  return { err = "ARGUMENT stock.set_level warehouse: expected no control characters and no braces" }
end
local arg_quantity = tonumber(ARGV[2])
if not arg_quantity or arg_quantity < 0 or arg_quantity > 1000000000000 or arg_quantity % 1 ~= 0 then
  return { err = "ARGUMENT stock.set_level quantity: expected a whole number from 0 to 1000000000000" }
end
local arg_sequence_digits = ARGV[3]
local arg_sequence = (arg_sequence_digits == "0" or string.find(arg_sequence_digits, "^[1-9]%d*$"))
  and tonumber(arg_sequence_digits)
if not arg_sequence or arg_sequence > 9007199254740991 then
  return { err = "ARGUMENT stock.set_level sequence: expected a whole number from 0 to 9007199254740991" }
end
local arg_low = tonumber(ARGV[4])
if not arg_low or arg_low < 0 or arg_low > 1000000000000 or arg_low % 1 ~= 0 then
  return { err = "ARGUMENT stock.set_level low: expected a whole number from 0 to 1000000000000" }
end
local arg_moved = tonumber(ARGV[5])
if ARGV[5] ~= "" then
  if not arg_moved or arg_moved < -9000000000000000 or arg_moved > 9000000000000000 or arg_moved % 1 ~= 0 then
    return {
      err = "ARGUMENT stock.set_level moved: expected a whole number from -9000000000000000 to 9000000000000000",
    }
  end
end

--- Sets one warehouse's stock of a product and returns the product's total and status.
do
  local stock, past_sequences, warehouse, quantity, sequence, low, moved, sequence_digits =
    KEYS[1], KEYS[2], arg_warehouse, arg_quantity, arg_sequence, arg_low, arg_moved, arg_sequence_digits
  local level_field, event_field = "level:" .. warehouse, "event:" .. warehouse
  local stored = redis.call("HMGET", stock, "total", "held", level_field, event_field, "prepared", "watch")
  local total, held = stock_counts(stored[1], stored[2])
  local level = stored_level(stored[3])
  local last_sequence, base = stored_event(stored[4])
  local watch_low = watched_low(stored[6])
  local fields = 0

  if not level then
    -- Without total, held, prepared and watch.
    fields = redis.call("HLEN", stock) - (total and 1 or 0) - (stored[2] and 1 or 0)
    fields = fields - (stored[5] and 1 or 0) - (stored[6] and 1 or 0)
    local past = redis.call("HGET", past_sequences, warehouse)
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
    last_sequence = math.max(last_sequence, stored_integer(past, "past sequence") or -1)
  end
  if not total then
    if level or fields > 0 then
      error({ err = "CORRUPT total" })
    end
    total = 0
  end

  if sequence <= last_sequence then
    if not level then
      -- A late copy of this call must meet the sequence too.
      redis.call("PEXPIRE", past_sequences, HORIZON_MS)
    end
    local outcome = sequence == last_sequence and "repeated" or "stale"
    local status = stock_status(total - held, low)
    return { outcome, total or false, status or false, status or false, total - held }
  end
  -- Each warehouse has two fields.
  if fields > 2 * MAX_WAREHOUSES then
    error({ err = "CORRUPT stock of more than 100 warehouses" })
  elseif fields >= MAX_WAREHOUSES then
    -- A warehouse that somebody has repaired may lack its level or its event.
    local warehouses, empty = count_levels(stock)
    if warehouses >= MAX_WAREHOUSES or fields + (stored[4] and 1 or 2) > 2 * MAX_WAREHOUSES then
      redis.call("HSET", past_sequences, warehouse, sequence_digits)
      redis.call("PEXPIRE", past_sequences, HORIZON_MS)
      return { "full", false, false, false, false, empty }
    end
  end

  local moved_now = level and level - base or 0
  local new_level = quantity
  if moved and level then
    new_level = quantity + moved_now - moved
    if new_level < -MAX_LEVEL or new_level > MAX_LEVEL then
      error({ err = "ARGUMENT stock.set_level moved: the level of a warehouse stays from -10^12 to 10^12" })
    end
  end
  local new_base = new_level - moved_now
  if moved_now < -MOVED_LIMIT or moved_now > MOVED_LIMIT then
    new_base = new_level
  end
  local new_total = total - (level or 0) + new_level
  local event = string.format("%d %d", sequence, new_base)
  redis.call("HSET", stock, "total", new_total, level_field, new_level, event_field, event)
  local before, available = total - held, new_total - held
  if watch_low then
    -- From lua/lib/stock/status_change.lua:
    --- Compares the status of a watched product before and after a call, and publishes a change: the old
    --- status, the new one and the available units, as in \`out_of_stock in_stock 5\`. The channel has the
    --- name of the stock's key.
    local function status_change(stock, low, before, after)
      if before == after then
        return nil, nil
      end
      local status_before, status = stock_status(before, low), stock_status(after, low)
      if status ~= status_before then
        redis.call("PUBLISH", stock, string.format("%s %s %d", status_before, status, after))
      end
      return status_before, status
    end
    status_change(stock, watch_low, before, available)
  end
  return {
    "applied",
    new_total or false,
    stock_status(before, low) or false,
    stock_status(available, low) or false,
    available,
  }
end
`;

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/stock/stock_status.lua": "7-15:6",
  "lua/lib/stock/status_change.lua": "21-30:13",
  "lua/lib/stock/stock_counts.lua": "34-49:10",
  "lua/lib/stock/stored_event.lua": "54-68:7",
  "lua/lib/stored_integer.lua": "73-84:9",
  "lua/lib/stock/stored_level.lua": "88-99:5",
  "lua/lib/stock/watched_low.lua": "104-118:7",
  "lua/stock/set_level.lua":
    "121-141:9 200:104 201:104 202:104 203:104 204:104 205:104 206:104 207:104 208:104 209-273:104 " +
    "274:168 275:168 276:168 277-278:168",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua
-- stock.set_level 1.0.0. Generated from lua/stock/set_level.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 100 calls in one run. An error ends only its own call.

-- From lua/lib/stock/stock_status.lua:
--- Returns the status that a shop shows for a number of units.
local function stock_status(units, low)
  if units <= 0 then
    return "out_of_stock"
  end
  if units <= low then
    return "low_stock"
  end
  return "in_stock"
end

-- From lua/lib/stock/status_change.lua:
--- Compares the status of a watched product before and after a call, and publishes a change: the old
--- status, the new one and the available units, as in \`out_of_stock in_stock 5\`. The channel has the
--- name of the stock's key.
local function status_change(stock, low, before, after)
  if before == after then
    return nil, nil
  end
  local status_before, status = stock_status(before, low), stock_status(after, low)
  if status ~= status_before then
    redis.call("PUBLISH", stock, string.format("%s %s %d", status_before, status, after))
  end
  return status_before, status
end

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

-- From lua/lib/stock/watched_low.lua:
--- Reads the field \`watch\` of a stock, such as \`17 3\`: the sequence of its event, and from which
--- number of available units down the product counts as low.
local function watched_low(value)
  -- The upper bound of the type units.
  local MAX_LOW = 1000000000000
  -- The upper bound of the type sequence.
  local MAX_WATCH_SEQUENCE = 9007199254740991
  if not value then
    return nil, -1
  end
  local stored_sequence, stored_low = string.match(value, "^(%d+) (%d+)$")
  local sequence, low = tonumber(stored_sequence), tonumber(stored_low)
  if not low or low > MAX_LOW or not sequence or sequence > MAX_WATCH_SEQUENCE then
    error({ err = "CORRUPT watch" })
  end
  return low, sequence
end

-- From lua/stock/set_level.lua:
local MAX_WAREHOUSES = 100
-- The upper bound of the type level.
local MAX_LEVEL = 1000000000000
-- The sum \`moved\` begins again at 0 when it is larger than this.
local MOVED_LIMIT = 1000000000000000
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

--- Counts the warehouses that have a level, and how many of them are empty.
local function count_levels(stock)
  local fields = redis.call("HGETALL", stock)
  local warehouses, empty = 0, 0
  -- at most 204 fields
  for position = 1, #fields, 2 do
    if string.find(fields[position], "^level:") then
      warehouses = warehouses + 1
      empty = empty + (tonumber(fields[position + 1]) == 0 and 1 or 0)
    end
  end
  return warehouses, empty
end

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS / 2
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if
  not wrapper_fits
  or wrapper_calls < 1
  or wrapper_calls > 100
  or wrapper_calls % 1 ~= 0
  or #wrapper_argv ~= 5 * wrapper_calls
then
  return { err = "ARGUMENT stock.set_level expected 1 to 100 calls, each with 2 keys and 5 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_warehouse = wrapper_argv[wrapper_arguments + 1]
  if arg_warehouse == "" or #arg_warehouse > 256 then
    return { err = "ARGUMENT stock.set_level warehouse: expected 1 to 256 bytes" }
  end
  if string.find(arg_warehouse, "[%c{}]") then
    return { err = "ARGUMENT stock.set_level warehouse: expected no control characters and no braces" }
  end
  local arg_quantity = tonumber(wrapper_argv[wrapper_arguments + 2])
  if not arg_quantity or arg_quantity < 0 or arg_quantity > 1000000000000 or arg_quantity % 1 ~= 0 then
    return { err = "ARGUMENT stock.set_level quantity: expected a whole number from 0 to 1000000000000" }
  end
  local arg_sequence_digits = wrapper_argv[wrapper_arguments + 3]
  local arg_sequence = (arg_sequence_digits == "0" or string.find(arg_sequence_digits, "^[1-9]%d*$"))
    and tonumber(arg_sequence_digits)
  if not arg_sequence or arg_sequence > 9007199254740991 then
    return { err = "ARGUMENT stock.set_level sequence: expected a whole number from 0 to 9007199254740991" }
  end
  local arg_low = tonumber(wrapper_argv[wrapper_arguments + 4])
  if not arg_low or arg_low < 0 or arg_low > 1000000000000 or arg_low % 1 ~= 0 then
    return { err = "ARGUMENT stock.set_level low: expected a whole number from 0 to 1000000000000" }
  end
  local arg_moved = tonumber(wrapper_argv[wrapper_arguments + 5])
  if wrapper_argv[wrapper_arguments + 5] ~= "" then
    if
      not arg_moved
      or arg_moved < -9000000000000000
      or arg_moved > 9000000000000000
      or arg_moved % 1 ~= 0
    then
      return {
        err = "ARGUMENT stock.set_level moved: expected a whole number from -9000000000000000 to 9000000000000000",
      }
    end
  end

  --- Sets one warehouse's stock of a product and returns the product's total and status.
  do
    local stock, past_sequences, warehouse, quantity, sequence, low, moved, sequence_digits =
      KEYS[wrapper_keys + 1],
      KEYS[wrapper_keys + 2],
      arg_warehouse,
      arg_quantity,
      arg_sequence,
      arg_low,
      arg_moved,
      arg_sequence_digits
    local level_field, event_field = "level:" .. warehouse, "event:" .. warehouse
    local stored = redis.call("HMGET", stock, "total", "held", level_field, event_field, "prepared", "watch")
    local total, held = stock_counts(stored[1], stored[2])
    local level = stored_level(stored[3])
    local last_sequence, base = stored_event(stored[4])
    local watch_low = watched_low(stored[6])
    local fields = 0

    if not level then
      -- Without total, held, prepared and watch.
      fields = redis.call("HLEN", stock) - (total and 1 or 0) - (stored[2] and 1 or 0)
      fields = fields - (stored[5] and 1 or 0) - (stored[6] and 1 or 0)
      local past = redis.call("HGET", past_sequences, warehouse)
      last_sequence = math.max(last_sequence, stored_integer(past, "past sequence") or -1)
    end
    if not total then
      if level or fields > 0 then
        error({ err = "CORRUPT total" })
      end
      total = 0
    end

    if sequence <= last_sequence then
      if not level then
        -- A late copy of this call must meet the sequence too.
        redis.call("PEXPIRE", past_sequences, HORIZON_MS)
      end
      local outcome = sequence == last_sequence and "repeated" or "stale"
      local status = stock_status(total - held, low)
      return outcome, total or false, status or false, status or false, total - held
    end
    -- Each warehouse has two fields.
    if fields > 2 * MAX_WAREHOUSES then
      error({ err = "CORRUPT stock of more than 100 warehouses" })
    elseif fields >= MAX_WAREHOUSES then
      -- A warehouse that somebody has repaired may lack its level or its event.
      local warehouses, empty = count_levels(stock)
      if warehouses >= MAX_WAREHOUSES or fields + (stored[4] and 1 or 2) > 2 * MAX_WAREHOUSES then
        redis.call("HSET", past_sequences, warehouse, sequence_digits)
        redis.call("PEXPIRE", past_sequences, HORIZON_MS)
        return "full", false, false, false, false, empty
      end
    end

    local moved_now = level and level - base or 0
    local new_level = quantity
    if moved and level then
      new_level = quantity + moved_now - moved
      if new_level < -MAX_LEVEL or new_level > MAX_LEVEL then
        error({ err = "ARGUMENT stock.set_level moved: the level of a warehouse stays from -10^12 to 10^12" })
      end
    end
    local new_base = new_level - moved_now
    if moved_now < -MOVED_LIMIT or moved_now > MOVED_LIMIT then
      new_base = new_level
    end
    local new_total = total - (level or 0) + new_level
    local event = string.format("%d %d", sequence, new_base)
    redis.call("HSET", stock, "total", new_total, level_field, new_level, event_field, event)
    local before, available = total - held, new_total - held
    if watch_low then
      status_change(stock, watch_low, before, available)
    end
    return "applied",
      new_total or false,
      stock_status(before, low) or false,
      stock_status(available, low) or false,
      available
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
-- all calls as a flat list in MessagePack, 6 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2, reply_3, reply_4, reply_5, reply_6 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_values[wrapper_at + 2] = reply_2 or false
  wrapper_values[wrapper_at + 3] = reply_3 or false
  wrapper_values[wrapper_at + 4] = reply_4 or false
  wrapper_values[wrapper_at + 5] = reply_5 or false
  wrapper_values[wrapper_at + 6] = reply_6 or false
  wrapper_at = wrapper_at + 6
  wrapper_keys = wrapper_keys + 2
  wrapper_arguments = wrapper_arguments + 5
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
