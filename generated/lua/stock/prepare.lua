#!lua
-- stock.prepare 1.0.0. Generated from lua/stock/prepare.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/stock/prepare.lua:
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 6 or #ARGV ~= 6 then
  return { err = "ARGUMENT stock.prepare expected 6 keys and 6 arguments" }
end
local arg_reservation = ARGV[1]
if arg_reservation == "" or #arg_reservation > 256 then
  return { err = "ARGUMENT stock.prepare reservation: expected 1 to 256 bytes" }
end
if string.find(arg_reservation, "[%c{}]") then
  return { err = "ARGUMENT stock.prepare reservation: expected no control characters and no braces" }
end
local arg_units = tonumber(ARGV[2])
if not arg_units or arg_units < 1 or arg_units > 1000000000000 or arg_units % 1 ~= 0 then
  return { err = "ARGUMENT stock.prepare units: expected a whole number from 1 to 1000000000000" }
end
local arg_fence = tonumber(ARGV[3])
if not arg_fence or arg_fence < 1 or arg_fence > 9007199254740991 or arg_fence % 1 ~= 0 then
  return { err = "ARGUMENT stock.prepare fence: expected a whole number from 1 to 9007199254740991" }
end
local arg_retake = ARGV[4]
if arg_retake ~= "1" and arg_retake ~= "0" then
  return { err = "ARGUMENT stock.prepare retake: expected 1 or 0" }
end
arg_retake = arg_retake == "1"
local arg_prepare_limit_ms = tonumber(ARGV[5])
if
  not arg_prepare_limit_ms
  or arg_prepare_limit_ms < 1000
  or arg_prepare_limit_ms > 600000
  or arg_prepare_limit_ms % 1 ~= 0
then
  return { err = "ARGUMENT stock.prepare prepare_limit_ms: expected a whole number from 1000 to 600000" }
end
local arg_remember_ms = tonumber(ARGV[6])
if
  not arg_remember_ms
  or arg_remember_ms < 1000
  or arg_remember_ms > 31622400000
  or arg_remember_ms % 1 ~= 0
then
  return { err = "ARGUMENT stock.prepare remember_ms: expected a whole number from 1000 to 31622400000" }
end

