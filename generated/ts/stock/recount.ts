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
  digest: "30da446c77161ca3b27094c1ef5b004601ac6249",
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
  "lua/lib/stock/stored_level.lua": {
    6: 5, 8: 7, 9: 8, 10: 9, 11: 10, 12: 11, 13: 12, 14: 13, 15: 14, 16: 15, 17: 16,
  },
  "lua/stock/recount.lua": {
    21: 4, 23: 6, 25: 8, 34: 49, 35: 49, 36: 50, 37: 51, 38: 52, 39: 53, 40: 54, 41: 55, 43: 57, 44: 58,
    45: 59, 46: 60, 47: 61, 48: 62, 49: 63, 50: 64, 51: 65, 52: 66, 53: 67, 55: 69, 56: 70, 57: 71, 58: 72,
    59: 73, 61: 75, 63: 77, 64: 78, 65: 79, 66: 80, 67: 81, 68: 82, 69: 83, 70: 84, 71: 85, 72: 86, 73: 87,
    75: 89, 76: 90, 77: 91, 78: 92, 79: 93, 80: 94,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- stock.recount 1.0.0. Generated from lua/stock/recount.lua by moonpath-codegen. DO NOT EDIT.

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
-- The upper bound of the type quantity.
local MAX_UNITS = 1000000000000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 3 or #ARGV ~= 0 then
  return { err = "ARGUMENT stock.recount expected 3 keys and 0 arguments" }
end

--- Repairs the sums of a product's stock: the total from the levels, and held from the held
--- reservations.
do
  local stock, reservations, reservation_ends = KEYS[1], KEYS[2], KEYS[3]
  if redis.call("HLEN", stock) > MAX_FIELDS then
    error({ err = "CORRUPT stock of more than 100 warehouses" })
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
      local units = tonumber(string.match(text or "", "^held (%d+) %d+$"))
      if not units or units < 1 or units > MAX_UNITS then
        error({ err = "CORRUPT reservation" })
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
