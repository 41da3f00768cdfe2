// stock.recount 1.0.0. Generated from lua/stock/recount.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.recount`. */
export interface StockRecountArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
}

/** Reply of `stock.recount`: `outcome` says what happened. */
export type StockRecountReply =
  | {
      /**
       * - `recounted`: a sum or a queue was wrong and is right now.
       * - `correct`: all were right.
       */
      readonly outcome: "recounted" | "correct";
      /** Over all warehouses. Units, -100,000,000,000,000 to 100,000,000,000,000. */
      readonly total: number;
      /** The total minus held units. Units, -200,000,000,000,000 to 100,000,000,000,000. */
      readonly available: number;
    }
  | {
      /**
       * - `too_many`: the total is right now, but held may be wrong, because more than 1,000
       *   reservations are held, or more than 500 are known and do not agree with the queues.
       * - `unknown`: no warehouse has a level, and held is right now.
       */
      readonly outcome: "too_many" | "unknown";
    };

/** The function of `stock.recount`. A tenant's `stock` has it. */
export interface StockRecountOperation {
  /**
   * Repairs the sums of a product's stock: the total from the levels, and held from the held
   * reservations.
   *
   * Call it after an error CORRUPT total or CORRUPT held, when somebody has changed or deleted keys
   * by hand. It changes no level and no reservation. With at most 500 reservations, it also puts
   * each one back into its queue: held ones by the end of the lease, closed ones by their time.
   * Without a level, it removes the total, and repairs held all the same.
   *
   * Outcomes:
   * - `recounted`: a sum or a queue was wrong and is right now.
   * - `correct`: all were right.
   * - `too_many`: the total is right now, but held may be wrong, because more than 1,000
   *   reservations are held, or more than 500 are known and do not agree with the queues.
   * - `unknown`: no warehouse has a level, and held is right now.
   *
   * Units: `total`, `available` in units.
   *
   * Cost: O(W + R), W the product's warehouses, at most 100, R its reservations, at most 1,000 held
   * ones.
   *
   * Retry: safe. A second run computes the same sums.
   *
   * Lua source: `lua/stock/recount.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`: an argument is not of its type or outside its bounds. Nothing was written.
   * @throws `CORRUPT`: a stored value breaks its own rules. Nothing was written.
   * @throws `WRONG_TYPE`: a key holds another type of value. Nothing was written.
   * @throws `OUT_OF_MEMORY`: the server is at its memory limit. Nothing was written.
   * @throws `EVICTION`: the server's `maxmemory-policy` could evict what the script stores. Nothing
   *   was sent.
   * @throws `OUTCOME_UNKNOWN`: the call was sent and no answer came. The script may have run.
   * @throws `UNAVAILABLE`, `ABORTED`, `CLOSED` and the other errors that every call can end with.
   *
   * @example
   * ```ts
   * // A total that disagrees with the levels is repaired.
   * const reply = await acme.stock.recount({ product: "product-1" });
   * // reply: { outcome: "recounted", total: 12, available: 12 }
   * ```
   */
  recount(args: StockRecountArgs, options?: CallOptions): Promise<StockRecountReply>;
}

