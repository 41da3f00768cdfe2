local now_ms = require("lib.now_ms")
local slot_member = require("lib.slot_member")
local stored_integer = require("lib.stored_integer")
local stored_line = require("lib.cart.stored_line")

-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

--- Sets a line of a decided cart aside that cannot follow the decision, so that a person looks at it.
---
--- A failover may have lost the prepared line of a committed cart, and its units are sold elsewhere
--- since. Or it has lost the decision, and the line of an aborted cart is sold. The cart is listed in
--- `slot-dead-carts`, and its record stays. After a repair, redrive tries the line again, or discard
--- closes it. The script remembers its answer under the operation for 11 minutes, so a late copy of a
--- call does not set the line aside once more.
---
---@version 1.0.0
---@param cart_record key.cart_record write
---@param slot_carts key.slot_carts write
---@param slot_dead_carts key.slot_dead_carts write
---@param cart_operation key.cart_operation write
---@param fence fence of the attempt that was decided
---@param line_product id the product of the line
---@param reason note
---@return "set_aside"|"not_open"|"superseded"|"mismatch"|"unknown" outcome not_open: the line has
---   followed or is set aside already, or the cart has no such line; superseded: the record is of
---   another attempt, or it is undecided; mismatch: a remembered answer of this operation was for
---   other arguments; unknown: there is no record
---@cost O(log C), C the open carts of the slot
---@oom runs it changes short fields
---@resend safe the operation makes a second run change nothing
---@role worker
---
---@example The only open line is set aside.
---  given  HSET {cart_record} state committed fence 7 deadline_ms {now-1} lines 2 open 1 set_aside 0
---  given  HSET {cart_record} remember_ms 3600000 line:lamp "2 finished" line:vase "1 open"
---  given  ZADD {slot_carts} {now+5000} example:cart
---  call   operation=op-1 fence=7 line_product=vase reason=shortfall
---  reply  outcome=set_aside
---  then   HMGET {cart_record} open set_aside line:vase = 0 1 "1 set_aside"
---  then   HEXISTS {slot_dead_carts} example:cart = 1
---  then   EXISTS {slot_carts} = 0
---@example A line that was sold is not set aside.
---  given  HSET {cart_record} state committed fence 7 deadline_ms {now-1} lines 1 open 0 set_aside 0
---  given  HSET {cart_record} remember_ms 3600000 line:lamp "2 finished"
---  call   operation=op-1 fence=7 line_product=lamp reason=shortfall
---  reply  outcome=not_open
---@example A late copy does not set a line aside that was opened again.
---  given  HSET {cart_record} state committed fence 7 deadline_ms {now-1} lines 1 open 1 set_aside 0
---  given  HSET {cart_record} remember_ms 3600000 line:lamp "2 open"
---  given  SET {cart_operation} "set_aside 7 lamp" PX 60000
---  call   operation=op-1 fence=7 line_product=lamp reason=shortfall
---  reply  outcome=set_aside
---  then   HGET {cart_record} open = 1
---@example A corrupt number is an error, and nothing is written.
---  given  HSET {cart_record} state committed fence 7 deadline_ms {now-1} lines 1 open many set_aside 0
---  given  HSET {cart_record} remember_ms 3600000 line:lamp "2 open"
---  call   operation=op-1 fence=7 line_product=lamp reason=shortfall
---  error  CORRUPT counts of a cart
local function set_aside(
  cart_record,
  slot_carts,
  slot_dead_carts,
  cart_operation,
  fence,
  line_product,
  reason
)
  local field = "line:" .. line_product
  local arguments = string.format("%d %s", fence, line_product)
  local remembered = redis.call("GET", cart_operation)
  if remembered then
    local answer, rest = string.match(remembered, "^([%l_]+) (.*)$")
    if rest ~= arguments then
      return "mismatch"
    elseif answer == "set_aside" or answer == "not_open" then
      return answer
    elseif answer == "superseded" or answer == "unknown" then
      return answer
    end
    error({ err = "CORRUPT cart-operation" })
  end

  local stored = redis.call("HMGET", cart_record, "state", "fence", "open", "set_aside", field)
  local state, line = stored[1], stored[5]
  local outcome = "unknown"
  if state and state ~= "committed" and state ~= "undecided" and state ~= "aborted" then
    error({ err = "CORRUPT state" })
  elseif state and (stored_integer(stored[2], "fence") ~= fence or state == "undecided") then
    outcome = "superseded"
  elseif state then
    local open = stored_integer(stored[3] or "", "counts of a cart", 0, 100)
    local aside = stored_integer(stored[4] or "", "counts of a cart", 0, 99)
    local units, line_state = stored_line(line or "1 finished")
    if line_state ~= "open" then
      outcome = "not_open"
    elseif open < 1 then
      error({ err = "CORRUPT counts of a cart" })
    else
      outcome = "set_aside"
      local member = slot_member(cart_record)
      -- HLEN and ZCARD prove the types before the first write.
      redis.call("HLEN", slot_dead_carts)
      redis.call("ZCARD", slot_carts)
      local entry = string.format("%d %s: %s", now_ms(), line_product, reason)
      redis.call(
        "HSET",
        cart_record,
        "open",
        open - 1,
        "set_aside",
        aside + 1,
        field,
        string.format("%d set_aside", units)
      )
      redis.call("HSET", slot_dead_carts, member, entry)
      if open == 1 then
        redis.call("ZREM", slot_carts, member)
      end
    end
  end
  redis.call("SET", cart_operation, string.format("%s %s", outcome, arguments), "PX", HORIZON_MS)
  return outcome
end

return set_aside
