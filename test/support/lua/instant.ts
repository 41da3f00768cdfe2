import { createHash } from "node:crypto";
import type { Script } from "../../../src/client/index.js";

/**
 * The script with Lua before it that knows the instant of the call: `now`, in milliseconds by
 * Redis's clock. What it writes with `now` ends at the very instant at which the script looks.
 */
export function startingWith<Args, Reply>(script: Script<Args, Reply>, given: string): Script<Args, Reply> {
  // The script itself reads the clock some microseconds later: a call late in a millisecond waits
  // for the next.
  const start = `do
  local now
  for _ = 1, 1000000 do
    local clock = redis.call("TIME")
    now = string.format("%.0f", tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000))
    if tonumber(clock[2]) % 1000 < 500 then break end
  end
  ${given}
end
`;
  const [shebang = ""] = script.lua.split("\n", 1);
  const lua = `${shebang}\n${start}${script.lua.slice(shebang.length + 1)}`;
  return { ...script, lua, digest: createHash("sha1").update(lua).digest("hex") };
}
