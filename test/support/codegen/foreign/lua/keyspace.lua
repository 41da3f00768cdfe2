---@meta

--- What a caller has used up of the window that runs.
---@alias key.window string
---@pattern <namespace>:{<tenant>:<caller>}:window
---@holds string
---@ttl window_ms of limit.take
---@owner limit

--- Players by their best score.
---@alias key.board string
---@pattern <namespace>:{<tenant>:<board>}:board
---@holds zset
---@ttl none
---@owner board
