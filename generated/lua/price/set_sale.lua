#!lua
-- price.set_sale 1.0.0. Generated from lua/price/set_sale.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stored_integer.lua:
--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script. `tonumber` also reads forms such as 1e3, which no script stores.
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
  -- `base`, `base_seq`, `calendar`, `forgotten_seq`, and at most 100 fields `sale:<name>`.
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
          lines[position] = string.format("%d %d %d %s\n", span.from, span.to, span.amount, span.name)
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
