import { createHash } from "node:crypto";
import type { ManyForm, ManyScript } from "../../../src/client/index.js";
import { type AddArgs, add, type BumpArgs, bump, type ReadArgs, read } from "./fixtures.js";

/** The most calls of one run of these forms. */
export const LIMIT = 3;

function form(width: number, lua: string): ManyForm {
  return { limit: LIMIT, width, digest: createHash("sha1").update(lua).digest("hex"), lua, lines: {} };
}

/** Adds once per operation: safe to send twice. Its many form ignores errors of a call. */
const manyAdd: ManyScript<AddArgs, { outcome: "added" | "repeated"; total: number }> = {
  ...add,
  many: form(
    2,
    `#!lua flags=
local values, args = {}, cmsgpack.unpack(ARGV[1])
for index = 1, #KEYS do
  local key, operation, change = KEYS[index], args[2 * index - 1], args[2 * index]
  local outcome = "repeated"
  if redis.call("HSETNX", key, "operation:" .. operation, 1) == 1 then
    redis.call("HINCRBY", key, "total", change)
    outcome = "added"
  end
  values[2 * index - 1] = outcome
  values[2 * index] = tonumber(redis.call("HGET", key, "total"))
end
return { cmsgpack.pack(values) }
`,
  ),
};

/** Adds every time: must not be sent twice. */
const manyBump: ManyScript<BumpArgs, { total: number }> = {
  ...bump,
  many: form(
    1,
    `#!lua flags=
local values, args = {}, cmsgpack.unpack(ARGV[1])
for index = 1, #KEYS do
  values[index] = redis.call("HINCRBY", KEYS[index], "total", args[index])
end
return { cmsgpack.pack(values) }
`,
  ),
};

/** Its many form replies in another form than declared: with one reply too few. */
const manyShort: ManyScript<ReadArgs, { total: number }> = {
  ...read,
  many: form(
    1,
    "#!lua flags=no-writes\nlocal replies = {}\nfor index = 1, #KEYS - 1 do replies[index] = 1 end\nreturn { cmsgpack.pack(replies) }\n",
  ),
};

/** Scripts whose calls tests count. */
export const manyScripts = { tally: { add: manyAdd, bump: manyBump, read, short: manyShort } };
