--- The first of two lists together, each of them members and scores as Redis gave them, the lowest score first.
---
---@param one string[] at most 1000 members with their scores
---@param other string[] at most 1000 members with their scores
---@param limit integer at most 1000
---@return string[] names by score, at most limit of them
local function earliest(one, other, limit)
  local names = {}
  local at, other_at = 1, 1
  -- at most 1000 items
  for position = 1, math.min(limit, (#one + #other) / 2) do
    local score, other_score = tonumber(one[at + 1]), tonumber(other[other_at + 1])
    if score and (not other_score or score <= other_score) then
      names[position] = one[at]
      at = at + 2
    else
      names[position] = other[other_at]
      other_at = other_at + 2
    end
  end
  return names
end

return earliest
