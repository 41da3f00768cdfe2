// stock.sweep 1.0.0. Generated from lua/stock/sweep.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.sweep`. */
export interface StockSweepArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** How many reservations to handle. Reservations, 1 to 100. */
  readonly limit: number;
  /**
   * How long the script remembers that a reservation expired; the same as in reserve. Milliseconds,
   * 1,000 to 31,622,400,000.
   */
  readonly rememberMs: number;
}

/** Reply of `stock.sweep`: `outcome` says what happened. */
export type StockSweepReply =
  | {
      /**
       * - `swept`: reservations were closed or removed.
       * - `nothing_due`: there were none to close or remove.
       */
      readonly outcome: "swept" | "nothing_due";
      /** How many reservations have expired. Things, 0 to 1,000. */
      readonly expired: number;
      /** How many closed reservations were removed. Things, 0 to 1,000. */
      readonly forgotten: number;
      /**
       * Until the next one is due; absent when the product has no reservation left. Milliseconds, 0
       * to 8,640,000,000,000,000. It may be absent.
       */
      readonly waitMs: number | undefined;
      /**
       * If the product is watched, and the call has changed the available units; the status before
       * the call. It may be absent.
       */
      readonly statusBefore: types.StockStatus | undefined;
      /** As statusBefore; the status after the call. It may be absent. */
      readonly status: types.StockStatus | undefined;
    };

/** The function of `stock.sweep`. A tenant's `stock` has it. */
export interface StockSweepOperation {
  /**
   * Closes a product's reservations whose lease has ended, and removes closed ones that are no
   * longer remembered. It sets when the product is due again in the index of its slot.
   *
   * One call handles at most `limit` of them, ended leases first; while waitMs is 0, there are
   * more. If the product has no stock any more, the script closes its reservations all the same.
   *
   * Outcomes:
   * - `swept`: reservations were closed or removed.
   * - `nothing_due`: there were none to close or remove.
   *
   * Units: `limit` in reservations; `rememberMs`, `waitMs` in milliseconds; `expired`, `forgotten`
   * in things.
   *
   * Cost: O(limit * log R), R the product's reservations.
   *
   * Retry: safe. A second run continues where the first one ended, and takes no units from `held`
   * twice.
   *
   * Lua source: `lua/stock/sweep.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // The units of a reservation whose lease has ended are available again.
   * const reply = await acme.stock.sweep({ product: "product-1", limit: 10, rememberMs: 60_000 });
   * // reply: { outcome: "swept", expired: 1, forgotten: 0, waitMs: … }
   * ```
   */
  sweep(args: StockSweepArgs, options?: CallOptions): Promise<StockSweepReply>;
}

