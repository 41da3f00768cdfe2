local now_ms = require("lib.now_ms")
local stored_sales = require("lib.price.stored_sales")
local write_sale = require("lib.price.write_sale")

--- Removes a sale of a product in one currency, before or during the sale.
---
--- A sale that is not known is removed too: an event that set it and arrives later changes nothing.
---
---@version 1.0.0
---@param price key.price write
---@param sale sale the name of the sale
---@param sequence sequence the event's number among the events of sales of this product and
---   currency; higher is later
---@return "removed"|"repeated"|"stale" outcome removed: the sale has ended; repeated: the sequence
---   equals the latest one of the sale; stale: it is lower, or the sale is not known and a sale that
---   was forgotten had this sequence or a higher one
---@cost O(S * S), S the sales that have not ended, at most 50
---@oom runs a sale must end even if memory is full; a product has at most 50 sales that ended
---@resend safe for ever, because no call with the latest sequence of its sale or a lower one changes
---   anything, also after the sale was forgotten
---
---@example A sale ends at once, and the others stay.
---  given  HSET {price} base 1999 base_seq 1 sale:flash "1499 from 0 to {now+60000} seq 4"
---         sale:week "1799 from 0 to {now+90000} seq 5"
---         calendar "0 {now+60000} 1499 flash\n{now+60000} {now+90000} 1799 week\n"
---  call   sale=flash sequence=6
---  reply  outcome=removed
---  again  outcome=repeated
---  then   HGET {price} calendar = "0 {now+90000} 1799 week\n"
---@example The last sale ends.
---  given  HSET {price} base 1999 base_seq 1 sale:flash "1499 from 0 to {now+60000} seq 4"
---         calendar "0 {now+60000} 1499 flash\n"
---  call   sale=flash sequence=6
---  reply  outcome=removed
---  again  outcome=repeated
---  then   HEXISTS {price} calendar = 0
---@example An event that is older than the sale changes nothing.
---  given  HSET {price} base 1999 base_seq 1 sale:flash "1499 from 0 to {now+60000} seq 9"
---         calendar "0 {now+60000} 1499 flash\n"
---  call   sale=flash sequence=6
---  reply  outcome=stale
---@example A corrupt sale is an error, and nothing is written.
---  given  HSET {price} base 1999 base_seq 1 sale:flash "1499 until tomorrow"
---  call   sale=flash sequence=6
---  error  CORRUPT sale
local function remove_sale(price, sale, sequence)
  local sales, forgotten_sequence = stored_sales(price)
  local known = sales[sale]
  if known and sequence == known.sequence then
    return "repeated"
  end
  local last_sequence = known and known.sequence or forgotten_sequence
  if last_sequence and sequence <= last_sequence then
    return "stale"
  end
  write_sale(price, sales, forgotten_sequence, sale, { sequence = sequence }, now_ms())
  return "removed"
end

return remove_sale
