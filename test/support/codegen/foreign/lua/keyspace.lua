---@meta

--- What a caller has used up of the window that runs.
---@alias key.window string
---@pattern <namespace>:{<tenant>:<caller>}:window
---@holds string
---@ttl window_ms of limit.take
---@owner limit
---@corrupt window: look GET {window}; repair DEL {window}; delete {window}

--- Players by their best score.
---@alias key.board string
---@pattern <namespace>:{<tenant>:<board>}:board
---@holds zset
---@ttl none
---@owner board
---@corrupt board: look ZRANGE {board} 0 -1 WITHSCORES; repair ZREM {board} <player>; delete {board}
---@corrupt score: look ZRANGE {board} 0 -1 WITHSCORES; repair ZREM {board} <player>; delete {board}
