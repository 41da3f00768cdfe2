import type { Problem } from "../parse/problem.js";
import { type Checked, violation } from "./input.js";

const WRAPPER = "declare a parameter of the script; the generated wrapper reads KEYS and ARGV";
const NO_LOADING = "write the code in the script, or move it into a module in lib/";

/** Fixes by the name of the global. */
const FIXES: Readonly<Record<string, string>> = {
  KEYS: WRAPPER,
  ARGV: WRAPPER,
  os: 'use require("lib.now_ms"), because all clients share Redis\'s clock',
  io: "remove it: a script accesses only Redis",
  print: "return the value",
  "math.random": "pass the random value as an argument: a script must be deterministic",
  "math.randomseed": "pass the random value as an argument: a script must be deterministic",
  load: NO_LOADING,
  loadstring: NO_LOADING,
  loadfile: NO_LOADING,
  dofile: NO_LOADING,
  _G: "use locals: Redis protects a script's globals",
  getfenv: "use locals: Redis protects a script's globals",
  setfenv: "use locals: Redis protects a script's globals",
  getmetatable: "use plain tables: the checks cannot follow metatables",
  setmetatable: "use plain tables: the checks cannot follow metatables",
  rawget: "use plain tables: the checks cannot follow metatables",
  rawset: "use plain tables: the checks cannot follow metatables",
  coroutine: "write it as a loop with a limit",
  collectgarbage: "remove it: Redis collects garbage",
};

/** Scripts keep to locals and to what every Redis gives them; modules are required at the top. */
export function checkGlobals({ facts }: Checked): readonly Problem[] {
  const problems: Problem[] = [];
  for (const { range, name, written } of facts.recorder.globals.values()) {
    const message = written
      ? `the script sets the global \`${name}\``
      : `scripts cannot use the global \`${name}\``;
    problems.push(violation("globals/undeclared", range, message, FIXES[name]));
  }
  for (const { range } of facts.recorder.unknownCalls.values()) {
    problems.push(violation("calls/unknown", range, "the called function is unknown"));
  }
  for (const { range, why } of facts.recorder.requires.values()) {
    if (why === "place") problems.push(violation("module/place", range, "the require is inside a function"));
  }
  return problems;
}