/** The script `stock.sweep`, as a client loads and calls it. */
export const stockSweep: Script<StockSweepArgs, StockSweepReply> = {
  name: "stock.sweep",
  version: "1.0.0",
  digest: "ba6ee26f5d3a68d275893472744264a1d3803f0a",
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
      args: [
        argument.limit.encode("limit", args.limit),
        argument.rememberMs.encode("rememberMs", args.rememberMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 6);
    const outcome = field.outcome.decode("outcome", fields[0]);
    return { outcome, expired: field.expired.decode("expired", fields[1]), forgotten: field.forgotten.decode("forgotten", fields[2]), waitMs: field.waitMs.decode("waitMs", fields[3]), statusBefore: field.statusBefore.decode("statusBefore", fields[4]), status: field.status.decode("status", fields[5]) };
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
  limit: types.sweepLimit,
  rememberMs: types.rememberMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["swept", "nothing_due"]),
  expired: types.processed,
  forgotten: types.processed,
  waitMs: optional(types.waitMs),
  statusBefore: optional(types.stockStatus),
  status: optional(types.stockStatus),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": "6-9:4",
  "lua/lib/slot_member.lua": "14-16:6",
  "lua/lib/stock/stock_counts.lua": "20-35:10",
  "lua/lib/stored_integer.lua": "40-51:9",
  "lua/lib/stock/watched_low.lua": "56-70:7",
  "lua/stock/sweep.lua": "94:62 95:62 96-103:62 104-106:69 133-187:72 213-216:127",
  "lua/lib/stock/held_reservations.lua": "109-132:10",
  "lua/lib/stock/status_change.lua": "192-195:13 207-212:17",
  "lua/lib/stock/stock_status.lua": "198-206:6",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- stock.sweep 1.0.0. Generated from lua/stock/sweep.lua by moonpath-codegen. DO NOT EDIT.

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

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 5 or #ARGV ~= 2 then
  return { err = "ARGUMENT stock.sweep expected 5 keys and 2 arguments" }
end
local arg_limit_digits = ARGV[1]
local arg_limit = string.find(arg_limit_digits, "^[1-9]%d*$") and tonumber(arg_limit_digits)
if not arg_limit or arg_limit > 100 then
  return { err = "ARGUMENT stock.sweep limit: expected a whole number from 1 to 100" }
end
local arg_remember_ms = tonumber(ARGV[2])
if
  not arg_remember_ms
  or arg_remember_ms < 1000
  or arg_remember_ms > 31622400000
  or arg_remember_ms % 1 ~= 0
then
  return { err = "ARGUMENT stock.sweep remember_ms: expected a whole number from 1000 to 31622400000" }
end

-- From lua/stock/sweep.lua:
--- Closes a product's reservations whose lease has ended, and removes closed ones that are no longer
--- remembered. It sets when the product is due again in the index of its slot.
do
  local stock, reservations, reservation_ends, closed_reservations, slot_due, limit, remember_ms, limit_digits =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], arg_limit, arg_remember_ms, arg_limit_digits
  local now = now_ms()
  local now_text = string.format("%d", now)
  local stored = redis.call("HMGET", stock, "total", "held", "watch")
  local total, held = stock_counts(stored[1], stored[2])
  local low = watched_low(stored[3])

  local names =
    redis.call("ZRANGE", reservation_ends, "-inf", now_text, "BYSCORE", "LIMIT", "0", limit_digits)
  local texts, forget_times, freed = nil, nil, 0
  if #names > 0 then
    -- From lua/lib/stock/held_reservations.lua:
    --- Reads held reservations, and prepares the commands that close them.
    local function held_reservations(reservations, names, state, forget_at_ms)
      -- The upper bound of the type quantity.
      local MAX_HELD_UNITS = 1000000000000
      local stored = redis.call("HMGET", reservations, unpack(names))
      local forget_at = string.format("%d", forget_at_ms)
      local closed = state .. " %s " .. forget_at .. "%s"
      local texts, forget_times = {}, {}
      local sum = 0
      -- at most 100 reservations
      for position = 1, #names do
        local name = names[position]
        local stored_units, fence = string.match(stored[position] or "", "^held (%d+) %d+( ?%d*)$")
        local units = tonumber(stored_units)
        if not units or units < 1 or units > MAX_HELD_UNITS then
          error({ err = "CORRUPT reservation" })
        end
        sum = sum + units
        texts[2 * position - 1] = name
        texts[2 * position] = string.format(closed, stored_units, fence)
        forget_times[2 * position - 1] = forget_at
        forget_times[2 * position] = name
      end
      return texts, forget_times, sum
    end
    texts, forget_times, freed = held_reservations(reservations, names, "expired", now + remember_ms)
  end
  -- Without a total, the stock was forgotten or deleted, and fewer units may be held.
  if total and freed > held then
    error({ err = "CORRUPT held" })
  end
  local rest = limit - #names
  local forgotten = redis.call("ZRANGE", closed_reservations, "-inf", now_text, "BYSCORE", "LIMIT", "0", rest)

  local next_due = nil
  if #names > 0 then
    next_due = now + remember_ms
  end
  local next_held = redis.call("ZRANGE", reservation_ends, #names, #names, "WITHSCORES")
  local next_closed = redis.call("ZRANGE", closed_reservations, #forgotten, #forgotten, "WITHSCORES")
  local held_end = stored_integer(next_held[2] or false, "end of a reservation")
  local closed_end = stored_integer(next_closed[2] or false, "end of a closed reservation")
  if held_end then
    next_due = math.min(next_due or held_end, held_end)
  end
  if closed_end then
    next_due = math.min(next_due or closed_end, closed_end)
  end

  -- ZCARD proves the type before the first write.
  redis.call("ZCARD", slot_due)
  if texts then
    -- at most 200 values
    redis.call("ZADD", closed_reservations, unpack(forget_times))
    -- at most 200 values
    redis.call("HSET", reservations, unpack(texts))
    redis.call("ZREM", reservation_ends, unpack(names))
    if total or held > freed then
      redis.call("HSET", stock, "held", math.max(held - freed, 0))
    elseif stored[2] then
      redis.call("HDEL", stock, "held")
    end
  end
  if #forgotten > 0 then
    redis.call("HDEL", reservations, unpack(forgotten))
    redis.call("ZREM", closed_reservations, unpack(forgotten))
  end
  local member = slot_member(stock)
  if next_due then
    redis.call("ZADD", slot_due, next_due, member)
  else
    redis.call("ZREM", slot_due, member)
  end
  local wait_ms = next_due and math.max(next_due - now, 0) or nil
  if #names == 0 and #forgotten == 0 then
    return { "nothing_due", 0, 0, wait_ms }
  end
  local status_before, status = nil, nil
  if low and #names > 0 then
    local before = (total or 0) - held
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
    status_before, status = status_change(stock, low, before, (total or 0) - math.max(held - freed, 0))
  end
  return { "swept", #names, #forgotten, wait_ms or false, status_before or false, status }
end
`;
