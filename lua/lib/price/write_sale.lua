local sale_calendar = require("lib.price.sale_calendar")

--- Stores the latest event of a sale, forgets sales that ended long ago, and writes the calendar
--- anew.
---
---@param price key.price
---@param sales table<string, table> as stored_sales returned them
---@param forgotten_sequence integer|nil as stored_sales returned it
---@param name string the sale of the event
---@param event table as stored_sales describes a sale
---@param now integer
---@return boolean stored false: 50 other sales can still be on, and the event is remembered as
---   refused
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

return write_sale
