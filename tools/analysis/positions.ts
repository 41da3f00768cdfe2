import type { Command, KeySpec } from "../commands/table.js";
import type { Values } from "./machine.js";
import type { Value } from "./value.js";

/** Where the keys of one call stand: positions among its arguments, of which 0 is the command's name. */
export interface KeyPositions {
  readonly keys: readonly { readonly position: number; readonly spec: KeySpec }[];
  /** Why some cannot be told. */
  readonly unclear: string | undefined;
}

/** A text or number that is known exactly, as text. */
function constantOf(value: Value | undefined): string | undefined {
  if (value === undefined || value.unknown || value.nil || value.keys.size > 0) return undefined;
  const { number, text } = value;
  if (number !== undefined && text === undefined && number.least === number.greatest)
    return `${number.least}`;
  const [literal, ...others] = text?.literals ?? [];
  return number === undefined && others.length === 0 ? literal : undefined;
}

function findWord(given: Values, word: string, from: number): number {
  const start = from < 0 ? 1 : from;
  for (let at = start; at < given.values.length; at++) {
    if (constantOf(given.values[at])?.toUpperCase() === word) return at;
  }
  return -1;
}

/** The keys of a call of `command` with these arguments. */
export function keyPositions(command: Command, given: Values): KeyPositions {
  const keys: { position: number; spec: KeySpec }[] = [];
  let unclear: string | undefined;
  for (const spec of command.keys) {
    if (spec.does.includes("not_key")) continue;
    const { begin, find } = spec;
    if ("unknown" in begin || "unknown" in find) continue;
    const at = "at" in begin ? begin.at : findWord(given, begin.word, begin.from) + 1;
    if (at === 0) continue;
    const found = "countAt" in find ? counted(given, at, find) : ranged(given, at, find);
    if (found === undefined) {
      unclear = `how many keys \`${command.name}\` takes is no literal number`;
      continue;
    }
    keys.push(...found.map((position) => ({ position, spec })));
  }
  if (command.name === "SORT" || command.name === "SORT_RO") return sorted(command, given, keys);
  return { keys, unclear };
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
  for (let position = at; position <= last && position < total; position += find.step) found.push(position);
  // What comes out of an unpack may stand at any of the places that follow.
  if (given.rest !== undefined && find.last < 0 && !found.includes(total - 1) && total - 1 >= at)
    found.push(total - 1);
  return found;
}

function counted(
  given: Values,
  at: number,
  find: { countAt: number; first: number; step: number },
): readonly number[] | undefined {
  const count = Number(constantOf(given.values[at + find.countAt]) ?? Number.NaN);
  if (!Number.isInteger(count)) return undefined;
  return Array.from({ length: count }, (_, nth) => at + find.first + nth * find.step);
}

/** The places of SORT's further keys that the server itself does not tell. */
function sorted(command: Command, given: Values, keys: KeyPositions["keys"]): KeyPositions {
  const store = findWord(given, "STORE", 2);
  const overwrite = command.keys.find((spec) => spec.access === "OW");
  const stored = store > 0 && overwrite !== undefined ? [{ position: store + 1, spec: overwrite }] : [];
  const by = findWord(given, "BY", 2);
  const foreign =
    (by > 0 && constantOf(given.values[by + 1])?.includes("*") !== false) ||
    given.values.some(
      (_, at) => at > 1 && findWord(given, "GET", at) === at && constantOf(given.values[at + 1]) !== "#",
    );
  return {
    keys: [...keys, ...stored],
    unclear: foreign ? `\`${command.name}\` with BY or GET reads keys that are named by data` : undefined,
  };
}
