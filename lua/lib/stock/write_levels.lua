--- Writes the levels that `moves` changes and other fields of the stock, in one command.
---
---@param stock key.stock
---@param fields table the other fields: name, value, name, value …; the function appends the levels
---@param levels warehouse_level[] at most 100
---@param moves integer[] the change of each level
local function write_levels(stock, fields, levels, moves)
  -- at most 100 warehouses
  for position, level in ipairs(levels) do
    if moves[position] ~= 0 then
      fields[#fields + 1] = "level:" .. level.warehouse
      fields[#fields + 1] = level.quantity + moves[position]
    end
  end
  -- at most 204 values
  redis.call("HSET", stock, unpack(fields))
end

return write_levels
