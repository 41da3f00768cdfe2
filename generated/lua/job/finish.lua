#!lua flags=allow-oom
-- job.finish 1.0.0. Generated from lua/job/finish.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/raise.lua:
--- Ends the script with an error that names a line of the script. Call it before the first write.
local function raise(code, what, level)
  -- Clients expect the code as the first word of an error. Redis puts ERR in front of an error that
  -- is a text, so this error must be a table. For a table, Redis names the line of error() itself,
  -- which is always the line below. Lua adds the line at `level`, but only to a text. So the first
  -- error() is caught and only returns this position, "user_script:<line>: ". The second error()
  -- ends the script.
  local _, position = pcall(error, "", level + 2)
  error({ err = code .. " " .. what .. " at " .. string.gsub(position, ": $", "") })
end

-- From lua/lib/corrupt.lua:
--- Ends the script with the error CORRUPT: a stored value does not have the form that the keyspace
--- declares.
local function corrupt(what, level)
  raise("CORRUPT", what, (level or 1) + 1)
end

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/job/finish.lua:
--- Records how a run of a job ended.
local function finish(job, run, state, note)
  local stored = redis.call("HMGET", job, "run", "state")
  local stored_state = stored[2]
  if stored[1] ~= run then
    return "stale"
  end
  if stored_state == "done" or stored_state == "failed" then
    return "finished"
  elseif stored_state ~= "running" then
    corrupt("state")
  end
  redis.call("HSET", job, "state", state, "ended", now_ms())
  if note then
    redis.call("HSET", job, "note", note)
  end
  return "finished"
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT job.finish " .. argument .. ": expected " .. expected })
end

local function wrapper_read_text(argument, text, min_bytes, max_bytes, forbidden, expected)
  if #text < min_bytes or #text > max_bytes then
    wrapper_refuse(argument, string.format("%.0f to %.0f bytes", min_bytes, max_bytes))
  end
  if forbidden and string.find(text, forbidden) then
    wrapper_refuse(argument, expected)
  end
  return text
end

local function wrapper_read_choice(argument, text, choices)
  if not choices[text] then
    wrapper_refuse(argument, "one of its choices")
  end
  return text
end

local function wrapper_read_optional(text, read)
  if text == "" then
    return nil
  end
  return read(text)
end

if #KEYS ~= 1 or #ARGV ~= 3 then
  return redis.error_reply("ARGUMENT job.finish expected 1 key and 3 arguments")
end
local arg_run = wrapper_read_text("run", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local arg_state = wrapper_read_choice("state", ARGV[2], { ["done"] = true, ["failed"] = true })
local arg_note = wrapper_read_optional(ARGV[3], function(text)
  return wrapper_read_text("note", text, 1, 1000)
end)
local reply_outcome = finish(KEYS[1], arg_run, arg_state, arg_note)
return { reply_outcome }
