// price.set_sale 1.0.0. Generated from lua/price/set_sale.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `price.set_sale`. */
export interface PriceSetSaleArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** Part of the key. 3 to 3 bytes. */
  readonly currency: string;
  /** The name of the sale. 1 to 128 bytes. */
  readonly sale: string;
  /** The price during the sale. Minor units of the currency, 0 to 1,000,000,000,000. */
  readonly amountMinor: number;
  /**
   * The first instant of the sale; absent: the sale has no start. Milliseconds since 1970-01-01
   * UTC, 0 to 8,640,000,000,000,000.
   */
  readonly startsAtMs?: number | undefined;
  /**
   * The first instant after the sale; absent: the sale has no end. Milliseconds since 1970-01-01
   * UTC, 0 to 8,640,000,000,000,000.
   */
  readonly endsAtMs?: number | undefined;
  /**
   * The event's number among the events of sales of this product and currency; higher is later. 0
   * to 9,007,199,254,740,991.
   */
  readonly sequence: number;
}

/** Reply of `price.set_sale`: `outcome` says what happened. */
export type PriceSetSaleReply =
  | {
      /**
       * - `applied`: the sale is set.
       * - `repeated`: the sequence equals the latest one of the sale.
       * - `stale`: it is lower, or the sale is not known and a sale that was forgotten had this
       *   sequence or a higher one.
       * - `full`: 50 other sales have not ended.
       */
      readonly outcome: "applied" | "repeated" | "stale" | "full";
    };

/** The function of `price.set_sale`. A tenant's `price` has it. */
export interface PriceSetSaleOperation {
  /**
   * Sets a sale of a product in one currency: its price, its start and its end.
   *
   * A product has several sales, each with its own name. A later event of the same name replaces
   * price, start and end. So it moves, shortens or prolongs the sale. Other sales stay as they are.
   *
   * All events of sales of a product and currency, of set_sale and of remove_sale, have numbers of
   * one sequence. Events of one sale may arrive twice or late at any time. Events of different
   * sales may arrive in any order within 10 minutes, while at most 50 sales end in this time.
   *
   * Outcomes:
   * - `applied`: the sale is set.
   * - `repeated`: the sequence equals the latest one of the sale.
   * - `stale`: it is lower, or the sale is not known and a sale that was forgotten had this
   *   sequence or a higher one.
   * - `full`: 50 other sales have not ended.
   *
   * Units: `amountMinor` in minor units of the currency; `startsAtMs`, `endsAtMs` in milliseconds
   * since 1970-01-01 UTC.
   *
   * Cost: O(S * S), S the sales that have not ended, at most 50.
   *
   * Retry: safe. For ever, because no call with the latest sequence of its sale or a lower one
   * changes anything, also after the sale was forgotten.
   *
   * Lua source: `lua/price/set_sale.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A sale for tomorrow leaves the sale of today as it is.
   * const reply = await acme.price.setSale({
   *   product: "product-1",
   *   currency: "EUR",
   *   sale: "tomorrow",
   *   amountMinor: 1499,
   *   startsAtMs: Date.now() + 60_000,
   *   endsAtMs: Date.now() + 90_000,
   *   sequence: 5,
   * });
   * // reply: { outcome: "applied" }
   * ```
   */
  setSale(args: PriceSetSaleArgs, options?: CallOptions): Promise<PriceSetSaleReply>;
}

