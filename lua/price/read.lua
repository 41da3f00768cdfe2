local corrupt = require("lib.corrupt")
local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")

-- The upper bound of the type minor_units.
local MAX_MINOR_UNITS = 1000000000000
-- price.set stores this end for a sale without one: the upper bound of the type epoch_ms.
local NEVER_MS = 8640000000000000

--- Reads the prices of a product in one currency: base, sale and effective price.
---
--- Redis's clock decides whether a sale is active. So every service shows the same price.
---
---@version 1.0.0
---@param price key.price read
---@return "priced"|"unknown" outcome priced: the product has a base price; unknown: the product has
---   no base price in this currency
---@return minor_units? base_minor when priced: the base price
---@return minor_units? sale_minor sometimes when priced: the latest sale, active or not
---@return minor_units? effective_minor when priced: the sale price while the sale is active,
---   otherwise the base price
---@return flag? on_sale when priced: the sale is active now
---@return epoch_ms? changes_at_ms sometimes when priced: when the sale starts or ends, if that is
---   in the future
---@cost O(1)
---@resend safe it only reads
---
---@example While a sale is active, its price is the effective price.
---  given  HSET {price} base 1999 base_seq 1 sale 1499 sale_seq 1
---         sale_starts 0 sale_ends {now+60000}
---  reply  outcome=priced base_minor=1999 sale_minor=1499 effective_minor=1499 on_sale=yes
---         changes_at_ms={now+60000}
---@example A sale without an end has no time of the next change.
---  given  HSET {price} base 1999 base_seq 1 sale 1499 sale_seq 1
---         sale_starts 0 sale_ends 8640000000000000
---  reply  outcome=priced base_minor=1999 sale_minor=1499 effective_minor=1499 on_sale=yes
---@example A sale in the future is shown, but is not active.
---  given  HSET {price} base 1999 base_seq 1 sale 1499 sale_seq 1
---         sale_starts {now+60000} sale_ends {now+90000}
---  reply  outcome=priced base_minor=1999 sale_minor=1499 effective_minor=1999 on_sale=no
---         changes_at_ms={now+60000}
---@example A sale that has ended is not active.
---  given  HSET {price} base 1999 base_seq 1 sale 1499 sale_seq 1
---         sale_starts 0 sale_ends {now-1}
---  reply  outcome=priced base_minor=1999 sale_minor=1499 effective_minor=1999 on_sale=no
---@example A product without a base price is unknown.
---  reply  outcome=unknown
---@example A corrupt price is an error.
---  given  HSET {price} base cheap base_seq 1
---  error  CORRUPT base
local function read(price)
  local stored = redis.call("HMGET", price, "base", "sale", "sale_starts", "sale_ends")
  local base = stored_integer(stored[1], "base", 0, MAX_MINOR_UNITS)
  local sale = stored_integer(stored[2], "sale", 0, MAX_MINOR_UNITS)
  local starts_at = stored_integer(stored[3], "sale_starts")
  local ends_at = stored_integer(stored[4], "sale_ends")
  if not base then
    return "unknown"
  end
  if not sale then
    return "priced", base, nil, base, false, nil
  end
  if not starts_at or not ends_at then
    corrupt("window of a sale")
  end

  local now = now_ms()
  if now < starts_at then
    return "priced", base, sale, base, false, starts_at
  elseif now < ends_at then
    local changes_at = ends_at
    if ends_at == NEVER_MS then
      changes_at = nil
    end
    return "priced", base, sale, sale, true, changes_at
  end
  return "priced", base, sale, base, false, nil
end

return read
