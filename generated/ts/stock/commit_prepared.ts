// stock.commit_prepared 1.0.0. Generated from lua/stock/commit_prepared.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.commit_prepared`. */
export interface StockCommitPreparedArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** The cart; its line of this product has the same name. 1 to 256 bytes. */
  readonly reservation: string;
  /** Of the attempt that was committed. 1 to 9,007,199,254,740,991. */
  readonly fence: number;
  /**
   * How long the script remembers that the line is committed. Milliseconds, 1,000 to
   * 31,622,400,000.
   */
  readonly rememberMs: number;
}

/** Reply of `stock.commit_prepared`: `outcome` says what happened. */
export type StockCommitPreparedReply =
  | {
      /** `committed`: the units are sold. */
      readonly outcome: "committed";
      /**
       * Over all warehouses, after this call. Units, -100,000,000,000,000 to 100,000,000,000,000.
       */
      readonly total: number;
      /**
       * The total minus held units, after this call. Units, -200,000,000,000,000 to
       * 100,000,000,000,000.
       */
      readonly available: number;
    }
  | {
      /**
       * - `already_committed`: an earlier call sold them.
       * - `not_prepared`: this attempt has not prepared it.
       * - `unknown`: the reservation does not exist, or is no longer remembered.
       */
      readonly outcome: "already_committed" | "not_prepared" | "unknown";
    };

/** The function of `stock.commit_prepared`. A tenant's `stock` has it. */
export interface StockCommitPreparedOperation {
  /**
   * Sells the units of a cart's prepared line, after the cart was decided as committed.
   *
   * It cannot fail for lack of units, because the decision stands. Units that no warehouse has are
   * booked on the fullest warehouse, below zero. That happens if a count, or an adjust or a commit
   * with backorder has lowered the stock since the line was prepared.
   *
   * If the level would be below -10^12, the script raises an error. The line stays prepared, and
   * the worker tries again until a person has raised the level.
   *
   * A line that this attempt has not prepared stays as it is. After a failover that lost the
   * prepare, the worker prepares it again.
   *
   * Outcomes:
   * - `committed`: the units are sold.
   * - `already_committed`: an earlier call sold them.
   * - `not_prepared`: this attempt has not prepared it.
   * - `unknown`: the reservation does not exist, or is no longer remembered.
   *
   * Units: `rememberMs` in milliseconds; `total`, `available` in units.
   *
   * Cost: O(W + log R), W the product's warehouses, at most 100, R its reservations.
   *
   * Retry: safe within `rememberMs`. A committed line is known.
   *
   * Lua source: `lua/stock/commit_prepared.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A prepared line is sold.
   * const reply = await acme.stock.commitPrepared({
   *   product: "product-1",
   *   reservation: "cart-1",
   *   fence: 7,
   *   rememberMs: 3_600_000,
   * });
   * // reply: { outcome: "committed", total: 9, available: 7 }
   * ```
   */
  commitPrepared(args: StockCommitPreparedArgs, options?: CallOptions): Promise<StockCommitPreparedReply>;
}

/** The script `stock.commit_prepared`, as a client loads and calls it. */
export const stockCommitPrepared: Script<StockCommitPreparedArgs, StockCommitPreparedReply> = {
  name: "stock.commit_prepared",
  version: "1.0.0",
  digest: "c805930d31f0585aa46bff9476922870f9265874",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  resendWithinMs: (args) => args.rememberMs,
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
    "<namespace>:{<tenant>:<product>}:reservations",
    "<namespace>:{<tenant>:<product>}:closed-reservations",
    "<namespace>:{<slot of tenant, product>}:slot-due",
    "<namespace>:{<slot of tenant, product>}:slot-prepared",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.stock(scope, args.product),
        keys.reservations(scope, args.product),
        keys.closedReservations(scope, args.product),
        keys.slotDue(scope, args.product),
        keys.slotPrepared(scope, args.product),
      ],
      args: [
        argument.reservation.encode("reservation", args.reservation),
        argument.fence.encode("fence", args.fence),
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
      case "not_prepared":
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
  fence: types.fence,
  rememberMs: types.rememberMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["committed", "already_committed", "not_prepared", "unknown"]),
  total: types.total,
  available: types.available,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/stock/commit_prepared.lua":
    "6:9 36:67 37:67 38:67 39-42:77 68-73:81 138:88 154-164:89 209-221:100 228:113 235-244:114",
  "lua/lib/stock/stored_reservation.lua": "45-67:10",
  "lua/lib/stock/stock_counts.lua": "77-92:10",
  "lua/lib/stock/stock_levels.lua": "95-137:16",
  "lua/lib/stored_integer.lua": "142-153:9",
  "lua/lib/stock/stored_level.lua": "167-178:5",
  "lua/lib/stock/take_units.lua": "181-186:11 187-208:16",
  "lua/lib/slot_member.lua": "225-227:6",
  "lua/lib/now_ms.lua": "231-234:4",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- stock.commit_prepared 1.0.0. Generated from lua/stock/commit_prepared.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/stock/commit_prepared.lua:
