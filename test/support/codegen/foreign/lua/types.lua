---@meta

--- Names one thing: a caller, a board, a player.
---@alias id string
---@range 1..64
---@charset key

--- How many of something.
---@alias count integer
---@range 0..1000000

--- Points of a game.
---@alias points integer
---@range 0..1000000000
---@unit points

--- A span of time.
---@alias ms integer
---@range 1..86400000
---@unit milliseconds

--- How many entries to give back.
---@alias page integer
---@range 1..100

--- A player's place on a board.
---@class entry
---@field player id
---@field best points
