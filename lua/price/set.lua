local stored_integer = require("lib.stored_integer")

--- Sets a product's base price in one currency.
---
--- An event whose sequence is not above the latest one changes nothing.
---
---@version 1.0.0
---@param price key.price write
---@param amount_minor minor_units the new base price
---@param sequence sequence the event's number among the base prices of this product and currency;
---   higher is later
---@return "applied"|"repeated"|"stale" outcome applied: the price is set; repeated: the sequence
---   equals the latest one; stale: it is lower
---@cost O(1)
---@resend safe for ever, because the latest sequence stays stored and no call with a lower or equal
---   one changes anything
---@many 100
---
---@example A base price is set.
---  call   amount_minor=1999 sequence=3
---  reply  outcome=applied
---  again  outcome=repeated
---  then   HMGET {price} base base_seq = 1999 3
---@example A late event changes nothing.
---  given  HSET {price} base 1999 base_seq 9
---  call   amount_minor=999 sequence=8
---  reply  outcome=stale
---@example The sales of the product stay.
---  given  HSET {price} base 1999 base_seq 3 sale:xmas "1499 from 0 to 8640000000000000 seq 1"
---         calendar "0 8640000000000000 1499 xmas\n"
---  call   amount_minor=1799 sequence=4
---  reply  outcome=applied
---  again  outcome=repeated
---  then   HMGET {price} base base_seq sale:xmas = 1799 4 "1499 from 0 to 8640000000000000 seq 1"
---@example A corrupt sequence is an error, and nothing is written.
---  given  HSET {price} base 1999 base_seq third
---  call   amount_minor=1799 sequence=4
---  error  CORRUPT base_seq
local function set(price, amount_minor, sequence)
  local last_sequence = stored_integer(redis.call("HGET", price, "base_seq"), "base_seq")
  if last_sequence and sequence == last_sequence then
    return "repeated"
  end
  if last_sequence and sequence < last_sequence then
    return "stale"
  end
  redis.call("HSET", price, "base", amount_minor, "base_seq", sequence)
  return "applied"
end

return set
