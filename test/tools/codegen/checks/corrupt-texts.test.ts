import { expect, test } from "vitest";
import { corruptTexts } from "../../../../tools/codegen/src/analysis/corrupt-texts.js";
import { Problems } from "../../../../tools/codegen/src/parse/problem.js";
import { type Module, readModule } from "../../../../tools/codegen/src/parse/source/module.js";
import { isProblem, parseSource } from "../../../../tools/codegen/src/parse/source/source.js";

test("a text that is handed to corrupt is found", () => {
  expect(texts("local function read(stock)\n  corrupt('total')\nend")).toEqual(["total"]);
});

test("a text in an error is found", () => {
  const read =
    'local function read(stock)\n  if stock then\n    error({ err = "CORRUPT total" })\n  end\nend';
  expect(texts(read)).toEqual(["total"]);
  expect(texts('local function read(stock)\n  return { err = "CORRUPT held" }\nend')).toEqual(["held"]);
  expect(texts('local function read(stock)\n  error({ err = "ARGUMENT stock.read held" })\nend')).toEqual([]);
});

test("a text that an error gets from a parameter is found where it is written", () => {
  const number = 'local function stored_integer(value, what)\n  error({ err = "CORRUPT " .. what })\nend';
  const read = 'local function read(stock)\n  stored_integer(stock, "total")\nend';
  expect(texts(number, read)).toEqual(["total"]);
  const computed = 'local function read(stock)\n  error({ err = "CORRUPT " .. stock .. "s" })\nend';
  expect(texts(computed)).toEqual([undefined]);
  expect(texts('local function read(stock)\n  error({ err = "CORRUPT sale " .. stock })\nend')).toEqual([
    undefined,
  ]);
});

test("a text that goes through the parameters of two functions is found where it is written", () => {
  const number = "local function stored_integer(value, what)\n  corrupt(what, 2)\nend";
  const level = "local function stored_level(value, name)\n  stored_integer(value, name)\nend";
  const read = 'local function read(stock)\n  stored_level(stock, "level of a warehouse")\nend';
  expect(texts(number, level, read)).toEqual(["level of a warehouse"]);
});

test("a text inside of another call or of a loop is found", () => {
  const read = 'local function read(stock)\n  for _ = 1, 2 do\n    print(corrupt("held"))\n  end\nend';
  expect(texts(read)).toEqual(["held"]);
});

test("a text that is not a constant is told", () => {
  expect(texts('local function read(stock)\n  corrupt("sale " .. stock)\nend')).toEqual([undefined]);
});

test("texts of other functions are not meant", () => {
  expect(texts('local function read(stock)\n  refuse("total")\nend')).toEqual([]);
});

function texts(...functions: readonly string[]): (string | undefined)[] {
  return corruptTexts(functions.map(moduleOf)).map(({ what }) => what);
}

function moduleOf(lua: string): Module {
  const name = /function (\w+)/.exec(lua)?.[1] ?? "";
  const source = parseSource(`lib/${name}.lua`, `--- Does something.\n${lua}\n\nreturn ${name}\n`);
  if (isProblem(source)) throw new Error(source.message);
  const module = readModule(source, new Problems());
  if (module === undefined) throw new Error(`${name} is not a module`);
  return module;
}
