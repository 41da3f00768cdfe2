import { describe, expect, test } from "vitest";
import { expectGood, problemsOf, type Snippet } from "../../../support/codegen/snippet.js";

const params = ["set key.set write", "name id", "limit limit"];

/**
 * Proves the type of `set` first and uses every parameter, so that only the lines between are in
 * question.
 */
function script(lines: string): Snippet {
  return {
    params,
    body: `redis.call("SCARD", set)\n${lines}\nredis.call("SADD", set, name, limit)\nreturn "done"`,
  };
}

function rulesOf(lines: string): string[] {
  return [...new Set(problemsOf(script(lines)).map((problem) => problem.split(" ")[0] ?? ""))];
}

const WRITE = 'redis.call("SADD", "foreign", 1)';

/** Each reaches a key that is not declared, in its own way; the rule that says so. */
const HIDDEN: Readonly<Record<string, readonly [rule: string, lines: string]>> = {
  "a literal that may be nil": [
    "keys/undeclared",
    `local modes = { x = "a" }\nif modes[name] ~= "a" then\n  ${WRITE}\nend`,
  ],
  "a literal that may be nil, in a loop condition": [
    "keys/undeclared",
    `local modes = { x = "a" }\n-- at most 1 rounds\nwhile "a" ~= modes[name] do\n  ${WRITE}\n  break\nend`,
  ],
  "a variable that its comparison changes": [
    "keys/undeclared",
    `local key = set
local function other()
  key = "foreign"
  return set
end
if key == other() then
  redis.call("SADD", key, 1)
end`,
  ],
  "an iterator": [
    "keys/undeclared",
    `-- at most 1 rounds\nfor _ in\n  function()\n    ${WRITE}\n  end\ndo\n  break\nend`,
  ],
  "an iterator on one of two paths": [
    "keys/undeclared",
    `local function step()
  ${WRITE}
  return ipairs({})
end
-- at most 1 rounds
for _ in (limit > 500 and ipairs or step)({}) do
  break
end`,
  ],
  "the control value of an iterator": [
    "keys/undeclared",
    `local held = { set }
-- at most 3 rounds
for one in
  function(_, before)
    if before then
      before[1] = "foreign"
    end
    return held
  end
do
  redis.call("SADD", one[1], 1)
end`,
  ],
  "a handler of xpcall": [
    "keys/undeclared",
    `local fine = xpcall(function()\n  error("x")\nend, function()\n  ${WRITE}\nend)\nif fine then\n  return "done"\nend`,
  ],
  "a later local of the same name": [
    "keys/undeclared",
    'local key = "foreign"\nlocal function go()\n  redis.call("SADD", key, 1)\nend\nlocal key = set\ngo(key)',
  ],
  "a later local redis": [
    "keys/undeclared",
    `local function go()\n  ${WRITE}\nend\nlocal redis = {\n  call = function() end,\n}\ngo(redis.call())\nredis.call(set)`,
  ],
  "a closure of an earlier round": [
    "keys/undeclared",
    `local saved
local key = "foreign"
-- at most 2 rounds
for _ = 1, 2 do
  local mine = key
  saved = saved or function()
    redis.call("SADD", mine, 1)
  end
  if key == set then
    saved()
  end
  key = set
  redis.call("SADD", set, 1)
end`,
  ],
  "a closure over a parameter of an earlier call": [
    "keys/undeclared",
    `local saved
local key = "foreign"
local function go(mine)
  if saved then
    saved()
  end
  saved = saved or function()
    redis.call("SADD", mine, 1)
  end
end
-- at most 2 rounds
for _ = 1, 2 do
  go(key)
  key = set
  redis.call("SADD", set, 1)
end`,
  ],
  "a subcommand that is not a literal": [
    "commands/dynamic",
    'redis.call("XGROUP", string.upper("create"), "foreign", "g", "$", "MKSTREAM")',
  ],
  "a reading subcommand": ["commands/dynamic", 'redis.call("OBJECT", string.upper("encoding"), "foreign")'],
  "an administrator's subcommand": ["commands/dynamic", 'redis.call("CONFIG", string.upper("get"), "port")'],
  "a subcommand out of unpack": [
    "commands/dynamic",
    'redis.call("MEMORY", unpack(cjson.decode("[]"), 1, 2))',
  ],
  "a command on one of two paths": ["commands/dynamic", 'redis.call(limit > 3 and "SCARD" or name, set)'],
  "a word of SORT": ["keys/undeclared", 'redis.call("SORT", set, "ALPHA", string.upper("store"), "foreign")'],
  "a word of SORT out of unpack": [
    "keys/undeclared",
    'local words = { "ALPHA" }\nwords[limit] = "STORE"\nwords[3] = "foreign"\n-- at most 9 words\nredis.call("SORT", set, unpack(words))',
  ],
  "GET of SORT out of data": [
    "keys/undeclared",
    '-- at most 9 words\nredis.call("SORT_RO", set, unpack(cjson.decode(name)))',
  ],
  "a word of GEORADIUS": [
    "keys/undeclared",
    'redis.call("GEORADIUS", set, 1, 1, 1, "m", string.upper("store"), "foreign")',
  ],
  "a word of XREAD": ["keys/undeclared", 'redis.call("XREAD", string.upper("streams"), "foreign", "0")'],
  "a second key out of unpack": [
    "keys/undeclared",
    'local words = { set, "foreign", 1 }\nif limit > 3 then\n  words[4] = 1\nend\nredis.call("SMOVE", unpack(words))',
  ],
  "an alias through select": [
    "keys/undeclared",
    'local list = { set }\nlocal same = select(1, list)\nsame[1] = "foreign"\nredis.call("SADD", list[1], 1)',
  ],
  "an alias through `...`": [
    "keys/undeclared",
    'local function same(...)\n  return (...)\nend\nlocal list = { set }\nsame(list)[1] = "foreign"\nredis.call("SADD", list[1], 1)',
  ],
  "an alias through ipairs": [
    "keys/undeclared",
    'local list = { set }\nlocal _, same = ipairs(list)\nsame[1] = "foreign"\nredis.call("SADD", list[1], 1)',
  ],
  "an alias through next": [
    "keys/undeclared",
    'local list = { set }\nlocal _, same = next({ list })\nsame[1] = "foreign"\nredis.call("SADD", list[1], 1)',
  ],
  "an alias through decoded data": [
    "keys/undeclared",
    'local data, list = cjson.decode(name), { set }\ndata.x = list\ndata.x[1] = "foreign"\nredis.call("SADD", list[1], 1)',
  ],
  "an alias through a table's keys": [
    "keys/undeclared",
    'local list = { set }\n-- at most 1 rounds\nfor key in pairs({ [list] = true }) do\n  key[1] = "foreign"\nend\nredis.call("SADD", list[1], 1)',
  ],
  "an alias through an error": [
    "keys/undeclared",
    'local list = { set }\nlocal _, same = pcall(error, list)\nsame[1] = "foreign"\nredis.call("SADD", list[1], 1)',
  ],
  "table.sort": [
    "keys/undeclared",
    'local list = { set, "foreign" }\ntable.sort(list)\nredis.call("SADD", list[1], 1)',
  ],
  "table.insert at the first position": [
    "keys/undeclared",
    'local list = { "foreign" }\ntable.insert(list, 1, set)\nredis.call("SADD", list[2], 1)',
  ],
  "table.remove at the first position": [
    "keys/undeclared",
    'local list = { set, "foreign" }\ntable.remove(list, 1)\nredis.call("SADD", list[1], 1)',
  ],
  "a number's key before a position": [
    "keys/undeclared",
    'local list = { [1] = set, "foreign" }\nredis.call("SADD", list[1], 1)',
  ],
  "a key that is not a literal, after a literal": [
    "keys/undeclared",
    'local held = { a = set, [string.lower("A")] = "foreign" }\nredis.call("SADD", held.a, 1)',
  ],
  "a key that is not a literal, on one path": [
    "keys/undeclared",
    'local held = {}\nif limit > 3 then\n  held[string.lower("A")] = "foreign"\nelse\n  held.a = set\nend\nredis.call("SADD", held.a, 1)',
  ],
  'the text "[1]" and the number 1': [
    "keys/undeclared",
    'local held = {}\nheld[1] = "foreign"\nheld["[1]"] = set\nredis.call("SADD", held[1], 1)',
  ],
  "the second call of a replacing function": [
    "keys/undeclared",
    'local key = set\n-- at most 9 letters\nstring.gsub("ab", ".", function()\n  redis.call("SADD", key, 1)\n  key = "foreign"\nend)',
  ],
  "the second call of a comparison function": [
    "keys/undeclared",
    'local key = set\ntable.sort({ 3, 1, 2 }, function(one, other)\n  redis.call("SADD", key, 1)\n  key = "foreign"\n  return one < other\nend)',
  ],
  "a target that is looked at before any is set": [
    "keys/undeclared",
    'local list, at = { set, set }, 1\nat, list[at] = 2, "foreign"\nredis.call("SADD", list[1], 1)',
  ],
  "two values for one target": [
    "keys/undeclared",
    'local key\nkey, key = "foreign", set\nredis.call("SADD", key, 1)',
  ],
  "one of two libraries": [
    "keys/undeclared",
    'local tools = { string, { rep = redis.call } }\ntools[limit].rep("SADD", "foreign", 1)',
  ],
  "a method of a table or a library": [
    "commands/dynamic",
    'local tools = { string, { rep = redis.call } }\nlocal one = tools[limit]\none:rep("SADD", "foreign", 1)',
  ],
  "a member of redis that is not a literal": [
    "globals/undeclared",
    'redis[string.lower("CALL")]("SADD", "foreign", 1)',
  ],
  "an iteration over the members of redis": [
    "calls/unknown",
    '-- at most 40 members\nfor _, member in pairs(redis) do\n  member("SADD", "foreign", 1)\nend',
  ],
};

