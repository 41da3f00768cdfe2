local stored_integer = require("lib.stored_integer")

--- Reads the sales of a product in one currency, with those that ended within the horizon.
---
---@param price key.price
---@return table<string, table> sales by name: `sequence` and `ends_at`; a sale that can still be on
---   has `amount` and `starts_at` too, an event that found no room has `refused`
---@return integer|nil forgotten_sequence the highest sequence among the sales that were forgotten
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

return stored_sales
