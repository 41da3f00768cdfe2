local now_ms = require("lib.now_ms")
local slot_member = require("lib.slot_member")
local stored_integer = require("lib.stored_integer")
local stored_line = require("lib.cart.stored_line")

-- A cart has at most 100 lines. The other fields of its record are `state`, `fence`, `deadline_ms`,
-- `lines`, `open`, `set_aside` and `remember_ms`.
local MAX_FIELDS = 107

--- Opens the lines of a cart again that were set aside, after a person has looked at it.
---
--- A message on the channel of the index wakes the worker, which tries to sell them. If the reservation
--- of a line is not remembered any more, first reserve its units again under the name of the cart.
---
---@version 1.0.0
---@param cart_record key.cart_record write
---@param slot_carts key.slot_carts write
---@param slot_dead_carts key.slot_dead_carts write
---@param since_ms epoch_ms when the cart was set aside, as stored
---@return "redriven"|"unknown" outcome unknown: it was not set aside at that time
---@cost O(L + log C), L the lines, at most 100, C the open carts of the slot
---@resend safe it names the time at which the cart was set aside, so a late call changes nothing
---
---@example A line that was set aside is open again.
---  given  HSET {cart_record} state committed fence 7 deadline_ms {now-1} lines 2 open 0 set_aside 1
---  given  HSET {cart_record} remember_ms 3600000 line:lamp "2 finished" line:vase "1 set_aside"
---  given  HSET {slot_dead_carts} example:cart "1700000000000 vase: shortfall"
---  call   since_ms=1700000000000
---  reply  outcome=redriven
---  again  outcome=unknown
---  then   HMGET {cart_record} open set_aside line:vase = 1 0 "1 open"
---  then   ZCARD {slot_carts} = 1
---  then   EXISTS {slot_dead_carts} = 0
---@example It was set aside again since.
---  given  HSET {slot_dead_carts} example:cart "1700000000001 vase: shortfall"
---  call   since_ms=1700000000000
---  reply  outcome=unknown
---@example A corrupt entry is an error, and nothing is written.
---  given  HSET {slot_dead_carts} example:cart yesterday
---  call   since_ms=1700000000000
---  error  CORRUPT cart that is set aside
local function redrive(cart_record, slot_carts, slot_dead_carts, since_ms)
  local member = slot_member(cart_record)
  local entry = redis.call("HGET", slot_dead_carts, member)
  if not entry then
    return "unknown"
  end
  local stored_ms = stored_integer(string.match(entry, "^(%d+) ") or "", "cart that is set aside")
  if stored_ms ~= since_ms then
    return "unknown"
  elseif redis.call("HLEN", cart_record) > MAX_FIELDS then
    error({ err = "CORRUPT cart of more than 100 lines" })
  end
  local fields = redis.call("HGETALL", cart_record)
  local changed, opened, open = {}, 0, 0
  -- at most 107 fields
  for position = 1, #fields, 2 do
    local field, value = fields[position], fields[position + 1]
    if field == "open" then
      open = stored_integer(value, "counts of a cart", 0, 100) or 0
    elseif string.find(field, "^line:") then
      local units, line_state = stored_line(value)
      if line_state == "set_aside" then
        opened = opened + 1
        changed[#changed + 1] = field
        changed[#changed + 1] = string.format("%d open", units)
      end
    end
  end
  -- ZCARD proves the type before the first write.
  redis.call("ZCARD", slot_carts)
  local now = string.format("%d", now_ms())
  if opened > 0 then
    redis.call("ZADD", slot_carts, now, member)
    -- at most 204 values
    redis.call("HSET", cart_record, "open", open + opened, "set_aside", 0, unpack(changed))
  end
  redis.call("HDEL", slot_dead_carts, member)
  redis.call("PUBLISH", slot_carts, now)
  return "redriven"
end

return redrive
