local stock_status = require("lib.stock.stock_status")

--- Compares the status of a watched product before and after a call, and publishes a change: the old
--- status, the new one and the available units, as in `out_of_stock in_stock 5`. The channel has the
--- name of the stock's key.
---
---@param stock key.stock
---@param low integer at this number of available units or below, the product counts as low
---@param before integer the available units before the call
---@param after integer the available units after it
---@return stock_status|nil status_before nil: the call has not changed the available units
---@return stock_status|nil status
local function status_change(stock, low, before, after)
  if before == after then
    return nil, nil
  end
  local status_before, status = stock_status(before, low), stock_status(after, low)
  if status ~= status_before then
    redis.call("PUBLISH", stock, string.format("%s %s %d", status_before, status, after))
  end
  return status_before, status
end

return status_change
