#!lua flags=no-writes
-- price.read 1.0.0. Generated from lua/price/read.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/price/read.lua:
-- The upper bound of the type minor_units.
local MAX_MINOR_UNITS = 1000000000000
-- The end of a sale without one: the upper bound of the type epoch_ms.
local NEVER_MS = 8640000000000000
-- 50 sales make at most 99 lines.
local MAX_LINES = 99

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT price.read expected 1 key and 0 arguments" }
end

--- Reads the price of a product in one currency: the base price, the effective price, and the sale
--- that is on.
do
  local price = KEYS[1]
  local stored = redis.call("HMGET", price, "base", "calendar")
  local base, calendar = tonumber(stored[1]), stored[2]
  if not stored[1] then
    return "unknown"
  end
  if not base or base % 1 ~= 0 or base < 0 or base > MAX_MINOR_UNITS then
    error({ err = "CORRUPT base" })
  end
  if not calendar then
    return { "priced", base or false, base or false, 0 }
  end

  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  local now = now_ms()
  local position = 1
  -- at most 99 lines
  for _ = 1, MAX_LINES do
    local _, line_end, from, to, amount, sale = string.find(calendar, "^(%d+) (%d+) (%d+) (%C+)\n", position)
    local starts_at, ends_at, sale_minor = tonumber(from), tonumber(to), tonumber(amount)
    if not line_end or starts_at >= ends_at or ends_at > NEVER_MS or sale_minor > MAX_MINOR_UNITS then
      error({ err = "CORRUPT calendar" })
    end
    if now < ends_at and sale_minor < base then
      if now < starts_at then
        return { "priced", base or false, base or false, 0, false, starts_at }
      end
      return {
        "priced",
        base or false,
        sale_minor or false,
        1,
        sale or false,
        ends_at < NEVER_MS and ends_at or nil,
      }
    end
    position = line_end + 1
    if position > #calendar then
      return { "priced", base or false, base or false, 0 }
    end
  end
  error({ err = "CORRUPT calendar" })
end
