// stock.commit 2.0.0. Generated from lua/stock/commit.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, newOperation, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.commit`. */
export interface StockCommitArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** Part of the key. The client makes one if it is absent. 1 to 128 bytes. */
  readonly operation?: string | undefined;
  /** Names the reservation, such as the cart or the order. 1 to 256 bytes. */
  readonly reservation: string;
  /** Only from this warehouse; absent: from all warehouses of the product. 1 to 256 bytes. */
  readonly warehouse?: string | undefined;
  /**
   * How long the script remembers that the reservation is committed. Milliseconds, 1,000 to
   * 31,622,400,000.
   */
  readonly rememberMs: number;
}

/** Reply of `stock.commit`: `outcome` says what happened. */
export type StockCommitReply =
  | {
      /** `committed`: the units are sold. */
      readonly outcome: "committed";
      /**
       * Over all warehouses, after this operation. Units, -100,000,000,000,000 to
       * 100,000,000,000,000.
       */
      readonly total: number;
      /**
       * The total minus held units, after this operation. Units, -200,000,000,000,000 to
       * 100,000,000,000,000.
       */
      readonly available: number;
    }
  | {
      /**
       * - `already_committed`: an earlier call committed it.
       * - `short`: the warehouses have too few units now, and the reservation stays held.
       * - `released`: it was released before.
       * - `expired`: its lease has ended.
       * - `unknown`: the reservation does not exist, is no longer remembered, or its product has no
       *   stock.
       */
      readonly outcome: "already_committed" | "short" | "released" | "expired" | "unknown";
    };

/** The function of `stock.commit`. A tenant's `stock` has it. */
export interface StockCommitOperation {
  /**
   * Sells the units that a reservation holds: they leave the stock.
   *
   * Without a warehouse, the units come from the fullest warehouse first. When a lease has ended by
   * Redis's clock, the reservation is expired, even before a sweep.
   *
   * If the call sells nothing, the script remembers its answer under the operation, for rememberMs
   * but at most 10 minutes. A new attempt needs a new operation; the client generates one for each
   * call.
   *
   * Outcomes:
   * - `committed`: the units are sold.
   * - `already_committed`: an earlier call committed it.
   * - `short`: the warehouses have too few units now, and the reservation stays held.
   * - `released`: it was released before.
   * - `expired`: its lease has ended.
   * - `unknown`: the reservation does not exist, is no longer remembered, or its product has no
   *   stock.
   *
   * Units: `rememberMs` in milliseconds; `total`, `available` in units.
   *
   * Cost: O(W + log R), W the product's warehouses, at most 100, R its reservations; O(1 + log R)
   * with a warehouse.
   *
   * Retry: safe within `rememberMs`. A committed reservation is "already_committed", and an answer
   * that changed nothing is remembered; a second run changes nothing.
   *
   * Lua source: `lua/stock/commit.lua`, version 2.0.0.
   *
   * @throws `ARGUMENT`: an argument is not of its type or outside its bounds. Nothing was written.
   * @throws `CORRUPT`: a stored value breaks its own rules. Nothing was written.
   * @throws `WRONG_TYPE`: a key holds another type of value. Nothing was written.
   * @throws `EVICTION`: the server's `maxmemory-policy` could evict what the script stores. Nothing
   *   was sent.
   * @throws `OUTCOME_UNKNOWN`: the call was sent and no answer came. The script may have run.
   * @throws `UNAVAILABLE`, `ABORTED`, `CLOSED` and the other errors that every call can end with.
   *
   * @example
   * ```ts
   * // Held units are sold.
   * const reply = await acme.stock.commit({
   *   product: "product-1",
   *   operation: "op-1",
   *   reservation: "cart-1",
   *   rememberMs: 60_000,
   * });
   * // reply: { outcome: "committed", total: 9, available: 7 }
   * ```
   */
  commit(args: StockCommitArgs, options?: CallOptions): Promise<StockCommitReply>;
}

