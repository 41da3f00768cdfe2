local earlier_due = require("lib.expiry.earlier_due")
local note_due = require("lib.expiry.note_due")
local slot_member = require("lib.slot_member")

--- Makes claimed items due, and the shard in the index of its slot. The caller has proved the types of
--- `due` and `attempts`, and removes the items from `processing`.
---
---@param due key.due
---@param processing key.processing
---@param attempts key.attempts
---@param slot_queue key.slot_queue
---@param instants string[] at most 200, at least two: time, item, time, item …
---@param texts string[] at most 200: item, text in attempts, item, text …
---@param first_ms integer the earliest of the times
local function make_due(due, processing, attempts, slot_queue, instants, texts, first_ms)
  local member = slot_member(due)
  local earlier_ms = earlier_due(slot_queue, member, due, processing, first_ms)
  -- at most 200 values
  redis.call("ZADD", due, unpack(instants))
  if earlier_ms then
    note_due(slot_queue, member, earlier_ms)
  end
  if #texts > 0 then
    -- at most 200 values
    redis.call("HSET", attempts, unpack(texts))
  end
end

return make_due
