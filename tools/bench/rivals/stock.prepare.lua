#!lua
-- The first phase of a cart's commit for one line, by hand.
if #KEYS ~= 6 or #ARGV ~= 6 then
  return { err = "ARGUMENT stock.prepare" }
end
local call, tonumber, find, match, format = redis.call, tonumber, string.find, string.match, string.format
local stock, reservations, name = KEYS[1], KEYS[2], ARGV[1]
local units, fence, retake = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4] == "1"
local limit_ms, remember_ms = tonumber(ARGV[5]), tonumber(ARGV[6])
if name == "" or #name > 256 or find(name, "[%c{}]") then
  return { err = "ARGUMENT stock.prepare reservation" }
end
if not units or units < 1 or units > 1000000000000 or units % 1 ~= 0 then
  return { err = "ARGUMENT stock.prepare units" }
end
if not fence or fence < 1 or fence > 9007199254740991 or fence % 1 ~= 0 then
  return { err = "ARGUMENT stock.prepare fence" }
end
if not retake and ARGV[4] ~= "0" then
  return { err = "ARGUMENT stock.prepare retake" }
end
if not limit_ms or limit_ms < 1000 or limit_ms > 600000 or limit_ms % 1 ~= 0 then
  return { err = "ARGUMENT stock.prepare prepare_limit_ms" }
end
if not remember_ms or remember_ms < 1000 or remember_ms > 31622400000 or remember_ms % 1 ~= 0 then
  return { err = "ARGUMENT stock.prepare remember_ms" }
end

local known, remembered = call("HGET", reservations, name), call("GET", KEYS[6])
local arguments = format("%d %d %s %s", units, fence, retake and "yes" or "no", name)
if remembered then
  local was, lacking_text, given = match(remembered, "^([%l_]+) (%d+) (.*)$")
  local lacking = tonumber(lacking_text)
  if not lacking or lacking > 1000000000000 then
    return { err = "CORRUPT prepare-operation" }
  end
  if given ~= arguments then
    return "mismatch"
  elseif was == "shortfall" or was == "short" then
    return { was, lacking }
  elseif
    was == "mismatch"
    or was == "superseded"
    or was == "already_committed"
    or was == "released"
    or was == "expired"
    or was == "unknown"
  then
    return was
  end
  return { err = "CORRUPT prepare-operation" }
end

local stored = call("HMGET", stock, "total", "held", "prepared", "watch")
local total, held = tonumber(stored[1]), tonumber(stored[2] or "0")
if stored[1] and (not total or total < -100000000000000 or total > 100000000000000 or total % 1 ~= 0) then
  return { err = "CORRUPT total" }
end
if not held or held < 0 or held > 100000000000000 or held % 1 ~= 0 then
  return { err = "CORRUPT held" }
end
local prepared = 0
if stored[3] then
  prepared = find(stored[3], "^-?%d+$") and tonumber(stored[3])
  if not prepared or prepared < 0 or prepared > 9007199254740991 then
    return { err = "CORRUPT prepared" }
  end
end
local low = nil
if stored[4] then
  local sequence, from = match(stored[4], "^(%d+) (%d+)$")
  low = tonumber(from)
  if not low or low > 1000000000000 or tonumber(sequence) > 9007199254740991 then
    return { err = "CORRUPT watch" }
  end
end

-- Only a watched product pays for this function.
local told = low
  and function(before, after)
    if before == after then
      return false, false
    end
    local was = before <= 0 and "out_of_stock" or before <= low and "low_stock" or "in_stock"
    local is = after <= 0 and "out_of_stock" or after <= low and "low_stock" or "in_stock"
    if was ~= is then
      redis.call("PUBLISH", KEYS[1], string.format("%s %s %d", was, is, after))
    end
    return was, is
  end
