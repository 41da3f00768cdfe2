#!lua
-- stock.adjust 1.0.0. Generated from lua/stock/adjust.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 100 calls in one run. An error ends only its own call.

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

-- From lua/lib/stock/status_change.lua:
--- Compares the status of a watched product before and after a call, and publishes a change: the old
--- status, the new one and the available units, as in `out_of_stock in_stock 5`. The channel has the
--- name of the stock's key.
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

-- From lua/lib/stock/stock_levels.lua:
--- Reads all levels of a product, and finds the fullest warehouse, or the emptiest.
local function stock_levels(stock, direction)
  -- The upper bound of the type level, and the lower one without its sign.
  local MAX_SUMMED_LEVEL = 1000000000000
  -- A product has at most 100 warehouses, each with a level and an event. The other four fields are
  -- total, held, prepared and watch.
  local MAX_FIELDS = 204
  -- HLEN first, because a hash that no script made may be of any size.
  if redis.call("HLEN", stock) > MAX_FIELDS then
    error({ err = "CORRUPT stock of more than 100 warehouses" })
  end
  local fields = redis.call("HGETALL", stock)
  local stored_total, stored_held, stored_prepared, watch = false, false, false, false
  local found, found_level = nil, nil
  local sum = 0
  -- at most 204 fields
  for position = 1, #fields, 2 do
    local field = fields[position]
    if string.find(field, "^level:") then
      local level = tonumber(fields[position + 1])
      if not level or level % 1 ~= 0 or level < -MAX_SUMMED_LEVEL or level > MAX_SUMMED_LEVEL then
        error({ err = "CORRUPT level of a warehouse" })
      end
      sum = sum + level
      local lead = found_level and (level - found_level) * direction or 1
      if lead > 0 or (lead == 0 and field < found) then
        found, found_level = field, level
      end
    elseif field == "total" then
      stored_total = fields[position + 1]
    elseif field == "held" then
      stored_held = fields[position + 1]
    elseif field == "prepared" then
      stored_prepared = fields[position + 1]
    elseif field == "watch" then
      watch = fields[position + 1]
    end
  end
  local total, held = stock_counts(stored_total, stored_held)
  if sum ~= (total or 0) then
    error({ err = "CORRUPT total" })
  end
  return fields, total, held, found, found_level, watch, stored_prepared
end

-- From lua/lib/stock/stored_level.lua:
--- Reads the level of a warehouse.
local function stored_level(value)
  -- The upper bound of the type level, and the lower one without its sign.
  local MAX_STORED_LEVEL = 1000000000000
  if not value then
    return nil
  end
  local level = tonumber(value)
  if not level or level % 1 ~= 0 or level < -MAX_STORED_LEVEL or level > MAX_STORED_LEVEL then
    error({ err = "CORRUPT level of a warehouse" })
  end
  return level
end

