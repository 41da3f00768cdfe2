local now_ms = require("lib.now_ms")
local slot_member = require("lib.slot_member")
local stock_levels = require("lib.stock.stock_levels")
local stored_integer = require("lib.stored_integer")
local stored_reservation = require("lib.stock.stored_reservation")
local take_units = require("lib.stock.take_units")

-- The upper bound of the type level.
local MAX_LEVEL = 1000000000000

--- Sells the units of a cart's prepared line, after the cart was decided as committed.
---
--- It cannot fail for lack of units, because the decision stands. Units that no warehouse has are booked
--- on the fullest warehouse, below zero. That happens if a count, or an adjust or a commit with backorder
--- has lowered the stock since the line was prepared.
---
--- If the level would be below -10^12, the script raises an error. The line stays prepared, and the
--- worker tries again until a person has raised the level.
---
--- A line that this attempt has not prepared stays as it is. After a failover that lost the prepare, the
--- worker prepares it again.
---
---@version 1.0.0
---@param stock key.stock write
---@param reservations key.reservations write
---@param closed_reservations key.closed_reservations write
---@param slot_due key.slot_due write
---@param slot_prepared key.slot_prepared write
---@param reservation id the cart; its line of this product has the same name
---@param fence fence of the attempt that was committed
---@param remember_ms remember_ms how long the script remembers that the line is committed
---@return "committed"|"already_committed"|"not_prepared"|"unknown" outcome committed: the units are
---   sold; already_committed: an earlier call sold them; not_prepared: this attempt has not prepared it;
---   unknown: the reservation does not exist, or is no longer remembered
---@return total? total when committed: over all warehouses, after this call
---@return available? available when committed: the total minus held units, after this call
---@cost O(W + log R), W the product's warehouses, at most 100, R its reservations
---@oom runs it ends a reservation, and a sweep removes it later
---@resend safe within remember_ms, a committed line is known
---
---@example A prepared line is sold.
---  given  HSET {stock} total 12 held 5 prepared 3 level:berlin 5 level:paris 7
---  given  HSET {reservations} cart-1 "prepared 3 {now+60000} 7"
---  given  ZADD {slot_prepared} {now+10000} "example:product\tcart-1"
---  call   reservation=cart-1 fence=7 remember_ms=3600000
---  reply  outcome=committed total=9 available=7
---  again  outcome=already_committed
---  then   HMGET {stock} level:berlin level:paris held prepared = 5 4 2 0
---  then   EXISTS {slot_prepared} = 0
---  then   ZCARD {closed_reservations} = 1
---@example A count has lowered the stock since.
---  given  HSET {stock} total 1 held 3 prepared 3 level:berlin 1
---  given  HSET {reservations} cart-1 "prepared 3 {now+60000} 7"
---  call   reservation=cart-1 fence=7 remember_ms=3600000
---  reply  outcome=committed total=-2 available=-2
---  again  outcome=already_committed
---@example Another attempt has prepared the line.
---  given  HSET {stock} total 12 held 3 prepared 3 level:berlin 12
---  given  HSET {reservations} cart-1 "prepared 3 {now+60000} 6"
---  call   reservation=cart-1 fence=7 remember_ms=3600000
---  reply  outcome=not_prepared
---@example A corrupt count is an error, and nothing is written.
---  given  HSET {stock} total 12 held 3 prepared many level:berlin 12
---  given  HSET {reservations} cart-1 "prepared 3 {now+60000} 7"
---  call   reservation=cart-1 fence=7 remember_ms=3600000
---  error  CORRUPT prepared
local function commit_prepared(
  stock,
  reservations,
  closed_reservations,
  slot_due,
  slot_prepared,
  reservation,
  fence,
  remember_ms
)
  local known = redis.call("HGET", reservations, reservation)
  if not known then
    return "unknown"
  end
  local state, units, _, known_fence = stored_reservation(known)
  if state == "committed" then
    return "already_committed"
  elseif state ~= "prepared" or known_fence ~= fence then
    return "not_prepared"
  end

  local fields, total, held, field, level, _, stored_prepared = stock_levels(stock, 1)
  local prepared = stored_integer(stored_prepared, "prepared") or 0
  if not total or not field or not level then
    error({ err = "CORRUPT total" })
  elseif prepared < units then
    error({ err = "CORRUPT prepared" })
  elseif held < units then
    error({ err = "CORRUPT held" })
  end
  local changed = { field, level - units }
  if level < units then
    local missing
    changed, missing = take_units(fields, units)
    changed[2] = changed[2] - missing
    if changed[2] < -MAX_LEVEL then
      error({
        err = "ARGUMENT stock.commit_prepared reservation: the level of a warehouse stays from -10^12 to 10^12",
      })
    end
  end
  changed[#changed + 1] = "total"
  changed[#changed + 1] = total - units
  -- ZCARD proves the type before the first write.
  redis.call("ZCARD", slot_prepared)
  redis.call("ZCARD", slot_due)
  local member = slot_member(stock)
  local forget_at = string.format("%d", now_ms() + remember_ms)
  redis.call("ZADD", closed_reservations, forget_at, reservation)
  local text = string.format("committed %d %s %d", units, forget_at, fence)
  redis.call("HSET", reservations, reservation, text)
  -- at most 206 values
  redis.call("HSET", stock, "held", held - units, "prepared", prepared - units, unpack(changed))
  redis.call("ZADD", slot_due, "LT", forget_at, member)
  redis.call("ZREM", slot_prepared, string.format("%s\t%s", member, reservation))
  return "committed", total - units, total - held
end

return commit_prepared
