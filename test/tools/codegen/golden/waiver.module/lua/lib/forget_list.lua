--- Forgets the shop's own list.
local function forget_list()
  -- moonpath-allow keys/undeclared: the list is older than this package, and on one node
  redis.call("DEL", "golden:labels")
end

return forget_list
