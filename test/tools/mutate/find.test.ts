import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { Problems } from "../../../tools/codegen/src/parse/problem.js";
import { type Module, readModule } from "../../../tools/codegen/src/parse/source/module.js";
import { isProblem, parseSource } from "../../../tools/codegen/src/parse/source/source.js";
import { ACCEPTED, staleIds } from "../../../tools/mutate/accepted.js";
import { effectsOf } from "../../../tools/mutate/find/effects.js";
import { mutantsOf } from "../../../tools/mutate/find/find.js";
import { applyMutant } from "../../../tools/mutate/find/mutant.js";
import { NAMED_GUARDS } from "../../../tools/mutate/named.js";
import { LuaSources } from "../../../tools/mutate/sources.js";

/**
 * A script with one of each: guards, operands, a type check, comparisons, writes, a call of a
 * module that writes.
 */
const SCRIPT = `local corrupt = require("lib.corrupt")
local note = require("lib.note")

--- Counts.
local function count(visits, seen, owner)
  local stored = redis.call("HMGET", visits, "owner", "count")
  -- Type check only.
  redis.call("GET", seen)
  if not stored[1] or stored[1] ~= owner then
    return "idle"
  end
  local number = tonumber(stored[2])
  if not number then
    corrupt("count")
  elseif number > 9 and owner ~= "root" then
    return "full"
  end
  redis.call(
    "HSET",
    visits,
    "owner",
    owner,
    "count",
    number + 1
  )
  redis.call("SET", seen, owner, "PX", 60000)
  note(seen)
  return "counted"
end

return count
`;

const CORRUPT = `--- Stops the script before it writes.
---
---@param what string
local function corrupt(what)
  error({ err = "CORRUPT " .. what })
end

return corrupt
`;

const NOTE = `--- Notes a key.
---
---@param seen key.seen
local function note(seen)
  redis.call("PEXPIRE", seen, 1)
end

return note
`;

function moduleOf(file: string, text: string): Module {
  const source = parseSource(file, text);
  if (isProblem(source)) throw new Error(source.message);
  const module = readModule(source, new Problems());
  if (module === undefined) throw new Error(`${file} is no module`);
  return module;
}

const modules = new Map([
  ["lib.corrupt", moduleOf("lib/corrupt.lua", CORRUPT)],
  ["lib.note", moduleOf("lib/note.lua", NOTE)],
]);
const effects = effectsOf(modules);

describe("mutants of a small script", () => {
  const mutants = mutantsOf(moduleOf("visits/count.lua", SCRIPT), effects);

  test("are each removed guard, swapped comparison and skipped write", () => {
    expect(mutants.map(({ kind, line, id }) => `${kind} ${line} ${id}`)).toEqual([
      'guard 8 visits/count.lua: redis.call("GET", seen) => do end',
      "guard 9 visits/count.lua: not stored[1] => false",
      "guard 9 visits/count.lua: not stored[1] or stored[1] ~= owner => false",
      "guard 9 visits/count.lua: stored[1] ~= owner => false",
      "comparison 9 visits/count.lua: stored[1] ~= owner => stored[1] == owner",
      "guard 13 visits/count.lua: not number => false",
      "guard 15 visits/count.lua: number > 9 => true",
      'guard 15 visits/count.lua: number > 9 and owner ~= "root" => false',
      "comparison 15 visits/count.lua: number > 9 => number >= 9",
      'guard 15 visits/count.lua: owner ~= "root" => true',
      'comparison 15 visits/count.lua: owner ~= "root" => owner == "root"',
      'write 18 visits/count.lua: redis.call( "HSET", visits, "owner", owner, "count", number + 1 ) => do end',
      'write 21 visits/count.lua: "owner", owner => nothing',
      'write 23 visits/count.lua: "count", number + 1 => nothing',
      'write 26 visits/count.lua: redis.call("SET", seen, owner, "PX", 60000) => do end',
      'write 26 visits/count.lua: "PX", 60000 => nothing',
      "write 27 visits/count.lua: note(seen) => do end",
    ]);
  });

  test("keep the number of lines", () => {
    for (const mutant of mutants) {
      const mutated = applyMutant(SCRIPT, mutant);
      expect(mutated).not.toBe(SCRIPT);
      expect(mutated.split("\n")).toHaveLength(SCRIPT.split("\n").length);
    }
  });

  test("are all valid Lua and all different", () => {
    const texts = mutants.map((mutant) => applyMutant(SCRIPT, mutant));
    expect(new Set(texts).size).toBe(mutants.length);
    for (const text of texts) expect(() => moduleOf("visits/count.lua", text)).not.toThrow();
  });
});

test("effectsOf finds the modules that raise an error and those that write", () => {
  expect(effects).toEqual({ raising: new Set(["lib.corrupt"]), writing: new Set(["lib.note"]) });
});

test("the lists of accepted and named mutants contain only existing mutants", {
  timeout: 60_000,
}, async () => {
  const { mutants } = await LuaSources.read(fileURLToPath(new URL("../../../lua", import.meta.url)));
  const ids = [...ACCEPTED, ...NAMED_GUARDS].map(({ id }) => id);
  expect(staleIds(ids, mutants)).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
  expect(NAMED_GUARDS).not.toHaveLength(0);
  expect(staleIds(["stock/adjust.lua: gone => false"], mutants)).toHaveLength(1);
});
