#!lua
-- A sale or a return with its remembered answer, by hand.
if #KEYS ~= 2 or #ARGV ~= 5 then
  return { err = "ARGUMENT stock.adjust" }
end
local call, tonumber, find, format = redis.call, tonumber, string.find, string.format
local stock, warehouse, backorder = KEYS[1], ARGV[2], ARGV[3]
local change, low, remember_ms = tonumber(ARGV[1]), tonumber(ARGV[4]), tonumber(ARGV[5])
if not change or change < -1000000000000 or change > 1000000000000 or change % 1 ~= 0 then
  return { err = "ARGUMENT stock.adjust change" }
end
if warehouse ~= "" and (#warehouse > 256 or find(warehouse, "[%c{}]")) then
  return { err = "ARGUMENT stock.adjust warehouse" }
end
if backorder ~= "0" and backorder ~= "1" then
  return { err = "ARGUMENT stock.adjust backorder" }
end
if not low or low < 0 or low > 1000000000000 or low % 1 ~= 0 then
  return { err = "ARGUMENT stock.adjust low" }
end
if not remember_ms or remember_ms < 1000 or remember_ms > 31622400000 or remember_ms % 1 ~= 0 then
  return { err = "ARGUMENT stock.adjust remember_ms" }
end

local total_text, held_text, field, level, fields, watch
if warehouse ~= "" then
  field = "level:" .. warehouse
  local stored = call("HMGET", stock, "total", "held", field, "watch")
  total_text, held_text, level, watch = stored[1], stored[2], stored[3], stored[4]
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
  local sum, sign = 0, change < 0 and 1 or -1
  for at = 1, #fields, 2 do
    local name = fields[at]
    if find(name, "level:", 1, true) == 1 then
      local quantity = tonumber(fields[at + 1])
      if not quantity or quantity < -1000000000000 or quantity > 1000000000000 or quantity % 1 ~= 0 then
        return { err = "CORRUPT level" }
      end
      sum = sum + quantity
      local lead = level and (quantity - level) * sign or 1
      if lead > 0 or (lead == 0 and name < field) then
        field, level = name, quantity
      end
    elseif name == "total" then
      total_text = fields[at + 1]
    elseif name == "held" then
      held_text = fields[at + 1]
    elseif name == "watch" then
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
local watched = nil
if watch then
  local sequence, from = string.match(watch, "^(%d+) (%d+)$")
  watched = tonumber(from)
  if not watched or watched > 1000000000000 or tonumber(sequence) > 9007199254740991 then
    return { err = "CORRUPT watch" }
  end
end
if level and not total then
  return { err = "CORRUPT total" }
end

local outcome, new_total, available, new_level, moves = "adjusted", 0, 0, nil, nil
if not level then
  outcome = total and "unknown_warehouse" or "unknown"
  remember_ms = math.min(remember_ms, 660000)
else
  new_total, new_level = total + change, level + change
  local missing = change < 0 and math.min(-change, -new_level) or 0
  if missing > 0 and fields then
    -- The fullest warehouse has too few units, so all give theirs in turn.
    local sources = {}
    for at = 1, #fields, 2 do
      if find(fields[at], "level:", 1, true) == 1 then
        sources[#sources + 1] = { fields[at], tonumber(fields[at + 1]) }
      end
    end
    table.sort(sources, function(one, other)
      return one[2] > other[2] or (one[2] == other[2] and one[1] < other[1])
    end)
    missing, moves = -change, {}
    for at = 1, #sources do
      local given = math.min(missing, math.max(sources[at][2], 0))
      if given > 0 or at == 1 then
        moves[#moves + 1], moves[#moves + 2] = sources[at][1], sources[at][2] - given
      end
      missing = missing - given
    end
    new_level = moves[2] - missing
    moves[2] = new_level
  end
  if change < 0 and backorder == "0" and (missing > 0 or new_total < held) then
    outcome, new_total = "refused", total
  elseif (new_level > 1000000000000 or new_level < -1000000000000) and call("EXISTS", KEYS[2]) == 0 then
    return { err = "ARGUMENT stock.adjust change" }
  end
  available = new_total - held
end

local yes = backorder == "1" and "yes" or "no"
local answer = format("%s %d %d %d %s %s", outcome, new_total, available, change, yes, warehouse)
local remembered = call("SET", KEYS[2], answer, "NX", "GET", "PX", remember_ms)
local repeated = 0
if remembered then
  local was, old_total, old_available, arguments = string.match(remembered, "^([%l_]+) (%S+) (%S+) (.*)$")
  if not was or not find(old_total, "^-?%d+$") or not find(old_available, "^-?%d+$") then
    return { err = "CORRUPT stock-operation" }
  end
  new_total, available = tonumber(old_total), tonumber(old_available)
  if math.abs(new_total) > 100000000000000 or available < -200000000000000 or available > 100000000000000 then
    return { err = "CORRUPT stock-operation" }
  elseif arguments ~= format("%d %s %s", change, yes, warehouse) then
    return "mismatch"
  elseif was == "unknown" or was == "unknown_warehouse" then
    return was
  elseif was ~= "adjusted" and was ~= "refused" then
    return { err = "CORRUPT stock-operation" }
  end
  outcome, repeated = was, 1
elseif outcome == "adjusted" then
  if moves then
    call("HSET", stock, "total", new_total, unpack(moves))
  else
    call("HSET", stock, "total", new_total, field, new_level)
  end
  if watched and change ~= 0 then
    local before = available - change
    local was = before <= 0 and "out_of_stock" or before <= watched and "low_stock" or "in_stock"
    local is = available <= 0 and "out_of_stock" or available <= watched and "low_stock" or "in_stock"
    if was ~= is then
      call("PUBLISH", stock, format("%s %s %d", was, is, available))
    end
  end
elseif outcome ~= "refused" then
  return outcome
end
local before = outcome == "adjusted" and available - change or available
local was = before <= 0 and "out_of_stock" or before <= low and "low_stock" or "in_stock"
local status = available <= 0 and "out_of_stock" or available <= low and "low_stock" or "in_stock"
return { outcome, repeated, new_total, was, status, available }
