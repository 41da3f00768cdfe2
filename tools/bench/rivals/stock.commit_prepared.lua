#!lua flags=allow-oom
-- The second phase of a cart's commit for one line, by hand.
if #KEYS ~= 5 or #ARGV ~= 3 then
  return { err = "ARGUMENT stock.commit_prepared" }
end
local call, tonumber, find, match, format = redis.call, tonumber, string.find, string.match, string.format
local stock, reservations, slot_due, slot_prepared = KEYS[1], KEYS[2], KEYS[4], KEYS[5]
local name, fence, remember_ms = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
if name == "" or #name > 256 or find(name, "[%c{}]") then
  return { err = "ARGUMENT stock.commit_prepared reservation" }
end
if not fence or fence < 1 or fence > 9007199254740991 or fence % 1 ~= 0 then
  return { err = "ARGUMENT stock.commit_prepared fence" }
end
if not remember_ms or remember_ms < 1000 or remember_ms > 31622400000 or remember_ms % 1 ~= 0 then
  return { err = "ARGUMENT stock.commit_prepared remember_ms" }
end

local known = call("HGET", reservations, name)
if not known then
  return "unknown"
end
local state, units, ends, rest = match(known, "^(%l+) (%d+) (%d+)(.*)$")
units = tonumber(units)
local known_fence = rest == "" and 0 or tonumber(match(rest or "", "^ (%d+)$"))
if
  not units
  or units < 1
  or units > 1000000000000
  or tonumber(ends) > 8640000000000000
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
if state == "committed" then
  return "already_committed"
elseif state ~= "prepared" or known_fence ~= fence then
  return "not_prepared"
end

if call("HLEN", stock) > 204 then
  return { err = "CORRUPT stock of more than 100 warehouses" }
end
local fields = call("HGETALL", stock)
local total_text, held_text, prepared_text, field, level
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
  end
end
local total, held = tonumber(total_text), tonumber(held_text or "0")
if total_text and (not total or total < -100000000000000 or total > 100000000000000 or total % 1 ~= 0) then
  return { err = "CORRUPT total" }
end
if not held or held < 0 or held > 100000000000000 or held % 1 ~= 0 then
  return { err = "CORRUPT held" }
end
if sum ~= (total or 0) or not total or not level then
  return { err = "CORRUPT total" }
end
local prepared = prepared_text and find(prepared_text, "^-?%d+$") and tonumber(prepared_text)
if prepared_text and (not prepared or prepared < 0 or prepared > 9007199254740991) then
  return { err = "CORRUPT prepared" }
end
if (prepared or 0) < units then
  return { err = "CORRUPT prepared" }
end
if held < units then
  return { err = "CORRUPT held" }
end

local moves = nil
if level < units then
  local sources = {}
  for at = 1, #fields, 2 do
    if find(fields[at], "level:", 1, true) == 1 then
      sources[#sources + 1] = { fields[at], tonumber(fields[at + 1]) }
    end
  end
  table.sort(sources, function(one, other)
    return one[2] > other[2] or (one[2] == other[2] and one[1] < other[1])
  end)
  local missing = units
  moves = {}
  for at = 1, #sources do
    local given = math.min(missing, math.max(sources[at][2], 0))
    if given > 0 or at == 1 then
      moves[#moves + 1], moves[#moves + 2] = sources[at][1], sources[at][2] - given
    end
    missing = missing - given
  end
  moves[2] = moves[2] - missing
  if moves[2] < -1000000000000 then
    return { err = "ARGUMENT stock.commit_prepared reservation" }
  end
end
call("ZCARD", slot_prepared)
call("ZCARD", slot_due)
local member = match(stock, "{(.*)}") or ""
local clock = call("TIME")
local forget_at = format("%d", clock[1] * 1000 + math.floor(clock[2] / 1000) + remember_ms)
call("ZADD", KEYS[3], forget_at, name)
call("HSET", reservations, name, format("committed %d %s %d", units, forget_at, fence))
if moves then
  call("HSET", stock, "held", held - units, "prepared", prepared - units, "total", total - units, unpack(moves))
else
  call("HSET", stock, "held", held - units, "prepared", prepared - units, "total", total - units, field, level - units)
end
call("ZADD", slot_due, "LT", forget_at, member)
call("ZREM", slot_prepared, member .. "\t" .. name)
return { "committed", total - units, total - held }
