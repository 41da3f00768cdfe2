local dead_write_of = require("lib.writebehind.dead_write_of")
local write_of = require("lib.writebehind.write_of")

--- Finds a dead write by its key and its number.
---
---@param write_dead_records string
---@param key string
---@param sequence integer
---@return string|nil member its name in the keys of dead writes; nil if it is not dead
---@return string record the write, as it was queued
---@return string stored the dead write
local function dead_member(write_dead_records, key, sequence)
  local text = string.format("%d", sequence)
  local member = key
  local stored = redis.call("HGET", write_dead_records, key)
  if stored then
    local _, record = dead_write_of(stored)
    if write_of(record, "dead write") == text then
      return member, record, stored
    end
  end
  -- A write that was appended has its number as its name.
  member = "\n" .. text
  stored = redis.call("HGET", write_dead_records, member)
  if not stored then
    return nil, "", ""
  end
  local _, record = dead_write_of(stored)
  local _, _, stored_key = write_of(record, "dead write")
  if stored_key ~= key then
    return nil, "", ""
  end
  return member, record, stored
end

return dead_member