/** The script `stock.commit`, as a client loads and calls it. */
export const stockCommit: Script<StockCommitArgs, StockCommitReply> = {
  name: "stock.commit",
  version: "2.0.0",
  digest: "b355ff43f8d0abc8ca4c38c73c62988f86c1520b",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  resendWithinMs: (args) => args.rememberMs,
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
    "<namespace>:{<tenant>:<product>}:reservations",
    "<namespace>:{<tenant>:<product>}:reservation-ends",
    "<namespace>:{<tenant>:<product>}:closed-reservations",
    "<namespace>:{<tenant>:<product>}:commit-operation:<operation>",
  ],
  encode(scope, args) {
    const operation = args.operation ?? newOperation();
    return {
      keys: [
        keys.stock(scope, args.product),
        keys.reservations(scope, args.product),
        keys.reservationEnds(scope, args.product),
        keys.closedReservations(scope, args.product),
        keys.commitOperation(scope, args.product, operation),
      ],
      args: [
        argument.reservation.encode("reservation", args.reservation),
        argument.warehouse.encode("warehouse", args.warehouse),
        argument.rememberMs.encode("rememberMs", args.rememberMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 3);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "committed":
        return {
          outcome,
          total: field.total.decode("total", fields[1]),
          available: field.available.decode("available", fields[2]),
        };
      case "already_committed":
      case "short":
      case "released":
      case "expired":
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

/** How each argument is encoded, with its bounds. */
const argument = {
  reservation: types.id,
  warehouse: optional(types.id),
  rememberMs: types.rememberMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["committed", "already_committed", "short", "released", "expired", "unknown"]),
  total: types.total,
  available: types.available,
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/raise.lua": {
    6: 7, 12: 13, 13: 14, 14: 15,
  },
  "lua/lib/corrupt.lua": {
    19: 11, 20: 12, 21: 13,
  },
  "lua/lib/now_ms.lua": {
    25: 4, 26: 5, 27: 6, 28: 7,
  },
  "lua/lib/stock/stock_counts.lua": {
    32: 4, 35: 15, 36: 16, 37: 17, 38: 18, 39: 19, 40: 20, 41: 21, 42: 22, 43: 23, 44: 24, 45: 25, 46: 26,
    47: 27, 48: 28,
  },
  "lua/lib/stock/stock_levels.lua": {
    52: 5, 55: 8, 58: 21, 60: 23, 61: 24, 62: 25, 63: 26, 64: 27, 65: 28, 66: 29, 68: 31, 69: 32, 70: 33,
    71: 34, 72: 35, 73: 36, 74: 37, 75: 38, 76: 39, 77: 40, 78: 41, 79: 42, 80: 43, 81: 44, 82: 45, 83: 46,
    84: 47, 85: 48, 86: 49, 87: 50, 88: 51, 89: 52, 90: 53, 91: 54,
  },
  "lua/lib/stock/stored_level.lua": {
    95: 4, 98: 10, 99: 11, 100: 12, 101: 13, 102: 14, 103: 15, 104: 16, 105: 17, 106: 18, 107: 19,
  },
  "lua/lib/stock/stored_reservation.lua": {
    111: 4, 113: 6, 116: 15, 117: 16, 118: 17, 119: 18, 120: 19, 121: 20, 122: 21, 123: 22, 124: 23,
    125: 24, 126: 25,
  },
  "lua/lib/stock/take_units.lua": {
    130: 9, 131: 10, 133: 12, 134: 13, 135: 14, 136: 15, 137: 16, 138: 17, 139: 18, 140: 19, 141: 20,
    142: 21, 143: 22, 144: 23, 145: 24, 147: 26, 148: 27, 149: 28, 150: 29, 151: 30, 152: 31, 153: 32,
    154: 33, 155: 34, 156: 35,
  },
  "lua/stock/commit.lua": {
    160: 10, 195: 78, 196: 78, 197: 78, 198: 88, 199: 89, 200: 90, 201: 91, 202: 92, 203: 93, 204: 94,
    205: 95, 206: 96, 207: 97, 208: 98, 210: 100, 211: 101, 212: 102, 213: 103, 214: 104, 215: 105,
    216: 106, 217: 107, 218: 108, 219: 109, 220: 110, 221: 111, 222: 112, 223: 113, 224: 114, 225: 115,
    226: 116, 227: 117, 228: 118, 229: 119, 230: 120, 231: 121, 232: 122, 233: 123, 234: 124, 235: 125,
    236: 126, 237: 127, 238: 128, 239: 129, 240: 130, 242: 132, 243: 133, 244: 134, 245: 135, 246: 136,
    247: 137, 248: 138, 249: 139, 250: 140, 251: 141, 253: 143, 254: 144, 255: 145, 256: 146, 257: 147,
    258: 148, 259: 149, 260: 150, 261: 151, 262: 152, 263: 153, 264: 154, 265: 155, 266: 156, 267: 157,
    268: 158, 269: 159,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- stock.commit 2.0.0. Generated from lua/stock/commit.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/raise.lua:
--- Ends the script with an error that names a line of the script. Call it before the first write.
local function raise(code, what, level)
  -- Clients expect the code as the first word of an error. Redis puts ERR in front of an error that
  -- is a text, so this error must be a table. For a table, Redis names the line of error() itself,
  -- which is always the line below. Lua adds the line at \`level\`, but only to a text. So the first
  -- error() is caught and only returns this position, "user_script:<line>: ". The second error()
  -- ends the script.
  local _, position = pcall(error, "", level + 2)
  error({ err = code .. " " .. what .. " at " .. string.gsub(position, ": $", "") })
end

-- From lua/lib/corrupt.lua:
--- Ends the script with the error CORRUPT: a stored value does not have the form that the keyspace
--- declares.
local function corrupt(what, level)
  raise("CORRUPT", what, (level or 1) + 1)
end

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/lib/stock/stock_counts.lua:
-- The upper bound of the type total.
local MAX_TOTAL = 100000000000000

--- Checks the fields \`total\` and \`held\` of a stock.
local function stock_counts(stored_total, stored_held)
  local total = nil
  if stored_total then
    total = tonumber(stored_total)
    if not total or total % 1 ~= 0 or total < -MAX_TOTAL or total > MAX_TOTAL then
      corrupt("total", 2)
    end
  end
  local held = tonumber(stored_held or "0")
  if not held or held % 1 ~= 0 or held < 0 or held > MAX_TOTAL then
    corrupt("held", 2)
  end
  return total, held
end

-- From lua/lib/stock/stock_levels.lua:
-- The upper bound of the type level, and the lower one without its sign.
local MAX_SUMMED_LEVEL = 1000000000000
-- A product has at most 100 warehouses, each with a level and an event. The other two fields are
-- total and held.
local MAX_FIELDS = 202

--- Reads all levels of a product, and finds the fullest warehouse, or the emptiest.
local function stock_levels(stock, direction)
  -- HLEN first, because a hash that no script made may be of any size.
  if redis.call("HLEN", stock) > MAX_FIELDS then
    corrupt("stock of more than 100 warehouses", 2)
  end
  local fields = redis.call("HGETALL", stock)
  local stored_total, stored_held = false, false
  local found, found_level = nil, nil
  local sum = 0
  -- at most 202 fields
  for position = 1, #fields, 2 do
    local field = fields[position]
    if string.find(field, "^level:") then
      local level = tonumber(fields[position + 1])
      if not level or level % 1 ~= 0 or level < -MAX_SUMMED_LEVEL or level > MAX_SUMMED_LEVEL then
        corrupt("level of a warehouse", 2)
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
    end
  end
  local total, held = stock_counts(stored_total, stored_held)
  if sum ~= (total or 0) or (found and not total) then
    corrupt("total", 2)
  end
  return fields, total, held, found, found_level
end

-- From lua/lib/stock/stored_level.lua:
-- The upper bound of the type level, and the lower one without its sign.
local MAX_STORED_LEVEL = 1000000000000

--- Reads the level of a warehouse.
local function stored_level(value)
  if not value then
    return nil
  end
  local level = tonumber(value)
  if not level or level % 1 ~= 0 or level < -MAX_STORED_LEVEL or level > MAX_STORED_LEVEL then
    corrupt("level of a warehouse", 2)
  end
  return level
end

-- From lua/lib/stock/stored_reservation.lua:
-- The upper bound of the type quantity.
local MAX_RESERVED = 1000000000000
-- The upper bound of the type epoch_ms.
local MAX_TIME = 8640000000000000

--- Reads the stored text of one reservation, such as \`held 3 1767225600000\`.
local function stored_reservation(value)
  local state, stored_units, stored_end = string.match(value, "^(%l+) (%d+) (%d+)$")
  local units, ends_at = tonumber(stored_units), tonumber(stored_end)
  if not state or not units or units < 1 or units > MAX_RESERVED or not ends_at or ends_at > MAX_TIME then
    corrupt("reservation", 2)
  end
  if state ~= "held" and state ~= "committed" and state ~= "released" and state ~= "expired" then
    corrupt("reservation", 2)
  end
  return state, units, ends_at
end

-- From lua/lib/stock/take_units.lua:
--- Takes units from several warehouses, from the fullest first.
local function take_units(fields, units)
  local levels = {}
  -- at most 202 fields
  for position = 1, #fields, 2 do
    if string.find(fields[position], "^level:") then
      levels[#levels + 1] = { field = fields[position], quantity = tonumber(fields[position + 1]) }
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

-- From lua/stock/commit.lua:
-- 10 minutes: the time within which a late copy of a call must change nothing.
local HORIZON_MS = 600000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 5 or #ARGV ~= 3 then
  return { err = "ARGUMENT stock.commit expected 5 keys and 3 arguments" }
end
local arg_reservation = ARGV[1]
if arg_reservation == "" or #arg_reservation > 256 then
  return { err = "ARGUMENT stock.commit reservation: expected 1 to 256 bytes" }
end
if string.find(arg_reservation, "[%c{}]") then
  return { err = "ARGUMENT stock.commit reservation: expected no control characters and no braces" }
end
local arg_warehouse = ARGV[2]
if arg_warehouse == "" then
  arg_warehouse = nil
else
  if arg_warehouse == "" or #arg_warehouse > 256 then
    return { err = "ARGUMENT stock.commit warehouse: expected 1 to 256 bytes" }
  end
  if string.find(arg_warehouse, "[%c{}]") then
    return { err = "ARGUMENT stock.commit warehouse: expected no control characters and no braces" }
  end
end
local arg_remember_ms = tonumber(ARGV[3])
if
  not arg_remember_ms
  or arg_remember_ms < 1000
  or arg_remember_ms > 31622400000
  or arg_remember_ms % 1 ~= 0
then
  return { err = "ARGUMENT stock.commit remember_ms: expected a whole number from 1000 to 31622400000" }
end

--- Sells the units that a reservation holds: they leave the stock.
do
  local stock, reservations, reservation_ends, closed_reservations, commit_operation, reservation, warehouse, remember_ms =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], arg_reservation, arg_warehouse, arg_remember_ms
  local known = redis.call("HGET", reservations, reservation)
  local remembered = redis.call("GET", commit_operation)
  if remembered then
    local outcome, name = string.match(remembered, "^(%S+) (.+)$")
    if name == reservation then
      if outcome == "short" or outcome == "released" or outcome == "expired" or outcome == "unknown" then
        return outcome
      end
      corrupt("commit-operation")
    end
  end

  local outcome = "unknown"
  if known then
    local state, units, ends_at = stored_reservation(known)
    local now = now_ms()
    if state == "committed" then
      return "already_committed"
    elseif state == "released" then
      outcome = "released"
    elseif state == "expired" or now >= ends_at then
      outcome = "expired"
    else
      local total, held, field, level, fields
      if warehouse then
        field = "level:" .. warehouse
        local stored = redis.call("HMGET", stock, "total", "held", field)
        total, held = stock_counts(stored[1], stored[2])
        level = stored_level(stored[3])
      else
        fields, total, held, field, level = stock_levels(stock, 1)
      end
      local changed, missing = nil, level and math.max(units - level, 0) or units
      if missing > 0 and fields then
        changed, missing = take_units(fields, units)
      end
      if total and held < units then
        corrupt("held")
      elseif level and not total then
        corrupt("total")
      elseif total and missing > 0 then
        outcome = "short"
      elseif total and level and field then
        -- ZCARD proves the type before the first write.
        redis.call("ZCARD", closed_reservations)
        redis.call("ZREM", reservation_ends, reservation)
        redis.call("ZADD", closed_reservations, now + remember_ms, reservation)
        redis.call(
          "HSET",
          reservations,
          reservation,
          string.format("committed %d %d", units, now + remember_ms)
        )
        if changed then
          -- at most 204 values
          redis.call("HSET", stock, "total", total - units, "held", held - units, unpack(changed))
        else
          redis.call("HSET", stock, "total", total - units, "held", held - units, field, level - units)
        end
        return { "committed", total - units, total - held }
      end
    end
  end
  redis.call(
    "SET",
    commit_operation,
    string.format("%s %s", outcome, reservation),
    "PX",
    math.min(remember_ms, HORIZON_MS)
  )
  return outcome
end
`;
