local now_ms = require("lib.now_ms")

-- The upper bound of the type minor_units.
local MAX_MINOR_UNITS = 1000000000000
-- The end of a sale without one: the upper bound of the type epoch_ms.
local NEVER_MS = 8640000000000000
-- 50 sales make at most 99 lines.
local MAX_LINES = 99

--- Reads the price of a product in one currency: the base price, the effective price, and the sale
--- that is on.
---
--- Redis's clock decides which sale is on. So every service shows the same price. If several sales
--- overlap, the one with the lowest price is on. A sale that is not below the base price is ignored.
---
---@version 1.0.0
---@param price key.price read
---@return "priced"|"unknown" outcome priced: the product has a base price; unknown: the product has
---   no base price in this currency, even if it has a sale
---@return minor_units? base_minor when priced: the base price
---@return minor_units? effective_minor when priced: the price of the sale that is on, otherwise the
---   base price
---@return flag? on_sale when priced: a sale is on, so the effective price is below the base price
---@return sale? sale sometimes when priced: the sale that is on
---@return epoch_ms? changes_at_ms sometimes when priced: when this reply changes next, unless an
---   event changes it before; absent: it never changes without an event
---@cost O(C), C the changes of sales that have passed or are not below the base, at most 99
---@resend safe it only reads
---@many 100
---
---@example While a sale is on, its price is the effective price.
---  given  HSET {price} base 1999 base_seq 1 calendar "0 {now+60000} 1499 xmas\n"
---  reply  outcome=priced base_minor=1999 effective_minor=1499 on_sale=yes sale=xmas
---         changes_at_ms={now+60000}
---@example A sale without an end has no time of the next change.
---  given  HSET {price} base 1999 base_seq 1 calendar "0 8640000000000000 1499 outlet\n"
---  reply  outcome=priced base_minor=1999 effective_minor=1499 on_sale=yes sale=outlet
---@example Before a sale starts, its start is the time of the next change.
---  given  HSET {price} base 1999 base_seq 1 calendar "{now+60000} {now+90000} 1499 xmas\n"
---  reply  outcome=priced base_minor=1999 effective_minor=1999 on_sale=no
---         changes_at_ms={now+60000}
---@example A sale above the base price is ignored.
---  given  HSET {price} base 1299 base_seq 1 calendar "0 {now+60000} 1499 xmas\n"
---  reply  outcome=priced base_minor=1299 effective_minor=1299 on_sale=no
---@example A product without a base price is unknown.
---  reply  outcome=unknown
---@example A corrupt calendar is an error.
---  given  HSET {price} base 1999 base_seq 1 calendar "from today: 1499"
---  error  CORRUPT calendar
local function read(price)
  local stored = redis.call("HMGET", price, "base", "calendar")
  local base, calendar = tonumber(stored[1]), stored[2]
  if not stored[1] then
    return "unknown"
  end
  if not base or base % 1 ~= 0 or base < 0 or base > MAX_MINOR_UNITS then
    error({ err = "CORRUPT base" })
  end
  if not calendar then
    return "priced", base, base, false
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
        return "priced", base, base, false, nil, starts_at
      end
      return "priced", base, sale_minor, true, sale, ends_at < NEVER_MS and ends_at or nil
    end
    position = line_end + 1
    if position > #calendar then
      return "priced", base, base, false
    end
  end
  error({ err = "CORRUPT calendar" })
end

return read
