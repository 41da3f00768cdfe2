local invalid_argument = require("lib.invalid_argument")
local stored_integer = require("lib.stored_integer")

-- The start of a sale without a start.
local ALWAYS_MS = 0
-- The end of a sale without an end: the upper bound of the type epoch_ms.
local NEVER_MS = 8640000000000000

--- Sets a product's base or sale price in one currency.
---
--- Each kind of price has its own sequence of events. An event whose sequence is not above the
--- latest one of its kind changes nothing. To end a sale early, set it again with an end in the
--- past.
---
---@version 1.0.0
---@param price key.price write
---@param kind price_kind the price that the event sets
---@param amount_minor minor_units the new price
---@param starts_at_ms epoch_ms? the first instant of a sale; absent: the sale has no start
---@param ends_at_ms epoch_ms? the first instant after a sale; absent: the sale has no end
---@param sequence sequence the event's number for this kind; higher is later
---@return "applied"|"repeated"|"stale" outcome applied: the price is set; repeated: the sequence
---   equals the latest one of its kind; stale: it is lower
---@cost O(1)
---@resend safe the sequence makes a second run change nothing
---
---@example A base price is set.
---  call   kind=base amount_minor=1999 sequence=3
---  reply  outcome=applied
---  again  outcome=repeated
---  then   HMGET {price} base base_seq = 1999 3
---@example A late event of a sale changes nothing.
---  given  HSET {price} sale 1499 sale_seq 9 sale_starts 0 sale_ends 8640000000000000
---  call   kind=sale amount_minor=999 sequence=8
---  reply  outcome=stale
---@example A sale has a start and an end.
---  given  HSET {price} base 1999 base_seq 3
---  call   kind=sale amount_minor=1499 starts_at_ms={now} ends_at_ms={now+60000} sequence=1
---  reply  outcome=applied
---  again  outcome=repeated
---@example A base price with an end is an error.
---  call   kind=base amount_minor=1999 ends_at_ms={now} sequence=3
---  error  ARGUMENT price.set
---@example A corrupt sequence is an error, and nothing is written.
---  given  HSET {price} base 1999 base_seq third
---  call   kind=base amount_minor=1799 sequence=4
---  error  CORRUPT base_seq
local function set(price, kind, amount_minor, starts_at_ms, ends_at_ms, sequence)
  if kind == "base" and (starts_at_ms or ends_at_ms) then
    invalid_argument("price.set starts_at_ms, ends_at_ms: this kind of price has no start and no end")
  end
  if starts_at_ms and ends_at_ms and ends_at_ms <= starts_at_ms then
    invalid_argument("price.set ends_at_ms: a sale ends after it starts")
  end

  local sequence_field = kind .. "_seq"
  local last_sequence = stored_integer(redis.call("HGET", price, sequence_field), sequence_field)
  if last_sequence and sequence == last_sequence then
    return "repeated"
  end
  if last_sequence and sequence < last_sequence then
    return "stale"
  end

  redis.call("HSET", price, kind, amount_minor, sequence_field, sequence)
  if kind == "sale" then
    redis.call("HSET", price, "sale_starts", starts_at_ms or ALWAYS_MS, "sale_ends", ends_at_ms or NEVER_MS)
  end
  return "applied"
end

return set
