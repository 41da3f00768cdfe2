--- Reads the rules of a coupon, such as `limit 100 each 1 from 0 to 9000 seq 7 life 1767225600000000`.
---
---@param text string as Redis returned it
---@return integer limit units in all
---@return integer customer_limit units of each customer
---@return integer from_ms
---@return integer until_ms
---@return integer sequence of the event that set the rules
---@return string made when the coupon was made, in microseconds; another one of the same name was made
---   at another time
local function stored_rules(text)
  -- The upper bound of the type units.
  local MAX_COUPON_UNITS = 1000000000000
  -- The upper bound of the type epoch_ms.
  local MAX_TIME = 8640000000000000
  -- The upper bound of the type sequence.
  local MAX_SEQUENCE = 9007199254740991
  local all, each, from, to, event, made =
    string.match(text, "^limit (%d+) each (%d+) from (%d+) to (%d+) seq (%d+) life (%d+)$")
  local limit, customer_limit = tonumber(all), tonumber(each)
  local from_ms, until_ms, sequence = tonumber(from), tonumber(to), tonumber(event)
  if not limit or limit > MAX_COUPON_UNITS or customer_limit > MAX_COUPON_UNITS then
    error({ err = "CORRUPT rules" })
  end
  if from_ms > until_ms or until_ms > MAX_TIME or sequence > MAX_SEQUENCE then
    error({ err = "CORRUPT rules" })
  end
  return limit, customer_limit, from_ms, until_ms, sequence, made
end

return stored_rules
