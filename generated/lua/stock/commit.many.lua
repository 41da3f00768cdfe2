#!lua flags=allow-oom
-- stock.commit 1.0.0. Generated from lua/stock/commit.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 64 calls in one run. An error ends only its own call.

-- From lua/lib/stock/add_closed.lua:
--- Adds one more reservation to those that held_reservations has prepared. Of two texts of the same
--- reservation, the last one counts.
local function add_closed(names, texts, forget_times, reservation, text, forget_at)
  names[#names + 1] = reservation
  texts[#texts + 1] = reservation
  texts[#texts + 1] = text
  forget_times[#forget_times + 1] = forget_at
  forget_times[#forget_times + 1] = reservation
end

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

-- From lua/lib/stock/close_reservation.lua:
--- Closes a held reservation, so that its units are available again.
local function close_reservation(
  stock,
  reservations,
  reservation_ends,
  closed_reservations,
  reservation,
  units,
  state,
  forget_at_ms,
  fence
)
  local stored = redis.call("HMGET", stock, "total", "held", "watch")
  local total, held = stock_counts(stored[1], stored[2])
  local low = watched_low(stored[3])
  -- Without a total, the stock was forgotten or deleted, and fewer units may be held.
  if total and held < units then
    error({ err = "CORRUPT held" })
  end
  local still_held = math.max(held - units, 0)
  local forget_at = string.format("%d", forget_at_ms)
  -- ZCARD proves the type before the first write.
  redis.call("ZCARD", closed_reservations)
  redis.call("ZREM", reservation_ends, reservation)
  redis.call("ZADD", closed_reservations, forget_at, reservation)
  local text = string.format("%s %d %s", state, units, forget_at)
  if fence > 0 then
    text = string.format("%s %d", text, fence)
  end
  redis.call("HSET", reservations, reservation, text)
  if total or still_held > 0 then
    redis.call("HSET", stock, "held", still_held)
  else
    redis.call("HDEL", stock, "held")
  end
  local available = (total or 0) - still_held
  if low then
    return available, status_change(stock, low, (total or 0) - held, available)
  end
  return available, nil, nil
end

-- From lua/lib/stock/close_reservations.lua:
--- Closes held reservations, as held_reservations has prepared it.
local function close_reservations(
  reservations,
  reservation_ends,
  closed_reservations,
  names,
  texts,
  forget_times
)
  -- at most 202 values
  redis.call("ZADD", closed_reservations, unpack(forget_times))
  -- at most 202 values
  redis.call("HSET", reservations, unpack(texts))
  -- at most 101 names
  redis.call("ZREM", reservation_ends, unpack(names))
end

-- From lua/lib/stock/commit_arguments.lua:
--- The arguments of one call of commit, as its remembered answer has them. They are the reservation, a
--- tab, and the warehouse if there is one. A tab and a word follow for each option.
local function commit_arguments(reservation, warehouse, retake, backorder)
  -- No name has a tab.
  local options = (retake and "\tretake" or "") .. (backorder and "\tbackorder" or "")
  return reservation .. "\t" .. (warehouse or "") .. options
end

-- From lua/lib/stock/held_reservations.lua:
--- Reads held reservations, and prepares the commands that close them.
local function held_reservations(reservations, names, state, forget_at_ms)
  -- The upper bound of the type quantity.
  local MAX_HELD_UNITS = 1000000000000
  local stored = redis.call("HMGET", reservations, unpack(names))
  local forget_at = string.format("%d", forget_at_ms)
  local closed = state .. " %s " .. forget_at .. "%s"
  local texts, forget_times = {}, {}
  local sum = 0
  -- at most 100 reservations
  for position = 1, #names do
    local name = names[position]
    local stored_units, fence = string.match(stored[position] or "", "^held (%d+) %d+( ?%d*)$")
    local units = tonumber(stored_units)
    if not units or units < 1 or units > MAX_HELD_UNITS then
      error({ err = "CORRUPT reservation" })
    end
    sum = sum + units
    texts[2 * position - 1] = name
    texts[2 * position] = string.format(closed, stored_units, fence)
    forget_times[2 * position - 1] = forget_at
    forget_times[2 * position] = name
  end
  return texts, forget_times, sum
end

-- From lua/lib/stock/ended_leases.lua:
--- Finds the first reservations of a product whose lease is over, at most 100, and prepares the
--- commands that close them.
local function ended_leases(reservations, reservation_ends, now, forget_at_ms, except)
  local MAX_ENDED = 100
  local now_text = string.format("%d", now)
  local due = redis.call("ZCOUNT", reservation_ends, "-inf", now_text)
  if due == 0 then
    return nil, nil, nil, 0, false
  end
  local names = redis.call("ZRANGE", reservation_ends, "-inf", now_text, "BYSCORE", "LIMIT", "0", MAX_ENDED)
  -- at most 100 names
  for position = #names, except and 1 or 101, -1 do
    if names[position] == except then
      table.remove(names, position)
    end
  end
  if #names == 0 then
    return nil, nil, nil, 0, false
  end
  local texts, forget_times, units = held_reservations(reservations, names, "expired", forget_at_ms)
  return names, texts, forget_times, units, due > MAX_ENDED
end

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/lib/stored_integer.lua:
--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script. `tonumber` also reads forms such as 1e3, which no script stores.
local function stored_integer(value, what, min, max)
  -- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
  local MAX_EXACT = 9007199254740991
  if not value then
    return nil
  end
  local number = tonumber(value)
  if not number or number % 1 ~= 0 or number < (min or 0) or number > (max or MAX_EXACT) then
    error({ err = "CORRUPT " .. what })
  end
  return number
end

-- From lua/lib/stock/remembered_commit.lua:
--- Reads the remembered answer of a call of commit, such as `short cart-1\tberlin`.
local function remembered_commit(remembered, arguments)
  -- The upper bound of the type quantity.
  local MAX_MISSING = 1000000000000
  local outcome, stored_arguments = string.match(remembered, "^(%S+) (.+)$")
  if stored_arguments and stored_arguments ~= arguments then
    return "mismatch", nil
  elseif outcome == "short" or outcome == "released" or outcome == "expired" then
    return outcome, nil
  elseif outcome == "already_committed" or outcome == "unknown" or outcome == "prepared" then
    return outcome, nil
  end
  local stored_missing = string.match(outcome or "", "^shortfall=(%d+)$")
  return "shortfall", stored_integer(stored_missing or "", "commit-operation", 1, MAX_MISSING)
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

-- From lua/lib/stock/stored_reservation.lua:
--- Reads the stored text of one reservation, such as `held 3 1767225600000`.
local function stored_reservation(value)
  -- The upper bound of the type quantity.
  local MAX_RESERVED = 1000000000000
  -- The upper bound of the type epoch_ms.
  local MAX_TIME = 8640000000000000
  -- The upper bound of the type fence.
  local MAX_FENCE = 9007199254740991
  local state, stored_units, stored_end, rest = string.match(value, "^(%l+) (%d+) (%d+)(.*)$")
  local units, ends_at = tonumber(stored_units), tonumber(stored_end)
  if not units or units < 1 or units > MAX_RESERVED or ends_at > MAX_TIME then
    error({ err = "CORRUPT reservation" })
  end
  local fence = rest == "" and 0 or tonumber(string.match(rest, "^ (%d+)$"))
  if not fence or fence > MAX_FENCE then
    error({ err = "CORRUPT reservation" })
  end
  if state == "held" or (state == "prepared" and fence > 0) then
    return state, units, ends_at, fence
  elseif state == "committed" or state == "released" or state == "expired" then
    return state, units, ends_at, fence
  end
  error({ err = "CORRUPT reservation" })
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

-- From lua/stock/commit.lua:
-- The upper bound of the type level.
local MAX_LEVEL = 1000000000000
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS / 5
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if
  not wrapper_fits
  or wrapper_calls < 1
  or wrapper_calls > 64
  or wrapper_calls % 1 ~= 0
  or #wrapper_argv ~= 5 * wrapper_calls
then
  return { err = "ARGUMENT stock.commit expected 1 to 64 calls, each with 5 keys and 5 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_reservation = wrapper_argv[wrapper_arguments + 1]
  if arg_reservation == "" or #arg_reservation > 256 then
    return { err = "ARGUMENT stock.commit reservation: expected 1 to 256 bytes" }
  end
  if string.find(arg_reservation, "[%c{}]") then
    return { err = "ARGUMENT stock.commit reservation: expected no control characters and no braces" }
  end
  local arg_warehouse = wrapper_argv[wrapper_arguments + 2]
  if arg_warehouse == "" then
    arg_warehouse = nil
  else
    if arg_warehouse == "" or #arg_warehouse > 256 then
      return { err = "ARGUMENT stock.commit warehouse: expected 1 to 256 bytes" }
    end
    if string.find(arg_warehouse, "[%c{}]") then
      return { err = "ARGUMENT stock.commit warehouse: expected no control characters and no braces" }
    end
  end
  local arg_retake = wrapper_argv[wrapper_arguments + 3]
  if arg_retake == "" then
    arg_retake = nil
  else
    if arg_retake ~= "1" and arg_retake ~= "0" then
      return { err = "ARGUMENT stock.commit retake: expected 1 or 0" }
    end
    arg_retake = arg_retake == "1"
  end
  local arg_backorder = wrapper_argv[wrapper_arguments + 4]
  if arg_backorder == "" then
    arg_backorder = nil
  else
    if arg_backorder ~= "1" and arg_backorder ~= "0" then
      return { err = "ARGUMENT stock.commit backorder: expected 1 or 0" }
    end
    arg_backorder = arg_backorder == "1"
  end
  local arg_remember_ms = tonumber(wrapper_argv[wrapper_arguments + 5])
  if
    not arg_remember_ms
    or arg_remember_ms < 1000
    or arg_remember_ms > 31622400000
    or arg_remember_ms % 1 ~= 0
  then
    return { err = "ARGUMENT stock.commit remember_ms: expected a whole number from 1000 to 31622400000" }
  end

  --- Sells the units that a reservation holds: they leave the stock.
  do
    local stock, reservations, reservation_ends, closed_reservations, commit_operation, reservation, warehouse, retake, backorder, remember_ms =
      KEYS[wrapper_keys + 1],
      KEYS[wrapper_keys + 2],
      KEYS[wrapper_keys + 3],
      KEYS[wrapper_keys + 4],
      KEYS[wrapper_keys + 5],
      arg_reservation,
      arg_warehouse,
      arg_retake,
      arg_backorder,
      arg_remember_ms
    local known = redis.call("HGET", reservations, reservation)
    local remembered = redis.call("GET", commit_operation)
    if remembered then
      local arguments = commit_arguments(reservation, warehouse, retake, backorder)
      local outcome, missing = remembered_commit(remembered, arguments)
      return outcome, false, false, missing
    end

    local outcome = "unknown"
    local shortfall, status_before, status = nil, nil, nil
    if known then
      local state, units, ends_at, fence = stored_reservation(known)
      local now = now_ms()
      local is_over = state == "expired" or (state == "held" and now >= ends_at)
      local is_closed = state ~= "held" and not (is_over and retake)
      if is_closed and state ~= "prepared" and ends_at - now >= HORIZON_MS then
        -- The reservation is known as long as a late copy of this call may come.
        return state == "committed" and "already_committed" or state
      end
      if is_closed then
        outcome = state == "committed" and "already_committed" or state
      elseif is_over and not retake then
        -- Closed for good, because after a failover the clock may be before the end of the lease.
        local forget_at_ms = now + remember_ms
        local _, status_before, status = close_reservation(
          stock,
          reservations,
          reservation_ends,
          closed_reservations,
          reservation,
          units,
          "expired",
          forget_at_ms,
          fence
        )
        return "expired", false, false, false, status_before or false, status
      else
        local total, held, field, level, fields, prepared, watch
        if warehouse then
          field = "level:" .. warehouse
          local stored = redis.call("HMGET", stock, "total", "held", field, "prepared", "watch")
          total, held = stock_counts(stored[1], stored[2])
          level, prepared, watch = stored_level(stored[3]), stored[4], stored[5]
        else
          fields, total, held, field, level, watch, prepared = stock_levels(stock, 1)
        end
        local low = watched_low(watch)
        local own = state == "held" and units or 0
        local changed, missing = nil, level and math.max(units - level, 0) or units
        if missing > 0 and fields then
          changed, missing = take_units(fields, units)
        end
        local new_level = level and level - units or 0
        if backorder and level and missing > 0 then
          if changed then
            -- Units that no warehouse has are booked on the fullest, below zero.
            new_level = changed[2] - missing
            changed[2] = new_level
          end
          if new_level < -MAX_LEVEL then
            error({ err = "ARGUMENT stock.commit units: the level of a warehouse stays from -10^12 to 10^12" })
          end
          missing = 0
        end
        local names, texts, forget_times, freed = nil, nil, nil, 0
        if is_over and total and not backorder then
          if units + held - own > total then
            -- The units of other leases that have ended are free too.
            names, texts, forget_times, freed =
              ended_leases(reservations, reservation_ends, now, now + remember_ms, reservation)
            if freed > held - own then
              error({ err = "CORRUPT held" })
            end
          end
          missing = math.max(missing, units + held - own - freed - total)
        end
        -- Units of carts that are being committed are not for other reservations.
        local unprepared = (total or 0) - (stored_integer(prepared, "prepared") or 0)
        if total and held < own then
          error({ err = "CORRUPT held" })
        elseif level and not total then
          error({ err = "CORRUPT total" })
        elseif is_over and missing > 0 then
          shortfall = math.min(missing, units)
          if state == "held" then
            local _
            _, status_before, status = close_reservation(
              stock,
              reservations,
              reservation_ends,
              closed_reservations,
              reservation,
              units,
              "expired",
              now + remember_ms,
              fence
            )
          end
        elseif total and (missing > 0 or (units > unprepared and not backorder)) then
          outcome = "short"
        elseif level and field then
          -- ZCARD proves the type before the first write.
          redis.call("ZCARD", closed_reservations)
          local forget_at = string.format("%d", now + remember_ms)
          local text = string.format("committed %d %s", units, forget_at)
          if names and texts and forget_times then
            add_closed(names, texts, forget_times, reservation, text, forget_at)
            close_reservations(
              reservations,
              reservation_ends,
              closed_reservations,
              names,
              texts,
              forget_times
            )
          else
            redis.call("ZREM", reservation_ends, reservation)
            redis.call("ZADD", closed_reservations, forget_at, reservation)
            redis.call("HSET", reservations, reservation, text)
          end
          local still_held = held - own - freed
          if changed then
            -- at most 204 values
            redis.call("HSET", stock, "total", total - units, "held", still_held, unpack(changed))
          else
            redis.call("HSET", stock, "total", total - units, "held", still_held, field, new_level)
          end
          local available = total - units - still_held
          if low then
            status_before, status = status_change(stock, low, total - held, available)
          end
          return "committed", total - units, available or false, false, status_before or false, status
        end
      end
    end
    local arguments = commit_arguments(reservation, warehouse, retake, backorder)
    if shortfall then
      local answer = string.format("shortfall=%d %s", shortfall, arguments)
      redis.call("SET", commit_operation, answer, "PX", math.min(remember_ms, HORIZON_MS))
      return "shortfall", false, false, shortfall or false, status_before or false, status
    end
    redis.call("SET", commit_operation, outcome .. " " .. arguments, "PX", math.min(remember_ms, HORIZON_MS))
    return outcome
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
  wrapper_keys = wrapper_keys + 5
  wrapper_arguments = wrapper_arguments + 5
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
