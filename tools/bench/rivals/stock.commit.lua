#!lua flags=allow-oom
-- The sale of a reservation's units, by hand.
if #KEYS ~= 5 or #ARGV ~= 5 then
  return { err = "ARGUMENT stock.commit" }
end
local call, tonumber, find, format = redis.call, tonumber, string.find, string.format
local stock, reservations, name, warehouse = KEYS[1], KEYS[2], ARGV[1], ARGV[2]
local retake, backorder, remember_ms = ARGV[3] == "1", ARGV[4] == "1", tonumber(ARGV[5])
if name == "" or #name > 256 or find(name, "[%c{}]") then
  return { err = "ARGUMENT stock.commit reservation" }
end
if warehouse ~= "" and (#warehouse > 256 or find(warehouse, "[%c{}]")) then
  return { err = "ARGUMENT stock.commit warehouse" }
end
if not retake and ARGV[3] ~= "" and ARGV[3] ~= "0" then
  return { err = "ARGUMENT stock.commit retake" }
end
if not backorder and ARGV[4] ~= "" and ARGV[4] ~= "0" then
  return { err = "ARGUMENT stock.commit backorder" }
end
if not remember_ms or remember_ms < 1000 or remember_ms > 31622400000 or remember_ms % 1 ~= 0 then
  return { err = "ARGUMENT stock.commit remember_ms" }
end

local known, remembered = call("HGET", reservations, name), call("GET", KEYS[5])
if remembered then
  local was, arguments = string.match(remembered, "^(%S+) (.+)$")
  local given = name .. "\t" .. warehouse .. (retake and "\tretake" or "") .. (backorder and "\tbackorder" or "")
  if arguments and arguments ~= given then
    return "mismatch"
  elseif
    was == "short"
    or was == "released"
    or was == "expired"
    or was == "already_committed"
    or was == "unknown"
    or was == "prepared"
  then
    return was
  end
  local lacking = tonumber(string.match(was or "", "^shortfall=(%d+)$"))
  if lacking and lacking >= 1 and lacking <= 1000000000000 then
    return { "shortfall", false, false, lacking }
  end
  return { err = "CORRUPT commit-operation" }
end

local outcome, lacking, was, is = "unknown", 0, false, false
if known then
  local state, units, ends, rest = string.match(known, "^(%l+) (%d+) (%d+)(.*)$")
  units, ends = tonumber(units), tonumber(ends)
  local fence = rest == "" and 0 or tonumber(string.match(rest or "", "^ (%d+)$"))
  if
    not units
    or units < 1
    or units > 1000000000000
    or ends > 8640000000000000
    or not fence
    or fence > 9007199254740991
    or (state == "prepared" and fence == 0)
    or (
      state ~= "held"
      and state ~= "prepared"
      and state ~= "committed"
      and state ~= "released"
      and state ~= "expired"
    )
  then
    return { err = "CORRUPT reservation" }
  end
  local clock = call("TIME")
  local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  local over = state == "expired" or (state == "held" and now >= ends)
  if state ~= "held" and not (over and retake) then
    outcome = state == "committed" and "already_committed" or state
    if state ~= "prepared" and ends - now >= 660000 then
      return outcome
    end
  elseif over and not retake then
    local stored = call("HMGET", stock, "total", "held", "watch")
    local total, held = tonumber(stored[1]), tonumber(stored[2] or "0")
    if stored[1] and (not total or total < -100000000000000 or total > 100000000000000 or total % 1 ~= 0) then
      return { err = "CORRUPT total" }
    end
    if not held or held < 0 or held > 100000000000000 or held % 1 ~= 0 or (total and held < units) then
      return { err = "CORRUPT held" }
    end
    local watched = nil
    if stored[3] then
      local sequence, from = string.match(stored[3], "^(%d+) (%d+)$")
      watched = tonumber(from)
      if not watched or watched > 1000000000000 or tonumber(sequence) > 9007199254740991 then
        return { err = "CORRUPT watch" }
      end
    end
    -- Only a watched product pays for this function.
    local told = watched
      and function(before, after)
        if before == after then
          return false, false
        end
        local was = before <= 0 and "out_of_stock" or before <= watched and "low_stock" or "in_stock"
        local is = after <= 0 and "out_of_stock" or after <= watched and "low_stock" or "in_stock"
        if was ~= is then
          redis.call("PUBLISH", KEYS[1], string.format("%s %s %d", was, is, after))
        end
        return was, is
      end
    local forget_at = format("%d", now + remember_ms)
    call("ZCARD", KEYS[4])
    call("ZREM", KEYS[3], name)
    call("ZADD", KEYS[4], forget_at, name)
    call("HSET", reservations, name, format("expired %d %s", units, forget_at) .. (fence > 0 and format(" %d", fence) or ""))
    if total or held > units then
      call("HSET", stock, "held", math.max(held - units, 0))
    else
      call("HDEL", stock, "held")
    end
    if told then
      was, is = told((total or 0) - held, (total or 0) - math.max(held - units, 0))
    end
    return was and { "expired", false, false, false, was, is } or "expired"
  else
    local total_text, held_text, prepared_text, field, level, fields, watch
    if warehouse ~= "" then
      field = "level:" .. warehouse
      local stored = call("HMGET", stock, "total", "held", field, "prepared", "watch")
      total_text, held_text, level, prepared_text, watch = stored[1], stored[2], stored[3], stored[4], stored[5]
      if level then
        level = tonumber(level)
        if not level or level < -1000000000000 or level > 1000000000000 or level % 1 ~= 0 then
          return { err = "CORRUPT level" }
        end
      end
    else
      if call("HLEN", stock) > 204 then
        return { err = "CORRUPT stock of more than 100 warehouses" }
      end
      fields = call("HGETALL", stock)
      local sum = 0
      for at = 1, #fields, 2 do
        local found = fields[at]
        if find(found, "level:", 1, true) == 1 then
          local quantity = tonumber(fields[at + 1])
          if not quantity or quantity < -1000000000000 or quantity > 1000000000000 or quantity % 1 ~= 0 then
            return { err = "CORRUPT level" }
          end
          sum = sum + quantity
          if not level or quantity > level or (quantity == level and found < field) then
            field, level = found, quantity
          end
        elseif found == "total" then
          total_text = fields[at + 1]
        elseif found == "held" then
          held_text = fields[at + 1]
        elseif found == "prepared" then
          prepared_text = fields[at + 1]
        elseif found == "watch" then
          watch = fields[at + 1]
        end
      end
      if sum ~= (tonumber(total_text) or 0) then
        return { err = "CORRUPT total" }
      end
    end
    local total, held = tonumber(total_text), tonumber(held_text or "0")
    if total_text and (not total or total < -100000000000000 or total > 100000000000000 or total % 1 ~= 0) then
      return { err = "CORRUPT total" }
    end
    if not held or held < 0 or held > 100000000000000 or held % 1 ~= 0 then
      return { err = "CORRUPT held" }
    end
    local prepared = prepared_text and find(prepared_text, "^-?%d+$") and tonumber(prepared_text)
    if prepared_text and (not prepared or prepared < 0 or prepared > 9007199254740991) then
      return { err = "CORRUPT prepared" }
    end
    local watched = nil
    if watch then
      local sequence, from = string.match(watch, "^(%d+) (%d+)$")
      watched = tonumber(from)
      if not watched or watched > 1000000000000 or tonumber(sequence) > 9007199254740991 then
        return { err = "CORRUPT watch" }
      end
    end
    -- Only a watched product pays for this function.
    local told = watched
      and function(before, after)
        if before == after then
          return false, false
        end
        local was = before <= 0 and "out_of_stock" or before <= watched and "low_stock" or "in_stock"
        local is = after <= 0 and "out_of_stock" or after <= watched and "low_stock" or "in_stock"
        if was ~= is then
          redis.call("PUBLISH", KEYS[1], string.format("%s %s %d", was, is, after))
        end
        return was, is
      end
    local own = state == "held" and units or 0
    if total and held < own then
      return { err = "CORRUPT held" }
    elseif level and not total then
      return { err = "CORRUPT total" }
    end
    local moves, missing = nil, level and math.max(units - level, 0) or units
    if missing > 0 and fields then
      local sources = {}
      for at = 1, #fields, 2 do
        if find(fields[at], "level:", 1, true) == 1 then
          sources[#sources + 1] = { fields[at], tonumber(fields[at + 1]) }
        end
      end
      table.sort(sources, function(one, other)
        return one[2] > other[2] or (one[2] == other[2] and one[1] < other[1])
      end)
      missing, moves = units, {}
      for at = 1, #sources do
        local given = math.min(missing, math.max(sources[at][2], 0))
        if given > 0 or at == 1 then
          moves[#moves + 1], moves[#moves + 2] = sources[at][1], sources[at][2] - given
        end
        missing = missing - given
      end
    end
    local names, texts, times, freed = nil, nil, nil, 0
    local new_level = level and level - units
    if backorder and level and missing > 0 then
      if moves then
        new_level = moves[2] - missing
        moves[2] = new_level
      end
      if new_level < -1000000000000 then
        return { err = "ARGUMENT stock.commit units" }
      end
      missing = 0
    elseif over and total and not backorder then
      if held - own + units > total and call("ZCOUNT", KEYS[3], "-inf", format("%d", now)) > 0 then
        local due = call("ZRANGE", KEYS[3], "-inf", format("%d", now), "BYSCORE", "LIMIT", "0", "100")
        local old, ended_until = call("HMGET", reservations, unpack(due)), format("%d", now + remember_ms)
        names, texts, times = {}, {}, {}
        for at = 1, #due do
          if due[at] ~= name then
            local count, kept = string.match(old[at] or "", "^held (%d+) %d+( ?%d*)$")
            count = tonumber(count)
            if not count or count < 1 or count > 1000000000000 then
              return { err = "CORRUPT reservation" }
            end
            freed = freed + count
            names[#names + 1] = due[at]
            texts[#texts + 1], texts[#texts + 2] = due[at], format("expired %d %s%s", count, ended_until, kept)
            times[#times + 1], times[#times + 2] = ended_until, due[at]
          end
        end
        if freed > held - own then
          return { err = "CORRUPT held" }
        end
      end
      missing = math.max(missing, units - total + held - own - freed)
    end
    if over and missing > 0 then
      outcome, lacking = "shortfall", math.min(units, missing)
      if own > 0 then
        local forget_at = format("%d", now + remember_ms)
        call("ZCARD", KEYS[4])
        call("ZREM", KEYS[3], name)
        call("ZADD", KEYS[4], forget_at, name)
        call("HSET", reservations, name, format(fence > 0 and "expired %d %s %d" or "expired %d %s", units, forget_at, fence))
        if total or held > units then
          call("HSET", stock, "held", math.max(held - units, 0))
        else
          call("HDEL", stock, "held")
        end
        if told then
          was, is = told((total or 0) - held, (total or 0) - math.max(held - units, 0))
        end
      end
    elseif total and (missing > 0 or (units > total - (prepared or 0) and not backorder)) then
      outcome = "short"
    elseif total and level then
      local forget_at = format("%d", now + remember_ms)
      call("ZCARD", KEYS[4])
      local text = format("committed %d %s", units, forget_at)
      if names then
        names[#names + 1] = name
        texts[#texts + 1], texts[#texts + 2] = name, text
        times[#times + 1], times[#times + 2] = forget_at, name
        call("ZADD", KEYS[4], unpack(times))
        call("HSET", reservations, unpack(texts))
        call("ZREM", KEYS[3], unpack(names))
      else
        call("ZREM", KEYS[3], name)
        call("ZADD", KEYS[4], forget_at, name)
        call("HSET", reservations, name, text)
      end
      if moves then
        call("HSET", stock, "total", total - units, "held", held - own - freed, unpack(moves))
      else
        call("HSET", stock, "total", total - units, "held", held - own - freed, field, new_level)
      end
      local available = total - units - held + own + freed
      if told then
        was, is = told(total - held, available)
      end
      if was then
        return { "committed", total - units, available, false, was, is }
      end
      return { "committed", total - units, available }
    end
  end
end
local answer = lacking > 0 and format("shortfall=%d ", lacking) or outcome .. " "
answer = answer .. name .. "\t" .. warehouse .. (retake and "\tretake" or "") .. (backorder and "\tbackorder" or "")
call("SET", KEYS[5], answer, "PX", math.min(remember_ms, 660000))
if was then
  return { outcome, false, false, lacking, was, is }
end
return lacking > 0 and { outcome, false, false, lacking } or outcome
