#!lua
-- stock.reserve 1.0.0. Generated from lua/stock/reserve.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 32 calls in one run. An error ends only its own call.

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

-- From lua/lib/reservation/forget_closed.lua:
--- Removes closed reservations that are no longer remembered, at most 10.
local function forget_closed(reservations, closed_reservations, now_text)
  local MAX_FORGOTTEN = 10
  local names =
    redis.call("ZRANGE", closed_reservations, "-inf", now_text, "BYSCORE", "LIMIT", "0", MAX_FORGOTTEN)
  if #names > 0 then
    redis.call("HDEL", reservations, unpack(names))
    redis.call("ZREM", closed_reservations, unpack(names))
  end
end

-- From lua/lib/slot_member.lua:
--- The name of a key's owner in the indexes of its slot: the text of the key's hash tag, such as
--- `acme:lamp`.
local function slot_member(key)
  return string.match(key, "{(.*)}") or ""
end

-- From lua/lib/reservation/index_lease_end.lua:
--- Enters a product into the index of its slot by the end of a lease, if it is not there by an earlier
--- time. Tells the sweepers if it is then the first of the slot.
local function index_lease_end(slot_due, stock, now, ends_text)
  local member = slot_member(stock)
  if redis.call("ZADD", slot_due, "LT", "CH", ends_text, member) == 1 then
    -- An overdue product may stay the first for long, so it does not hold back the message.
    local first = redis.call("ZRANGE", slot_due, "0", "0", "WITHSCORES")
    if first[1] == member or (tonumber(first[2]) or now) <= now then
      redis.call("PUBLISH", slot_due, ends_text)
    end
  end
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

-- From lua/lib/reservation/remembered_reserve.lua:
--- Reads the remembered answer of a call of reserve, such as `refused 2 3 cart-1`.
local function remembered_reserve(remembered, arguments)
  -- The bounds of the type available.
  local AVAILABLE_LIMIT = 200000000000000
  local outcome, stored_available, stored_arguments = string.match(remembered, "^([%l_]+) (%S+) (.*)$")
  local available =
    stored_integer(stored_available or "", "reserve-operation", -AVAILABLE_LIMIT, AVAILABLE_LIMIT)
  if stored_arguments ~= arguments then
    return "mismatch", nil
  elseif outcome == "refused" then
    return "refused", available
  elseif outcome == "again" or outcome == "mismatch" or outcome == "already_committed" then
    return outcome, nil
  elseif outcome == "released" or outcome == "expired" or outcome == "unknown" then
    return outcome, nil
  elseif outcome == "prepared" then
    return "prepared", nil
  end
  error({ err = "CORRUPT reserve-operation" })
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

-- From lua/lib/reservation/replaced_reservation.lua:
--- Finds how many units a new reservation of the same buyer frees by replacing an older one.
local function replaced_reservation(old, name, ended)
  local state, units = stored_reservation(old)
  if state == "expired" then
    return units, 0
  elseif state ~= "held" then
    return nil, 0
  end
  -- at most 100 names
  for position = 1, ended and #ended or 0 do
    if ended[position] == name then
      return units, 0
    end
  end
  return units, units
end

-- From lua/lib/reservation/reserve_arguments.lua:
--- The arguments of one call of reserve, as its remembered answer has them: `3 cart-1`, and with
--- `replaces` or `backorder` two more parts, after a tab each.
local function reserve_arguments(units, reservation, replaces, backorder)
  local arguments = string.format("%d %s", units, reservation)
  if replaces or backorder then
    -- No name has a tab.
    return arguments .. "\t" .. (replaces or "") .. "\t" .. (backorder and "backorder" or "")
  end
  return arguments
end

-- From lua/stock/reserve.lua:
-- The upper bound of the field held.
local MAX_HELD_UNITS = 100000000000000
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS / 6
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if
  not wrapper_fits
  or wrapper_calls < 1
  or wrapper_calls > 32
  or wrapper_calls % 1 ~= 0
  or #wrapper_argv ~= 6 * wrapper_calls
