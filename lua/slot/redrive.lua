local now_ms = require("lib.now_ms")

--- Makes a product due again that was set aside, after its keys were repaired.
---
--- A message on the channel of the index wakes the worker.
---
---@version 1.0.0
---@param slot_due key.slot_due write
---@param slot_dead key.slot_dead write
---@param member slot_member tenant and product, as in the index
---@param since_ms epoch_ms when it was set aside, as stored
---@return "redriven"|"unknown" outcome unknown: it is not set aside since that time, because
---   an earlier run of the call has made it due, for example
---@cost O(log P), P the products of the slot
---@resend safe it names the time at which the product was set aside, so a late call changes nothing
---
---@example A product is due again.
---  given  HSET {slot_dead} acme:lamp "1700000000000 CORRUPT held"
---  call   member=acme:lamp since_ms=1700000000000
---  reply  outcome=redriven
---  again  outcome=unknown
---  then   ZCARD {slot_due} = 1
---  then   EXISTS {slot_dead} = 0
---@example It was set aside again since.
---  given  HSET {slot_dead} acme:lamp "1700000000001 CORRUPT held"
---  call   member=acme:lamp since_ms=1700000000000
---  reply  outcome=unknown
---@example A corrupt entry is an error, and nothing is written.
---  given  HSET {slot_dead} acme:lamp yesterday
---  call   member=acme:lamp since_ms=1700000000000
---  error  CORRUPT dead
local function redrive(slot_due, slot_dead, member, since_ms)
  local stored = redis.call("HGET", slot_dead, member)
  if not stored then
    return "unknown"
  end
  local stored_ms = tonumber(string.match(stored, "^(%d+) ") or "")
  if not stored_ms then
    error({ err = "CORRUPT dead" })
  elseif stored_ms ~= since_ms then
    return "unknown"
  end
  local now = now_ms()
  redis.call("ZADD", slot_due, "LT", now, member)
  redis.call("HDEL", slot_dead, member)
  redis.call("PUBLISH", slot_due, string.format("%.0f", now))
  return "redriven"
end

return redrive
