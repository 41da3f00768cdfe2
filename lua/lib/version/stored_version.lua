local stored_integer = require("lib.stored_integer")

--- Reads a version with its writers.
---
---@param version string
---@param writer string
---@param now integer in milliseconds
---@return string|nil token
---@return integer number the highest one known of the database; 0 if none is known
---@return boolean is_sole the writer is the only one since it began
---@return integer others how many other writers have not ended
---@return integer others_end_ms the end of the last of them
---@return string[] ended the fields of other writers whose time is over
local function stored_version(version, writer, now)
  -- The fields of 64 writers, `token`, `number`, `sole` and `until`.
  local MAX_FIELDS = 68
  -- The upper bound of the type epoch_ms.
  local MAX_EPOCH_MS = 8640000000000000
  -- The upper bound of the type write_number.
  local MAX_NUMBER = 9000000000000000
  if redis.call("HLEN", version) > MAX_FIELDS then
    error({ err = "CORRUPT version" })
  end
  local fields = redis.call("HGETALL", version)
  local token, number, sole, others, others_end_ms = nil, 0, nil, 0, now
  local own, ended = "writer:" .. writer, {}
  -- at most 68 fields
  for at = 1, #fields, 2 do
    local name, value = fields[at], fields[at + 1]
    if name == "token" then
      token = value
    elseif name == "sole" then
      sole = value
    elseif name == "number" then
      number = stored_integer(value, "version", 0, MAX_NUMBER) or 0
    elseif name ~= "until" and name ~= own then
      local ends_ms = stored_integer(value, "version", 0, MAX_EPOCH_MS) or 0
      if ends_ms <= now then
        ended[#ended + 1] = name
      else
        others = others + 1
        others_end_ms = math.max(others_end_ms, ends_ms)
      end
    end
  end
  return token, number, sole == writer, others, others_end_ms, ended
end

return stored_version
