// stock.commit 1.0.0. Generated from lua/stock/commit.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, newOperation, optional, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
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
   * How long the script remembers how the reservation has ended. Milliseconds, 1,000 to
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
       * - `mismatch`: a remembered answer of this operation was for another reservation or
       *   warehouse, and nothing is changed.
       * - `released`: it was released before.
       * - `expired`: its lease has ended.
       * - `unknown`: the reservation does not exist, is no longer remembered, or its product has no
       *   stock.
       */
      readonly outcome: "already_committed" | "short" | "mismatch" | "released" | "expired" | "unknown";
    };

/** The function of `stock.commit`. A tenant's `stock` has it. */
export interface StockCommitOperation {
  /**
   * Sells the units that a reservation holds: they leave the stock.
   *
   * Without a warehouse, the units come from the fullest warehouse first. When a lease has ended by
   * Redis's clock, the reservation is expired, even before a sweep. The script closes it for good,
   * and its units are available again.
   *
   * If the call sells nothing, the script remembers its answer and its arguments under the
   * operation, for rememberMs but at most 10 minutes, unless the closed reservation is known for
   * longer. A new attempt needs a new operation; the client generates one for each call. After
   * "committed", the operation is not remembered, so the script cannot compare it.
   *
   * Outcomes:
   * - `committed`: the units are sold.
   * - `already_committed`: an earlier call committed it.
   * - `short`: the warehouses have too few units now, and the reservation stays held.
   * - `mismatch`: a remembered answer of this operation was for another reservation or warehouse,
   *   and nothing is changed.
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
   * Retry: safe within `rememberMs`. A closed reservation is known; another answer is remembered
   * for rememberMs but at most 10 minutes; a second run changes nothing.
   *
   * Lua source: `lua/stock/commit.lua`, version 1.0.0.
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
   *   rememberMs: 3_600_000,
   * });
   * // reply: { outcome: "committed", total: 9, available: 7 }
   * ```
   */
  readonly commit: {
    (args: StockCommitArgs, options?: CallOptions): Promise<StockCommitReply>;
    /**
     * Makes many calls of `commit` at once. Each call has its own result, in the order of the
     * calls.
     *
     * One EVALSHA makes up to 64 calls with keys in the same slot, one after the other. On a
     * cluster, each node gets its calls in one write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`: `calls` is no list, or an option is not valid. Nothing was sent.
     * @throws `ABORTED` or `CLOSED` before anything was sent. Every other error is in a result.
     */
    many(calls: readonly StockCommitArgs[], options?: CallOptions): Promise<ManyResult<StockCommitReply>[]>;
  };
}

