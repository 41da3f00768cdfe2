local slot_member = require("lib.slot_member")
local stored_integer = require("lib.stored_integer")

-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000
-- A cart has at most 100 lines. The other fields of its record are `state`, `fence`, `deadline_ms`,
-- `lines`, `open`, `set_aside` and `remember_ms`.
local MAX_FIELDS = 107
-- The upper bound of the type fence.
local MAX_FENCE = 9007199254740991

--- Begins an attempt to commit a cart: makes the record that decides about all its lines.
---
--- The record is in the slot of the cart, and is the only truth: all lines follow its decision. It must
--- exist before the first line is prepared. Each attempt has a fence, and a later attempt a higher one.
--- An attempt that is undecided after prepare_limit_ms is over: a worker aborts it, or the next attempt
--- takes its place.
---
--- The script writes the cart into the index of its slot, in the same step. The worker of
--- `moonpath/cart` finds it there, and finishes what a caller has left. It remembers every attempt
--- under its operation for 11 minutes, so a late copy of a call begins no attempt.
---
---@version 1.0.0
---@param cart_record key.cart_record write
---@param slot_carts key.slot_carts write
---@param cart_operation key.cart_operation write
---@param lines cart_line[] at most 100: the units of each product that were paid for, each product once
---@param prepare_limit_ms prepare_limit_ms how long the attempt may stay undecided
---@param remember_ms remember_ms how long the record is known after all lines have followed, at least
---   11 minutes
---@return "begun"|"busy"|"already_committed"|"aborted"|"mismatch" outcome begun: prepare the lines now;
---   busy: another attempt is undecided; already_committed: an attempt was committed; aborted: the
---   attempt of this operation is over; mismatch: the committed attempt, or the one that this operation
---   has begun, has other lines
---@return fence? fence when begun: names the attempt
---@return wait_ms? wait_ms when busy: until that attempt is over
---@cost O(L + log C), L the lines, C the open carts of the slot
---@resend safe the operation makes a second run change nothing
---
---@example The first attempt.
---  call   operation=op-1 lines=[["lamp",2],["vase",1]] prepare_limit_ms=10000 remember_ms=3600000
---  reply  outcome=begun fence=*
---  then   HMGET {cart_record} state open line:lamp line:vase = undecided 2 "2 open" "1 open"
---  then   ZCARD {slot_carts} = 1
---@example Another attempt is undecided.
---  given  HSET {cart_record} state undecided fence 7 deadline_ms {now+9000}
---  given  HSET {cart_record} lines 1 open 1 set_aside 0 remember_ms 3600000 line:lamp "2 open"
---  call   operation=op-1 lines=[["lamp",2]] prepare_limit_ms=10000 remember_ms=3600000
---  reply  outcome=busy wait_ms=~
---  then   GET {cart_operation} = "busy"
---@example After its time, the next attempt takes its place, with a higher fence.
---  given  HSET {cart_record} state undecided fence 7 deadline_ms {now-1}
---  given  HSET {cart_record} lines 1 open 1 set_aside 0 remember_ms 3600000 line:vase "2 open"
---  call   operation=op-1 lines=[["lamp",2]] prepare_limit_ms=10000 remember_ms=3600000
---  reply  outcome=begun fence=*
---  then   HMGET {cart_record} state line:lamp = undecided "2 open"
---  then   HEXISTS {cart_record} line:vase = 0
---@example A committed cart is not begun again.
---  given  HSET {cart_record} state committed fence 7 deadline_ms {now+9000}
---  given  HSET {cart_record} lines 1 open 1 set_aside 0 remember_ms 3600000 line:lamp "2 open"
---  call   operation=op-1 lines=[["lamp",2]] prepare_limit_ms=10000 remember_ms=3600000
---  reply  outcome=already_committed
---  then   GET {cart_operation} = already_committed
---@example A cart that was committed with other lines is a mismatch.
---  given  HSET {cart_record} state committed fence 7 deadline_ms {now+9000}
---  given  HSET {cart_record} lines 1 open 1 set_aside 0 remember_ms 3600000 line:lamp "2 open"
---  call   operation=op-1 lines=[["lamp",2],["vase",1]] prepare_limit_ms=10000 remember_ms=3600000
---  reply  outcome=mismatch
---  again  outcome=mismatch
---@example A corrupt fence is an error, and nothing is written.
---  given  HSET {cart_record} state aborted fence seven deadline_ms {now+9000}
---  call   operation=op-1 lines=[["lamp",2]] prepare_limit_ms=10000 remember_ms=3600000
---  error  CORRUPT fence
local function begin(cart_record, slot_carts, cart_operation, lines, prepare_limit_ms, remember_ms)
  local stored = redis.call("HMGET", cart_record, "state", "fence", "deadline_ms", "lines")
  local state = stored[1]
  local clock = redis.call("TIME")
  local clock_us = clock[1] * 1000000 + clock[2]
  local now = math.floor(clock_us / 1000)
  local fence = stored_integer(stored[2], "fence", 0, MAX_FENCE - 2) or 0
  local deadline = stored_integer(stored[3], "deadline_ms") or 0
  local remembered = redis.call("GET", cart_operation)
  if #lines < 1 then
    error({ err = "ARGUMENT cart.begin lines: a cart has at least one line" })
  end

  local fields, names, is_line = {}, {}, {}
  -- at most 100 lines
  for position = 1, #lines do
    local field = "line:" .. lines[position].product
    if is_line[field] then
      error({ err = "ARGUMENT cart.begin lines: each product is listed once" })
    end
    is_line[field] = true
    names[position] = field
    fields[2 * position - 1] = field
    fields[2 * position] = string.format("%d open", lines[position].units)
  end

  if state and state ~= "undecided" and state ~= "committed" and state ~= "aborted" then
    error({ err = "CORRUPT state" })
  elseif remembered == "busy" then
    return "busy", nil, math.max(deadline - now, 0)
  elseif remembered == "already_committed" then
    return "already_committed"
  elseif remembered == "mismatch" then
    return "mismatch"
  end
  local begun = remembered
    and stored_integer(string.match(remembered, "^begun (%d+)$") or "", "cart-operation", 1)
  if begun and (not state or begun ~= fence or state == "aborted") then
    return "aborted"
  end
  local has_same_lines = stored[4] == string.format("%d", #lines)
  if has_same_lines and (begun or state == "committed") then
    -- at most 100 names
    local known = redis.call("HMGET", cart_record, unpack(names))
    -- at most 100 lines
    for position = 1, #lines do
      local units = string.match(known[position] or "", "^(%d+) [%l_]+$")
      if tonumber(units) ~= lines[position].units then
        has_same_lines = false
      end
    end
  end
  if begun and state == "undecided" and has_same_lines then
    return "begun", begun
  elseif begun or state == "committed" then
    local outcome = has_same_lines and "already_committed" or "mismatch"
    if not begun then
      -- The record may end before a late copy of this call comes.
      redis.call("SET", cart_operation, outcome, "PX", HORIZON_MS)
    end
    return outcome
  elseif state == "undecided" and now < deadline then
    redis.call("SET", cart_operation, "busy", "PX", HORIZON_MS)
    return "busy", nil, deadline - now
  end

  local removed = {}
  if state then
    if redis.call("HLEN", cart_record) > MAX_FIELDS then
      error({ err = "CORRUPT cart of more than 100 lines" })
    end
    local known = redis.call("HKEYS", cart_record)
    -- at most 107 fields
    for position = 1, #known do
      local field = known[position]
      if string.find(field, "^line:") and not is_line[field] then
        removed[#removed + 1] = field
      end
    end
  end
  local new_fence = math.max(clock_us, fence + 1)
  local deadline_text, member = string.format("%d", now + prepare_limit_ms), slot_member(cart_record)
  local count = string.format("%d", #lines)
  -- ZCARD proves the type before the first write.
  redis.call("ZCARD", slot_carts)
  redis.call(
    "HSET",
    cart_record,
    "state",
    "undecided",
    "fence",
    string.format("%d", new_fence),
    "deadline_ms",
    deadline_text,
    "lines",
    count,
    "open",
    count,
    "set_aside",
    "0",
    "remember_ms",
    remember_ms,
    -- at most 200 values
    unpack(fields)
  )
  if state then
    -- The record of an aborted attempt has an end.
    redis.call("PERSIST", cart_record)
  end
  if #removed > 0 then
    -- at most 107 names
    redis.call("HDEL", cart_record, unpack(removed))
  end
  redis.call("SET", cart_operation, string.format("begun %d", new_fence), "PX", HORIZON_MS)
  redis.call("ZADD", slot_carts, deadline_text, member)
  -- A cart that is overdue may stay the first for long, so it does not hold back the message.
  local first = redis.call("ZRANGE", slot_carts, 0, 0, "WITHSCORES")
  if first[1] == member or (tonumber(first[2]) or now) <= now then
    redis.call("PUBLISH", slot_carts, deadline_text)
  end
  return "begun", new_fence
end

return begin
