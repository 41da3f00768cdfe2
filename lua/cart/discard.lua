local slot_member = require("lib.slot_member")
local stored_integer = require("lib.stored_integer")
local stored_line = require("lib.cart.stored_line")

-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000
-- A cart has at most 100 lines. The other fields of its record are `state`, `fence`, `deadline_ms`,
-- `lines`, `open`, `set_aside` and `remember_ms`.
local MAX_FIELDS = 107

--- Closes the lines of a cart for good that were set aside, after a person has settled them with the
--- customer, for example by a refund.
---
--- It changes no stock. If no other line is open, the record ends after the remember_ms of begin.
---
---@version 1.0.0
---@param cart_record key.cart_record write
---@param slot_dead_carts key.slot_dead_carts write
---@param since_ms epoch_ms when the cart was set aside, as stored
---@return "discarded"|"unknown" outcome unknown: it was not set aside at that time
---@cost O(L), L the lines, at most 100
---@oom runs it changes short fields, and ends a record
---@resend safe it names the time at which the cart was set aside, so a late call changes nothing
---
---@example A line that was set aside is closed.
---  given  HSET {cart_record} state committed fence 7 deadline_ms {now-1} lines 2 open 0 set_aside 1
---  given  HSET {cart_record} remember_ms 3600000 line:lamp "2 finished" line:vase "1 set_aside"
---  given  HSET {slot_dead_carts} example:cart "1700000000000 vase: shortfall"
---  call   since_ms=1700000000000
---  reply  outcome=discarded
---  again  outcome=unknown
---  then   HMGET {cart_record} open set_aside line:vase = 0 0 "1 discarded"
---  then   EXISTS {slot_dead_carts} = 0
---@example It was set aside again since.
---  given  HSET {slot_dead_carts} example:cart "1700000000001 vase: shortfall"
---  call   since_ms=1700000000000
---  reply  outcome=unknown
---@example A corrupt line is an error, and nothing is written.
---  given  HSET {cart_record} state committed fence 7 deadline_ms {now-1} lines 1 open 0 set_aside 1
---  given  HSET {cart_record} remember_ms 3600000 line:vase "one set_aside"
---  given  HSET {slot_dead_carts} example:cart "1700000000000 vase: shortfall"
---  call   since_ms=1700000000000
---  error  CORRUPT line of a cart
local function discard(cart_record, slot_dead_carts, since_ms)
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
  local changed, open, remember_ms = {}, 0, HORIZON_MS
  -- at most 107 fields
  for position = 1, #fields, 2 do
    local field, value = fields[position], fields[position + 1]
    if field == "open" then
      open = stored_integer(value, "counts of a cart", 0, 100) or 0
    elseif field == "remember_ms" then
      remember_ms = stored_integer(value, "remember_ms", 1000, 31622400000) or HORIZON_MS
    elseif string.find(field, "^line:") then
      local units, line_state = stored_line(value)
      if line_state == "set_aside" then
        changed[#changed + 1] = field
        changed[#changed + 1] = string.format("%d discarded", units)
      end
    end
  end
  if #changed > 0 then
    -- at most 202 values
    redis.call("HSET", cart_record, "set_aside", 0, unpack(changed))
  end
  if open == 0 then
    redis.call("PEXPIRE", cart_record, math.max(remember_ms, HORIZON_MS))
  end
  redis.call("HDEL", slot_dead_carts, member)
  return "discarded"
end

return discard
