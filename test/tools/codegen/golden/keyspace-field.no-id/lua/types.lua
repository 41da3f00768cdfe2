---@meta

--- Yes or no.
---@alias flag boolean
