import { createHash } from "node:crypto";

/** A script whose clock is given. Its last value of ARGV is the clock; see `clockOf`. */
export interface FrozenScript {
  readonly lua: string;
  readonly digest: string;
}

/**
 * Keys live longer by this. So no key ends while a history runs, unless `letPass` ends it: on a busy
 * machine, a key could otherwise end between the calls of the two forms.
 */
export const LONGER_MS = 86_400_000;

// The clock of a history is ahead of Redis's own one, with which Redis compares the end of a key's
// life. So an absolute end is moved back by what the history is ahead.
const PREFIX = `
local history_ahead_ms = tonumber(table.remove(ARGV))
local history_us = table.remove(ARGV)
local history_clock = { string.sub(history_us, 1, -7), string.format("%d", string.sub(history_us, -6)) }
local history_redis = redis
local history_longer_ms = ${LONGER_MS}
local history_added = {
  PX = history_longer_ms, PXAT = history_longer_ms - history_ahead_ms, EX = history_longer_ms / 1000,
  PEXPIRE = history_longer_ms, PEXPIREAT = history_longer_ms - history_ahead_ms, EXPIRE = history_longer_ms / 1000,
}
local history_removed = { PTTL = history_longer_ms, PEXPIRETIME = history_longer_ms - history_ahead_ms }
local function history_random_fields(run, key, limit)
  local all, names, chosen = run("HGETALL", key), {}, {}
  local values = {}
  for index = 1, #all, 2 do
    names[#names + 1] = all[index]
    values[all[index]] = all[index + 1]
  end
  table.sort(names)
  for index = 1, math.min(tonumber(limit), #names) do
    chosen[2 * index - 1], chosen[2 * index] = names[index], values[names[index]]
  end
  return chosen
end
local function history_call(run, command, ...)
  local name = string.upper(command)
  local given = { ... }
  if name == "TIME" then
    return history_clock
  elseif name == "HRANDFIELD" then
    return history_random_fields(run, given[1], given[2])
  end
  for index, value in ipairs(given) do
    local option = name == "SET" and index > 3 and string.upper(given[index - 1]) or index == 2 and name
    local added = option and history_added[option]
    if added and tonumber(value) then
      given[index] = string.format("%.0f", tonumber(value) + added)
    end
  end
  local reply = run(name, unpack(given))
  if history_removed[name] and reply >= 0 then
    return reply - history_removed[name]
  end
  return reply
end
local redis = setmetatable({
  call = function(...)
    return history_call(history_redis.call, ...)
  end,
  pcall = function(...)
    return history_call(history_redis.pcall, ...)
  end,
}, { __index = history_redis })
`;

/** Gives a script a clock that does not move. Two such scripts see the very same instant. */
export function frozen(lua: string): FrozenScript {
  const [shebang = ""] = lua.split("\n", 1);
  const text = `${shebang}${PREFIX}${lua.slice(shebang.length)}`;
  return { lua: text, digest: createHash("sha1").update(text).digest("hex") };
}

/** The two values to append to ARGV: the clock in microseconds, and how far it is ahead. */
export function clockOf(startMs: number, aheadMs: number): readonly string[] {
  return [`${startMs + aheadMs}000`, String(aheadMs)];
}
