// stock.recount 1.0.0. Generated from lua/stock/recount.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type Script } from "moonpath/client";
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
      /**
       * If the product is watched, and the call has changed the available units; the status before
       * the call. It may be absent.
       */
      readonly statusBefore: types.StockStatus | undefined;
      /** As statusBefore; the status after the call. It may be absent. */
      readonly status: types.StockStatus | undefined;
    }
  | {
      /**
       * - `too_many`: the total is right now, but held may be wrong. More than 1,000 reservations
       *   are held, or more than 500 are known and do not agree with the queues and the index of
       *   prepared ones, or that index has more than 500 entries.
       * - `unknown`: no warehouse has a level, and held is right now.
       */
      readonly outcome: "too_many" | "unknown";
      /**
       * If the product is watched, and the call has changed the available units; the status before
       * the call. It may be absent.
       */
      readonly statusBefore: types.StockStatus | undefined;
      /** As statusBefore; the status after the call. It may be absent. */
      readonly status: types.StockStatus | undefined;
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
   *   held, or more than 500 are known and do not agree with the queues and the index of prepared
   *   ones, or that index has more than 500 entries.
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
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
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
  digest: "d72e27b4dbc15fcaa3ea4c5a4f6f7c1239beda9e",
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
    const fields = readFields(reply, 5);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "recounted":
      case "correct":
        return {
          outcome,
          total: field.total.decode("total", fields[1]),
          available: field.available.decode("available", fields[2]),
          statusBefore: field.statusBefore.decode("statusBefore", fields[3]),
          status: field.status.decode("status", fields[4]),
        };
      case "too_many":
      case "unknown":
        return {
          outcome,
          statusBefore: field.statusBefore.decode("statusBefore", fields[3]),
          status: field.status.decode("status", fields[4]),
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
  statusBefore: optional(types.stockStatus),
  status: optional(types.stockStatus),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stock/stored_reservation.lua": "6-28:10",
  "lua/lib/now_ms.lua": "32-35:4",
  "lua/lib/slot_member.lua": "40-42:6",
  "lua/lib/stock/stored_level.lua": "46-57:5",
  "lua/lib/stock/watched_low.lua": "62-76:7",
  "lua/stock/recount.lua": "80-123:10 132:131 133:131 134-171:131 196-199:169 252-316:173 342-352:238",
  "lua/lib/stock/prepared_lines.lua": "174-195:10",
  "lua/lib/stock/misplaced_reservations.lua": "202-207:15 208:20 209-251:22",
  "lua/lib/stock/status_change.lua": "321-324:13 336-341:17",
  "lua/lib/stock/stock_status.lua": "327-335:6",
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

-- From lua/stock/recount.lua:
-- Each of 100 warehouses has two fields. The other four are total, held, prepared and watch.
local MAX_FIELDS = 204
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
  local stored_total, stored_held, stored_prepared, watch = nil, "0", "0", false
  local total, warehouses = 0, 0
  -- at most 204 fields
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
    elseif field == "watch" then
      watch = value
    end
  end
  if warehouses > MAX_WAREHOUSES then
    error({ err = "CORRUPT stock of more than 100 warehouses" })
  end

  local low = watched_low(watch)

  local known = redis.call("HLEN", reservations)
  local limit = known <= MAX_QUEUED and MAX_QUEUED or MAX_HELD
  local texts, not_held = queued_texts(reservations, reservation_ends, limit)
  local _, not_closed = queued_texts(reservations, closed_reservations, limit)
  local held_times, closed_times, held, counted = {}, {}, 0, true
  local prepared, prepared_names = 0, {}
  if known > MAX_QUEUED then
    local queued, closed = redis.call("ZCARD", reservation_ends), redis.call("ZCARD", closed_reservations)
    local lines
    -- From lua/lib/stock/prepared_lines.lua:
    --- Adds up the prepared lines of a product by the index of its slot, if it has at most 500 entries.
    local function prepared_lines(reservations, slot_prepared)
      local MAX_INDEXED = 500
      local members = {}
      if redis.call("ZCARD", slot_prepared) <= MAX_INDEXED then
        members = redis.call("ZRANGE", slot_prepared, "0", MAX_INDEXED - 1)
      end
      local prefix = slot_member(reservations) .. "\\t"
      local lines, sum = 0, 0
      -- at most 500 members
      for _, member in ipairs(members) do
        if string.sub(member, 1, #prefix) == prefix then
          local text = redis.call("HGET", reservations, string.sub(member, #prefix + 1))
          if text then
            local state, units = stored_reservation(text)
            if state == "prepared" then
              lines, sum = lines + 1, sum + units
            end
          end
        end
      end
      return lines, sum
    end
    lines, prepared = prepared_lines(reservations, slot_prepared)
    counted = queued <= MAX_HELD and known == queued + closed - #not_held - #not_closed + lines
    held = counted and held_units(texts) + prepared or 0
  elseif known > 0 then
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
  local status_before, status = nil, nil
  if low then
    -- A wrong number counts as the right one.
    local old_held = tonumber(stored_held) or held
    local before = (tonumber(stored_total or "0") or total) - old_held
    -- From lua/lib/stock/status_change.lua:
    --- Compares the status of a watched product before and after a call, and publishes a change: the old
    --- status, the new one and the available units, as in \`out_of_stock in_stock 5\`. The channel has the
    --- name of the stock's key.
    local function status_change(stock, low, before, after)
      if before == after then
        return nil, nil
      end
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
      local status_before, status = stock_status(before, low), stock_status(after, low)
      if status ~= status_before then
        redis.call("PUBLISH", stock, string.format("%s %s %d", status_before, status, after))
      end
      return status_before, status
    end
    status_before, status = status_change(stock, low, before, total - (counted and held or old_held))
  end
  if not counted then
    return { "too_many", false, false, status_before or false, status }
  elseif warehouses == 0 then
    return { "unknown", false, false, status_before or false, status }
  elseif queues_are_wrong or index_is_wrong or total_is_wrong or held_is_wrong or prepared_is_wrong then
    return { "recounted", total or false, total - held, status_before or false, status }
  end
  return { "correct", total or false, total - held, status_before or false, status }
end
`;