--- Prepares a cart's line: from now on, only the decision about the cart ends this reservation.
do
  local stock, reservations, reservation_ends, closed_reservations, slot_prepared, prepare_operation, reservation, units, fence, retake, prepare_limit_ms, remember_ms =
    KEYS[1],
    KEYS[2],
    KEYS[3],
    KEYS[4],
    KEYS[5],
    KEYS[6],
    arg_reservation,
    arg_units,
    arg_fence,
    arg_retake,
    arg_prepare_limit_ms,
    arg_remember_ms
  local known = redis.call("HGET", reservations, reservation)
  local remembered = redis.call("GET", prepare_operation)
  local arguments = string.format("%d %d %s %s", units, fence, retake and "yes" or "no", reservation)
  if remembered then
    local outcome, stored_missing, rest = string.match(remembered, "^([%l_]+) (%d+) (.*)$")
    local missing = stored_integer(stored_missing or "", "prepare-operation", 0, 1000000000000)
    if rest ~= arguments then
      return "mismatch"
    elseif outcome == "shortfall" or outcome == "short" then
      return { outcome, missing }
    elseif outcome == "mismatch" or outcome == "superseded" or outcome == "already_committed" then
      return outcome
    elseif outcome == "released" or outcome == "expired" or outcome == "unknown" then
      return outcome
    end
    error({ err = "CORRUPT prepare-operation" })
  end

  local outcome, missing = "unknown", 0
  local status_before, status = nil, nil
  local stored = redis.call("HMGET", stock, "total", "held", "prepared", "watch")
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
  local total, held = stock_counts(stored[1], stored[2])
  local prepared = stored_integer(stored[3], "prepared") or 0
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
  local low = watched_low(stored[4])
  if known and total then
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
    local state, known_units, ends_at, known_fence = stored_reservation(known)
    -- From lua/lib/now_ms.lua:
    --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
    local function now_ms()
      local clock = redis.call("TIME")
      return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
    end
    local now = now_ms()
    local is_over = state == "expired" or (state == "held" and now >= ends_at)
    local lease_end, new_held = ends_at, held
    local names, texts, forget_times, freed = nil, nil, nil, 0
    if state == "committed" then
      outcome = units == known_units and "already_committed" or "mismatch"
    elseif state == "released" then
      outcome = "released"
    elseif known_fence > fence or (known_fence == fence and state ~= "prepared") then
      outcome = "superseded"
    elseif units ~= known_units then
      outcome = "mismatch"
    elseif state == "prepared" and known_fence == fence then
      return "prepared"
    elseif state == "prepared" then
      outcome = "prepared"
    elseif is_over and not retake then
      outcome = "expired"
    elseif is_over then
      -- The units of this line are free, also if no sweep has closed it yet.
      local others = state == "held" and held - units or held
      if others + units > total then
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
          local names =
            redis.call("ZRANGE", reservation_ends, "-inf", now_text, "BYSCORE", "LIMIT", "0", MAX_ENDED)
          -- at most 100 names
          for position = #names, except and 1 or 101, -1 do
            if names[position] == except then
              table.remove(names, position)
            end
          end
          if #names == 0 then
            return nil, nil, nil, 0, false
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
          local texts, forget_times, units = held_reservations(reservations, names, "expired", forget_at_ms)
          return names, texts, forget_times, units, due > MAX_ENDED
        end
        -- So are the units of other leases that have ended.
        names, texts, forget_times, freed =
          ended_leases(reservations, reservation_ends, now, now + remember_ms, reservation)
        if freed > others then
          error({ err = "CORRUPT held" })
        end
      end
      lease_end, new_held = 0, others - freed + units
      missing = math.max(new_held - total, 0)
      outcome = missing > 0 and "shortfall" or "prepared"
    else
      missing = math.max(prepared + units - total, 0)
      outcome = missing > 0 and "short" or "prepared"
    end
    missing = math.min(missing, units)

    -- From lua/lib/stock/status_change.lua:
    --- Compares the status of a watched product before and after a call, and publishes a change: the old
    --- status, the new one and the available units, as in `out_of_stock in_stock 5`. The channel has the
    --- name of the stock's key.
    local function status_change(stock, low, before, after)
      if before == after then
        return nil, nil
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
      local status_before, status = stock_status(before, low), stock_status(after, low)
      if status ~= status_before then
        redis.call("PUBLISH", stock, string.format("%s %s %d", status_before, status, after))
      end
      return status_before, status
    end
    if outcome == "prepared" then
      -- ZCARD proves the types before the first write.
      redis.call("ZCARD", reservation_ends)
      redis.call("ZCARD", closed_reservations)
      if names and texts and forget_times then
        redis.call("ZCARD", slot_prepared)
        -- Without a text or a time, the line itself only leaves reservation_ends.
        names[#names + 1] = reservation
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
        close_reservations(reservations, reservation_ends, closed_reservations, names, texts, forget_times)
      end
      local due = string.format("%d", now + prepare_limit_ms)
      -- From lua/lib/slot_member.lua:
      --- The name of a key's owner in the indexes of its slot: the text of the key's hash tag, such as
      --- `acme:lamp`.
      local function slot_member(key)
        return string.match(key, "{(.*)}") or ""
      end
      redis.call("ZADD", slot_prepared, due, slot_member(stock) .. "\t" .. reservation)
      local text = string.format("prepared %d %d %d", units, lease_end, fence)
      redis.call("HSET", reservations, reservation, text)
      if state == "expired" then
        redis.call("ZREM", closed_reservations, reservation)
      elseif state == "held" and not names then
        redis.call("ZREM", reservation_ends, reservation)
      end
      if is_over then
        redis.call("HSET", stock, "held", new_held, "prepared", prepared + units)
      elseif state == "held" then
        redis.call("HSET", stock, "prepared", prepared + units)
      end
      if low then
        status_before, status = status_change(stock, low, total - held, total - new_held)
      end
      return { "prepared", false, status_before or false, status }
    elseif state == "held" and (outcome == "expired" or outcome == "shortfall") then
      -- Closed for good, because after a failover the clock may be before the end of the lease.
      local _
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
      _, status_before, status = close_reservation(
        stock,
        reservations,
        reservation_ends,
        closed_reservations,
        reservation,
        units,
        "expired",
        now + remember_ms,
        known_fence
      )
    end
  end

  local answer = string.format("%s %d %s", outcome, missing, arguments)
  redis.call("SET", prepare_operation, answer, "PX", math.min(remember_ms, HORIZON_MS))
  if outcome == "shortfall" or outcome == "short" then
    return { outcome, missing or false, status_before or false, status }
  elseif status then
    return { outcome, false, status_before or false, status }
  end
  return outcome
end
