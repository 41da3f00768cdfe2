local slot_member = require("lib.slot_member")
local stored_integer = require("lib.stored_integer")
local stored_line = require("lib.cart.stored_line")

-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

--- Notes that lines of a decided cart have followed: they are sold, or given back.
---
--- After the last one, the cart leaves the index of its slot, and its record ends after the remember_ms
--- of begin. While a line is open or set aside, the record has no end. A line that another worker has
--- set aside is finished too, because it was sold or given back since.
---
---@version 1.0.0
---@param cart_record key.cart_record write
---@param slot_carts key.slot_carts write
---@param slot_dead_carts key.slot_dead_carts write
---@param fence fence of the attempt that was decided
---@param products id[] at most 100: the lines that have followed; the script ignores other products
---@return "finished"|"open"|"undecided"|"superseded"|"unknown" outcome finished: no line is open; open:
---   some lines are; undecided: the attempt is not decided, so nothing is changed; superseded: the record
---   is of another attempt; unknown: there is no record
---@cost O(P + log C), P the products, C the open carts of the slot
---@oom runs it changes short fields, and ends a record
---@resend safe a finished line is not counted twice
---
---@example The last open line.
---  given  HSET {cart_record} state committed fence 7 deadline_ms {now-1} lines 2 open 1 set_aside 0
---  given  HSET {cart_record} remember_ms 3600000 line:lamp "2 finished" line:vase "1 open"
---  given  ZADD {slot_carts} {now+5000} example:cart
---  call   fence=7 products=["lamp","vase"]
---  reply  outcome=finished
---  then   HMGET {cart_record} open line:vase = 0 "1 finished"
---  then   EXISTS {slot_carts} = 0
---@example One line of two.
---  given  HSET {cart_record} state committed fence 7 deadline_ms {now-1} lines 2 open 2 set_aside 0
---  given  HSET {cart_record} remember_ms 3600000 line:lamp "2 open" line:vase "1 open"
---  given  ZADD {slot_carts} {now+5000} example:cart
---  call   fence=7 products=["lamp"]
---  reply  outcome=open
---  then   HGET {cart_record} open = 1
---  then   ZCARD {slot_carts} = 1
---@example A line was set aside by a slower worker, and is sold.
---  given  HSET {cart_record} state committed fence 7 deadline_ms {now-1} lines 1 open 0 set_aside 1
---  given  HSET {cart_record} remember_ms 3600000 line:lamp "2 set_aside"
---  given  HSET {slot_dead_carts} example:cart "1700000000000 lamp: shortfall"
---  call   fence=7 products=["lamp"]
---  reply  outcome=finished
---  then   HMGET {cart_record} set_aside line:lamp = 0 "2 finished"
---  then   EXISTS {slot_dead_carts} = 0
---@example A line of an earlier attempt changes nothing.
---  given  HSET {cart_record} state undecided fence 8 deadline_ms {now-1} lines 1 open 1 set_aside 0
---  call   fence=7 products=["lamp"]
---  reply  outcome=superseded
---@example A corrupt line is an error, and nothing is written.
---  given  HSET {cart_record} state committed fence 7 deadline_ms {now-1} lines 1 open 1 set_aside 0
---  given  HSET {cart_record} remember_ms 3600000 line:lamp "2 perhaps"
---  call   fence=7 products=["lamp"]
---  error  CORRUPT line of a cart
local function finish(cart_record, slot_carts, slot_dead_carts, fence, products)
  local stored = redis.call("HMGET", cart_record, "state", "fence", "open", "set_aside", "remember_ms")
  local state = stored[1]
  if not state then
    return "unknown"
  elseif stored_integer(stored[2], "fence") ~= fence then
    return "superseded"
  elseif state == "undecided" then
    return "undecided"
  elseif state ~= "committed" and state ~= "aborted" then
    error({ err = "CORRUPT state" })
  end
  local open = stored_integer(stored[3] or "", "counts of a cart", 0, 100)
  local aside = stored_integer(stored[4] or "", "counts of a cart", 0, 100)
  local remember_ms = stored_integer(stored[5] or "", "remember_ms", 1000, 31622400000)
  local fields, followed, found, is_listed = {}, 0, 0, {}
  -- at most 100 products
  for position = 1, #products do
    fields[position] = "line:" .. products[position]
  end
  local lines = {}
  if #fields > 0 then
    -- at most 100 names
    lines = redis.call("HMGET", cart_record, unpack(fields))
  end
  local changed = {}
  -- at most 100 products
  for position = 1, #products do
    local field, line = fields[position], lines[position]
    if line and not is_listed[field] then
      is_listed[field] = true
      local units, line_state = stored_line(line)
      if line_state == "open" then
        followed = followed + 1
      elseif line_state == "set_aside" then
        found = found + 1
      end
      if line_state == "open" or line_state == "set_aside" then
        changed[#changed + 1] = field
        changed[#changed + 1] = string.format("%d finished", units)
      end
    end
  end
  if followed > open or found > aside then
    error({ err = "CORRUPT counts of a cart" })
  end
  local member = slot_member(cart_record)
  -- ZCARD and HLEN prove the types before the first write.
  redis.call("ZCARD", slot_carts)
  redis.call("HLEN", slot_dead_carts)
  if followed + found > 0 then
    -- at most 204 values
    redis.call("HSET", cart_record, "open", open - followed, "set_aside", aside - found, unpack(changed))
  end
  if found > 0 and aside == found then
    redis.call("HDEL", slot_dead_carts, member)
  end
  if open > followed then
    return "open"
  end
  redis.call("ZREM", slot_carts, member)
  if aside == found and followed + found > 0 then
    redis.call("PEXPIRE", cart_record, math.max(remember_ms, HORIZON_MS))
  end
  return "finished"
end

return finish
