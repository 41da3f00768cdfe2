--- Adds one more reservation to those that held_reservations has prepared. Of two texts of the same
--- reservation, the last one counts.
---
---@param names string[]
---@param texts string[]
---@param forget_times string[]
---@param reservation string
---@param text string
---@param forget_at string
local function add_closed(names, texts, forget_times, reservation, text, forget_at)
  names[#names + 1] = reservation
  texts[#texts + 1] = reservation
  texts[#texts + 1] = text
  forget_times[#forget_times + 1] = forget_at
  forget_times[#forget_times + 1] = reservation
end

return add_closed
