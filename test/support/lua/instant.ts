import { createHash } from "node:crypto";
import type { Script } from "../../../src/client/index.js";

/**
 * The script with Lua before it that stops the clock: `now` is the instant of the call in
 * milliseconds, and the script itself reads the same. What `given` writes with `now` ends at the
 * very instant at which the script looks. On Redis 7.0 the clock goes on during a script.
 */
export function startingWith<Args, Reply>(script: Script<Args, Reply>, given: string): Script<Args, Reply> {
  const start = `local clock = redis.call("TIME")
do
  local now = string.format("%.0f", tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000))
  ${given}
end
local running_redis = redis
local redis = setmetatable({
  call = function(command, ...)
    if command == "TIME" then return clock end
    return running_redis.call(command, ...)
  end,
}, { __index = running_redis })
`;
  const [shebang = ""] = script.lua.split("\n", 1);
  const lua = `${shebang}\n${start}${script.lua.slice(shebang.length + 1)}`;
  return { ...script, lua, digest: createHash("sha1").update(lua).digest("hex") };
}
