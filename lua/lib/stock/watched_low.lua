--- Reads the field `watch` of a stock, such as `17 3`: the sequence of its event, and from which
--- number of available units down the product counts as low.
---
---@param value string|false as Redis returned it; false when the product is not watched
---@return integer|nil low nil: the product is not watched
---@return integer sequence -1 when the product is not watched
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

return watched_low
