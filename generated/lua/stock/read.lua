#!lua flags=no-writes
-- stock.read 1.0.0. Generated from lua/stock/read.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stock/stock_counts.lua:
--- Checks the fields `total` and `held` of a stock.
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

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 1 then
  return { err = "ARGUMENT stock.read expected 1 key and 1 argument" }
end
local arg_low = tonumber(ARGV[1])
if not arg_low or arg_low < 0 or arg_low > 1000000000000 or arg_low % 1 ~= 0 then
  return { err = "ARGUMENT stock.read low: expected a whole number from 0 to 1000000000000" }
end

-- From lua/stock/read.lua:
--- Reads the summary of a product's stock: total, available units and status.
do
  local stock, low = KEYS[1], arg_low
  local stored = redis.call("HMGET", stock, "total", "held")
  local total, held = stock_counts(stored[1], stored[2])
  if total then
    -- From lua/lib/stock/stock_status.lua:
    --- Returns the status that a shop shows for a number of units.
    local function stock_status(units, low)
      if units <= 0 then
        return "out_of_stock"
      end
      if units <= low then
        return "low_stock"
      end
      return "in_stock"
    end
    return { "known", total or false, stock_status(total - held, low) or false, total - held }
  end
  -- Units may still be held if the product was forgotten, and it may be watched. No other field may
  -- exist.
  local others = redis.call("HMGET", stock, "prepared", "watch")
  if redis.call("HLEN", stock) > (stored[2] and 1 or 0) + (others[1] and 1 or 0) + (others[2] and 1 or 0) then
    error({ err = "CORRUPT total" })
  end
  return "unknown"
end
