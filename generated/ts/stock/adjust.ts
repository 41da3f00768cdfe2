// stock.adjust 1.0.0. Generated from lua/stock/adjust.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, newOperation, optional, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.adjust`. */
export interface StockAdjustArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** Part of the key. The client makes one if it is absent. 1 to 128 bytes. */
  readonly operation?: string | undefined;
  /**
   * Below zero for a sale, above zero for a return. Units, -1,000,000,000,000 to 1,000,000,000,000.
   */
  readonly change: number;
  /** Only this warehouse; absent: all warehouses of the product. 1 to 256 bytes. */
  readonly warehouse?: string | undefined;
  /** A sale may take the level below zero. */
  readonly backorder: boolean;
  /**
   * At this number of available units or below, the product counts as low. Units, 0 to
   * 1,000,000,000,000.
   */
  readonly low: number;
  /** How long the answer of this operation is remembered. Milliseconds, 1,000 to 31,622,400,000. */
  readonly rememberMs: number;
}

/** Reply of `stock.adjust`: `outcome` says what happened. */
export type StockAdjustReply =
  | {
      /**
       * - `adjusted`: the stock has changed.
       * - `refused`: too few units are available.
       */
      readonly outcome: "adjusted" | "refused";
      /** This is the remembered answer of an earlier call. */
      readonly repeated: boolean;
      /**
       * Over all warehouses, after this operation. Units, -100,000,000,000,000 to
       * 100,000,000,000,000.
       */
      readonly total: number;
      /** The status before that operation. */
      readonly statusBefore: types.StockStatus;
      /** Of the available units. */
      readonly status: types.StockStatus;
      /**
       * The total minus held units, after this operation. Units, -200,000,000,000,000 to
       * 100,000,000,000,000.
       */
      readonly available: number;
    }
  | {
      /**
       * - `unknown`: the product has no stock.
       * - `unknown_warehouse`: the product has stock, but not in this warehouse.
       * - `mismatch`: the operation was sent before with another change, warehouse or backorder.
       */
      readonly outcome: "unknown" | "unknown_warehouse" | "mismatch";
    };

