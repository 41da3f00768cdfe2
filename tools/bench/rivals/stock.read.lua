#!lua flags=no-writes
-- The total and what is available, by hand.
if #KEYS ~= 1 or #ARGV ~= 1 then
  return { err = "ARGUMENT stock.read" }
end
local low = tonumber(ARGV[1])
if not low or low < 0 or low > 1000000000000 or low % 1 ~= 0 then
  return { err = "ARGUMENT stock.read low" }
end
local stored = redis.call("HMGET", KEYS[1], "total", "held")
local total, held = tonumber(stored[1]), tonumber(stored[2] or "0")
if not held or held < 0 or held > 100000000000000 or held % 1 ~= 0 then
  return { err = "CORRUPT held" }
end
if not stored[1] then
  local others = redis.call("HMGET", KEYS[1], "prepared", "watch")
  if redis.call("HLEN", KEYS[1]) > (stored[2] and 1 or 0) + (others[1] and 1 or 0) + (others[2] and 1 or 0) then
    return { err = "CORRUPT total" }
  end
  return "unknown"
end
if not total or total < -100000000000000 or total > 100000000000000 or total % 1 ~= 0 then
  return { err = "CORRUPT total" }
end
local available = total - held
local status = available <= 0 and "out_of_stock" or available <= low and "low_stock" or "in_stock"
return { "known", total, status, available }
