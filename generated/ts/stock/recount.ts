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
       * - `too_many`: the total is right now, but held may be wrong. More than 1,000 reservations
       *   are held, or more than 500 are known and do not agree with the queues, which lack
       *   prepared ones.
       * - `unknown`: no warehouse has a level, and held is right now.
       */
      readonly outcome: "too_many" | "unknown";
    };

/** The function of `stock.recount`. A tenant's `stock` has it. */
export interface StockRecountOperation {
  /**
   * Repairs the sums of a product's stock: the total from the levels, and held and prepared from
   * the reservations.
   *
   * Call it after an error CORRUPT total, held or reservation, when somebody has changed or deleted
   * keys by hand. It changes no level and no text of a reservation. With at most 500 reservations,
   * it puts each one back into its queue: held ones by the end of the lease, closed ones by their
   * time. Without a level, it removes the total, and repairs held all the same.
   *
   * It also removes names without a text from both queues, at most 500 of each queue, or 1,000 if
   * there are more than 500 reservations. Call it again until it answers "correct". After it has
   * repaired a queue, the product is due in the index of its slot, and a message reports that.
   *
   * Outcomes:
   * - `recounted`: a sum or a queue was wrong and is right now.
   * - `correct`: all were right.
   * - `too_many`: the total is right now, but held may be wrong. More than 1,000 reservations are
   *   held, or more than 500 are known and do not agree with the queues, which lack prepared ones.
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
  digest: "bbd2feed057b6f245e68c3475d36e890b4b34158",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
    "<namespace>:{<tenant>:<product>}:reservations",
    "<namespace>:{<tenant>:<product>}:reservation-ends",
    "<namespace>:{<tenant>:<product>}:closed-reservations",
    "<namespace>:{<slot of tenant, product>}:slot-due",
    "<namespace>:{<slot of tenant, product>}:slot-prepared",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.stock(scope, args.product),
        keys.reservations(scope, args.product),
        keys.reservationEnds(scope, args.product),
        keys.closedReservations(scope, args.product),
        keys.slotDue(scope, args.product),
        keys.slotPrepared(scope, args.product),
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
    6: 10, 8: 12, 10: 14, 12: 16, 13: 17, 14: 18, 15: 19, 16: 20, 17: 21, 18: 22, 19: 23, 20: 24, 21: 25,
    22: 26, 23: 27, 24: 28, 25: 29, 26: 30, 27: 31, 28: 32,
  },
  "lua/lib/stock/misplaced_reservations.lua": {
    32: 15, 33: 16, 34: 17, 35: 18, 36: 19, 37: 20, 38: 21, 39: 22, 40: 23, 42: 25, 44: 27, 45: 28, 46: 29,
    48: 31, 49: 32, 50: 33, 51: 34, 52: 35, 53: 36, 54: 37, 55: 38, 56: 39, 57: 40, 58: 41, 59: 42, 60: 43,
    61: 44, 62: 45, 63: 46, 64: 47, 65: 48, 66: 49, 67: 50, 68: 51, 69: 52, 70: 53, 71: 54, 72: 55, 73: 56,
    74: 57, 75: 58, 76: 59, 77: 60, 78: 61, 79: 62, 80: 63, 81: 64,
  },
  "lua/lib/now_ms.lua": {
    85: 4, 86: 5, 87: 6, 88: 7,
  },
  "lua/lib/slot_member.lua": {
    93: 6, 94: 7, 95: 8,
  },
  "lua/lib/stock/stored_level.lua": {
    99: 5, 101: 7, 102: 8, 103: 9, 104: 10, 105: 11, 106: 12, 107: 13, 108: 14, 109: 15, 110: 16,
  },
  "lua/stock/recount.lua": {
    114: 7, 116: 9, 119: 12, 120: 13, 122: 15, 124: 17, 127: 20, 128: 21, 129: 22, 130: 23, 132: 25,
    133: 26, 135: 28, 136: 29, 137: 30, 138: 31, 139: 32, 140: 33, 141: 34, 144: 37, 145: 38, 147: 40,
    148: 41, 149: 42, 150: 43, 151: 44, 152: 45, 153: 46, 154: 47, 155: 48, 156: 49, 157: 50, 166: 124,
    167: 124, 168: 124, 169: 125, 170: 126, 171: 127, 172: 128, 173: 129, 174: 130, 176: 132, 177: 133,
    178: 134, 179: 135, 180: 136, 181: 137, 182: 138, 183: 139, 184: 140, 185: 141, 186: 142, 187: 143,
    188: 144, 189: 145, 190: 146, 191: 147, 193: 149, 194: 150, 195: 151, 196: 152, 197: 153, 198: 154,
    199: 155, 200: 156, 201: 157, 202: 158, 203: 159, 204: 160, 205: 161, 206: 162, 207: 163, 208: 164,
    209: 165, 210: 166, 211: 167, 212: 168, 214: 170, 215: 171, 216: 172, 219: 175, 220: 176, 221: 177,
    223: 179, 224: 180, 225: 181, 228: 184, 229: 185, 230: 186, 232: 188, 233: 189, 234: 190, 236: 192,
    237: 193, 239: 195, 240: 196, 241: 197, 242: 198, 243: 199, 244: 200, 245: 201, 246: 202, 247: 203,
    248: 204, 249: 205, 250: 206, 251: 207, 252: 208, 253: 209, 254: 210, 255: 211, 256: 212, 257: 213,
    258: 214, 259: 215, 260: 216, 261: 217, 262: 218, 263: 219, 264: 220, 265: 221, 266: 222, 267: 223,
    268: 224, 269: 225, 270: 226, 271: 227, 272: 228,
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
  -- The upper bound of the type fence.
  local MAX_FENCE = 9007199254740991
  local state, stored_units, stored_end, rest = string.match(value, "^(%l+) (%d+) (%d+)(.*)$")
  local units, ends_at = tonumber(stored_units), tonumber(stored_end)
  if not units or units < 1 or units > MAX_RESERVED or ends_at > MAX_TIME then
    error({ err = "CORRUPT reservation" })
  end
  local fence = rest == "" and 0 or tonumber(string.match(rest, "^ (%d+)$"))
  if not fence or fence > MAX_FENCE then
    error({ err = "CORRUPT reservation" })
  end
  if state == "held" or (state == "prepared" and fence > 0) then
    return state, units, ends_at, fence
  elseif state == "committed" or state == "released" or state == "expired" then
    return state, units, ends_at, fence
  end
  error({ err = "CORRUPT reservation" })
end

-- From lua/lib/stock/misplaced_reservations.lua:
--- Finds reservations that are not in the queue that their text names, or not at its time.
local function misplaced_reservations(
  reservations,
  reservation_ends,
  closed_reservations,
  not_held,
  not_closed
)
  local all = redis.call("HKEYS", reservations)
  local texts = redis.call("HVALS", reservations)
  -- at most 500 names
  local lease_ends = redis.call("ZMSCORE", reservation_ends, unpack(all))
  -- at most 500 names
  local forget_times = redis.call("ZMSCORE", closed_reservations, unpack(all))
  local held_times, closed_times = {}, {}
  local held, prepared, prepared_names = 0, 0, {}
  -- at most 500 reservations
  for position, name in ipairs(all) do
    local state, units, ends_at = stored_reservation(texts[position])
    local lease_end, forget_at = lease_ends[position], forget_times[position]
    local time = string.format("%d", ends_at)
    if state == "prepared" then
      held, prepared = held + units, prepared + units
      prepared_names[#prepared_names + 1] = name
      if lease_end then
        not_held[#not_held + 1] = name
      end
      if forget_at then
        not_closed[#not_closed + 1] = name
      end
    elseif state == "held" then
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
  return held_times, closed_times, held, prepared, prepared_names
end

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
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
-- Each of 100 warehouses has two fields. The others are total, held and prepared.
local MAX_FIELDS = 203
-- The most held reservations that one call adds up.
local MAX_HELD = 1000
-- The most reservations whose places in the two queues one call repairs. Then it looks at as many
-- names of each queue, and otherwise at MAX_HELD, because one ZREM has at most 1,000 names.
local MAX_QUEUED = 500
local MAX_WAREHOUSES = 100
-- The upper bound of the type quantity.
local MAX_UNITS = 1000000000000
-- The upper bound of the type total.
local MAX_HELD_UNITS = 100000000000000

--- Reads the first names of a queue, and returns their texts, and the names without a text.
local function queued_texts(reservations, queue, limit)
  local names = redis.call("ZRANGE", queue, "0", limit - 1)
  local texts, without_text = {}, {}
  if #names > 0 then
    -- at most 1000 names
    texts = redis.call("HMGET", reservations, unpack(names))
  end
  -- at most 1000 names
  for position, name in ipairs(names) do
    if not texts[position] then
      without_text[#without_text + 1] = name
    end
  end
  return texts, without_text
end

--- Adds up the units of held reservations by their texts. A name without a text counts nothing.
local function held_units(texts)
  local sum = 0
  -- at most 1000 reservations
  for position = 1, #texts do
    if texts[position] then
      local units = tonumber(string.match(texts[position], "^held (%d+) %d+ ?%d*$"))
      if not units or units < 1 or units > MAX_UNITS then
        error({ err = "CORRUPT reservation" })
      end
      sum = sum + units
    end
  end
  return sum
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 6 or #ARGV ~= 0 then
  return { err = "ARGUMENT stock.recount expected 6 keys and 0 arguments" }
end

--- Repairs the sums of a product's stock: the total from the levels, and held and prepared from the
--- reservations.
do
  local stock, reservations, reservation_ends, closed_reservations, slot_due, slot_prepared =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
  if redis.call("HLEN", stock) > MAX_FIELDS then
    error({ err = "CORRUPT stock of more than 100 warehouses" })
  end
  local fields = redis.call("HGETALL", stock)
  local stored_total, stored_held, stored_prepared = nil, "0", "0"
  local total, warehouses = 0, 0
  -- at most 203 fields
  for position = 1, #fields, 2 do
    local field, value = fields[position], fields[position + 1]
    if string.find(field, "^level:") then
      total = total + (stored_level(value) or 0)
      warehouses = warehouses + 1
    elseif field == "total" then
      stored_total = value
    elseif field == "held" then
      stored_held = value
    elseif field == "prepared" then
      stored_prepared = value
    end
  end
  if warehouses > MAX_WAREHOUSES then
    error({ err = "CORRUPT stock of more than 100 warehouses" })
  end

  local known = redis.call("HLEN", reservations)
  local limit = known <= MAX_QUEUED and MAX_QUEUED or MAX_HELD
  local texts, not_held = queued_texts(reservations, reservation_ends, limit)
  local _, not_closed = queued_texts(reservations, closed_reservations, limit)
  local held_times, closed_times, held, counted = {}, {}, 0, true
  local prepared, prepared_names = 0, {}
  if known > MAX_QUEUED then
    local queued, closed = redis.call("ZCARD", reservation_ends), redis.call("ZCARD", closed_reservations)
    counted = queued <= MAX_HELD and known == queued + closed - #not_held - #not_closed
    held = counted and held_units(texts) or 0
  elseif known > 0 then
    held_times, closed_times, held, prepared, prepared_names =
      misplaced_reservations(reservations, reservation_ends, closed_reservations, not_held, not_closed)
  end
  if held > MAX_HELD_UNITS then
    error({ err = "CORRUPT reservation" })
  end
  local queues_are_wrong = #held_times > 0 or #closed_times > 0 or #not_held > 0 or #not_closed > 0
  local index_is_wrong = false
  local now, member, prepared_members = string.format("%d", now_ms()), slot_member(stock), {}
  -- at most 500 reservations
  for position = 1, #prepared_names do
    prepared_members[position] = string.format("%s\\t%s", member, prepared_names[position])
  end

  -- ZCARD proves the type before the first write.
  redis.call("ZCARD", slot_due)
  redis.call("ZCARD", slot_prepared)
  if #held_times > 0 then
    -- at most 1000 values
    redis.call("ZADD", reservation_ends, unpack(held_times))
  end
  if #closed_times > 0 then
    -- moonpath-allow order/write-before-check: stored_reservation has checked each time
    -- at most 1000 values
    redis.call("ZADD", closed_reservations, unpack(closed_times))
  end
  if #not_held > 0 then
    -- at most 1000 values
    redis.call("ZREM", reservation_ends, unpack(not_held))
  end
  if #not_closed > 0 then
    -- at most 1000 values
    redis.call("ZREM", closed_reservations, unpack(not_closed))
  end
  -- at most 500 reservations
  for position = 1, #prepared_members do
    if redis.call("ZADD", slot_prepared, "NX", now, prepared_members[position]) == 1 then
      index_is_wrong = true
    end
  end
  if queues_are_wrong then
    redis.call("ZADD", slot_due, now, member)
    redis.call("PUBLISH", slot_due, now)
  end
  local total_text, held_text = string.format("%d", total), string.format("%d", held)
  local total_is_wrong = stored_total ~= total_text
  local held_is_wrong = counted and stored_held ~= held_text
  local prepared_text = string.format("%d", prepared)
  local prepared_is_wrong = counted and stored_prepared ~= prepared_text
  if prepared_is_wrong then
    redis.call("HSET", stock, "prepared", prepared_text)
  end
  if held_is_wrong then
    redis.call("HSET", stock, "held", held_text)
  end
  if warehouses == 0 then
    redis.call("HDEL", stock, "total")
  elseif total_is_wrong then
    redis.call("HSET", stock, "total", total_text)
  end
  if not counted then
    return "too_many"
  elseif warehouses == 0 then
    return "unknown"
  elseif queues_are_wrong or index_is_wrong or total_is_wrong or held_is_wrong or prepared_is_wrong then
    return { "recounted", total or false, total - held }
  end
  return { "correct", total or false, total - held }
end
`;
