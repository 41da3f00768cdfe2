// stock.forget 1.0.0. Generated from lua/stock/forget.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, newOperation, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.forget`. */
export interface StockForgetArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** Part of the key. The client makes one if it is absent. 1 to 128 bytes. */
  readonly operation?: string | undefined;
  /** How many reservations to release. Reservations, 1 to 100. */
  readonly limit: number;
  /**
   * How long the script remembers its answer, and that a reservation was released; the same as in
   * reserve. Milliseconds, 1,000 to 31,622,400,000.
   */
  readonly rememberMs: number;
}

/** Reply of `stock.forget`: `outcome` says what happened. */
export type StockForgetReply =
  | {
      /**
       * - `forgotten`: the product has no stock and no held reservation.
       * - `more`: it has no stock, and more reservations are held.
       */
      readonly outcome: "forgotten" | "more";
      /** How many reservations this call released. Things, 0 to 1,000. */
      readonly released: number;
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
       * - `prepared`: a cart that has units of it is being committed, so nothing is changed.
       * - `unknown`: it had neither.
       */
      readonly outcome: "prepared" | "unknown";
      /**
       * If the product is watched, and the call has changed the available units; the status before
       * the call. It may be absent.
       */
      readonly statusBefore: types.StockStatus | undefined;
      /** As statusBefore; the status after the call. It may be absent. */
      readonly status: types.StockStatus | undefined;
    };

/** The function of `stock.forget`. A tenant's `stock` has it. */
export interface StockForgetOperation {
  /**
   * Removes a product's stock, and releases its held reservations.
   *
   * The first call removes the total and all levels, so the product is unknown from then on. Each
   * call releases at most `limit` reservations, those with the earliest end first. While the
   * outcome is "more", call again with a new operation. A sweep removes the released reservations
   * after rememberMs.
   *
   * For 11 minutes, the script remembers the last sequence of each warehouse, so a late event does
   * not bring the product back. An event with a higher sequence does. A watched product is no
   * longer watched.
   *
   * Outcomes:
   * - `forgotten`: the product has no stock and no held reservation.
   * - `more`: it has no stock, and more reservations are held.
   * - `prepared`: a cart that has units of it is being committed, so nothing is changed.
   * - `unknown`: it had neither.
   *
   * Units: `limit` in reservations; `rememberMs` in milliseconds; `released` in things.
   *
   * Cost: O(W + limit * log R), W the product's warehouses, at most 100, R its reservations.
   *
   * Retry: safe within `rememberMs`. The remembered answer makes a second run change nothing.
   *
   * Lua source: `lua/stock/forget.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // The stock is removed, and a held reservation is released.
   * const reply = await acme.stock.forget({
   *   product: "product-1",
   *   operation: "op-1",
   *   limit: 10,
   *   rememberMs: 60_000,
   * });
   * // reply: { outcome: "forgotten", released: 1 }
   * ```
   */
  forget(args: StockForgetArgs, options?: CallOptions): Promise<StockForgetReply>;
}

