--- Merges two lists of members and scores, as Redis returned them, into the names with the lowest
--- scores.
---
---@param first string[] at most 1000 members with their scores, the lowest score first
---@param second string[] at most 1000 members with their scores, the lowest score first
---@param limit integer at most 1000
---@return string[] names by score, at most limit of them
local function merge_by_score(first, second, limit)
  local names = {}
  local first_index, second_index = 1, 1
  -- at most 1000 items
  for position = 1, math.min(limit, (#first + #second) / 2) do
    local first_score, second_score = tonumber(first[first_index + 1]), tonumber(second[second_index + 1])
    if first_score and (not second_score or first_score <= second_score) then
      names[position] = first[first_index]
      first_index = first_index + 2
    else
      names[position] = second[second_index]
      second_index = second_index + 2
    end
  end
  return names
end

return merge_by_score
