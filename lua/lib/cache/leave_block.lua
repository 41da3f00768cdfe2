--- Removes a writer from a block, and takes the right to set from every writer.
---
--- If only a settle time is left, the block ends with it.
---
---@param cache_block string
---@param writer string
---@return boolean is_known the block had the writer
---@return boolean was_setter
local function leave_block(cache_block, writer)
  -- The upper bound of the type epoch_ms.
  local MAX_EPOCH_MS = 8640000000000000
  local own = "writer:" .. writer
  local stored = redis.call("HMGET", cache_block, own, "setter", "settle")
  local others = redis.call("HLEN", cache_block)
  if stored[1] then
    others = others - 1
  end
  if stored[2] then
    others = others - 1
  end
  if stored[3] and others == 1 then
    local settles_ms = tonumber(stored[3])
    if not settles_ms or settles_ms < 0 or settles_ms > MAX_EPOCH_MS or settles_ms % 1 ~= 0 then
      error({ err = "CORRUPT block of a cache entry" })
    end
    redis.call("PEXPIREAT", cache_block, string.format("%d", settles_ms))
  end
  -- If this writer's block had ended, another one may be the setter. Its value may be older.
  redis.call("HDEL", cache_block, own, "setter")
  return stored[1] ~= false, stored[2] == writer
end

return leave_block
