local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")

--- Sets a product aside that a worker cannot sweep, because its keys are corrupt or of another type.
---
--- It leaves the index of due products, so that it holds up no other. After a repair, redrive makes it
--- due again.
---
---@version 1.0.0
---@param slot_due key.slot_due write
---@param slot_dead key.slot_dead write
---@param member slot_member tenant and product, as in the index
---@param due_ms epoch_ms the time in the index, as the worker read it
---@param reason note
---@return "set_aside"|"changed" outcome changed: the index has no such entry with this time
---@cost O(log P), P the products of the slot
---@oom runs it moves an entry of the index
---@resend safe it names the time that it read, so a call that arrives after a redrive changes nothing
---@role worker
---
---@example A corrupt product is set aside.
---  given  ZADD {slot_due} 1700000000000 acme:lamp
---  call   member=acme:lamp due_ms=1700000000000 reason="CORRUPT held"
---  reply  outcome=set_aside
---  then   ZCARD {slot_due} = 0
---  then   HEXISTS {slot_dead} acme:lamp = 1
---@example The product is due at another time since.
---  given  ZADD {slot_due} 1700000000001 acme:lamp
---  call   member=acme:lamp due_ms=1700000000000 reason="CORRUPT held"
---  reply  outcome=changed
---@example A key of another type is named, and nothing is written.
---  given  SET {slot_dead} lamp
---  given  ZADD {slot_due} 1700000000000 acme:lamp
---  call   member=acme:lamp due_ms=1700000000000 reason="CORRUPT held"
---  error  WRONGTYPE
local function set_aside(slot_due, slot_dead, member, due_ms, reason)
  local stored = stored_integer(redis.call("ZSCORE", slot_due, member), "time in the index of the slot")
  local set_before = redis.call("HGET", slot_dead, member)
  if not stored then
    return set_before and "set_aside" or "changed"
  end
  if stored ~= due_ms then
    return "changed"
  end
  redis.call("HSET", slot_dead, member, string.format("%.0f", now_ms()) .. " " .. reason)
  redis.call("ZREM", slot_due, member)
  return "set_aside"
end

return set_aside
