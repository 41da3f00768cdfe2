local slot_member = require("lib.slot_member")
local stored_reservation = require("lib.stock.stored_reservation")

--- Adds up the prepared lines of a product by the index of its slot, if it has at most 500 entries.
---
---@param reservations key.reservations
---@param slot_prepared key.slot_prepared
---@return integer lines how many are prepared
---@return integer units of all of them
local function prepared_lines(reservations, slot_prepared)
  local MAX_INDEXED = 500
  local members = {}
  if redis.call("ZCARD", slot_prepared) <= MAX_INDEXED then
    members = redis.call("ZRANGE", slot_prepared, 0, MAX_INDEXED - 1)
  end
  local prefix = slot_member(reservations) .. "\t"
  local lines, sum = 0, 0
  -- at most 500 members
  for _, member in ipairs(members) do
    if string.sub(member, 1, #prefix) == prefix then
      local text = redis.call("HGET", reservations, string.sub(member, #prefix + 1))
      if text then
        local state, units = stored_reservation(text)
        if state == "prepared" then
          lines, sum = lines + 1, sum + units
        end
      end
    end
  end
  return lines, sum
end

return prepared_lines
