local slot_member = require("lib.slot_member")

--- Enters a product into the index of its slot by the end of a lease, if it is not there by an earlier
--- time. Tells the sweepers if it is then the first of the slot.
---
---@param slot_due key.slot_due
---@param stock key.stock
---@param now integer
---@param ends_text string the end of the lease
local function index_lease_end(slot_due, stock, now, ends_text)
  local member = slot_member(stock)
  if redis.call("ZADD", slot_due, "LT", "CH", ends_text, member) == 1 then
    -- An overdue product may stay the first for long, so it does not hold back the message.
    local first = redis.call("ZRANGE", slot_due, 0, 0, "WITHSCORES")
    if first[1] == member or (tonumber(first[2]) or now) <= now then
      redis.call("PUBLISH", slot_due, ends_text)
    end
  end
end

return index_lease_end
