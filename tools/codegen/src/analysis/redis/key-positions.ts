import type { Command, KeySpec } from "../../commands/table.js";
import { type AbstractValue, isOnlyNumber, isOnlyText } from "../domain/value.js";
import type { Values } from "../interpreter/interpreter.js";

/**
 * Where the keys of one call stand: positions among its arguments, of which 0 is the command's
 * name.
 */
export interface KeyPositions {
  readonly keys: readonly { readonly position: number; readonly spec: KeySpec }[];
  /** Why some cannot be told. */
  readonly unclearReason: string | undefined;
}

const MAX_KEYS = 1000;

/** A text or number that is known exactly, as text. */
export function constantOf(value: AbstractValue | undefined): string | undefined {
  if (value === undefined) return undefined;
  const { number, text } = value;
  if (number !== undefined && isOnlyNumber(value) && number.min === number.max) return `${number.min}`;
  const [literal, ...others] = text?.literals ?? [];
  return isOnlyText(value) && others.length === 0 ? literal : undefined;
}

/**
 * Whether it may be a text that is this word, in whatever case; what is a key's name is no word.
 */
export function mayBeWord(value: AbstractValue, word: string): boolean {
  const { text } = value;
  if (value.unknown) return true;
  if (text === undefined || text.integer) return false;
  return text.literals === undefined || [...text.literals].some((one) => one.toUpperCase() === word);
}

/** Where a word stands; `unclear`: it may, or it may not. */
function findWord(given: Values, word: string, from: number): number | "unclear" {
  for (let at = Math.max(from, 1); at < given.values.length; at++) {
    const value = given.values[at];
    if (constantOf(value)?.toUpperCase() === word) return at;
    if (value !== undefined && mayBeWord(value, word)) return "unclear";
  }
  return given.rest !== undefined && mayBeWord(given.rest, word) ? "unclear" : -1;
}

/** The keys of a call of `command` with these arguments. */
export function keyPositions(command: Command, given: Values): KeyPositions {
  const keys: { position: number; spec: KeySpec }[] = [];
  let unclearReason: string | undefined;
  for (const spec of command.keys) {
    if (spec.does.includes("not_key")) continue;
    const { begin, find } = spec;
    if ("unknown" in begin || "unknown" in find) continue;
    const word = "at" in begin ? begin.at - 1 : findWord(given, begin.word, begin.from);
    if (word === "unclear") {
      unclearReason = `a word of \`${command.name}\` that may name a key is not a literal`;
      continue;
    }
    const at = word + 1;
    if (at === 0) continue;
    const found = "countAt" in find ? counted(given, at, find) : ranged(given, at, find);
    if (found === undefined) {
      unclearReason = `how many keys \`${command.name}\` takes is not a literal number`;
      continue;
    }
    keys.push(...found.map((position) => ({ position, spec })));
  }
  if (command.name === "SORT" || command.name === "SORT_RO") return sortKeys(command, given, keys);
  const open = command.keys.some((spec) => "unknown" in spec.begin || "unknown" in spec.find);
  if (open) unclearReason = `the positions of the keys of \`${command.name}\` are unknown`;
  return { keys, unclearReason };
}

function ranged(
  given: Values,
  at: number,
  find: { last: number; step: number; part: number },
): readonly number[] {
  const total = given.values.length + (given.rest === undefined ? 0 : 1);
  let last = find.last >= 0 ? at + find.last : total + find.last;
  if (find.last < 0 && find.part > 1) last = at + Math.floor((last - at + 1) / find.part) - 1;
  const found: number[] = [];
  // What comes out of an unpack may stand at any of the positions that follow.
  const end = given.rest !== undefined && find.last >= 0 ? last : Math.min(last, total - 1);
  for (let position = at; position <= end; position += find.step) found.push(position);
  const further = Math.max(at, total - 1);
  if (given.rest !== undefined && find.last < 0 && !found.includes(further)) found.push(further);
  return found;
}

function counted(
  given: Values,
  at: number,
  find: { countAt: number; first: number; step: number },
): readonly number[] | undefined {
  const count = Number(constantOf(given.values[at + find.countAt]) ?? Number.NaN);
  if (!Number.isInteger(count) || count > MAX_KEYS) return undefined;
  return Array.from({ length: count }, (_, nth) => at + find.first + nth * find.step);
}

/** SORT's words, each with how many arguments belong to it. */
const SORT_WORDS: Readonly<Record<string, number>> = {
  ASC: 0,
  DESC: 0,
  ALPHA: 0,
  LIMIT: 2,
  BY: 1,
  GET: 1,
  STORE: 1,
};

/** The positions of SORT's further keys that the server itself does not tell. */
function sortKeys(command: Command, given: Values, found: KeyPositions["keys"]): KeyPositions {
  const keys = [...found];
  const overwrite = command.keys.find((spec) => spec.access === "OW");
  const hidden = `a word of \`${command.name}\` that may name a key is not a literal`;
  let unclearReason = given.rest === undefined ? undefined : hidden;
  for (let at = 2; at < given.values.length; at++) {
    const word = constantOf(given.values[at])?.toUpperCase();
    const further = word === undefined ? undefined : SORT_WORDS[word];
    if (further === undefined) return { keys, unclearReason: hidden };
    const argument = constantOf(given.values[at + 1]);
    if (word === "STORE" && overwrite !== undefined) keys.push({ position: at + 1, spec: overwrite });
    if ((word === "BY" && argument?.includes("*") !== false) || (word === "GET" && argument !== "#"))
      unclearReason = `\`${command.name}\` with BY or GET reads keys whose names come from data`;
    at += further;
  }
  return { keys, unclearReason };
}
