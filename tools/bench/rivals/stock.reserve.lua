#!lua
-- Units held until a lease ends, by hand.
if #KEYS ~= 6 or #ARGV ~= 6 then
  return { err = "ARGUMENT stock.reserve" }
end
local call, tonumber, find, format = redis.call, tonumber, string.find, string.format
local stock, reservations, queue, closed, slot_due = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local name, units, old_name, backorder = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4] == "1"
local lease_ms, remember_ms = tonumber(ARGV[5]), tonumber(ARGV[6])
if name == "" or #name > 256 or find(name, "[%c{}]") then
  return { err = "ARGUMENT stock.reserve reservation" }
end
if not units or units < 1 or units > 1000000000000 or units % 1 ~= 0 then
  return { err = "ARGUMENT stock.reserve units" }
end
if old_name ~= "" and (#old_name > 256 or find(old_name, "[%c{}]")) then
  return { err = "ARGUMENT stock.reserve replaces" }
end
if not backorder and ARGV[4] ~= "" and ARGV[4] ~= "0" then
  return { err = "ARGUMENT stock.reserve backorder" }
end
if not lease_ms or lease_ms < 1 or lease_ms > 31622400000 or lease_ms % 1 ~= 0 then
  return { err = "ARGUMENT stock.reserve lease_ms" }
end
if not remember_ms or remember_ms < 1000 or remember_ms > 31622400000 or remember_ms % 1 ~= 0 then
  return { err = "ARGUMENT stock.reserve remember_ms" }
end

local stored = call("HMGET", stock, "total", "held", "watch")
local total, held = tonumber(stored[1]), tonumber(stored[2] or "0")
if stored[1] and (not total or total < -100000000000000 or total > 100000000000000 or total % 1 ~= 0) then
  return { err = "CORRUPT total" }
end
if not held or held < 0 or held > 100000000000000 or held % 1 ~= 0 then
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
local known, remembered = call("HGET", reservations, name), call("GET", KEYS[6])
local clock = call("TIME")
local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
if remembered then
  local was, free, arguments = string.match(remembered, "^([%l_]+) (%S+) (.*)$")
  if not was or not find(free, "^-?%d+$") or math.abs(tonumber(free)) > 200000000000000 then
    return { err = "CORRUPT reserve-operation" }
  end
  local given = format("%d %s", units, name)
  if old_name ~= "" or backorder then
    given = given .. "\t" .. old_name .. "\t" .. (backorder and "backorder" or "")
  end
  if arguments ~= given then
    return "mismatch"
  elseif was == "refused" then
    return { "refused", tonumber(free) }
  elseif
    was == "again"
    or was == "unknown"
    or was == "mismatch"
    or was == "already_committed"
    or was == "released"
    or was == "expired"
    or was == "prepared"
  then
    return was
  end
  return { err = "CORRUPT reserve-operation" }
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
local outcome, available, was, is = "unknown", 0, false, false
if known then
  local state, held_units, ends, rest = string.match(known, "^(%l+) (%d+) (%d+)(.*)$")
  held_units, ends = tonumber(held_units), tonumber(ends)
  local fence = rest == "" and 0 or tonumber(string.match(rest or "", "^ (%d+)$"))
  if
    not held_units
    or held_units < 1
    or held_units > 1000000000000
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
  if state == "held" and now < ends then
    if total and held_units == units then
      return { "reserved", total - held, ends, false, false, 1 }
    end
    outcome = total and "mismatch" or "unknown"
  elseif state == "held" then
    if total and held < held_units then
      return { err = "CORRUPT held" }
    end
    outcome = "expired"
    local forget_at = format("%d", now + remember_ms)
    call("ZCARD", closed)
    call("ZREM", queue, name)
    call("ZADD", closed, forget_at, name)
    call("HSET", reservations, name, format("expired %d %s", held_units, forget_at) .. (fence > 0 and format(" %d", fence) or ""))
    if total or held > held_units then
      call("HSET", stock, "held", math.max(held - held_units, 0))
    else
      call("HDEL", stock, "held")
    end
    if told then
      was, is = told((total or 0) - held, (total or 0) - math.max(held - held_units, 0))
    end
  else
    outcome = state == "committed" and "already_committed" or state
    if state ~= "prepared" and ends - now >= 660000 then
      return outcome
    end
  end
elseif total then
  local now_text = format("%d", now)
  local due = call("ZCOUNT", queue, "-inf", now_text)
  local names, texts, times = nil, nil, nil
  local still_held, gained, old_units = held, 0, nil
  local old = old_name ~= "" and call("HGET", reservations, old_name)
  if old then
    local state, text, ends, rest = string.match(old, "^(%l+) (%d+) (%d+)(.*)$")
    old_units, ends = tonumber(text), tonumber(ends)
    local fence = rest == "" and 0 or tonumber(string.match(rest or "", "^ (%d+)$"))
    if
      not old_units
      or old_units < 1
      or old_units > 1000000000000
      or ends > 8640000000000000
      or not fence
      or fence > 9007199254740991
      or (state ~= "held" and state ~= "committed" and state ~= "released" and state ~= "expired")
    then
      return { err = "CORRUPT reservation" }
    end
    if state == "held" then
      gained = old_units
    elseif state ~= "expired" then
      old_units = nil
    end
  end
  if due > 0 then
    names = call("ZRANGE", queue, "-inf", now_text, "BYSCORE", "LIMIT", "0", "100")
    local old, forget_at = call("HMGET", reservations, unpack(names)), format("%d", now + remember_ms)
    texts, times = {}, {}
    for at = 1, #names do
      local count, fence = string.match(old[at] or "", "^held (%d+) %d+( ?%d*)$")
      count = tonumber(count)
      if not count or count < 1 or count > 1000000000000 then
        return { err = "CORRUPT reservation" }
      end
      still_held = still_held - count
      if names[at] == old_name then
        gained = 0
      end
      texts[2 * at - 1], texts[2 * at] = names[at], format("expired %d %s%s", count, forget_at, fence)
      times[2 * at - 1], times[2 * at] = forget_at, names[at]
    end
  end
  if still_held < gained then
    return { err = "CORRUPT held" }
  end
  local forgets = call("ZCOUNT", closed, "-inf", now_text) > 0
  available = total - still_held
  local fits = backorder or available + gained >= units
  if fits and still_held - gained + units > 100000000000000 then
    return { err = "ARGUMENT stock.reserve units" }
  end
  if fits and old_units then
    names, texts, times = names or {}, texts or {}, times or {}
    local forget_at = format("%d", now + remember_ms)
    names[#names + 1] = old_name
    texts[#texts + 1] = old_name
    texts[#texts + 1] = format("released %d %s", old_units, forget_at)
    times[#times + 1] = forget_at
    times[#times + 1] = old_name
    still_held, available = still_held - gained, available + gained
  end
  if names then
    call("ZCARD", slot_due)
    call("ZADD", closed, unpack(times))
  end
  local ends = now + lease_ms
  if fits then
    outcome, available = "reserved", available - units
    local ends_text, member = format("%d", ends), string.match(stock, "{(.*)}")
    if call("ZADD", slot_due, "LT", "CH", ends_text, member) == 1 then
      local first = call("ZRANGE", slot_due, "0", "0", "WITHSCORES")
      if first[1] == member or tonumber(first[2]) <= now then
        call("PUBLISH", slot_due, ends_text)
      end
    end
    call("HSET", reservations, name, format("held %d %s", units, ends_text))
    call("ZADD", queue, ends_text, name)
    call("HSET", stock, "held", still_held + units)
  else
    outcome = due > 100 and "again" or "refused"
    if still_held ~= held then
      call("HSET", stock, "held", still_held)
    end
  end
  if names then
    call("HSET", reservations, unpack(texts))
    call("ZREM", queue, unpack(names))
  end
  local forgotten = forgets and call("ZRANGE", closed, "-inf", now_text, "BYSCORE", "LIMIT", "0", "10")
  if forgotten and #forgotten > 0 then
    call("HDEL", reservations, unpack(forgotten))
    call("ZREM", closed, unpack(forgotten))
  end
  if told then
    was, is = told(total - held, available)
  end
  if outcome == "reserved" then
    return was and { "reserved", available, ends, was, is } or { "reserved", available, ends }
  end
end
local answer = format("%s %d %d %s", outcome, available, units, name)
if old_name ~= "" or backorder then
  answer = answer .. "\t" .. old_name .. "\t" .. (backorder and "backorder" or "")
end
call("SET", KEYS[6], answer, "PX", math.min(remember_ms, 660000))
if outcome == "refused" then
  return was and { "refused", available, false, was, is } or { "refused", available }
end
return was and { outcome, false, false, was, is } or outcome