/** The script `stock.recount`, as a client loads and calls it. */
export const stockRecount: Script<StockRecountArgs, StockRecountReply> = {
  name: "stock.recount",
  version: "1.0.0",
  digest: "6f0cf07683ab9e79467acd03eb416bdec872c5ec",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
    "<namespace>:{<tenant>:<product>}:reservations",
    "<namespace>:{<tenant>:<product>}:reservation-ends",
    "<namespace>:{<tenant>:<product>}:closed-reservations",
    "<namespace>:{<slot of tenant, product>}:slot-due",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.stock(scope, args.product),
        keys.reservations(scope, args.product),
        keys.reservationEnds(scope, args.product),
        keys.closedReservations(scope, args.product),
        keys.slotDue(scope, args.product),
      ],
      args: [],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 3);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "recounted":
      case "correct":
        return {
          outcome,
          total: field.total.decode("total", fields[1]),
          available: field.available.decode("available", fields[2]),
        };
      case "too_many":
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
  outcome: choiceType(["recounted", "correct", "too_many", "unknown"]),
  total: types.total,
  available: types.available,
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stock/stored_reservation.lua": {
    6: 8, 8: 10, 10: 12, 11: 13, 12: 14, 13: 15, 14: 16, 15: 17, 16: 18, 17: 19, 18: 20, 19: 21, 20: 22,
  },
  "lua/lib/stock/misplaced_reservations.lua": {
    25: 14, 26: 15, 27: 16, 29: 18, 31: 20, 32: 21, 33: 22, 35: 24, 36: 25, 37: 26, 38: 27, 39: 28, 40: 29,
    41: 30, 42: 31, 43: 32, 44: 33, 45: 34, 46: 35, 47: 36, 48: 37, 49: 38, 50: 39, 51: 40, 52: 41, 53: 42,
    54: 43, 55: 44, 56: 45, 57: 46, 58: 47, 59: 48, 60: 49, 61: 50, 62: 51, 63: 52,
  },
  "lua/lib/slot_member.lua": {
    68: 6, 69: 7, 70: 8,
  },
  "lua/lib/stock/stored_level.lua": {
    74: 5, 76: 7, 77: 8, 78: 9, 79: 10, 80: 11, 81: 12, 82: 13, 83: 14, 84: 15, 85: 16,
  },
  "lua/stock/recount.lua": {
    89: 6, 91: 8, 93: 10, 94: 11, 96: 13, 98: 15, 101: 18, 103: 20, 104: 21, 106: 23, 107: 24, 108: 25,
    109: 26, 110: 27, 111: 28, 112: 29, 113: 30, 114: 31, 123: 85, 124: 85, 125: 85, 126: 86, 127: 87,
    128: 88, 129: 89, 130: 90, 131: 91, 133: 93, 134: 94, 135: 95, 136: 96, 137: 97, 138: 98, 139: 99,
    140: 100, 141: 101, 142: 102, 143: 103, 144: 104, 145: 105, 146: 106, 148: 108, 149: 109, 150: 110,
    151: 111, 152: 112, 153: 113, 154: 114, 155: 115, 156: 116, 157: 117, 158: 118, 159: 119, 160: 120,
    161: 121, 162: 122, 163: 123, 164: 124, 167: 127, 168: 128, 170: 130, 171: 131, 172: 132, 175: 135,
    176: 136, 177: 137, 179: 139, 180: 140, 181: 141, 183: 143, 184: 144, 185: 145, 187: 147, 188: 148,
    189: 149, 190: 150, 191: 151, 192: 152, 193: 153, 194: 154, 195: 155, 196: 156, 197: 157, 198: 158,
    199: 159, 200: 160, 201: 161, 202: 162, 203: 163, 204: 164, 205: 165, 206: 166, 207: 167, 208: 168,
    209: 169,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- stock.recount 1.0.0. Generated from lua/stock/recount.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stock/stored_reservation.lua:
--- Reads the stored text of one reservation, such as \`held 3 1767225600000\`.
local function stored_reservation(value)
  -- The upper bound of the type quantity.
  local MAX_RESERVED = 1000000000000
  -- The upper bound of the type epoch_ms.
  local MAX_TIME = 8640000000000000
  local state, stored_units, stored_end = string.match(value, "^(%l+) (%d+) (%d+)$")
  local units, ends_at = tonumber(stored_units), tonumber(stored_end)
  if not state or not units or units < 1 or units > MAX_RESERVED or not ends_at or ends_at > MAX_TIME then
    error({ err = "CORRUPT reservation" })
  end
  if state ~= "held" and state ~= "committed" and state ~= "released" and state ~= "expired" then
    error({ err = "CORRUPT reservation" })
  end
  return state, units, ends_at
end

-- From lua/lib/stock/misplaced_reservations.lua:
--- Finds reservations that are not in the queue that their text names, or not at its time. A name in
--- the queue of held ones that is no reservation ends the script.
local function misplaced_reservations(reservations, reservation_ends, closed_reservations)
  local all = redis.call("HKEYS", reservations)
  local texts = redis.call("HVALS", reservations)
  -- at most 500 names
  local lease_ends = redis.call("ZMSCORE", reservation_ends, unpack(all))
  -- at most 500 names
  local forget_times = redis.call("ZMSCORE", closed_reservations, unpack(all))
  local held_times, closed_times, not_held, not_closed = {}, {}, {}, {}
  local held, queued = 0, 0
  -- at most 500 reservations
  for position, name in ipairs(all) do
    local state, units, ends_at = stored_reservation(texts[position])
    local lease_end, forget_at = lease_ends[position], forget_times[position]
    local time = string.format("%d", ends_at)
    queued = queued + (lease_end and 1 or 0)
    if state == "held" then
      held = held + units
      if tonumber(lease_end or "") ~= ends_at then
        held_times[#held_times + 1] = time
        held_times[#held_times + 1] = name
      end
      if forget_at then
        not_closed[#not_closed + 1] = name
      end
    else
      if tonumber(forget_at or "") ~= ends_at then
        closed_times[#closed_times + 1] = time
        closed_times[#closed_times + 1] = name
      end
      if lease_end then
        not_held[#not_held + 1] = name
      end
    end
  end
  if queued < redis.call("ZCARD", reservation_ends) then
    error({ err = "CORRUPT reservation" })
  end
  return held_times, closed_times, not_held, not_closed, held
end

-- From lua/lib/slot_member.lua:
--- The name of a key's owner in the indexes of its slot: the text of the key's hash tag, such as
--- \`acme:lamp\`.
local function slot_member(key)
  return string.match(key, "{(.*)}") or ""
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

-- From lua/stock/recount.lua:
-- Each of 100 warehouses has two fields. The other two are total and held.
local MAX_FIELDS = 202
-- The most held reservations that one call adds up.
local MAX_HELD = 1000
-- The most reservations whose places in the two queues one call repairs.
local MAX_QUEUED = 500
local MAX_WAREHOUSES = 100
-- The upper bound of the type quantity.
local MAX_UNITS = 1000000000000
-- The upper bound of the type total.
local MAX_HELD_UNITS = 100000000000000

--- Adds up the units of the reservations in the queue of held ones, at most 1,000.
local function held_units(reservations, names)
  -- at most 1000 names
  local stored = redis.call("HMGET", reservations, unpack(names))
  local sum = 0
  -- at most 1000 reservations
  for position = 1, #names do
    local units = tonumber(string.match(stored[position] or "", "^held (%d+) %d+$"))
    if not units or units < 1 or units > MAX_UNITS then
      error({ err = "CORRUPT reservation" })
    end
    sum = sum + units
  end
  return sum
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 5 or #ARGV ~= 0 then
  return { err = "ARGUMENT stock.recount expected 5 keys and 0 arguments" }
end

--- Repairs the sums of a product's stock: the total from the levels, and held from the held
--- reservations.
do
  local stock, reservations, reservation_ends, closed_reservations, slot_due =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
  if redis.call("HLEN", stock) > MAX_FIELDS then
    error({ err = "CORRUPT stock of more than 100 warehouses" })
  end
  local fields = redis.call("HGETALL", stock)
  local stored_total, stored_held = nil, "0"
  local total, warehouses = 0, 0
  -- at most 202 fields
  for position = 1, #fields, 2 do
    local field, value = fields[position], fields[position + 1]
    if string.find(field, "^level:") then
      total = total + (stored_level(value) or 0)
      warehouses = warehouses + 1
    elseif field == "total" then
      stored_total = value
    elseif field == "held" then
      stored_held = value
    end
  end
  if warehouses > MAX_WAREHOUSES then
    error({ err = "CORRUPT stock of more than 100 warehouses" })
  end

  local held = 0
  local names = redis.call("ZRANGE", reservation_ends, "0", MAX_HELD)
  local known = redis.call("HLEN", reservations)
  local queued = redis.call("ZCARD", reservation_ends) + redis.call("ZCARD", closed_reservations)
  local counted = #names <= MAX_HELD and (known <= MAX_QUEUED or known == queued)
  local held_times, closed_times, not_held, not_closed = nil, nil, nil, nil
  if counted and known > 0 and known <= MAX_QUEUED then
    held_times, closed_times, not_held, not_closed, held =
      misplaced_reservations(reservations, reservation_ends, closed_reservations)
  elseif counted and #names > 0 then
    held = held_units(reservations, names)
  end
  if held > MAX_HELD_UNITS then
    error({ err = "CORRUPT reservation" })
  end
  local queues_are_wrong = held_times
    and (#held_times > 0 or #closed_times > 0 or #not_held > 0 or #not_closed > 0)

  -- ZCARD proves the type before the first write.
  redis.call("ZCARD", slot_due)
  if held_times and #held_times > 0 then
    -- at most 1000 values
    redis.call("ZADD", reservation_ends, unpack(held_times))
  end
  if closed_times and #closed_times > 0 then
    -- moonpath-allow order/write-before-check: stored_reservation has checked each time
    -- at most 1000 values
    redis.call("ZADD", closed_reservations, unpack(closed_times))
  end
  if not_held and #not_held > 0 then
    -- at most 500 values
    redis.call("ZREM", reservation_ends, unpack(not_held))
  end
  if not_closed and #not_closed > 0 then
    -- at most 500 values
    redis.call("ZREM", closed_reservations, unpack(not_closed))
  end
  if queues_are_wrong then
    -- At the time 0, the next sweep sets when the product is due.
    redis.call("ZADD", slot_due, "0", slot_member(stock))
  end
  local total_text, held_text = string.format("%d", total), string.format("%d", held)
  local total_is_wrong = warehouses > 0 and stored_total ~= total_text
  local held_is_wrong = counted and stored_held ~= held_text
  if total_is_wrong then
    redis.call("HSET", stock, "total", total_text)
  end
  if held_is_wrong then
    redis.call("HSET", stock, "held", held_text)
  end
  if warehouses == 0 and stored_total then
    redis.call("HDEL", stock, "total")
  end
  if not counted then
    return "too_many"
  elseif warehouses == 0 then
    return "unknown"
  elseif queues_are_wrong or total_is_wrong or held_is_wrong then
    return { "recounted", total or false, total - held }
  end
  return { "correct", total or false, total - held }
end
`;