/** The function of `stock.adjust`. A tenant's `stock` has it. */
export interface StockAdjustOperation {
  /**
   * Changes a product's stock by a sale or a return, and returns its total and status.
   *
   * The script adjusts or refuses a sale as a whole. It refuses a sale if the warehouses have too
   * few units, or if the total would fall below held. Available = total - held. A negative level
   * lowers the total. A reservation whose lease has ended stays in `held` until a reserve, a sweep
   * or a release ends it.
   *
   * `backorder` skips both checks. Such a sale may take held units. A later `commit` returns
   * "short" if its warehouses have too few units then.
   *
   * Without a warehouse, a sale takes units from the fullest warehouse first, and a return goes to
   * the emptiest.
   *
   * The script remembers its answer and its arguments for rememberMs; without stock, for at most 10
   * minutes. If the same operation is sent again, the script returns that answer and changes
   * nothing. After that time, the same operation runs again as a new one.
   *
   * Outcomes:
   * - `adjusted`: the stock has changed.
   * - `refused`: too few units are available.
   * - `unknown`: the product has no stock.
   * - `unknown_warehouse`: the product has stock, but not in this warehouse.
   * - `mismatch`: the operation was sent before with another change, warehouse or backorder.
   *
   * Units: `change`, `low`, `total`, `available` in units; `rememberMs` in milliseconds.
   *
   * Cost: O(W), W the product's warehouses, at most 100; O(W log W) if the fullest one has too few
   * units; O(1) with a warehouse.
   *
   * Retry: safe within `rememberMs`. The remembered answer makes a second run change nothing.
   *
   * Lua source: `lua/stock/adjust.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A sale takes units from the fullest warehouse first.
   * const reply = await acme.stock.adjust({
   *   product: "product-1",
   *   operation: "order-1",
   *   change: -8,
   *   backorder: false,
   *   low: 2,
   *   rememberMs: 60_000,
   * });
   * // reply: {
   * //   outcome: "adjusted",
   * //   repeated: false,
   * //   total: 4,
   * //   statusBefore: "in_stock",
   * //   status: "in_stock",
   * //   available: 4,
   * // }
   * ```
   */
  readonly adjust: {
    (args: StockAdjustArgs, options?: CallOptions): Promise<StockAdjustReply>;
    /**
     * Makes many calls of `adjust` at once. Each call has its own result, in the order of the
     * calls.
     *
     * One EVALSHA makes up to 100 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly StockAdjustArgs[], options?: CallOptions): Promise<ManyResult<StockAdjustReply>[]>;
  };
}

/** The script `stock.adjust`, as a client loads and calls it. */
export const stockAdjust: ManyScript<StockAdjustArgs, StockAdjustReply> = {
  name: "stock.adjust",
  version: "1.0.0",
  digest: "303c86218a9138665f76a29a5f544c7485936767",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  resendWithinMs: (args) => args.rememberMs,
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
    "<namespace>:{<tenant>:<product>}:stock-operation:<operation>",
  ],
  encode(scope, args) {
    const operation = args.operation ?? newOperation();
    return {
      keys: [
        keys.stock(scope, args.product),
        keys.stockOperation(scope, args.product, operation),
      ],
      args: [
        argument.change.encode("change", args.change),
        argument.warehouse.encode("warehouse", args.warehouse),
        argument.backorder.encode("backorder", args.backorder),
        argument.low.encode("low", args.low),
        argument.rememberMs.encode("rememberMs", args.rememberMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 6);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "adjusted":
      case "refused":
        return {
          outcome,
          repeated: field.repeated.decode("repeated", fields[1]),
          total: field.total.decode("total", fields[2]),
          statusBefore: field.statusBefore.decode("statusBefore", fields[3]),
          status: field.status.decode("status", fields[4]),
          available: field.available.decode("available", fields[5]),
        };
      case "unknown":
      case "unknown_warehouse":
      case "mismatch":
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
    limit: 100,
    width: 6,
    digest: "1f4e2335ae67a231ac43baf2cd730d5e2acd0346",
    write(call, scope, args) {
      const operation = args.operation ?? newOperation();
      call.beginKey(scope);
      types.id.writeKeyPart(call, "product", args.product);
      call.endTag("}:stock");
      call.endKey();
      call.beginKey(scope);
      types.id.writeKeyPart(call, "product", args.product);
      call.endTag("}:stock-operation:");
      types.operation.writeKeyPart(call, "operation", operation);
      call.endKey();
      argument.change.writeArgument(call, "change", args.change);
      call.args.text(argument.warehouse.encode("warehouse", args.warehouse));
      call.args.text(argument.backorder.encode("backorder", args.backorder));
      argument.low.writeArgument(call, "low", args.low);
      argument.rememberMs.writeArgument(call, "rememberMs", args.rememberMs);
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
  change: types.change,
  warehouse: optional(types.id),
  backorder: types.flag,
  low: types.units,
  rememberMs: types.rememberMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["adjusted", "refused", "unknown", "unknown_warehouse", "mismatch"]),
  repeated: types.flag,
  total: types.total,
  statusBefore: types.stockStatus,
  status: types.stockStatus,
  available: types.available,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stock/stock_status.lua": "6-14:6",
  "lua/lib/stock/stock_counts.lua": "18-33:10",
  "lua/lib/stock/stored_level.lua": "37-48:5",
  "lua/lib/stock/watched_low.lua": "53-67:7",
  "lua/stock/adjust.lua":
    "71-75:10 116:105 117:105 118-125:105 171-186:113 217-225:129 226:137 227-256:139 257:168 258:168 " +
    "259:168 260:168 261:168 262:168 263-277:168 292-298:183 299:189 300:189 301:189 302:189 303:189 " +
    "304:189 305-306:189",
  "lua/lib/stock/stock_levels.lua": "128-170:16",
  "lua/lib/stock/take_units.lua": "189-194:11 195-216:16",
  "lua/lib/stock/status_change.lua": "282-291:13",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- stock.adjust 1.0.0. Generated from lua/stock/adjust.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/stock/adjust.lua:
-- The upper bound of the type level.
local MAX_LEVEL = 1000000000000
-- The upper bound of the type total.
local MAX_REMEMBERED_TOTAL = 100000000000000
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 5 then
  return { err = "ARGUMENT stock.adjust expected 2 keys and 5 arguments" }
end
local arg_change = tonumber(ARGV[1])
if not arg_change or arg_change < -1000000000000 or arg_change > 1000000000000 or arg_change % 1 ~= 0 then
  return { err = "ARGUMENT stock.adjust change: expected a whole number from -1000000000000 to 1000000000000" }
end
local arg_warehouse = ARGV[2]
if arg_warehouse == "" then
  arg_warehouse = nil
else
  if arg_warehouse == "" or #arg_warehouse > 256 then
    return { err = "ARGUMENT stock.adjust warehouse: expected 1 to 256 bytes" }
  end
  if string.find(arg_warehouse, "[%c{}]") then
    return { err = "ARGUMENT stock.adjust warehouse: expected no control characters and no braces" }
  end
end
local arg_backorder = ARGV[3]
if arg_backorder ~= "1" and arg_backorder ~= "0" then
  return { err = "ARGUMENT stock.adjust backorder: expected 1 or 0" }
end
arg_backorder = arg_backorder == "1"
local arg_low = tonumber(ARGV[4])
if not arg_low or arg_low < 0 or arg_low > 1000000000000 or arg_low % 1 ~= 0 then
  return { err = "ARGUMENT stock.adjust low: expected a whole number from 0 to 1000000000000" }
end
local arg_remember_ms = tonumber(ARGV[5])
if
  not arg_remember_ms
  or arg_remember_ms < 1000
  or arg_remember_ms > 31622400000
  or arg_remember_ms % 1 ~= 0
then
  return { err = "ARGUMENT stock.adjust remember_ms: expected a whole number from 1000 to 31622400000" }
end

--- Changes a product's stock by a sale or a return, and returns its total and status.
do
  local stock, stock_operation, change, warehouse, backorder, low, remember_ms =
    KEYS[1], KEYS[2], arg_change, arg_warehouse, arg_backorder, arg_low, arg_remember_ms
  local total, held, field, level, fields, watch
  if warehouse then
    field = "level:" .. warehouse
    local stored = redis.call("HMGET", stock, "total", "held", field, "watch")
    total, held = stock_counts(stored[1], stored[2])
    level, watch = stored_level(stored[3]), stored[4]
  else
    -- From lua/lib/stock/stock_levels.lua:
    --- Reads all levels of a product, and finds the fullest warehouse, or the emptiest.
    local function stock_levels(stock, direction)
      -- The upper bound of the type level, and the lower one without its sign.
      local MAX_SUMMED_LEVEL = 1000000000000
      -- A product has at most 100 warehouses, each with a level and an event. The other four fields are
      -- total, held, prepared and watch.
      local MAX_FIELDS = 204
      -- HLEN first, because a hash that no script made may be of any size.
      if redis.call("HLEN", stock) > MAX_FIELDS then
        error({ err = "CORRUPT stock of more than 100 warehouses" })
      end
      local fields = redis.call("HGETALL", stock)
      local stored_total, stored_held, stored_prepared, watch = false, false, false, false
      local found, found_level = nil, nil
      local sum = 0
      -- at most 204 fields
      for position = 1, #fields, 2 do
        local field = fields[position]
        if string.find(field, "^level:") then
          local level = tonumber(fields[position + 1])
          if not level or level % 1 ~= 0 or level < -MAX_SUMMED_LEVEL or level > MAX_SUMMED_LEVEL then
            error({ err = "CORRUPT level of a warehouse" })
          end
          sum = sum + level
          local lead = found_level and (level - found_level) * direction or 1
          if lead > 0 or (lead == 0 and field < found) then
            found, found_level = field, level
          end
        elseif field == "total" then
          stored_total = fields[position + 1]
        elseif field == "held" then
          stored_held = fields[position + 1]
        elseif field == "prepared" then
          stored_prepared = fields[position + 1]
        elseif field == "watch" then
          watch = fields[position + 1]
        end
      end
      local total, held = stock_counts(stored_total, stored_held)
      if sum ~= (total or 0) then
        error({ err = "CORRUPT total" })
      end
      return fields, total, held, found, found_level, watch, stored_prepared
    end
    fields, total, held, field, level, watch = stock_levels(stock, change < 0 and 1 or -1)
  end
  local watch_low = watched_low(watch)

  local outcome, new_total, new_level = "adjusted", 0, 0
  local available = 0
  local changed = nil
  if level and not total then
    error({ err = "CORRUPT total" })
  elseif not level or not field then
    outcome = total and "unknown_warehouse" or "unknown"
    remember_ms = math.min(remember_ms, HORIZON_MS)
  else
    new_total, new_level = total + change, level + change
    local missing = change < 0 and math.min(-change, -new_level) or 0
    if missing > 0 and fields then
      -- From lua/lib/stock/take_units.lua:
      --- Takes units from several warehouses, from the fullest first.
      local function take_units(fields, units)
        local levels = {}
        -- at most 204 fields
        for position = 1, #fields, 2 do
          if string.find(fields[position], "^level:") then
            levels[#levels + 1] =
              { field = fields[position], quantity = stored_level(fields[position + 1]) or 0 }
          end
        end
        table.sort(levels, function(first, second)
          if first.quantity == second.quantity then
            return first.field < second.field
          end
          return first.quantity > second.quantity
        end)
        local changed = {}
        local missing = units
        -- at most 100 warehouses
        for position, level in ipairs(levels) do
          local taken = math.min(missing, math.max(level.quantity, 0))
          if taken > 0 or position == 1 then
            changed[#changed + 1] = level.field
            changed[#changed + 1] = level.quantity - taken
          end
          missing = missing - taken
        end
        return changed, missing
      end
      changed, missing = take_units(fields, -change)
      -- On backorder, units that no warehouse has are booked on the fullest, below zero.
      new_level = changed[2] - missing
      changed[2] = new_level
    end
    if change < 0 and not backorder and (missing > 0 or new_total < held) then
      outcome, new_total = "refused", total
    elseif
      (new_level > MAX_LEVEL or new_level < -MAX_LEVEL) and redis.call("EXISTS", stock_operation) == 0
    then
      error({ err = "ARGUMENT stock.adjust change: the level of a warehouse stays from -10^12 to 10^12" })
    end
    available = new_total - held
  end

  local answer = string.format(
    "%s %d %d %d %s %s",
    outcome,
    new_total,
    available,
    change,
    backorder and "yes" or "no",
    warehouse or ""
  )
  local remembered = redis.call("SET", stock_operation, answer, "NX", "GET", "PX", remember_ms)
  if remembered then
    local old_outcome, old_total, old_available, arguments =
      string.match(remembered, "^([%l_]+) (-?%d+) (-?%d+) (.*)$")
    total, available = tonumber(old_total), tonumber(old_available)
    if not total or math.abs(total) > MAX_REMEMBERED_TOTAL then
      error({ err = "CORRUPT stock-operation" })
    end
    if available < -2 * MAX_REMEMBERED_TOTAL or available > MAX_REMEMBERED_TOTAL then
      error({ err = "CORRUPT stock-operation" })
    end
    if arguments ~= string.format("%d %s %s", change, backorder and "yes" or "no", warehouse or "") then
      return "mismatch"
    elseif old_outcome == "adjusted" or old_outcome == "refused" then
      local before = old_outcome == "adjusted" and available - change or available
      return {
        old_outcome,
        1,
        total or false,
        stock_status(before, low) or false,
        stock_status(available, low) or false,
        available,
      }
    elseif old_outcome == "unknown" or old_outcome == "unknown_warehouse" then
      return old_outcome
    end
    error({ err = "CORRUPT stock-operation" })
  end

  if outcome == "adjusted" then
    if changed then
      -- at most 202 values
      redis.call("HSET", stock, "total", new_total, unpack(changed))
    elseif field then
      redis.call("HSET", stock, "total", new_total, field, new_level)
    end
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
      status_change(stock, watch_low, available - change, available)
    end
  elseif outcome ~= "refused" then
    return outcome
  end
  local before = outcome == "adjusted" and available - change or available
  return {
    outcome,
    0,
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
  "lua/lib/stock/stock_levels.lua": "53-95:16",
  "lua/lib/stock/stored_level.lua": "99-110:5",
  "lua/lib/stock/take_units.lua": "114-140:11",
  "lua/lib/stock/watched_low.lua": "145-159:7",
  "lua/stock/adjust.lua":
    "163-167:10 227:105 228:105 229:105 230:105 231:105 232:105 233:105 234:105 235-267:105 268:137 " +
    "269-298:139 299:168 300:168 301:168 302:168 303-324:168 325:189 326:189 327:189 328:189 329-330:189",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua
-- stock.adjust 1.0.0. Generated from lua/stock/adjust.lua by moonpath-codegen. DO NOT EDIT.
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

-- From lua/lib/stock/stock_levels.lua:
--- Reads all levels of a product, and finds the fullest warehouse, or the emptiest.
local function stock_levels(stock, direction)
  -- The upper bound of the type level, and the lower one without its sign.
  local MAX_SUMMED_LEVEL = 1000000000000
  -- A product has at most 100 warehouses, each with a level and an event. The other four fields are
  -- total, held, prepared and watch.
  local MAX_FIELDS = 204
  -- HLEN first, because a hash that no script made may be of any size.
  if redis.call("HLEN", stock) > MAX_FIELDS then
    error({ err = "CORRUPT stock of more than 100 warehouses" })
  end
  local fields = redis.call("HGETALL", stock)
  local stored_total, stored_held, stored_prepared, watch = false, false, false, false
  local found, found_level = nil, nil
  local sum = 0
  -- at most 204 fields
  for position = 1, #fields, 2 do
    local field = fields[position]
    if string.find(field, "^level:") then
      local level = tonumber(fields[position + 1])
      if not level or level % 1 ~= 0 or level < -MAX_SUMMED_LEVEL or level > MAX_SUMMED_LEVEL then
        error({ err = "CORRUPT level of a warehouse" })
      end
      sum = sum + level
      local lead = found_level and (level - found_level) * direction or 1
      if lead > 0 or (lead == 0 and field < found) then
        found, found_level = field, level
      end
    elseif field == "total" then
      stored_total = fields[position + 1]
    elseif field == "held" then
      stored_held = fields[position + 1]
    elseif field == "prepared" then
      stored_prepared = fields[position + 1]
    elseif field == "watch" then
      watch = fields[position + 1]
    end
  end
  local total, held = stock_counts(stored_total, stored_held)
  if sum ~= (total or 0) then
    error({ err = "CORRUPT total" })
  end
  return fields, total, held, found, found_level, watch, stored_prepared
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

-- From lua/lib/stock/take_units.lua:
--- Takes units from several warehouses, from the fullest first.
local function take_units(fields, units)
  local levels = {}
  -- at most 204 fields
  for position = 1, #fields, 2 do
    if string.find(fields[position], "^level:") then
      levels[#levels + 1] = { field = fields[position], quantity = stored_level(fields[position + 1]) or 0 }
    end
  end
  table.sort(levels, function(first, second)
    if first.quantity == second.quantity then
      return first.field < second.field
    end
    return first.quantity > second.quantity
  end)
  local changed = {}
  local missing = units
  -- at most 100 warehouses
  for position, level in ipairs(levels) do
    local taken = math.min(missing, math.max(level.quantity, 0))
    if taken > 0 or position == 1 then
      changed[#changed + 1] = level.field
      changed[#changed + 1] = level.quantity - taken
    end
    missing = missing - taken
  end
  return changed, missing
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

-- From lua/stock/adjust.lua:
-- The upper bound of the type level.
local MAX_LEVEL = 1000000000000
-- The upper bound of the type total.
local MAX_REMEMBERED_TOTAL = 100000000000000
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

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
  return { err = "ARGUMENT stock.adjust expected 1 to 100 calls, each with 2 keys and 5 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_change = tonumber(wrapper_argv[wrapper_arguments + 1])
  if not arg_change or arg_change < -1000000000000 or arg_change > 1000000000000 or arg_change % 1 ~= 0 then
    return {
      err = "ARGUMENT stock.adjust change: expected a whole number from -1000000000000 to 1000000000000",
    }
  end
  local arg_warehouse = wrapper_argv[wrapper_arguments + 2]
  if arg_warehouse == "" then
    arg_warehouse = nil
  else
    if arg_warehouse == "" or #arg_warehouse > 256 then
      return { err = "ARGUMENT stock.adjust warehouse: expected 1 to 256 bytes" }
    end
    if string.find(arg_warehouse, "[%c{}]") then
      return { err = "ARGUMENT stock.adjust warehouse: expected no control characters and no braces" }
    end
  end
  local arg_backorder = wrapper_argv[wrapper_arguments + 3]
  if arg_backorder ~= "1" and arg_backorder ~= "0" then
    return { err = "ARGUMENT stock.adjust backorder: expected 1 or 0" }
  end
  arg_backorder = arg_backorder == "1"
  local arg_low = tonumber(wrapper_argv[wrapper_arguments + 4])
  if not arg_low or arg_low < 0 or arg_low > 1000000000000 or arg_low % 1 ~= 0 then
    return { err = "ARGUMENT stock.adjust low: expected a whole number from 0 to 1000000000000" }
  end
  local arg_remember_ms = tonumber(wrapper_argv[wrapper_arguments + 5])
  if
    not arg_remember_ms
    or arg_remember_ms < 1000
    or arg_remember_ms > 31622400000
    or arg_remember_ms % 1 ~= 0
  then
    return { err = "ARGUMENT stock.adjust remember_ms: expected a whole number from 1000 to 31622400000" }
  end

  --- Changes a product's stock by a sale or a return, and returns its total and status.
  do
    local stock, stock_operation, change, warehouse, backorder, low, remember_ms =
      KEYS[wrapper_keys + 1],
      KEYS[wrapper_keys + 2],
      arg_change,
      arg_warehouse,
      arg_backorder,
      arg_low,
      arg_remember_ms
    local total, held, field, level, fields, watch
    if warehouse then
      field = "level:" .. warehouse
      local stored = redis.call("HMGET", stock, "total", "held", field, "watch")
      total, held = stock_counts(stored[1], stored[2])
      level, watch = stored_level(stored[3]), stored[4]
    else
      fields, total, held, field, level, watch = stock_levels(stock, change < 0 and 1 or -1)
    end
    local watch_low = watched_low(watch)

    local outcome, new_total, new_level = "adjusted", 0, 0
    local available = 0
    local changed = nil
    if level and not total then
      error({ err = "CORRUPT total" })
    elseif not level or not field then
      outcome = total and "unknown_warehouse" or "unknown"
      remember_ms = math.min(remember_ms, HORIZON_MS)
    else
      new_total, new_level = total + change, level + change
      local missing = change < 0 and math.min(-change, -new_level) or 0
      if missing > 0 and fields then
        changed, missing = take_units(fields, -change)
        -- On backorder, units that no warehouse has are booked on the fullest, below zero.
        new_level = changed[2] - missing
        changed[2] = new_level
      end
      if change < 0 and not backorder and (missing > 0 or new_total < held) then
        outcome, new_total = "refused", total
      elseif
        (new_level > MAX_LEVEL or new_level < -MAX_LEVEL) and redis.call("EXISTS", stock_operation) == 0
      then
        error({ err = "ARGUMENT stock.adjust change: the level of a warehouse stays from -10^12 to 10^12" })
      end
      available = new_total - held
    end

    local answer = string.format(
      "%s %d %d %d %s %s",
      outcome,
      new_total,
      available,
      change,
      backorder and "yes" or "no",
      warehouse or ""
    )
    local remembered = redis.call("SET", stock_operation, answer, "NX", "GET", "PX", remember_ms)
    if remembered then
      local old_outcome, old_total, old_available, arguments =
        string.match(remembered, "^([%l_]+) (-?%d+) (-?%d+) (.*)$")
      total, available = tonumber(old_total), tonumber(old_available)
      if not total or math.abs(total) > MAX_REMEMBERED_TOTAL then
        error({ err = "CORRUPT stock-operation" })
      end
      if available < -2 * MAX_REMEMBERED_TOTAL or available > MAX_REMEMBERED_TOTAL then
        error({ err = "CORRUPT stock-operation" })
      end
      if arguments ~= string.format("%d %s %s", change, backorder and "yes" or "no", warehouse or "") then
        return "mismatch"
      elseif old_outcome == "adjusted" or old_outcome == "refused" then
        local before = old_outcome == "adjusted" and available - change or available
        return old_outcome,
          1,
          total or false,
          stock_status(before, low) or false,
          stock_status(available, low) or false,
          available
      elseif old_outcome == "unknown" or old_outcome == "unknown_warehouse" then
        return old_outcome
      end
      error({ err = "CORRUPT stock-operation" })
    end

    if outcome == "adjusted" then
      if changed then
        -- at most 202 values
        redis.call("HSET", stock, "total", new_total, unpack(changed))
      elseif field then
        redis.call("HSET", stock, "total", new_total, field, new_level)
      end
      if watch_low then
        status_change(stock, watch_low, available - change, available)
      end
    elseif outcome ~= "refused" then
      return outcome
    end
    local before = outcome == "adjusted" and available - change or available
    return outcome,
      0,
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