/** The script `price.set_sale`, as a client loads and calls it. */
export const priceSetSale: Script<PriceSetSaleArgs, PriceSetSaleReply> = {
  name: "price.set_sale",
  version: "1.0.0",
  digest: "c0c46acadab0208806ecf66229fef497dff994c8",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:price:<currency>",
  ],
  encode(scope, args) {
    return {
      keys: [keys.price(scope, args.product, args.currency)],
      args: [
        argument.sale.encode("sale", args.sale),
        argument.amountMinor.encode("amountMinor", args.amountMinor),
        argument.startsAtMs.encode("startsAtMs", args.startsAtMs),
        argument.endsAtMs.encode("endsAtMs", args.endsAtMs),
        argument.sequence.encode("sequence", args.sequence),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    const outcome = field.outcome.decode("outcome", fields[0]);
    return { outcome };
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
  sale: types.sale,
  amountMinor: types.minorUnits,
  startsAtMs: optional(types.epochMs),
  endsAtMs: optional(types.epochMs),
  sequence: types.sequence,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["applied", "repeated", "stale", "full"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "7-18:9",
  "lua/lib/price/stored_sales.lua": "22-58:9 59:45 60-68:47",
  "lua/price/set_sale.lua": "72-74:6 124:64 125:64 126-139:64 147-151:79 262-264:84",
  "lua/lib/now_ms.lua": "143-146:4",
  "lua/lib/price/write_sale.lua": "155-204:14 250-261:64",
  "lua/lib/price/sale_calendar.lua": "207-249:9",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- price.set_sale 1.0.0. Generated from lua/price/set_sale.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/price/stored_sales.lua:
--- Reads the sales of a product in one currency, with those that ended within the horizon.
local function stored_sales(price)
  -- \`base\`, \`base_seq\`, \`calendar\`, \`forgotten_seq\`, and at most 100 fields \`sale:<name>\`.
  local MAX_FIELDS = 104
  -- The upper bound of the type minor_units.
  local MAX_PRICE = 1000000000000
  -- The upper bound of the type epoch_ms.
  local MAX_TIME = 8640000000000000
  -- The upper bound of the type sequence.
  local MAX_SEQUENCE = 9007199254740991
  if redis.call("HLEN", price) > MAX_FIELDS then
    error({ err = "CORRUPT price of more than 100 sales" })
  end
  local fields = redis.call("HGETALL", price)
  local sales = {}
  local forgotten_sequence
  -- at most 104 fields
  for position = 1, #fields, 2 do
    local name, value = string.match(fields[position], "^sale:(.*)$"), fields[position + 1]
    if name then
      local amount, from, to, sequence = string.match(value, "^(%d+) from (%d+) to (%d+) seq (%d+)$")
      local state
      if not amount then
        state, to, sequence = string.match(value, "^(%l+) at (%d+) seq (%d+)$")
      end
      local sale = {
        amount = tonumber(amount),
        starts_at = tonumber(from),
        ends_at = tonumber(to),
        sequence = tonumber(sequence),
        refused = state == "refused",
      }
      if
        not sale.sequence
        or (state and state ~= "ended" and state ~= "refused")
        or sale.sequence > MAX_SEQUENCE
        or sale.ends_at > MAX_TIME
        or (amount and (sale.amount > MAX_PRICE or sale.starts_at >= sale.ends_at))
      then
        error({ err = "CORRUPT sale" })
      end
      sales[name] = sale
    elseif fields[position] == "forgotten_seq" then
      forgotten_sequence = stored_integer(value, "forgotten_seq")
    end
  end
  return sales, forgotten_sequence
end

-- From lua/price/set_sale.lua:
-- The start of a sale without a start.
local ALWAYS_MS = 0
-- The end of a sale without an end: the upper bound of the type epoch_ms.
local NEVER_MS = 8640000000000000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 5 then
  return { err = "ARGUMENT price.set_sale expected 1 key and 5 arguments" }
end
local arg_sale = ARGV[1]
if arg_sale == "" or #arg_sale > 128 then
  return { err = "ARGUMENT price.set_sale sale: expected 1 to 128 bytes" }
end
if string.find(arg_sale, "[%c{}]") then
  return { err = "ARGUMENT price.set_sale sale: expected no control characters and no braces" }
end
local arg_amount_minor = tonumber(ARGV[2])
if
  not arg_amount_minor
  or arg_amount_minor < 0
  or arg_amount_minor > 1000000000000
  or arg_amount_minor % 1 ~= 0
then
  return { err = "ARGUMENT price.set_sale amount_minor: expected a whole number from 0 to 1000000000000" }
end
local arg_starts_at_ms = tonumber(ARGV[3])
if ARGV[3] ~= "" then
  if
    not arg_starts_at_ms
    or arg_starts_at_ms < 0
    or arg_starts_at_ms > 8640000000000000
    or arg_starts_at_ms % 1 ~= 0
  then
    return { err = "ARGUMENT price.set_sale starts_at_ms: expected a whole number from 0 to 8640000000000000" }
  end
end
local arg_ends_at_ms = tonumber(ARGV[4])
if ARGV[4] ~= "" then
  if
    not arg_ends_at_ms
    or arg_ends_at_ms < 0
    or arg_ends_at_ms > 8640000000000000
    or arg_ends_at_ms % 1 ~= 0
  then
    return { err = "ARGUMENT price.set_sale ends_at_ms: expected a whole number from 0 to 8640000000000000" }
  end
end
local arg_sequence = tonumber(ARGV[5])
if not arg_sequence or arg_sequence < 0 or arg_sequence > 9007199254740991 or arg_sequence % 1 ~= 0 then
  return { err = "ARGUMENT price.set_sale sequence: expected a whole number from 0 to 9007199254740991" }
end

--- Sets a sale of a product in one currency: its price, its start and its end.
do
  local price, sale, amount_minor, starts_at_ms, ends_at_ms, sequence =
    KEYS[1], arg_sale, arg_amount_minor, arg_starts_at_ms, arg_ends_at_ms, arg_sequence
  local starts_at, ends_at = starts_at_ms or ALWAYS_MS, ends_at_ms or NEVER_MS
  if ends_at <= starts_at then
    error({ err = "ARGUMENT price.set_sale ends_at_ms: a sale ends after it starts" })
  end
  local sales, forgotten_sequence = stored_sales(price)
  local known = sales[sale]
  if known and sequence == known.sequence then
    return known.refused and "full" or "repeated"
  end
  local last_sequence = known and known.sequence or forgotten_sequence
  if last_sequence and sequence <= last_sequence then
    return "stale"
  end

  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  local now = now_ms()
  local event = { sequence = sequence }
  if ends_at > now then
    event = { sequence = sequence, amount = amount_minor, starts_at = starts_at, ends_at = ends_at }
  end
  -- From lua/lib/price/write_sale.lua:
  --- Stores the latest event of a sale, forgets sales that ended long ago, and writes the calendar
  --- anew.
  local function write_sale(price, sales, forgotten_sequence, name, event, now)
    -- At most so many sales of a product and currency can still be on.
    local MAX_SALES = 50
    -- At most so many are remembered after their end.
    local MAX_ENDED = 50
    -- A sale is remembered for 600,000 ms after its end, so that events of other sales may arrive in
    -- another order. Another 60,000 ms are for a failover to a server with a faster clock.
    local HORIZON_MS = 660000
    sales[name] = nil
    local open, ended = {}, {}
    -- at most 100 sales
    for other, sale in pairs(sales) do
      sale.name = other
      -- An event without a price may be of a clock that was ahead.
      local group = sale.amount and sale.ends_at > now and open or ended
      group[#group + 1] = sale
    end

    local value = string.format("ended at %d seq %d", now, event.sequence)
    local is_full = event.amount ~= nil and #open >= MAX_SALES
    if is_full then
      value = string.format("refused at %d seq %d", now, event.sequence)
    elseif event.amount then
      local period = string.format("from %d to %d", event.starts_at, event.ends_at)
      value = string.format("%d %s seq %d", event.amount, period, event.sequence)
      event.name = name
      open[#open + 1] = event
    end

    table.sort(ended, function(one, other)
      if one.ends_at ~= other.ends_at then
        return one.ends_at < other.ends_at
      end
      return one.sequence < other.sequence
    end)
    local removed = {}
    -- at most 100 sales
    for position, sale in ipairs(ended) do
      if sale.ends_at + HORIZON_MS <= now or #ended - position >= MAX_ENDED - 1 then
        removed[#removed + 1] = "sale:" .. sale.name
        forgotten_sequence = math.max(forgotten_sequence or 0, sale.sequence)
      end
    end

    local fields = { "sale:" .. name, value }
    if forgotten_sequence then
      fields[3], fields[4] = "forgotten_seq", string.format("%d", forgotten_sequence)
    end
    if #open > 0 then
      fields[#fields + 1] = "calendar"
      -- From lua/lib/price/sale_calendar.lua:
      --- Returns the calendar of sales: which one has the lowest price, from when and until when.
      local function sale_calendar(sales)
        table.sort(sales, function(one, other)
          if one.amount ~= other.amount then
            return one.amount < other.amount
          end
          if one.starts_at ~= other.starts_at then
            return one.starts_at < other.starts_at
          end
          return one.name < other.name
        end)
        local instants = {}
        -- at most 50 sales
        for _, sale in ipairs(sales) do
          instants[#instants + 1] = sale.starts_at
          instants[#instants + 1] = sale.ends_at
        end
        table.sort(instants)

        -- If two instants are equal, the lowest price is that of the span before or after them.
        local spans = {}
        -- at most 99 spans between the instants
        for position = 2, #instants do
          local from, to = instants[position - 1], instants[position]
          -- at most 50 sales
          for _, sale in ipairs(sales) do
            if sale.starts_at <= from and to <= sale.ends_at then
              local last = spans[#spans]
              if last and last.name == sale.name then
                last.to = to
              else
                spans[#spans + 1] = { from = from, to = to, amount = sale.amount, name = sale.name }
              end
              break
            end
          end
        end
        local lines = {}
        -- at most 99 spans
        for position, span in ipairs(spans) do
          lines[position] = string.format("%d %d %d %s\\n", span.from, span.to, span.amount, span.name)
        end
        return table.concat(lines)
      end
      fields[#fields + 1] = sale_calendar(open)
    else
      removed[#removed + 1] = "calendar"
    end
    -- at most 6 texts
    redis.call("HSET", price, unpack(fields))
    if #removed > 0 then
      -- at most 101 fields
      redis.call("HDEL", price, unpack(removed))
    end
    return not is_full
  end
  local stored = write_sale(price, sales, forgotten_sequence, sale, event, now)
  return stored and "applied" or "full"
end
`;
