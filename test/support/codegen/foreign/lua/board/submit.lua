local stored_count = require("lib.stored_count")

--- Enters a player's score, if it is better than the best so far.
---
---@version 1.0.0
---@param board key.board write
---@param player id
---@param score points
---@return "entered" outcome
---@return points best
---@return count rank 0 is the leader
---@cost O(log N), N the players
---@resend safe a best score stays the best
---
---@example A first score is the best.
---  given  ZADD {board} 50 bob
---  call   board=chess player=ann score=40
---  reply  outcome=entered best=40 rank=1
---@example A lower score changes nothing.
---  given  ZADD {board} 50 ann
---  call   board=chess player=ann score=40
---  reply  outcome=entered best=50 rank=0
---  then   ZSCORE {board} ann = 50
---@example A better score counts.
---  given  ZADD {board} 50 ann
---  call   board=chess player=ann score=60
---  reply  outcome=entered best=60 rank=0
local function submit(board, player, score)
  local before = stored_count(redis.call("ZSCORE", board, player), "board")
  local best = math.max(before, score)
  redis.call("ZADD", board, "GT", score, player)
  return "entered", best, redis.call("ZREVRANK", board, player) or 0
end

return submit
