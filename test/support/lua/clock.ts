import { createHash } from "node:crypto";
import type { Script } from "../../../src/client/index.js";

/** The key that holds the clock of `withClock`, in milliseconds, for a script with this first key. */
export const clockKey = (firstKey: string) => `${firstKey}:clock`;

/**
 * The script with a clock that the test sets: `TIME` answers the milliseconds in `clockKey` of the
 * script's first key. So a test can go to any instant, also to the very one at which something ends.
 * It follows a fault that is planted in the script later.
 */
export function withClock<Args, Reply>(script: Script<Args, Reply>): Script<Args, Reply> {
  // Its many form has no such clock, so each call is sent by itself.
  const { many: _many, ...single } = script;
  return {
    ...single,
    get lua() {
      return onClock(script.lua);
    },
    get digest() {
      return createHash("sha1").update(this.lua).digest("hex");
    },
    get lines() {
      return script.lines;
    },
    get encode() {
      return script.encode;
    },
  };
}

const start = `local running_redis = redis
local redis = setmetatable({
  call = function(command, ...)
    if command == "TIME" then
      local now = tonumber(running_redis.call("GET", KEYS[1] .. ":clock"))
      return { string.format("%.0f", math.floor(now / 1000)), string.format("%.0f", now % 1000 * 1000) }
    end
    return running_redis.call(command, ...)
  end,
}, { __index = running_redis })
`;

function onClock(lua: string): string {
  const [shebang = ""] = lua.split("\n", 1);
  return `${shebang}\n${start}${lua.slice(shebang.length + 1)}`;
}
