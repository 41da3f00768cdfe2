#!lua
-- Rival of views.add: counts views of products once.
-- KEYS: the pending views, the operation. ARGV: the number of products, then each product and its
-- views, then how long the operation is remembered.

local find, tonumber, format = string.find, tonumber, string.format
local count = tonumber(ARGV[1])
if #KEYS ~= 2 or not count or count < 0 or count > 100 or count % 1 ~= 0 or #ARGV ~= 2 + 2 * count then
  return { err = "ARGUMENT views.add" }
end
local names, added, place, distinct = {}, {}, {}, 0
for index = 1, count do
  local name, views = ARGV[2 * index], tonumber(ARGV[2 * index + 1])
  if name == "" or #name > 256 or find(name, "[%c{}]") then
    return { err = "ARGUMENT views.add views.product" }
  end
  if not views or views < 1 or views > 9000000000000000 or views % 1 ~= 0 then
    return { err = "ARGUMENT views.add views.count" }
  end
  -- A product may occur twice.
  local known = place[name]
  if known then
    added[known] = added[known] + views
  else
    distinct = distinct + 1
    names[distinct], added[distinct], place[name] = name, views, distinct
  end
end
local remember = ARGV[2 + 2 * count]
local remember_ms = find(remember, "^[1-9]%d*$") and tonumber(remember)
if not remember_ms or remember_ms < 1000 or remember_ms > 31622400000 then
  return { err = "ARGUMENT views.add remember_ms" }
end
if count == 0 then
  return "added"
end

local stored, written = redis.call("HMGET", KEYS[1], unpack(names)), {}
for index = 1, distinct do
  local before = stored[index]
  if before then
    before = tonumber(before)
    if not before or before < 0 or before > 9007199254740991 or before % 1 ~= 0 then
      return { err = "CORRUPT views of a product" }
    end
  else
    before = 0
  end
  local sum = before + added[index]
  if sum > 9000000000000000 then
    return redis.call("GET", KEYS[2]) and "repeated" or { err = "ARGUMENT views.add views" }
  end
  written[2 * index - 1], written[2 * index] = names[index], format("%d", sum)
end
if redis.call("SET", KEYS[2], "counted", "NX", "GET", "PX", remember) then
  return "repeated"
end
redis.call("HSET", KEYS[1], unpack(written))
return "added"
