#!lua
-- One warehouse's level by an event in order, by hand.
if #KEYS ~= 2 or #ARGV ~= 5 then
  return { err = "ARGUMENT stock.set_level" }
end
local call, tonumber = redis.call, tonumber
local stock, warehouse, sequence_text = KEYS[1], ARGV[1], ARGV[3]
local quantity, sequence, low, moved =
  tonumber(ARGV[2]), tonumber(sequence_text), tonumber(ARGV[4]), tonumber(ARGV[5])
if warehouse == "" or #warehouse > 256 or string.find(warehouse, "[%c{}]") then
  return { err = "ARGUMENT stock.set_level warehouse" }
end
if not quantity or quantity < 0 or quantity > 1000000000000 or quantity % 1 ~= 0 then
  return { err = "ARGUMENT stock.set_level quantity" }
end
if
  not sequence
  or sequence > 9007199254740991
  or not (sequence_text == "0" or string.find(sequence_text, "^[1-9]%d*$"))
then
  return { err = "ARGUMENT stock.set_level sequence" }
end
if not low or low < 0 or low > 1000000000000 or low % 1 ~= 0 then
  return { err = "ARGUMENT stock.set_level low" }
end
if ARGV[5] ~= "" and (not moved or moved < -9e15 or moved > 9e15 or moved % 1 ~= 0) then
  return { err = "ARGUMENT stock.set_level moved" }
end

local level_field, event_field = "level:" .. warehouse, "event:" .. warehouse
local stored = call("HMGET", stock, "total", "held", level_field, event_field, "prepared", "watch")
local total, held, level = tonumber(stored[1]), tonumber(stored[2] or "0"), tonumber(stored[3])
if stored[1] and (not total or total < -100000000000000 or total > 100000000000000 or total % 1 ~= 0) then
  return { err = "CORRUPT total" }
end
if not held or held < 0 or held > 100000000000000 or held % 1 ~= 0 then
  return { err = "CORRUPT held" }
end
if stored[3] and (not level or level < -1000000000000 or level > 1000000000000 or level % 1 ~= 0) then
  return { err = "CORRUPT level" }
end
local latest, base = -1, 0
if stored[4] then
  local latest_text, base_text = string.match(stored[4], "^(%d+) (-?%d+)$")
  latest, base = tonumber(latest_text), tonumber(base_text)
  if not latest or latest > 9007199254740991 or base < -1001000000000000 or base > 1001000000000000 then
    return { err = "CORRUPT event" }
  end
end
local watched = nil
if stored[6] then
  local sequence, from = string.match(stored[6], "^(%d+) (%d+)$")
  watched = tonumber(from)
  if not watched or watched > 1000000000000 or tonumber(sequence) > 9007199254740991 then
    return { err = "CORRUPT watch" }
  end
end
local fields = 0
if not level then
  fields = call("HLEN", stock) - (total and 1 or 0) - (stored[2] and 1 or 0) - (stored[5] and 1 or 0) - (stored[6] and 1 or 0)
  local past = call("HGET", KEYS[2], warehouse)
  if past then
    past = string.find(past, "^-?%d+$") and tonumber(past)
    if not past or past < 0 or past > 9007199254740991 then
      return { err = "CORRUPT past sequence" }
    end
    latest = math.max(latest, past)
  end
end
if not total then
  if level or fields > 0 then
    return { err = "CORRUPT total" }
  end
  total = 0
end

local outcome, before = "applied", total - held
if sequence <= latest then
  outcome = sequence == latest and "repeated" or "stale"
  if not level then
    call("PEXPIRE", KEYS[2], "660000")
  end
elseif fields > 200 then
  return { err = "CORRUPT stock of more than 100 warehouses" }
else
  if fields >= 100 then
    local all, warehouses, empty = call("HGETALL", stock), 0, 0
    for at = 1, #all, 2 do
      if string.find(all[at], "level:", 1, true) == 1 then
        warehouses = warehouses + 1
        empty = empty + (tonumber(all[at + 1]) == 0 and 1 or 0)
      end
    end
    if warehouses >= 100 or fields + (stored[4] and 1 or 2) > 200 then
      call("HSET", KEYS[2], warehouse, sequence_text)
      call("PEXPIRE", KEYS[2], "660000")
      return { "full", false, false, false, false, empty }
    end
  end
  local moved_now = level and level - base or 0
  local new_level = quantity
  if moved and level then
    new_level = quantity + moved_now - moved
    if new_level < -1000000000000 or new_level > 1000000000000 then
      return { err = "ARGUMENT stock.set_level moved" }
    end
  end
  local new_base = new_level - moved_now
  if moved_now < -1000000000000000 or moved_now > 1000000000000000 then
    new_base = new_level
  end
  total = total - (level or 0) + new_level
  local event = string.format("%s %d", sequence_text, new_base)
  call("HSET", stock, "total", total, level_field, new_level, event_field, event)
end
local available = total - held
local status = available <= 0 and "out_of_stock" or available <= low and "low_stock" or "in_stock"
if watched and before ~= available then
  local was = before <= 0 and "out_of_stock" or before <= watched and "low_stock" or "in_stock"
  local is = available <= 0 and "out_of_stock" or available <= watched and "low_stock" or "in_stock"
  if was ~= is then
    call("PUBLISH", stock, string.format("%s %s %d", was, is, available))
  end
end
local was = before <= 0 and "out_of_stock" or before <= low and "low_stock" or "in_stock"
return { outcome, total, was, status, available }
