--- Returns the calendar of sales: which one has the lowest price, from when and until when.
---
--- Each line is `<from> <to> <price> <name>`, by time. Lines do not overlap. Of equal prices, the
--- sale that starts first is on, and of equal starts the first name. So the order of events makes
--- no difference.
---
---@param sales table[] at most 50, each with `name`, `amount`, `starts_at` and `ends_at`
---@return string calendar empty without sales
local function sale_calendar(sales)
  table.sort(sales, function(one, other)
    if one.amount ~= other.amount then
      return one.amount < other.amount
    end
    if one.starts_at ~= other.starts_at then
      return one.starts_at < other.starts_at
    end
    return one.name < other.name
  end)
  local instants = {}
  -- at most 50 sales
  for _, sale in ipairs(sales) do
    instants[#instants + 1] = sale.starts_at
    instants[#instants + 1] = sale.ends_at
  end
  table.sort(instants)

  -- If two instants are equal, the lowest price is that of the span before or after them.
  local spans = {}
  -- at most 99 spans between the instants
  for position = 2, #instants do
    local from, to = instants[position - 1], instants[position]
    -- at most 50 sales
    for _, sale in ipairs(sales) do
      if sale.starts_at <= from and to <= sale.ends_at then
        local last = spans[#spans]
        if last and last.name == sale.name then
          last.to = to
        else
          spans[#spans + 1] = { from = from, to = to, amount = sale.amount, name = sale.name }
        end
        break
      end
    end
  end
  local lines = {}
  -- at most 99 spans
  for position, span in ipairs(spans) do
    lines[position] = string.format("%d %d %d %s\n", span.from, span.to, span.amount, span.name)
  end
  return table.concat(lines)
end

return sale_calendar
