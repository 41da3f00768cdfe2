import type { Problem } from "../parse/problem.js";
import { type Checked, violation } from "./input.js";

const WRAPPER = "take it as a parameter of the script: the generated wrapper reads KEYS and ARGV";
const NO_LOADING = "write the code out, or put it into a module of lib/";

/** Fixes by the name of the global. */
const FIXES: Readonly<Record<string, string>> = {
  KEYS: WRAPPER,
  ARGV: WRAPPER,
  os: 'use require("lib.now_ms"): Redis\'s clock is the only one',
  io: "a script reads and writes Redis only",
  print: "a script answers by its return values",
  "math.random": "take the random part as a parameter: a script gives the same for the same",
  "math.randomseed": "take the random part as a parameter: a script gives the same for the same",
  load: NO_LOADING,
  loadstring: NO_LOADING,
  loadfile: NO_LOADING,
  dofile: NO_LOADING,
  _G: "use locals: a script's globals are closed",
  getfenv: "use locals: a script's globals are closed",
  setfenv: "use locals: a script's globals are closed",
  getmetatable: "use plain tables: no check sees through metatables",
  setmetatable: "use plain tables: no check sees through metatables",
  rawget: "use plain tables: no check sees through metatables",
  rawset: "use plain tables: no check sees through metatables",
  coroutine: "write it as a loop with a limit",
  collectgarbage: "leave the memory to Redis",
};

/** Scripts keep to locals and to what every Redis gives them; modules are required at the top. */
export function checkGlobals({ facts }: Checked): readonly Problem[] {
  const problems: Problem[] = [];
  for (const { range, name, written } of facts.recorder.globals.values()) {
    const message = written ? `\`${name}\` is set as a global` : `scripts do not use the global \`${name}\``;
    problems.push(violation("globals/undeclared", range, message, FIXES[name]));
  }
  for (const { range } of facts.recorder.unknownCalls.values()) {
    problems.push(violation("calls/unknown", range, "the called function is unknown"));
  }
  for (const { range, why } of facts.recorder.requires.values()) {
    if (why === "place") problems.push(violation("module/place", range, "a function requires a module"));
  }
  return problems;
}
