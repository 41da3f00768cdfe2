--- Checks the fields `total` and `held` of a stock.
---
--- Without a total, the product has no stock. Reservations of a forgotten product may still hold
--- units then.
---
---@param stored_total string|false as Redis returned it
---@param stored_held string|false as Redis returned it
---@return integer|nil total nil: the product has no stock
---@return integer held
local function stock_counts(stored_total, stored_held)
  -- The upper bound of the type total.
  local MAX_TOTAL = 100000000000000
  local total = nil
  if stored_total then
    total = tonumber(stored_total)
    if not total or total % 1 ~= 0 or total < -MAX_TOTAL or total > MAX_TOTAL then
      error({ err = "CORRUPT total" })
    end
  end
  local held = tonumber(stored_held or "0")
  if not held or held % 1 ~= 0 or held < 0 or held > MAX_TOTAL then
    error({ err = "CORRUPT held" })
  end
  return total, held
end

return stock_counts
