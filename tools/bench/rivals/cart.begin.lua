#!lua
-- The record of a cart's attempt, by hand.
local call, tonumber, find, match, format = redis.call, tonumber, string.find, string.match, string.format
local count = tonumber(ARGV[1])
if #KEYS ~= 3 or #ARGV < 3 or not count or count < 0 or count > 100 or count % 1 ~= 0 or #ARGV ~= 3 + 2 * count then
  return { err = "ARGUMENT cart.begin" }
end
local record, slot_carts = KEYS[1], KEYS[2]
local fields, names, units_of, is_line = {}, {}, {}, {}
local repeated = false
for at = 1, count do
  local product, units = ARGV[2 * at], tonumber(ARGV[2 * at + 1])
  if product == "" or #product > 256 or find(product, "[%c{}]") then
    return { err = "ARGUMENT cart.begin lines.product" }
  end
  if not units or units < 1 or units > 1000000000000 or units % 1 ~= 0 then
    return { err = "ARGUMENT cart.begin lines.units" }
  end
  local field = "line:" .. product
  repeated = repeated or is_line[field]
  is_line[field], names[at], units_of[at] = true, field, units
  fields[2 * at - 1], fields[2 * at] = field, format("%d open", units)
end
local limit_ms, remember_text = tonumber(ARGV[2 * count + 2]), ARGV[2 * count + 3]
local remember_ms = find(remember_text, "^[1-9]%d*$") and tonumber(remember_text)
if not limit_ms or limit_ms < 1000 or limit_ms > 600000 or limit_ms % 1 ~= 0 then
  return { err = "ARGUMENT cart.begin prepare_limit_ms" }
end
if not remember_ms or remember_ms < 1000 or remember_ms > 31622400000 then
  return { err = "ARGUMENT cart.begin remember_ms" }
end

local stored = call("HMGET", record, "state", "fence", "deadline_ms", "lines")
local clock = call("TIME")
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local state, fence, deadline = stored[1], 0, 0
if stored[2] then
  fence = find(stored[2], "^-?%d+$") and tonumber(stored[2])
  if not fence or fence < 0 or fence > 9007199254740989 then
    return { err = "CORRUPT fence" }
  end
end
if stored[3] then
  deadline = find(stored[3], "^-?%d+$") and tonumber(stored[3])
  if not deadline or deadline < 0 or deadline > 9007199254740991 then
    return { err = "CORRUPT deadline_ms" }
  end
end
local remembered = call("GET", KEYS[3])
if count < 1 or repeated then
  return { err = "ARGUMENT cart.begin lines" }
end

if state and state ~= "undecided" and state ~= "committed" and state ~= "aborted" then
  return { err = "CORRUPT state" }
elseif remembered == "busy" then
  return { "busy", false, math.max(deadline - now, 0) }
elseif remembered == "already_committed" or remembered == "mismatch" then
  return remembered
end
local begun = nil
if remembered then
  begun = tonumber(match(remembered, "^begun (%d+)$"))
  if not begun or begun < 1 or begun > 9007199254740991 then
    return { err = "CORRUPT cart-operation" }
  end
  if not state or begun ~= fence or state == "aborted" then
    return "aborted"
  end
end
if begun or state == "committed" then
  local same = stored[4] == format("%d", count)
  if same then
    local known = call("HMGET", record, unpack(names))
    for at = 1, count do
      if tonumber(match(known[at] or "", "^(%d+) [%l_]+$")) ~= units_of[at] then
        same = false
      end
    end
  end
  if same and state == "undecided" then
    return { "begun", begun }
  end
  local outcome = same and "already_committed" or "mismatch"
  if not begun then
    call("SET", KEYS[3], outcome, "PX", 660000)
  end
  return outcome
end
if state == "undecided" and now < deadline then
  call("SET", KEYS[3], "busy", "PX", 660000)
  return { "busy", false, deadline - now }
end

local removed = {}
if state then
  if call("HLEN", record) > 107 then
    return { err = "CORRUPT cart of more than 100 lines" }
  end
  local known = call("HKEYS", record)
  for at = 1, #known do
    if find(known[at], "line:", 1, true) == 1 and not is_line[known[at]] then
      removed[#removed + 1] = known[at]
    end
  end
end
local new_fence = math.max(clock[1] * 1000000 + clock[2], fence + 1)
local due, member = format("%d", now + limit_ms), match(record, "{(.*)}") or ""
call("ZCARD", slot_carts)
call(
  "HSET",
  record,
  "state",
  "undecided",
  "fence",
  format("%d", new_fence),
  "deadline_ms",
  due,
  "lines",
  count,
  "open",
  count,
  "set_aside",
  "0",
  "remember_ms",
  remember_text,
  unpack(fields)
)
if state then
  call("PERSIST", record)
end
if #removed > 0 then
  call("HDEL", record, unpack(removed))
end
call("SET", KEYS[3], format("begun %d", new_fence), "PX", 660000)
call("ZADD", slot_carts, due, member)
local first = call("ZRANGE", slot_carts, "0", "0", "WITHSCORES")
if first[1] == member or tonumber(first[2]) <= now then
  call("PUBLISH", slot_carts, due)
end
return { "begun", new_fence }