-- The upper bound of the type level.
local MAX_LEVEL = 1000000000000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 5 or #ARGV ~= 3 then
  return { err = "ARGUMENT stock.commit_prepared expected 5 keys and 3 arguments" }
end
local arg_reservation = ARGV[1]
if arg_reservation == "" or #arg_reservation > 256 then
  return { err = "ARGUMENT stock.commit_prepared reservation: expected 1 to 256 bytes" }
end
if string.find(arg_reservation, "[%c{}]") then
  return { err = "ARGUMENT stock.commit_prepared reservation: expected no control characters and no braces" }
end
local arg_fence = tonumber(ARGV[2])
if not arg_fence or arg_fence < 1 or arg_fence > 9007199254740991 or arg_fence % 1 ~= 0 then
  return { err = "ARGUMENT stock.commit_prepared fence: expected a whole number from 1 to 9007199254740991" }
end
local arg_remember_ms = tonumber(ARGV[3])
if
  not arg_remember_ms
  or arg_remember_ms < 1000
  or arg_remember_ms > 31622400000
  or arg_remember_ms % 1 ~= 0
then
  return {
    err = "ARGUMENT stock.commit_prepared remember_ms: expected a whole number from 1000 to 31622400000",
  }
end

--- Sells the units of a cart's prepared line, after the cart was decided as committed.
do
  local stock, reservations, closed_reservations, slot_due, slot_prepared, reservation, fence, remember_ms =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], arg_reservation, arg_fence, arg_remember_ms
  local known = redis.call("HGET", reservations, reservation)
  if not known then
    return "unknown"
  end
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
  local state, units, _, known_fence = stored_reservation(known)
  if state == "committed" then
    return "already_committed"
  elseif state ~= "prepared" or known_fence ~= fence then
    return "not_prepared"
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
  local fields, total, held, field, level, _, stored_prepared = stock_levels(stock, 1)
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
  local prepared = stored_integer(stored_prepared, "prepared") or 0
  if not total or not field or not level then
    error({ err = "CORRUPT total" })
  elseif prepared < units then
    error({ err = "CORRUPT prepared" })
  elseif held < units then
    error({ err = "CORRUPT held" })
  end
  local changed = { field, level - units }
  if level < units then
    local missing
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
    changed, missing = take_units(fields, units)
    changed[2] = changed[2] - missing
    if changed[2] < -MAX_LEVEL then
      error({
        err = "ARGUMENT stock.commit_prepared reservation: the level of a warehouse stays from -10^12 to 10^12",
      })
    end
  end
  changed[#changed + 1] = "total"
  changed[#changed + 1] = total - units
  -- ZCARD proves the type before the first write.
  redis.call("ZCARD", slot_prepared)
  redis.call("ZCARD", slot_due)
  -- From lua/lib/slot_member.lua:
  --- The name of a key's owner in the indexes of its slot: the text of the key's hash tag, such as
  --- \`acme:lamp\`.
  local function slot_member(key)
    return string.match(key, "{(.*)}") or ""
  end
  local member = slot_member(stock)
  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  local forget_at = string.format("%d", now_ms() + remember_ms)
  redis.call("ZADD", closed_reservations, forget_at, reservation)
  local text = string.format("committed %d %s %d", units, forget_at, fence)
  redis.call("HSET", reservations, reservation, text)
  -- at most 206 values
  redis.call("HSET", stock, "held", held - units, "prepared", prepared - units, unpack(changed))
  redis.call("ZADD", slot_due, "LT", forget_at, member)
  redis.call("ZREM", slot_prepared, string.format("%s\\t%s", member, reservation))
  return { "committed", total - units, total - held }
end
`;
