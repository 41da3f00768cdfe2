local stored_units = require("lib.stored_units")

--- Sets many shelves, and says what lies on others.
---
---@version 1.0.0
---@param stock key.stock write
---@param levels shelf_level[] what lies on each shelf now
---@param asked id[] shelves to tell of
---@return shelf_level[] known the asked ones that have a level, before the change
---@return shelf_state[] states of all asked ones, before the change
---@return flag[] set whether each shelf was new
---@cost O(N), N the shelves
---@resend never the answer tells of the levels before
---@many 20
---
---@example Shelves get their levels.
---  given  HSET {stock} a1 7 b2 0
---  call   levels=[["a1",5],["c3",1]] asked=["a1","b2","d4"]
---  reply  known=[["a1",7],["b2",0]] states=[["a1",0],["b2",1],["d4",1]] set=[0,1]
---  then   HMGET {stock} a1 b2 c3 = 5 0 1
---@example Nothing to set and nothing to tell.
---  call   levels=[] asked=[]
---  reply  known=[] states=[] set=[]
---@example A level that is no integer is named, and nothing is written.
---  given  HSET {stock} a1 many
---  call   levels=[["a1",5]] asked=["a1"]
---  error  CORRUPT level
local function fill(stock, levels, asked)
  local known = {}
  local states = {}
  -- at most 1000 shelves
  for position, shelf in ipairs(asked) do
    local quantity = stored_units(redis.call("HGET", stock, shelf), "level")
    if quantity then
      known[#known + 1] = { shelf = shelf, quantity = quantity }
    end
    states[position] = { shelf = shelf, empty = (quantity or 0) == 0 }
  end
  local set = {}
  -- at most 1000 shelves
  for position, level in ipairs(levels) do
    set[position] = redis.call("HEXISTS", stock, level.shelf) == 0
  end
  -- at most 1000 shelves
  for _, level in ipairs(levels) do
    redis.call("HSET", stock, level.shelf, level.quantity)
  end
  return known, states, set
end

return fill
