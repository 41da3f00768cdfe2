local now_ms = require("lib.now_ms")
local stored_sales = require("lib.price.stored_sales")
local write_sale = require("lib.price.write_sale")

-- The start of a sale without a start.
local ALWAYS_MS = 0
-- The end of a sale without an end: the upper bound of the type epoch_ms.
local NEVER_MS = 8640000000000000

--- Sets a sale of a product in one currency: its price, its start and its end.
---
--- A product has several sales, each with its own name. A later event of the same name replaces
--- price, start and end. So it moves, shortens or prolongs the sale. Other sales stay as they are.
---
--- All events of sales of a product and currency, of set_sale and of remove_sale, have numbers of
--- one sequence. Events of one sale may arrive twice or late at any time. Events of different sales
--- may arrive in any order within 10 minutes, while at most 50 sales end in this time.
---
---@version 1.0.0
---@param price key.price write
---@param sale sale the name of the sale
---@param amount_minor minor_units the price during the sale
---@param starts_at_ms epoch_ms? the first instant of the sale; absent: the sale has no start
---@param ends_at_ms epoch_ms? the first instant after the sale; absent: the sale has no end
---@param sequence sequence the event's number among the events of sales of this product and
---   currency; higher is later
---@return "applied"|"repeated"|"stale"|"full" outcome applied: the sale is set; repeated: the
---   sequence equals the latest one of the sale; stale: it is lower, or the sale is not known and a
---   sale that was forgotten had this sequence or a higher one; full: 50 other sales have not ended
---@cost O(S * S), S the sales that have not ended, at most 50
---@resend safe for ever, because no call with the latest sequence of its sale or a lower one changes
---   anything, also after the sale was forgotten
---
---@example A sale for tomorrow leaves the sale of today as it is.
---  given  HSET {price} base 1999 base_seq 1 sale:today "1799 from 0 to {now+60000} seq 4"
---         calendar "0 {now+60000} 1799 today\n"
---  call   sale=tomorrow amount_minor=1499 starts_at_ms={now+60000} ends_at_ms={now+90000} sequence=5
---  reply  outcome=applied
---  again  outcome=repeated
---  then   HGET {price} calendar =
---         "0 {now+60000} 1799 today\n{now+60000} {now+90000} 1499 tomorrow\n"
---@example Of two sales, the lower price is on.
---  given  HSET {price} base 1999 base_seq 1 sale:week "1799 from 0 to {now+90000} seq 4"
---         calendar "0 {now+90000} 1799 week\n"
---  call   sale=flash amount_minor=1499 ends_at_ms={now+60000} sequence=5
---  reply  outcome=applied
---  again  outcome=repeated
---  then   HGET {price} calendar = "0 {now+60000} 1499 flash\n{now+60000} {now+90000} 1799 week\n"
---@example A late event of a sale that was removed changes nothing.
---  given  HSET {price} base 1999 base_seq 1 sale:xmas "ended at {now-1000} seq 9"
---  call   sale=xmas amount_minor=999 sequence=8
---  reply  outcome=stale
---@example A late event of a sale that was forgotten changes nothing.
---  given  HSET {price} base 1999 base_seq 1 forgotten_seq 9
---  call   sale=xmas amount_minor=999 sequence=8
---  reply  outcome=stale
---@example A sale that ends before it starts is an error.
---  call   sale=xmas amount_minor=999 starts_at_ms={now} ends_at_ms={now} sequence=8
---  error  ARGUMENT price.set_sale
---@example A corrupt sale is an error, and nothing is written.
---  given  HSET {price} base 1999 base_seq 1 sale:xmas "999 until tomorrow"
---  call   sale=outlet amount_minor=999 sequence=8
---  error  CORRUPT sale
local function set_sale(price, sale, amount_minor, starts_at_ms, ends_at_ms, sequence)
  local starts_at, ends_at = starts_at_ms or ALWAYS_MS, ends_at_ms or NEVER_MS
  if ends_at <= starts_at then
    error({ err = "ARGUMENT price.set_sale ends_at_ms: a sale ends after it starts" })
  end
  local sales, forgotten_sequence = stored_sales(price)
  local known = sales[sale]
  if known and sequence == known.sequence then
    return known.refused and "full" or "repeated"
  end
  local last_sequence = known and known.sequence or forgotten_sequence
  if last_sequence and sequence <= last_sequence then
    return "stale"
  end

  local now = now_ms()
  local event = { sequence = sequence }
  if ends_at > now then
    event = { sequence = sequence, amount = amount_minor, starts_at = starts_at, ends_at = ends_at }
  end
  local stored = write_sale(price, sales, forgotten_sequence, sale, event, now)
  return stored and "applied" or "full"
end

return set_sale
