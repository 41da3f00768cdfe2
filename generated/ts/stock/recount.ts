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
       * - `recounted`: a sum was wrong and is right now.
       * - `correct`: both were right.
       */
      readonly outcome: "recounted" | "correct";
      /** Over all warehouses. Units, -100,000,000,000,000 to 100,000,000,000,000. */
      readonly total: number;
      /** The total minus held units. Units, -200,000,000,000,000 to 100,000,000,000,000. */
      readonly available: number;
    }
  | {
      /**
       * - `too_many`: more than 1,000 reservations are held, and nothing changed.
       * - `unknown`: no warehouse has a level.
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
   * by hand. It changes no level and no reservation.
   *
   * Outcomes:
   * - `recounted`: a sum was wrong and is right now.
   * - `correct`: both were right.
   * - `too_many`: more than 1,000 reservations are held, and nothing changed.
   * - `unknown`: no warehouse has a level.
   *
   * Units: `total`, `available` in units.
   *
   * Cost: O(W + R), W the product's warehouses, at most 100, R its held reservations, at most
   * 1,000.
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
  digest: "4a106107bee5139618fcc012fcdea70690dc9425",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
    "<namespace>:{<tenant>:<product>}:reservations",
    "<namespace>:{<tenant>:<product>}:reservation-ends",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.stock(scope, args.product),
        keys.reservations(scope, args.product),
        keys.reservationEnds(scope, args.product),
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
  "lua/lib/raise.lua": {
    6: 7, 12: 13, 13: 14, 14: 15,
  },
  "lua/lib/corrupt.lua": {
    19: 11, 20: 12, 21: 13,
  },
  "lua/lib/stock/stored_level.lua": {
    25: 4, 28: 10, 29: 11, 30: 12, 31: 13, 32: 14, 33: 15, 34: 16, 35: 17, 36: 18, 37: 19,
  },
  "lua/lib/stock/stored_reservation.lua": {
    41: 4, 43: 6, 46: 15, 47: 16, 48: 17, 49: 18, 50: 19, 51: 20, 52: 21, 53: 22, 54: 23, 55: 24, 56: 25,
  },
  "lua/stock/recount.lua": {
    60: 6, 62: 8, 71: 49, 72: 49, 73: 50, 74: 51, 75: 52, 76: 53, 77: 54, 78: 55, 80: 57, 81: 58, 82: 59,
    83: 60, 84: 61, 85: 62, 86: 63, 87: 64, 88: 65, 89: 66, 90: 67, 92: 69, 93: 70, 94: 71, 95: 72, 96: 73,
    98: 75, 100: 77, 101: 78, 102: 79, 103: 80, 104: 81, 105: 82, 106: 83, 107: 84, 108: 85, 109: 86,
    110: 87, 112: 89, 113: 90, 114: 91, 115: 92, 116: 93, 117: 94,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- stock.recount 1.0.0. Generated from lua/stock/recount.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/stock/recount.lua:
-- Each of 100 warehouses has two fields. The other two are total and held.
local MAX_FIELDS = 202
-- The most held reservations that one call adds up.
local MAX_HELD = 1000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 3 or #ARGV ~= 0 then
  return { err = "ARGUMENT stock.recount expected 3 keys and 0 arguments" }
end

--- Repairs the sums of a product's stock: the total from the levels, and held from the held
--- reservations.
do
  local stock, reservations, reservation_ends = KEYS[1], KEYS[2], KEYS[3]
  if redis.call("HLEN", stock) > MAX_FIELDS then
    corrupt("stock of more than 100 warehouses")
  end
  local fields = redis.call("HGETALL", stock)
  local stored_total, stored_held = "", "0"
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

  local held = 0
  local names = redis.call("ZRANGE", reservation_ends, "0", MAX_HELD)
  if #names > MAX_HELD then
    return "too_many"
  elseif #names > 0 then
    -- at most 1000 names
    local stored = redis.call("HMGET", reservations, unpack(names))
    -- at most 1000 reservations
    for _, text in ipairs(stored) do
      local state, units = stored_reservation(text or "")
      if state ~= "held" then
        corrupt("reservation")
      end
      held = held + units
    end
  end
  if warehouses == 0 then
    return "unknown"
  end

  if stored_total == string.format("%d", total) and stored_held == string.format("%d", held) then
    return { "correct", total or false, total - held }
  end
  redis.call("HSET", stock, "total", total, "held", held)
  return { "recounted", total or false, total - held }
end
`;