-- From lua/lib/stock/take_units.lua:
--- Takes units from several warehouses, from the fullest first.
local function take_units(fields, units)
  local levels = {}
  -- at most 204 fields
  for position = 1, #fields, 2 do
    if string.find(fields[position], "^level:") then
      levels[#levels + 1] = { field = fields[position], quantity = stored_level(fields[position + 1]) or 0 }
    end
  end
  table.sort(levels, function(first, second)
    if first.quantity == second.quantity then
      return first.field < second.field
    end
    return first.quantity > second.quantity
  end)
  local changed = {}
  local missing = units
  -- at most 100 warehouses
  for position, level in ipairs(levels) do
    local taken = math.min(missing, math.max(level.quantity, 0))
    if taken > 0 or position == 1 then
      changed[#changed + 1] = level.field
      changed[#changed + 1] = level.quantity - taken
    end
    missing = missing - taken
  end
  return changed, missing
end

-- From lua/lib/stock/watched_low.lua:
--- Reads the field `watch` of a stock, such as `17 3`: the sequence of its event, and from which
--- number of available units down the product counts as low.
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

-- From lua/stock/adjust.lua:
-- The upper bound of the type level.
local MAX_LEVEL = 1000000000000
-- The upper bound of the type total.
local MAX_REMEMBERED_TOTAL = 100000000000000
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS / 2
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if
  not wrapper_fits
  or wrapper_calls < 1
  or wrapper_calls > 100
  or wrapper_calls % 1 ~= 0
  or #wrapper_argv ~= 5 * wrapper_calls
then
  return { err = "ARGUMENT stock.adjust expected 1 to 100 calls, each with 2 keys and 5 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_change = tonumber(wrapper_argv[wrapper_arguments + 1])
  if not arg_change or arg_change < -1000000000000 or arg_change > 1000000000000 or arg_change % 1 ~= 0 then
    return {
      err = "ARGUMENT stock.adjust change: expected a whole number from -1000000000000 to 1000000000000",
    }
  end
  local arg_warehouse = wrapper_argv[wrapper_arguments + 2]
  if arg_warehouse == "" then
    arg_warehouse = nil
  else
    if arg_warehouse == "" or #arg_warehouse > 256 then
      return { err = "ARGUMENT stock.adjust warehouse: expected 1 to 256 bytes" }
    end
    if string.find(arg_warehouse, "[%c{}]") then
      return { err = "ARGUMENT stock.adjust warehouse: expected no control characters and no braces" }
    end
  end
  local arg_backorder = wrapper_argv[wrapper_arguments + 3]
  if arg_backorder ~= "1" and arg_backorder ~= "0" then
    return { err = "ARGUMENT stock.adjust backorder: expected 1 or 0" }
  end
  arg_backorder = arg_backorder == "1"
  local arg_low = tonumber(wrapper_argv[wrapper_arguments + 4])
  if not arg_low or arg_low < 0 or arg_low > 1000000000000 or arg_low % 1 ~= 0 then
    return { err = "ARGUMENT stock.adjust low: expected a whole number from 0 to 1000000000000" }
  end
  local arg_remember_ms = tonumber(wrapper_argv[wrapper_arguments + 5])
  if
    not arg_remember_ms
    or arg_remember_ms < 1000
    or arg_remember_ms > 31622400000
    or arg_remember_ms % 1 ~= 0
  then
    return { err = "ARGUMENT stock.adjust remember_ms: expected a whole number from 1000 to 31622400000" }
  end

  --- Changes a product's stock by a sale or a return, and returns its total and status.
  do
    local stock, stock_operation, change, warehouse, backorder, low, remember_ms =
      KEYS[wrapper_keys + 1],
      KEYS[wrapper_keys + 2],
      arg_change,
      arg_warehouse,
      arg_backorder,
      arg_low,
      arg_remember_ms
    local total, held, field, level, fields, watch
    if warehouse then
      field = "level:" .. warehouse
      local stored = redis.call("HMGET", stock, "total", "held", field, "watch")
      total, held = stock_counts(stored[1], stored[2])
      level, watch = stored_level(stored[3]), stored[4]
    else
      fields, total, held, field, level, watch = stock_levels(stock, change < 0 and 1 or -1)
    end
    local watch_low = watched_low(watch)

    local outcome, new_total, new_level = "adjusted", 0, 0
    local available = 0
    local changed = nil
    if level and not total then
      error({ err = "CORRUPT total" })
    elseif not level or not field then
      outcome = total and "unknown_warehouse" or "unknown"
      remember_ms = math.min(remember_ms, HORIZON_MS)
    else
      new_total, new_level = total + change, level + change
      local missing = change < 0 and math.min(-change, -new_level) or 0
      if missing > 0 and fields then
        changed, missing = take_units(fields, -change)
        -- On backorder, units that no warehouse has are booked on the fullest, below zero.
        new_level = changed[2] - missing
        changed[2] = new_level
      end
      if change < 0 and not backorder and (missing > 0 or new_total < held) then
        outcome, new_total = "refused", total
      elseif
        (new_level > MAX_LEVEL or new_level < -MAX_LEVEL) and redis.call("EXISTS", stock_operation) == 0
      then
        error({ err = "ARGUMENT stock.adjust change: the level of a warehouse stays from -10^12 to 10^12" })
      end
      available = new_total - held
    end

    local answer = string.format(
      "%s %d %d %d %s %s",
      outcome,
      new_total,
      available,
      change,
      backorder and "yes" or "no",
      warehouse or ""
    )
    local remembered = redis.call("SET", stock_operation, answer, "NX", "GET", "PX", remember_ms)
    if remembered then
      local old_outcome, old_total, old_available, arguments =
        string.match(remembered, "^([%l_]+) (-?%d+) (-?%d+) (.*)$")
      total, available = tonumber(old_total), tonumber(old_available)
      if not total or math.abs(total) > MAX_REMEMBERED_TOTAL then
        error({ err = "CORRUPT stock-operation" })
      end
      if available < -2 * MAX_REMEMBERED_TOTAL or available > MAX_REMEMBERED_TOTAL then
        error({ err = "CORRUPT stock-operation" })
      end
      if arguments ~= string.format("%d %s %s", change, backorder and "yes" or "no", warehouse or "") then
        return "mismatch"
      elseif old_outcome == "adjusted" or old_outcome == "refused" then
        local before = old_outcome == "adjusted" and available - change or available
        return old_outcome,
          1,
          total or false,
          stock_status(before, low) or false,
          stock_status(available, low) or false,
          available
      elseif old_outcome == "unknown" or old_outcome == "unknown_warehouse" then
        return old_outcome
      end
      error({ err = "CORRUPT stock-operation" })
    end

    if outcome == "adjusted" then
      if changed then
        -- at most 202 values
        redis.call("HSET", stock, "total", new_total, unpack(changed))
      elseif field then
        redis.call("HSET", stock, "total", new_total, field, new_level)
      end
      if watch_low then
        status_change(stock, watch_low, available - change, available)
      end
    elseif outcome ~= "refused" then
      return outcome
    end
    local before = outcome == "adjusted" and available - change or available
    return outcome,
      0,
      new_total or false,
      stock_status(before, low) or false,
      stock_status(available, low) or false,
      available
  end
end

-- Generated: makes an error the reply of its call, with the line that raised it, as Redis does for a
-- single call.
local function wrapper_failed(failure)
  if type(failure) ~= "table" then
    return { err = "ERR " .. tostring(failure) }
  end
  -- The levels above: 1 is pcall, 2 this function, 3 error or redis.call, 4 the line that called it.
  local _, where = pcall(error, "", 4)
  return {
    err = tostring(failure.err) .. " at " .. tostring(where),
    ignore_error_stats_update = failure.ignore_error_stats_update,
  }
end

-- Generated: runs the calls in their order. The reply is a list. First comes one text: the values of
-- all calls as a flat list in MessagePack, 6 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2, reply_3, reply_4, reply_5, reply_6 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_values[wrapper_at + 2] = reply_2 or false
  wrapper_values[wrapper_at + 3] = reply_3 or false
  wrapper_values[wrapper_at + 4] = reply_4 or false
  wrapper_values[wrapper_at + 5] = reply_5 or false
  wrapper_values[wrapper_at + 6] = reply_6 or false
  wrapper_at = wrapper_at + 6
  wrapper_keys = wrapper_keys + 2
  wrapper_arguments = wrapper_arguments + 5
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