then
  return { err = "ARGUMENT stock.reserve expected 1 to 32 calls, each with 6 keys and 6 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_reservation = wrapper_argv[wrapper_arguments + 1]
  if arg_reservation == "" or #arg_reservation > 256 then
    return { err = "ARGUMENT stock.reserve reservation: expected 1 to 256 bytes" }
  end
  if string.find(arg_reservation, "[%c{}]") then
    return { err = "ARGUMENT stock.reserve reservation: expected no control characters and no braces" }
  end
  local arg_units = tonumber(wrapper_argv[wrapper_arguments + 2])
  if not arg_units or arg_units < 1 or arg_units > 1000000000000 or arg_units % 1 ~= 0 then
    return { err = "ARGUMENT stock.reserve units: expected a whole number from 1 to 1000000000000" }
  end
  local arg_replaces = wrapper_argv[wrapper_arguments + 3]
  if arg_replaces == "" then
    arg_replaces = nil
  else
    if arg_replaces == "" or #arg_replaces > 256 then
      return { err = "ARGUMENT stock.reserve replaces: expected 1 to 256 bytes" }
    end
    if string.find(arg_replaces, "[%c{}]") then
      return { err = "ARGUMENT stock.reserve replaces: expected no control characters and no braces" }
    end
  end
  local arg_backorder = wrapper_argv[wrapper_arguments + 4]
  if arg_backorder == "" then
    arg_backorder = nil
  else
    if arg_backorder ~= "1" and arg_backorder ~= "0" then
      return { err = "ARGUMENT stock.reserve backorder: expected 1 or 0" }
    end
    arg_backorder = arg_backorder == "1"
  end
  local arg_lease_ms = tonumber(wrapper_argv[wrapper_arguments + 5])
  if not arg_lease_ms or arg_lease_ms < 1 or arg_lease_ms > 31622400000 or arg_lease_ms % 1 ~= 0 then
    return { err = "ARGUMENT stock.reserve lease_ms: expected a whole number from 1 to 31622400000" }
  end
  local arg_remember_ms = tonumber(wrapper_argv[wrapper_arguments + 6])
  if
    not arg_remember_ms
    or arg_remember_ms < 1000
    or arg_remember_ms > 31622400000
    or arg_remember_ms % 1 ~= 0
  then
    return { err = "ARGUMENT stock.reserve remember_ms: expected a whole number from 1000 to 31622400000" }
  end

  --- Holds units of a product for a while, for an order that is not paid yet.
  do
    local stock, reservations, reservation_ends, closed_reservations, slot_due, reserve_operation, reservation, units, replaces, backorder, lease_ms, remember_ms =
      KEYS[wrapper_keys + 1],
      KEYS[wrapper_keys + 2],
      KEYS[wrapper_keys + 3],
      KEYS[wrapper_keys + 4],
      KEYS[wrapper_keys + 5],
      KEYS[wrapper_keys + 6],
      arg_reservation,
      arg_units,
      arg_replaces,
      arg_backorder,
      arg_lease_ms,
      arg_remember_ms
    local stored = redis.call("HMGET", stock, "total", "held", "watch")
    local total, held = stock_counts(stored[1], stored[2])
    local low = stored[3] and watched_low(stored[3])
    local known = redis.call("HGET", reservations, reservation)
    local remembered = redis.call("GET", reserve_operation)
    if remembered then
      local reply_outcome, reply_available, reply_lease_ends_ms, reply_status_before, reply_status, reply_repeated =
        remembered_reserve(remembered, reserve_arguments(units, reservation, replaces, backorder))
      return reply_outcome,
        reply_available or false,
        reply_lease_ends_ms or false,
        reply_status_before or false,
        reply_status or false,
        reply_repeated ~= nil and (reply_repeated and 1 or 0)
    end

    local now = now_ms()
    local outcome, available = "unknown", 0
    local old = replaces and not known and redis.call("HGET", reservations, replaces)
    local status_before, status = nil, nil
    if known then
      local state, known_units, ends_at, fence = stored_reservation(known)
      if state == "held" and now < ends_at then
        if total and known_units == units then
          return "reserved", total - held, ends_at or false, false, false, 1
        end
        outcome = total and "mismatch" or "unknown"
      elseif state == "held" then
        outcome = "expired"
        -- Closed for good, because after a failover the clock may be before the end of the lease.
        local forget_at_ms = now + remember_ms
        local _
        _, status_before, status = close_reservation(
          stock,
          reservations,
          reservation_ends,
          closed_reservations,
          reservation,
          known_units,
          "expired",
          forget_at_ms,
          fence
        )
      else
        outcome = state == "committed" and "already_committed" or state
        if state ~= "prepared" and ends_at - now >= HORIZON_MS then
          -- The reservation is known as long as a late copy of this call may come.
          return outcome
        end
      end
    elseif old and string.find(old, "^prepared ") then
      -- The buyer is paying for the older one.
      outcome = "prepared"
    elseif total then
      local forget_at_ms = now + remember_ms
      local names, texts, forget_times, freed, has_more =
        ended_leases(reservations, reservation_ends, now, forget_at_ms)
      local old_units, replaced = nil, 0
      if old and replaces then
        old_units, replaced = replaced_reservation(old, replaces, names)
      end
      if freed + replaced > held then
        error({ err = "CORRUPT held" })
      end
      local now_text = string.format("%d", now)
      local has_forgotten = redis.call("ZCOUNT", closed_reservations, "-inf", now_text) > 0

      available = total - held + freed
      local is_reserved = backorder or available + replaced >= units
      if is_reserved and held - freed - replaced + units > MAX_HELD_UNITS then
        error({ err = "ARGUMENT stock.reserve units: a product has at most 10^14 held units" })
      end
      if is_reserved and old_units and replaces then
        -- Its new text comes last, so it counts also if the lease has ended.
        names, texts, forget_times = names or {}, texts or {}, forget_times or {}
        local forget_at = string.format("%d", forget_at_ms)
        local text = string.format("released %d %s", old_units, forget_at)
        add_closed(names, texts, forget_times, replaces, text, forget_at)
        freed, available = freed + replaced, available + replaced
      end
      local lease_ends = now + lease_ms
      if names and forget_times then
        -- ZCARD proves the type before the first write.
        redis.call("ZCARD", slot_due)
        -- at most 202 values
        redis.call("ZADD", closed_reservations, unpack(forget_times))
      end
      if is_reserved then
        outcome, available = "reserved", available - units
        local ends_text = string.format("%d", lease_ends)
        index_lease_end(slot_due, stock, now, ends_text)
        redis.call("HSET", reservations, reservation, string.format("held %d %s", units, ends_text))
        redis.call("ZADD", reservation_ends, ends_text, reservation)
        redis.call("HSET", stock, "held", held - freed + units)
      else
        outcome = has_more and "again" or "refused"
        if freed > 0 then
          redis.call("HSET", stock, "held", held - freed)
        end
      end
      if names and texts then
        -- at most 202 values
        redis.call("HSET", reservations, unpack(texts))
        -- at most 101 names
        redis.call("ZREM", reservation_ends, unpack(names))
      end
      if has_forgotten then
        -- The older reservation is closed anew by now, so it is not removed.
        forget_closed(reservations, closed_reservations, now_text)
      end
      if low then
        status_before, status = status_change(stock, low, total - held, available)
      end
      if outcome == "reserved" then
        return "reserved", available or false, lease_ends or false, status_before or false, status
      end
    end

    local arguments = reserve_arguments(units, reservation, replaces, backorder)
    local answer = string.format("%s %d %s", outcome, available, arguments)
    redis.call("SET", reserve_operation, answer, "PX", math.min(remember_ms, HORIZON_MS))
    if outcome == "refused" and not status then
      return "refused", available
    elseif outcome == "refused" then
      return "refused", available or false, false, status_before or false, status
    elseif status then
      return outcome, false, false, status_before or false, status
    end
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
  wrapper_keys = wrapper_keys + 6
  wrapper_arguments = wrapper_arguments + 6
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
