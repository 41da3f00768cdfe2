import { createHash } from "node:crypto";
import type { Script } from "../../../src/client/index.js";

interface CountArgs {
  readonly counter: string;
  readonly operation: string;
}

// Without `#!lua`, Redis lets the script begin anywhere, and refuses its first write.
const lua = `if redis.call("HSETNX", KEYS[1], ARGV[1], 1) == 1 then
  return redis.call("HINCRBY", KEYS[1], "total", 1)
end
return tonumber(redis.call("HGET", KEYS[1], "total"))`;

/** A script of a user: it counts each operation once, and returns the total. */
export const countOnce: Script<CountArgs, number> = {
  name: "count.once",
  version: "1.0.0",
  lua,
  digest: createHash("sha1").update(lua).digest("hex"),
  writes: true,
  resend: "safe",
  keyPatterns: ["<namespace>:{<tenant>:<counter>}:count"],
  lines: {},
  encode: ({ namespace, tenant }, { counter, operation }) => ({
    keys: [`${namespace}:{${tenant}:${counter}}:count`],
    args: [operation],
  }),
  decode: Number,
};
