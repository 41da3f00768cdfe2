local stored_count = require("lib.stored_count")

--- The players with the best scores.
---
---@version 1.0.0
---@param board key.board read
---@param limit page
---@return "ranking" outcome
---@return entry[] entries the best first
---@cost O(log N + limit), N the players
---@resend safe it only reads
---
---@example The best come first.
---  given  ZADD {board} 50 bob 40 ann 60 cid
---  call   board=chess limit=2
---  reply  outcome=ranking entries=[["cid",60],["bob",50]]
---@example A board without players is empty.
---  call   board=chess limit=2
---  reply  outcome=ranking entries=[]
---@example A score that is no whole number is named.
---  given  ZADD {board} 1.5 bob
---  call   board=chess limit=2
---  error  CORRUPT score
local function top(board, limit)
  local found = redis.call("ZRANGE", board, 0, limit - 1, "REV", "WITHSCORES")
  local entries = {}
  -- at most 200 elements
  for position = 1, #found, 2 do
    entries[#entries + 1] = { player = found[position], best = stored_count(found[position + 1], "score") }
  end
  return "ranking", entries
end

return top