describe("the analysis", () => {
  test.each(Object.entries(HIDDEN))("detects %s", (_, [rule, lines]) => {
    expect(rulesOf(lines)).toContain(rule);
  });
});

describe("the analysis of valid scripts", () => {
  const good: Readonly<Record<string, string>> = {
    "a list that is sorted, and one that grows": `
local list = { set }
table.sort(list)
table.insert(list, 1, set)
redis.call("SADD", list[2] or set, 1)`,
    "an iterator of one's own": `
local left = limit
-- at most 1000 rounds
for round in
  function()
    left = left - 1
    return left > 0 and left or nil
  end
do
  redis.call("SISMEMBER", set, round)
end`,
    "words of a text": `
-- at most 100 words
for word in string.gmatch(name, "%a+") do
  redis.call("SISMEMBER", set, word)
end`,
    "closures of a loop, and of several arguments": `
local function each(...)
  return select("#", ...), (select(2, ...))
end
local count = each(set, name)
local last = {}
-- at most 2 rounds
for at = 1, 2 do
  last[at] = function()
    return redis.call("SISMEMBER", set, count + at)
  end
end
last[1]()`,
  };
  test.each(Object.entries(good))("accepts %s", (_, lines) => expectGood(script(lines)));

  test("refuses SORT itself and not its key", () => {
    expect(rulesOf('redis.call("SORT", set, "ALPHA", "LIMIT", 0, limit)')).toEqual(["commands/forbidden"]);
  });
});