/** The script `stock.commit`, as a client loads and calls it. */
export const stockCommit: ManyScript<StockCommitArgs, StockCommitReply> = {
  name: "stock.commit",
  version: "1.0.0",
  digest: "cc998c4bdb6cf0e70b6534e39ce57a5fff90eb1b",
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
      case "mismatch":
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
  many: {
    limit: 64,
    width: 3,
    digest: "e6f24cbed54083ecf995c5ce1d1daf1c81732a08",
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
  reservation: types.id,
  warehouse: optional(types.id),
  rememberMs: types.rememberMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["committed", "already_committed", "short", "mismatch", "released", "expired", "unknown"]),
  total: types.total,
  available: types.available,
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stock/stock_counts.lua": {
    6: 10, 8: 12, 9: 13, 10: 14, 11: 15, 12: 16, 13: 17, 14: 18, 15: 19, 16: 20, 17: 21, 18: 22, 19: 23,
    20: 24, 21: 25,
  },
  "lua/lib/stock/close_reservation.lua": {
    25: 14, 26: 15, 27: 16, 28: 17, 29: 18, 30: 19, 31: 20, 32: 21, 33: 22, 34: 23, 35: 24, 36: 25, 38: 27,
    39: 28, 40: 29, 41: 30, 42: 31, 44: 33, 45: 34, 46: 35, 47: 36, 48: 37, 49: 38, 50: 39, 51: 40, 52: 41,
    53: 42, 54: 43,
  },
  "lua/lib/now_ms.lua": {
    58: 4, 59: 5, 60: 6, 61: 7,
  },
  "lua/lib/stock/stock_levels.lua": {
    65: 14, 67: 16, 70: 19, 72: 21, 73: 22, 74: 23, 75: 24, 76: 25, 77: 26, 78: 27, 80: 29, 81: 30, 82: 31,
    83: 32, 84: 33, 85: 34, 86: 35, 87: 36, 88: 37, 89: 38, 90: 39, 91: 40, 92: 41, 93: 42, 94: 43, 95: 44,
    96: 45, 97: 46, 98: 47, 99: 48, 100: 49, 101: 50, 102: 51, 103: 52,
  },
  "lua/lib/stock/stored_level.lua": {
    107: 5, 109: 7, 110: 8, 111: 9, 112: 10, 113: 11, 114: 12, 115: 13, 116: 14, 117: 15, 118: 16,
  },
  "lua/lib/stock/stored_reservation.lua": {
    122: 8, 124: 10, 126: 12, 127: 13, 128: 14, 129: 15, 130: 16, 131: 17, 132: 18, 133: 19, 134: 20,
    135: 21, 136: 22,
  },
  "lua/lib/stock/take_units.lua": {
    140: 9, 141: 10, 143: 12, 144: 13, 145: 14, 146: 15, 147: 16, 148: 17, 149: 18, 150: 19, 151: 20,
    152: 21, 153: 22, 154: 23, 155: 24, 157: 26, 158: 27, 159: 28, 160: 29, 161: 30, 162: 31, 163: 32,
    164: 33, 165: 34, 166: 35,
  },
  "lua/stock/commit.lua": {
    170: 10, 205: 93, 206: 93, 207: 93, 208: 103, 209: 104, 210: 105, 211: 106, 212: 107, 213: 108,
    214: 109, 215: 110, 216: 111, 217: 112, 218: 113, 219: 114, 220: 115, 222: 117, 223: 118, 224: 119,
    225: 120, 226: 121, 227: 122, 228: 123, 230: 125, 231: 126, 232: 127, 234: 129, 235: 130, 236: 131,
    237: 132, 238: 133, 239: 134, 240: 135, 241: 136, 242: 137, 243: 138, 244: 139, 245: 140, 246: 141,
    247: 142, 248: 143, 249: 144, 250: 145, 251: 146, 252: 147, 253: 148, 254: 149, 255: 150, 256: 151,
    257: 152, 258: 153, 259: 154, 260: 155, 261: 156, 262: 157, 263: 158, 264: 159, 265: 160, 266: 161,
    268: 163, 269: 164, 270: 165, 271: 166, 272: 167, 273: 168, 275: 170, 276: 171, 277: 172, 278: 173,
    279: 174, 280: 175, 281: 176, 282: 177, 284: 179, 285: 180, 286: 181, 287: 182,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- stock.commit 1.0.0. Generated from lua/stock/commit.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/stock/close_reservation.lua:
--- Closes a held reservation, so that its units are available again.
local function close_reservation(
  stock,
  reservations,
  reservation_ends,
  closed_reservations,
  reservation,
  units,
  state,
  forget_at_ms
)
  local stored = redis.call("HMGET", stock, "total", "held")
  local total, held = stock_counts(stored[1], stored[2])
  -- Without a total, the stock was forgotten or deleted, and fewer units may be held.
  if total and held < units then
    error({ err = "CORRUPT held" })
  end
  local still_held = math.max(held - units, 0)
  local forget_at = string.format("%d", forget_at_ms)
  -- ZCARD proves the type before the first write.
  redis.call("ZCARD", closed_reservations)
  redis.call("ZREM", reservation_ends, reservation)
  redis.call("ZADD", closed_reservations, forget_at, reservation)
  redis.call("HSET", reservations, reservation, string.format("%s %d %s", state, units, forget_at))
  if total or still_held > 0 then
    redis.call("HSET", stock, "held", still_held)
  else
    redis.call("HDEL", stock, "held")
  end
  return (total or 0) - still_held
end

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/lib/stock/stock_levels.lua:
--- Reads all levels of a product, and finds the fullest warehouse, or the emptiest.
local function stock_levels(stock, direction)
  -- The upper bound of the type level, and the lower one without its sign.
  local MAX_SUMMED_LEVEL = 1000000000000
  -- A product has at most 100 warehouses, each with a level and an event. The other two fields are
  -- total and held.
  local MAX_FIELDS = 202
  -- HLEN first, because a hash that no script made may be of any size.
  if redis.call("HLEN", stock) > MAX_FIELDS then
    error({ err = "CORRUPT stock of more than 100 warehouses" })
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
    end
  end
  local total, held = stock_counts(stored_total, stored_held)
  if sum ~= (total or 0) then
    error({ err = "CORRUPT total" })
  end
  return fields, total, held, found, found_level
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

-- From lua/lib/stock/stored_reservation.lua:
--- Reads the stored text of one reservation, such as \`held 3 1767225600000\`.
local function stored_reservation(value)
  -- The upper bound of the type quantity.
  local MAX_RESERVED = 1000000000000
  -- The upper bound of the type epoch_ms.
  local MAX_TIME = 8640000000000000
  local state, stored_units, stored_end = string.match(value, "^(%l+) (%d+) (%d+)$")
  local units, ends_at = tonumber(stored_units), tonumber(stored_end)
  if not units or units < 1 or units > MAX_RESERVED or ends_at > MAX_TIME then
    error({ err = "CORRUPT reservation" })
  end
  if state ~= "held" and state ~= "committed" and state ~= "released" and state ~= "expired" then
    error({ err = "CORRUPT reservation" })
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
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

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
    local outcome, arguments = string.match(remembered, "^(%S+) (.+)$")
    if arguments and arguments ~= reservation .. "\\t" .. (warehouse or "") then
      return "mismatch"
    elseif outcome == "short" or outcome == "released" or outcome == "expired" then
      return outcome
    elseif outcome == "already_committed" or outcome == "unknown" then
      return outcome
    end
    error({ err = "CORRUPT commit-operation" })
  end

  local outcome = "unknown"
  if known then
    local state, units, ends_at = stored_reservation(known)
    local now = now_ms()
    if state ~= "held" then
      outcome = state == "committed" and "already_committed" or state
      if ends_at - now >= HORIZON_MS then
        -- The reservation is known as long as a late copy of this call may come.
        return outcome
      end
    elseif now >= ends_at then
      -- Closed for good, because after a failover the clock may be before the end of the lease.
      local forget_at_ms = now + remember_ms
      close_reservation(
        stock,
        reservations,
        reservation_ends,
        closed_reservations,
        reservation,
        units,
        "expired",
        forget_at_ms
      )
      return "expired"
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
        error({ err = "CORRUPT held" })
      elseif level and not total then
        error({ err = "CORRUPT total" })
      elseif total and missing > 0 then
        outcome = "short"
      elseif level and field then
        -- ZCARD proves the type before the first write.
        redis.call("ZCARD", closed_reservations)
        local forget_at = string.format("%d", now + remember_ms)
        redis.call("ZREM", reservation_ends, reservation)
        redis.call("ZADD", closed_reservations, forget_at, reservation)
        redis.call("HSET", reservations, reservation, string.format("committed %d %s", units, forget_at))
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
  -- No name has a tab.
  local answer = outcome .. " " .. reservation .. "\\t" .. (warehouse or "")
  redis.call("SET", commit_operation, answer, "PX", math.min(remember_ms, HORIZON_MS))
  return outcome
end
`;

/** Source file -> line of the Lua text below -> line of that source file. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/stock/stock_counts.lua": {
    7: 10, 9: 12, 10: 13, 11: 14, 12: 15, 13: 16, 14: 17, 15: 18, 16: 19, 17: 20, 18: 21, 19: 22, 20: 23,
    21: 24, 22: 25,
  },
  "lua/lib/stock/close_reservation.lua": {
    26: 14, 27: 15, 28: 16, 29: 17, 30: 18, 31: 19, 32: 20, 33: 21, 34: 22, 35: 23, 36: 24, 37: 25, 39: 27,
    40: 28, 41: 29, 42: 30, 43: 31, 45: 33, 46: 34, 47: 35, 48: 36, 49: 37, 50: 38, 51: 39, 52: 40, 53: 41,
    54: 42, 55: 43,
  },
  "lua/lib/now_ms.lua": {
    59: 4, 60: 5, 61: 6, 62: 7,
  },
  "lua/lib/stock/stock_levels.lua": {
    66: 14, 68: 16, 71: 19, 73: 21, 74: 22, 75: 23, 76: 24, 77: 25, 78: 26, 79: 27, 81: 29, 82: 30, 83: 31,
    84: 32, 85: 33, 86: 34, 87: 35, 88: 36, 89: 37, 90: 38, 91: 39, 92: 40, 93: 41, 94: 42, 95: 43, 96: 44,
    97: 45, 98: 46, 99: 47, 100: 48, 101: 49, 102: 50, 103: 51, 104: 52,
  },
  "lua/lib/stock/stored_level.lua": {
    108: 5, 110: 7, 111: 8, 112: 9, 113: 10, 114: 11, 115: 12, 116: 13, 117: 14, 118: 15, 119: 16,
  },
  "lua/lib/stock/stored_reservation.lua": {
    123: 8, 125: 10, 127: 12, 128: 13, 129: 14, 130: 15, 131: 16, 132: 17, 133: 18, 134: 19, 135: 20,
    136: 21, 137: 22,
  },
  "lua/lib/stock/take_units.lua": {
    141: 9, 142: 10, 144: 12, 145: 13, 146: 14, 147: 15, 148: 16, 149: 17, 150: 18, 151: 19, 152: 20,
    153: 21, 154: 22, 155: 23, 156: 24, 158: 26, 159: 27, 160: 28, 161: 29, 162: 30, 163: 31, 164: 32,
    165: 33, 166: 34, 167: 35,
  },
  "lua/stock/commit.lua": {
    171: 10, 214: 93, 215: 93, 216: 93, 217: 93, 218: 93, 219: 93, 220: 93, 221: 93, 222: 93, 223: 93,
    224: 103, 225: 104, 226: 105, 227: 106, 228: 107, 229: 108, 230: 109, 231: 110, 232: 111, 233: 112,
    234: 113, 235: 114, 236: 115, 238: 117, 239: 118, 240: 119, 241: 120, 242: 121, 243: 122, 244: 123,
    246: 125, 247: 126, 248: 127, 250: 129, 251: 130, 252: 131, 253: 132, 254: 133, 255: 134, 256: 135,
    257: 136, 258: 137, 259: 138, 260: 139, 261: 140, 262: 141, 263: 142, 264: 143, 265: 144, 266: 145,
    267: 146, 268: 147, 269: 148, 270: 149, 271: 150, 272: 151, 273: 152, 274: 153, 275: 154, 276: 155,
    277: 156, 278: 157, 279: 158, 280: 159, 281: 160, 282: 161, 284: 163, 285: 164, 286: 165, 287: 166,
    288: 167, 289: 168, 291: 170, 292: 171, 293: 172, 294: 173, 295: 174, 296: 175, 297: 176, 298: 177,
    300: 179, 301: 180, 302: 181, 303: 182,
  },
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=allow-oom
-- stock.commit 1.0.0. Generated from lua/stock/commit.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 64 calls in one run. An error ends only its own call.

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

-- From lua/lib/stock/close_reservation.lua:
--- Closes a held reservation, so that its units are available again.
local function close_reservation(
  stock,
  reservations,
  reservation_ends,
  closed_reservations,
  reservation,
  units,
  state,
  forget_at_ms
)
  local stored = redis.call("HMGET", stock, "total", "held")
  local total, held = stock_counts(stored[1], stored[2])
  -- Without a total, the stock was forgotten or deleted, and fewer units may be held.
  if total and held < units then
    error({ err = "CORRUPT held" })
  end
  local still_held = math.max(held - units, 0)
  local forget_at = string.format("%d", forget_at_ms)
  -- ZCARD proves the type before the first write.
  redis.call("ZCARD", closed_reservations)
  redis.call("ZREM", reservation_ends, reservation)
  redis.call("ZADD", closed_reservations, forget_at, reservation)
  redis.call("HSET", reservations, reservation, string.format("%s %d %s", state, units, forget_at))
  if total or still_held > 0 then
    redis.call("HSET", stock, "held", still_held)
  else
    redis.call("HDEL", stock, "held")
  end
  return (total or 0) - still_held
end

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/lib/stock/stock_levels.lua:
--- Reads all levels of a product, and finds the fullest warehouse, or the emptiest.
local function stock_levels(stock, direction)
  -- The upper bound of the type level, and the lower one without its sign.
  local MAX_SUMMED_LEVEL = 1000000000000
  -- A product has at most 100 warehouses, each with a level and an event. The other two fields are
  -- total and held.
  local MAX_FIELDS = 202
  -- HLEN first, because a hash that no script made may be of any size.
  if redis.call("HLEN", stock) > MAX_FIELDS then
    error({ err = "CORRUPT stock of more than 100 warehouses" })
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
    end
  end
  local total, held = stock_counts(stored_total, stored_held)
  if sum ~= (total or 0) then
    error({ err = "CORRUPT total" })
  end
  return fields, total, held, found, found_level
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

-- From lua/lib/stock/stored_reservation.lua:
--- Reads the stored text of one reservation, such as \`held 3 1767225600000\`.
local function stored_reservation(value)
  -- The upper bound of the type quantity.
  local MAX_RESERVED = 1000000000000
  -- The upper bound of the type epoch_ms.
  local MAX_TIME = 8640000000000000
  local state, stored_units, stored_end = string.match(value, "^(%l+) (%d+) (%d+)$")
  local units, ends_at = tonumber(stored_units), tonumber(stored_end)
  if not units or units < 1 or units > MAX_RESERVED or ends_at > MAX_TIME then
    error({ err = "CORRUPT reservation" })
  end
  if state ~= "held" and state ~= "committed" and state ~= "released" and state ~= "expired" then
    error({ err = "CORRUPT reservation" })
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
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

-- Generated: KEYS has the keys of all calls, one call after the other, and ARGV their arguments.
local wrapper_calls = #KEYS / 5
if wrapper_calls < 1 or wrapper_calls > 64 or wrapper_calls % 1 ~= 0 or #ARGV ~= 3 * wrapper_calls then
  return { err = "ARGUMENT stock.commit expected 1 to 64 calls, each with 5 keys and 3 arguments" }
end
-- Locals cost less than globals.
local KEYS, ARGV, xpcall, type = KEYS, ARGV, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_reservation = ARGV[wrapper_arguments + 1]
  if arg_reservation == "" or #arg_reservation > 256 then
    return { err = "ARGUMENT stock.commit reservation: expected 1 to 256 bytes" }
  end
  if string.find(arg_reservation, "[%c{}]") then
    return { err = "ARGUMENT stock.commit reservation: expected no control characters and no braces" }
  end
  local arg_warehouse = ARGV[wrapper_arguments + 2]
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
  local arg_remember_ms = tonumber(ARGV[wrapper_arguments + 3])
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
      KEYS[wrapper_keys + 1],
      KEYS[wrapper_keys + 2],
      KEYS[wrapper_keys + 3],
      KEYS[wrapper_keys + 4],
      KEYS[wrapper_keys + 5],
      arg_reservation,
      arg_warehouse,
      arg_remember_ms
    local known = redis.call("HGET", reservations, reservation)
    local remembered = redis.call("GET", commit_operation)
    if remembered then
      local outcome, arguments = string.match(remembered, "^(%S+) (.+)$")
      if arguments and arguments ~= reservation .. "\\t" .. (warehouse or "") then
        return "mismatch"
      elseif outcome == "short" or outcome == "released" or outcome == "expired" then
        return outcome
      elseif outcome == "already_committed" or outcome == "unknown" then
        return outcome
      end
      error({ err = "CORRUPT commit-operation" })
    end

    local outcome = "unknown"
    if known then
      local state, units, ends_at = stored_reservation(known)
      local now = now_ms()
      if state ~= "held" then
        outcome = state == "committed" and "already_committed" or state
        if ends_at - now >= HORIZON_MS then
          -- The reservation is known as long as a late copy of this call may come.
          return outcome
        end
      elseif now >= ends_at then
        -- Closed for good, because after a failover the clock may be before the end of the lease.
        local forget_at_ms = now + remember_ms
        close_reservation(
          stock,
          reservations,
          reservation_ends,
          closed_reservations,
          reservation,
          units,
          "expired",
          forget_at_ms
        )
        return "expired"
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
          error({ err = "CORRUPT held" })
        elseif level and not total then
          error({ err = "CORRUPT total" })
        elseif total and missing > 0 then
          outcome = "short"
        elseif level and field then
          -- ZCARD proves the type before the first write.
          redis.call("ZCARD", closed_reservations)
          local forget_at = string.format("%d", now + remember_ms)
          redis.call("ZREM", reservation_ends, reservation)
          redis.call("ZADD", closed_reservations, forget_at, reservation)
          redis.call("HSET", reservations, reservation, string.format("committed %d %s", units, forget_at))
          if changed then
            -- at most 204 values
            redis.call("HSET", stock, "total", total - units, "held", held - units, unpack(changed))
          else
            redis.call("HSET", stock, "total", total - units, "held", held - units, field, level - units)
          end
          return "committed", total - units, total - held
        end
      end
    end
    -- No name has a tab.
    local answer = outcome .. " " .. reservation .. "\\t" .. (warehouse or "")
    redis.call("SET", commit_operation, answer, "PX", math.min(remember_ms, HORIZON_MS))
    return outcome
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
  wrapper_keys = wrapper_keys + 5
  wrapper_arguments = wrapper_arguments + 3
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