/** The script `stock.forget`, as a client loads and calls it. */
export const stockForget: Script<StockForgetArgs, StockForgetReply> = {
  name: "stock.forget",
  version: "1.0.0",
  digest: "98c44ba88cb88296c7fe6b63010919767a6ed9f3",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  resendWithinMs: (args) => args.rememberMs,
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
    "<namespace>:{<tenant>:<product>}:reservations",
    "<namespace>:{<tenant>:<product>}:reservation-ends",
    "<namespace>:{<tenant>:<product>}:closed-reservations",
    "<namespace>:{<tenant>:<product>}:past-sequences",
    "<namespace>:{<tenant>:<product>}:forget-operation:<operation>",
  ],
  encode(scope, args) {
    const operation = args.operation ?? newOperation();
    return {
      keys: [
        keys.stock(scope, args.product),
        keys.reservations(scope, args.product),
        keys.reservationEnds(scope, args.product),
        keys.closedReservations(scope, args.product),
        keys.pastSequences(scope, args.product),
        keys.forgetOperation(scope, args.product, operation),
      ],
      args: [
        argument.limit.encode("limit", args.limit),
        argument.rememberMs.encode("rememberMs", args.rememberMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 4);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "forgotten":
      case "more":
        return {
          outcome,
          released: field.released.decode("released", fields[1]),
          statusBefore: field.statusBefore.decode("statusBefore", fields[2]),
          status: field.status.decode("status", fields[3]),
        };
      case "prepared":
      case "unknown":
        return {
          outcome,
          statusBefore: field.statusBefore.decode("statusBefore", fields[2]),
          status: field.status.decode("status", fields[3]),
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
  limit: types.sweepLimit,
  rememberMs: types.rememberMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["forgotten", "more", "prepared", "unknown"]),
  released: types.processed,
  statusBefore: optional(types.stockStatus),
  status: optional(types.stockStatus),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "7-18:9",
  "lua/stock/forget.lua": "22-26:9 43:71 44:71 45:71 46-63:81 83-107:100 126-140:125 173-210:140 236-240:178",
  "lua/lib/stock/stored_event.lua": "67-81:7",
  "lua/lib/stock/watched_low.lua": "111-125:7",
  "lua/lib/stock/held_reservations.lua": "143-166:10",
  "lua/lib/now_ms.lua": "169-172:4",
  "lua/lib/stock/status_change.lua": "215-218:13 230-235:17",
  "lua/lib/stock/stock_status.lua": "221-229:6",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- stock.forget 1.0.0. Generated from lua/stock/forget.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/stock/forget.lua:
-- The upper bound of the type total.
local MAX_HELD_UNITS = 100000000000000
-- Each of 100 warehouses has two fields. The other four are total, held, prepared and watch.
local MAX_FIELDS = 204
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 6 or #ARGV ~= 2 then
  return { err = "ARGUMENT stock.forget expected 6 keys and 2 arguments" }
end
local arg_limit = tonumber(ARGV[1])
if not arg_limit or arg_limit < 1 or arg_limit > 100 or arg_limit % 1 ~= 0 then
  return { err = "ARGUMENT stock.forget limit: expected a whole number from 1 to 100" }
end
local arg_remember_ms_digits = ARGV[2]
local arg_remember_ms = string.find(arg_remember_ms_digits, "^[1-9]%d*$") and tonumber(arg_remember_ms_digits)
if not arg_remember_ms or arg_remember_ms < 1000 or arg_remember_ms > 31622400000 then
  return { err = "ARGUMENT stock.forget remember_ms: expected a whole number from 1000 to 31622400000" }
end

--- Removes a product's stock, and releases its held reservations.
do
  local stock, reservations, reservation_ends, closed_reservations, past_sequences, forget_operation, limit, remember_ms, remember_ms_digits =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], arg_limit, arg_remember_ms, arg_remember_ms_digits
  local remembered = redis.call("GET", forget_operation)
  if remembered then
    local outcome, stored_count = string.match(remembered, "^(%l+) (%d+)$")
    local released = stored_integer(stored_count or "", "forget-operation", 0, 100)
    if outcome == "forgotten" or outcome == "more" then
      return { outcome, released }
    elseif outcome == "unknown" or outcome == "prepared" then
      return outcome
    end
    error({ err = "CORRUPT forget-operation" })
  end

  if redis.call("HLEN", stock) > MAX_FIELDS then
    error({ err = "CORRUPT stock of more than 100 warehouses" })
  end
  local fields = redis.call("HGETALL", stock)
  local removed, sequences = {}, {}
  local stored_total, stored_held, prepared, watch = "0", false, 0, false
  -- From lua/lib/stock/stored_event.lua:
  --- Reads the latest event of a warehouse, such as \`17 10\`: its sequence, and its base. The level of
  --- the warehouse minus the base is the running sum of what was sold and returned there.
  local function stored_event(value)
    -- The upper bound of the type sequence.
    local MAX_SEQUENCE = 9007199254740991
    -- The upper bound of a base: of the type level and the type moved together.
    local BASE_LIMIT = 1001000000000000
    if not value then
      return -1, 0
    end
    local stored_sequence, stored_base = string.match(value, "^(%d+) (-?%d+)$")
    local sequence, base = tonumber(stored_sequence), tonumber(stored_base)
    if not sequence or sequence > MAX_SEQUENCE or base < -BASE_LIMIT or base > BASE_LIMIT then
      error({ err = "CORRUPT event of a warehouse" })
    end
    return sequence, base
  end
  -- at most 204 fields
  for position = 1, #fields, 2 do
    local field = fields[position]
    if field == "held" then
      stored_held = fields[position + 1]
    elseif field == "prepared" then
      prepared = stored_integer(fields[position + 1], "prepared") or 0
      removed[#removed + 1] = field
    else
      removed[#removed + 1] = field
    end
    if field == "total" then
      stored_total = fields[position + 1]
    elseif field == "watch" then
      watch = fields[position + 1]
    end
    local warehouse = string.match(field, "^event:(.+)$")
    if warehouse then
      sequences[#sequences + 1] = warehouse
      sequences[#sequences + 1] = string.format("%d", (stored_event(fields[position + 1])))
    end
  end
  if prepared > 0 then
    redis.call("SET", forget_operation, "prepared 0", "PX", remember_ms_digits)
    return "prepared"
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
  local low, watch_sequence = watched_low(watch)
  if low then
    -- No warehouse has this name, because no name has a tab.
    sequences[#sequences + 1] = "\\twatch"
    sequences[#sequences + 1] = string.format("%d", watch_sequence)
  end
  -- A wrong number does not matter, because all reservations end.
  local held = tonumber(stored_held or "0")
  if not held or held % 1 ~= 0 or held > MAX_HELD_UNITS then
    held = 0
  end
  local names = redis.call("ZRANGE", reservation_ends, "0", limit - 1)
  local left = redis.call("ZCARD", reservation_ends) - #names
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
    -- From lua/lib/now_ms.lua:
    --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
    local function now_ms()
      local clock = redis.call("TIME")
      return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
    end
    texts, forget_times, freed = held_reservations(reservations, names, "released", now_ms() + remember_ms)
  end
  -- HLEN proves the type before the first write.
  redis.call("HLEN", past_sequences)

  local outcome = "unknown"
  if left > 0 then
    outcome = "more"
  elseif #fields > 0 or #names > 0 then
    outcome = "forgotten"
  end
  if texts then
    -- at most 200 values
    redis.call("ZADD", closed_reservations, unpack(forget_times))
    -- at most 200 values
    redis.call("HSET", reservations, unpack(texts))
    redis.call("ZREM", reservation_ends, unpack(names))
  end
  redis.call("SET", forget_operation, string.format("%s %d", outcome, #names), "PX", remember_ms_digits)
  if #sequences > 0 then
    -- at most 202 values
    redis.call("HSET", past_sequences, unpack(sequences))
    redis.call("PEXPIRE", past_sequences, HORIZON_MS)
  end
  if held > freed and left > 0 then
    redis.call("HSET", stock, "held", held - freed)
    if #removed > 0 then
      -- at most 204 fields
      redis.call("HDEL", stock, unpack(removed))
    end
  else
    redis.call("UNLINK", stock)
  end
  if outcome == "unknown" then
    return "unknown"
  end
  if low then
    local still_held = left > 0 and math.max(held - freed, 0) or 0
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
    local status_before, status = status_change(stock, low, (tonumber(stored_total) or 0) - held, -still_held)
    return { outcome, #names, status_before or false, status }
  end
  return { outcome, #names }
end
`;
