#!lua
-- Another number of units for a hold, by hand.
if #KEYS ~= 5 or #ARGV ~= 5 then
  return { err = "ARGUMENT stock.resize" }
end
local call, tonumber, find, format = redis.call, tonumber, string.find, string.format
local stock, reservations, name, units = KEYS[1], KEYS[2], ARGV[1], tonumber(ARGV[2])
local from_units, backorder, remember_ms = tonumber(ARGV[3]), ARGV[4] == "1", tonumber(ARGV[5])
if name == "" or #name > 256 or find(name, "[%c{}]") then
  return { err = "ARGUMENT stock.resize reservation" }
end
if not units or units < 1 or units > 1000000000000 or units % 1 ~= 0 then
  return { err = "ARGUMENT stock.resize units" }
end
if ARGV[3] ~= "" and (not from_units or from_units < 1 or from_units > 1000000000000 or from_units % 1 ~= 0) then
  return { err = "ARGUMENT stock.resize from_units" }
end
if not backorder and ARGV[4] ~= "" and ARGV[4] ~= "0" then
  return { err = "ARGUMENT stock.resize backorder" }
end
if not remember_ms or remember_ms < 1000 or remember_ms > 31622400000 or remember_ms % 1 ~= 0 then
  return { err = "ARGUMENT stock.resize remember_ms" }
end

local known, remembered = call("HGET", reservations, name), call("GET", KEYS[5])
local arguments = format("%d %d %s %s", units, from_units or 0, backorder and "yes" or "no", name)
if remembered then
  local was, free, given = string.match(remembered, "^([%l_]+) (%S+) (.*)$")
  if not was or not find(free, "^-?%d+$") or math.abs(tonumber(free)) > 200000000000000 then
    return { err = "CORRUPT resize-operation" }
  end
  if given ~= arguments then
    return "mismatch"
  elseif was == "resized" or was == "refused" then
    return { was, tonumber(free) }
  elseif was == "already_committed" or was == "released" or was == "expired" or was == "unknown" or was == "mismatch" then
    return was
  end
  return { err = "CORRUPT resize-operation" }
end

local outcome, available, was, is = "unknown", 0, false, false
if known then
  local state, held_units, ends = string.match(known, "^(%l+) (%d+) (%d+)$")
  held_units, ends = tonumber(held_units), tonumber(ends)
  if
    not held_units
    or held_units < 1
    or held_units > 1000000000000
    or ends > 8640000000000000
    or (state ~= "held" and state ~= "committed" and state ~= "released" and state ~= "expired")
  then
    return { err = "CORRUPT reservation" }
  end
  local clock = call("TIME")
  local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  if state ~= "held" then
    outcome = state == "committed" and "already_committed" or state
    if ends - now >= 660000 then
      return outcome
    end
  elseif now < ends and from_units and from_units ~= held_units then
    outcome = "mismatch"
  else
    local stored = call("HMGET", stock, "total", "held", "watch")
    local total, held = tonumber(stored[1]), tonumber(stored[2] or "0")
    if stored[1] and (not total or total < -100000000000000 or total > 100000000000000 or total % 1 ~= 0) then
      return { err = "CORRUPT total" }
    end
    if not held or held < 0 or held > 100000000000000 or held % 1 ~= 0 or (total and held < held_units) then
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
    if now >= ends then
      local forget_at = format("%d", now + remember_ms)
      call("ZCARD", KEYS[4])
      call("ZREM", KEYS[3], name)
      call("ZADD", KEYS[4], forget_at, name)
      call("HSET", reservations, name, format("expired %d %s", held_units, forget_at))
      if total or held > held_units then
        call("HSET", stock, "held", math.max(held - held_units, 0))
      else
        call("HDEL", stock, "held")
      end
      if told then
        was, is = told((total or 0) - held, (total or 0) - math.max(held - held_units, 0))
      end
      return was and { "expired", false, was, is } or "expired"
    end
    local more = units - held_units
    available = (total or 0) - held
    if total and more > 0 and available < more and not backorder then
      outcome = "refused"
    elseif held + more > 100000000000000 then
      return { err = "ARGUMENT stock.resize units" }
    elseif total then
      outcome, available = "resized", available - more
      call("HSET", reservations, name, format("held %d %d", units, ends))
      call("HSET", stock, "held", held + more)
      if told then
        was, is = told(total - held, available)
      end
    end
  end
end
local answers = outcome == "resized" or outcome == "refused"
local answer = format("%s %d %s", outcome, available, arguments)
call("SET", KEYS[5], answer, "PX", answers and remember_ms or math.min(remember_ms, 660000))
if answers then
  return was and { outcome, available, was, is } or { outcome, available }
end
return outcome
