import * as v from "../domain/value.js";
import { mayBeOther, recordFailure, recordOperandFailure } from "../interpreter/failures.js";
import { type BuiltinCall, valueAt } from "../interpreter/interpreter.js";
import { isPattern } from "../syntax/pattern-validity.js";

const TEXT = ["text", "number"] as const;
const NUMBER = ["number", "digits"] as const;
/** A longer text than this may be more than there is memory. */
const MAX_REPEATS = 1_000_000;

/** What fails of anything that it is given, or of data that nobody knows. */
const ALWAYS: ReadonlySet<string> = new Set([
  "cjson.decode",
  "cmsgpack.unpack",
  "struct.pack",
  "struct.size",
  "struct.unpack",
]);

const OF_TABLES: ReadonlySet<string> = new Set(["ipairs", "pairs", "next", "unpack", "ipairs()", "pairs()"]);

/** Notes a call of one of Redis's own functions that may fail of what it is given. */
export function recordArgumentFailures(made: BuiltinCall): void {
  const { name, given } = made;
  const { state } = given;
  const first = valueAt(given, 0);
  const none = given.values.length === 0;
  if (ALWAYS.has(name)) recordFailure(name, made, state, "operand");
  else if (OF_TABLES.has(name)) recordOperandFailure(name, first, made, state, "table");
  else if (name.startsWith("string.")) checkStringArguments(made);
  else if (name.startsWith("table.")) checkTableArguments(made);
  else if (name.startsWith("math.") || name.startsWith("bit.")) {
    if (none) recordFailure(name, made, state, "operand");
    for (const value of all(made)) recordOperandFailure(name, value, made, state, ...NUMBER);
  } else if (name === "redis.sha1hex") recordOperandFailure(name, first, made, state, ...TEXT);
  else if (name === "cjson.encode") {
    if (!isJsonEncodable(first, made, 0)) recordFailure(name, made, state, "operand");
  } else if (name === "tonumber" && given.values.length > 1) {
    recordOperandFailure(name, first, made, state, ...TEXT);
    recordOperandFailure(name, valueAt(given, 1), made, state, ...NUMBER);
  } else if (name === "select") {
    const counts = first.text?.literals?.has("#") === true && v.isOnlyText(first);
    const at = v.isOnlyNumber(first) ? first.number : undefined;
    if (!counts && !(at !== undefined && at.min >= 1)) recordFailure(name, made, state, "operand");
  } else if (none && ["tonumber", "tostring", "type"].includes(name))
    recordFailure(name, made, state, "operand");
}

function all({ given }: BuiltinCall): readonly v.AbstractValue[] {
  return given.rest === undefined ? given.values : [...given.values, given.rest];
}

/**
 * Whether JSON can say it: texts, flags, numbers, and tables of those without keys that only data
 * knows.
 */
function isJsonEncodable(value: v.AbstractValue, made: BuiltinCall, depth: number): boolean {
  if (
    value.unknown ||
    value.functions.size + value.libraries.size > 0 ||
    value.number?.mayBeNonFinite === true
  )
    return false;
  return [...value.tables].every((id) => {
    const table = made.given.state.tables.get(id);
    if (table === undefined || depth > 8 || !v.isBottom(table.dynamicKeys)) return false;
    return [table.element, ...table.fields.values()].every((one) => isJsonEncodable(one, made, depth + 1));
  });
}

function checkStringArguments(made: BuiltinCall): void {
  const { name, given } = made;
  const { state } = given;
  const [first, second, third] = [valueAt(given, 0), valueAt(given, 1), valueAt(given, 2)];
  const fail = (): void => recordFailure(name, made, state, "operand");
  if (name === "string.char") {
    const fits = all(made).every(
      (one) =>
        v.isOnlyNumber(one) && one.number !== undefined && one.number.min >= 0 && one.number.max <= 255,
    );
    if (!fits) fail();
    return;
  }
  recordOperandFailure(name, first, made, state, ...TEXT);
  if (["string.find", "string.match", "string.gmatch", "string.gsub"].includes(name)) {
    const patterns = v.isOnlyText(second) ? second.text?.literals : undefined;
    if (patterns === undefined || ![...patterns].every(isPattern)) fail();
  }
  if (name === "string.gsub") {
    // A replacement may say %1 where the pattern captures nothing, and a function may give what is
    // no text.
    const literals = v.isOnlyText(third) ? third.text?.literals : undefined;
    if (literals === undefined || [...literals].some((one) => /%[1-9]/.test(one))) fail();
  }
  if (
    name === "string.rep" &&
    ((v.isOnlyNumber(second) ? second.number?.max : undefined) ?? Infinity) > MAX_REPEATS
  )
    fail();
  if (name === "string.sub") recordOperandFailure(name, second, made, state, ...NUMBER);
  if (name === "string.byte" || name === "string.sub")
    for (const value of given.values.slice(1)) recordOperandFailure(name, value, made, state, ...NUMBER);
  if (name === "string.format") checkFormatArguments(made, fail);
}

/** Each directive has a value of its kind. */
function checkFormatArguments({ given }: BuiltinCall, fail: () => void): void {
  const formats = v.isOnlyText(valueAt(given, 0)) ? valueAt(given, 0).text?.literals : undefined;
  const [format, ...others] = formats ?? [];
  if (format === undefined || others.length > 0) {
    fail();
    return;
  }
  const plain = format.replaceAll("%%", "");
  const directives = [...plain.matchAll(/%[-+ #0]{0,5}\d{0,2}(?:\.\d{0,2})?([cdiouxXeEfgGqs])/g)];
  if (directives.length !== plain.split("%").length - 1) {
    fail();
    return;
  }
  directives.forEach(([, kind], at) => {
    const parts = kind === "s" || kind === "q" ? TEXT : NUMBER;
    if (mayBeOther(valueAt(given, at + 1), ...parts)) fail();
  });
}

function checkTableArguments(made: BuiltinCall): void {
  const { name, given } = made;
  const { state } = given;
  const list = valueAt(given, 0);
  recordOperandFailure(name, list, made, state, "table");
  const elements = [...list.tables].flatMap((id) => state.tables.get(id)?.element ?? []);
  const mixed = v.joinAll(elements);
  switch (name) {
    case "table.insert":
      if (given.rest !== undefined || given.values.length < 2 || given.values.length > 3)
        recordFailure(name, made, state, "operand");
      if (given.values.length === 3) recordOperandFailure(name, valueAt(given, 1), made, state, ...NUMBER);
      return;
    case "table.concat":
      recordOperandFailure(name, mixed, made, state, ...TEXT);
      if (given.values.length > 2) recordFailure(name, made, state, "operand");
      return;
    case "table.sort":
      // An order that contradicts itself is an error too.
      if (given.values.length > 1 || mayBeOther(mixed, "number", "text"))
        recordFailure(name, made, state, "operand");
      else if (mixed.number !== undefined && !v.isOnlyNumber(mixed))
        recordFailure(name, made, state, "operand");
      return;
  }
}
