#!lua flags=no-writes
-- The levels of all warehouses by name, by hand.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT stock.levels" }
end
if redis.call("HLEN", KEYS[1]) > 204 then
  return { err = "CORRUPT stock of more than 100 warehouses" }
end
local stored = redis.call("HGETALL", KEYS[1])
local values, names, count = {}, {}, 0
for at = 1, #stored, 2 do
  local field = stored[at]
  values[field] = stored[at + 1]
  if string.find(field, "level:", 1, true) == 1 then
    count = count + 1
    names[count] = string.sub(field, 7)
  end
end
local total, held = tonumber(values.total), tonumber(values.held or "0")
if values.total and (not total or total < -100000000000000 or total > 100000000000000 or total % 1 ~= 0) then
  return { err = "CORRUPT total" }
end
if not held or held < 0 or held > 100000000000000 or held % 1 ~= 0 then
  return { err = "CORRUPT held" }
end
table.sort(names)
local rows, sum = {}, 0
for at = 1, count do
  local name = names[at]
  local level = tonumber(values["level:" .. name])
  if not level or level < -1000000000000 or level > 1000000000000 or level % 1 ~= 0 then
    return { err = "CORRUPT level" }
  end
  local event, base = values["event:" .. name], 0
  if event then
    local sequence, base_text = string.match(event, "^(%d+) (-?%d+)$")
    base = tonumber(base_text)
    if not base or tonumber(sequence) > 9007199254740991 or base < -1001000000000000 or base > 1001000000000000 then
      return { err = "CORRUPT event" }
    end
  end
  rows[3 * at - 2], rows[3 * at - 1], rows[3 * at] = name, level, level - base
  sum = sum + level
end
if count > 100 or sum ~= (total or 0) or (count > 0 and not total) then
  return { err = "CORRUPT total" }
end
if not total then
  return "unknown"
end
return { "known", total, total - held, rows }
