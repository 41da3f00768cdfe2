#!lua
-- Rival of views.add: counts views of products once.
-- KEYS: the pending views, the operation. ARGV: the number of products, then each product and its
-- views, then how long the operation is remembered.

local MAX_PRODUCTS = 1000
local MAX_COUNT = 9000000000000000

local find, tonumber = string.find, tonumber
local count = ARGV[1]
count = (count == "0" or find(count, "^[1-9]%d*$")) and tonumber(count)
if #KEYS ~= 2 or not count or count > MAX_PRODUCTS or #ARGV ~= 2 + 2 * count then
  return { err = "ARGUMENT views.add" }
end
local names, added = {}, {}
for index = 1, count do
  local name, views = ARGV[2 * index], ARGV[2 * index + 1]
  if name == "" or #name > 256 or find(name, "[%c{}]") then
    return { err = "ARGUMENT views.add views.product" }
  end
  views = find(views, "^[1-9]%d*$") and tonumber(views)
  if not views or views > MAX_COUNT then
    return { err = "ARGUMENT views.add views.count" }
  end
  names[index], added[index] = name, views
end
local remember = ARGV[2 + 2 * count]
local remember_ms = find(remember, "^[1-9]%d*$") and tonumber(remember)
if not remember_ms or remember_ms < 1000 or remember_ms > 31622400000 then
  return { err = "ARGUMENT views.add remember_ms" }
end

if redis.call("GET", KEYS[2]) then
  return { "repeated" }
end
if count > 0 then
  local stored = redis.call("HMGET", KEYS[1], unpack(names))
  local total, written, size = {}, {}, 0
  for index = 1, count do
    local name = names[index]
    -- A product may occur twice. Its second count is added to the first sum.
    local before = total[name]
    if not before then
      before = stored[index] or 0
      if before then
        before = tonumber(before)
        if not before or before < 0 or before > 9007199254740991 or before % 1 ~= 0 then
          return { err = "CORRUPT views of a product" }
        end
      end
    end
    local sum = before + added[index]
    if sum > MAX_COUNT then
      return { err = "ARGUMENT views.add views" }
    end
    total[name] = sum
    written[size + 1], written[size + 2] = name, sum
    size = size + 2
  end
  redis.call("HSET", KEYS[1], unpack(written))
end
redis.call("SET", KEYS[2], "counted", "PX", remember)
return { "added" }