local outcome, lacking, was, is = "unknown", 0, false, false
if known and total then
  local state, known_units, ends, rest = match(known, "^(%l+) (%d+) (%d+)(.*)$")
  known_units, ends = tonumber(known_units), tonumber(ends)
  local known_fence = rest == "" and 0 or tonumber(match(rest or "", "^ (%d+)$"))
  if
    not known_units
    or known_units < 1
    or known_units > 1000000000000
    or ends > 8640000000000000
    or not known_fence
    or known_fence > 9007199254740991
    or (state == "prepared" and known_fence == 0)
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
  local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
  local over = state == "expired" or (state == "held" and now >= ends)
  local new_held = held
  local names, texts, times = nil, nil, nil
  if state == "committed" then
    outcome = units == known_units and "already_committed" or "mismatch"
  elseif state == "released" then
    outcome = "released"
  elseif known_fence > fence or (known_fence == fence and state ~= "prepared") then
    outcome = "superseded"
  elseif units ~= known_units then
    outcome = "mismatch"
  elseif state == "prepared" then
    if known_fence == fence then
      return "prepared"
    end
    outcome = "prepared"
  elseif over and not retake then
    outcome = "expired"
  elseif over then
    local others = state == "held" and held - units or held
    local now_text = format("%d", now)
    if others + units > total and call("ZCOUNT", KEYS[3], "-inf", now_text) > 0 then
      local due = call("ZRANGE", KEYS[3], "-inf", now_text, "BYSCORE", "LIMIT", "0", "100")
      local old, forget_at = call("HMGET", reservations, unpack(due)), format("%d", now + remember_ms)
      local freed = 0
      names, texts, times = {}, {}, {}
      for at = 1, #due do
        if due[at] ~= name then
          local count, kept = match(old[at] or "", "^held (%d+) %d+( ?%d*)$")
          count = tonumber(count)
          if not count or count < 1 or count > 1000000000000 then
            return { err = "CORRUPT reservation" }
          end
          freed = freed + count
          names[#names + 1] = due[at]
          texts[#texts + 1], texts[#texts + 2] = due[at], format("expired %d %s%s", count, forget_at, kept)
          times[#times + 1], times[#times + 2] = forget_at, due[at]
        end
      end
      if #names == 0 then
        names = nil
      end
      others = others - freed
    end
    if others < 0 then
      return { err = "CORRUPT held" }
    end
    new_held = others + units
    ends = 0
    lacking = math.max(new_held - total, 0)
    outcome = lacking > 0 and "shortfall" or "prepared"
  else
    lacking = math.max(prepared + units - total, 0)
    outcome = lacking > 0 and "short" or "prepared"
  end
  lacking = math.min(lacking, units)
  if outcome == "prepared" then
    call("ZCARD", KEYS[3])
    call("ZCARD", KEYS[4])
    if names then
      call("ZCARD", KEYS[5])
      call("ZADD", KEYS[4], unpack(times))
      call("HSET", reservations, unpack(texts))
      names[#names + 1] = name
      call("ZREM", KEYS[3], unpack(names))
    end
    call("ZADD", KEYS[5], format("%d", now + limit_ms), (match(stock, "{(.*)}") or "") .. "\t" .. name)
    call("HSET", reservations, name, format("prepared %d %d %d", units, ends, fence))
    if state == "expired" then
      call("ZREM", KEYS[4], name)
    elseif state == "held" and not names then
      call("ZREM", KEYS[3], name)
    end
    if over then
      call("HSET", stock, "held", new_held, "prepared", prepared + units)
    elseif state == "held" then
      call("HSET", stock, "prepared", prepared + units)
    end
    if told then
      was, is = told(total - held, total - new_held)
    end
    return was and { "prepared", false, was, is } or "prepared"
  elseif state == "held" and (outcome == "expired" or outcome == "shortfall") then
    if held < units then
      return { err = "CORRUPT held" }
    end
    local forget_at = format("%d", now + remember_ms)
    call("ZCARD", KEYS[4])
    call("ZREM", KEYS[3], name)
    call("ZADD", KEYS[4], forget_at, name)
    call("HSET", reservations, name, format(known_fence > 0 and "expired %d %s %d" or "expired %d %s", units, forget_at, known_fence))
    call("HSET", stock, "held", held - units)
    if told then
      was, is = told(total - held, total - held + units)
    end
  end
end
call("SET", KEYS[6], format("%s %d %s", outcome, lacking, arguments), "PX", math.min(remember_ms, 660000))
if was then
  return { outcome, lacking > 0 and lacking, was, is }
end
return lacking > 0 and { outcome, lacking } or outcome
