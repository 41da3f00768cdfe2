import { ArgumentError, type ErrorFacts } from "./errors.js";
import { printable } from "./printable.js";

/** All names of an options type. The compiler finds a missing one and one too many. */
export type OptionNames<Options> = Readonly<Record<keyof Options, true>>;

/** An error shows no more of an unknown name. */
const MAX_NAME_LENGTH = 100;

/**
 * Refuses an option that does not exist, such as a misspelled one, which would have no effect. An
 * instance of a class may have other fields, for its own methods.
 *
 * @param path the place of the options in those of the caller, such as `jobs[0]`
 * @throws ArgumentError names the unknown option and the known one with the most similar name
 */
export function refuseUnknownOptions<Options extends object>(
  options: Options,
  known: OptionNames<Options>,
  path?: string,
  facts?: ErrorFacts,
): void {
  if (!isPlain(options)) return;
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(known, name)) continue;
    const shown = printable(name, MAX_NAME_LENGTH);
    const argument = path === undefined ? shown : `${path}.${shown}`;
    throw new ArgumentError(argument, expectedInstead(shown, Object.keys(known)), facts);
  }
}

/** A plain object may come from another realm, so its prototype is not compared. */
function isPlain(options: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(options);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function expectedInstead(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  const isSimilar = nearest !== undefined && nearest.distance <= nearest.name.length / 2;
  const hint = isSimilar ? `the nearest is ${nearest.name}` : `those that do are ${known.join(", ")}`;
  return `this option does not exist; ${hint}`;
}

/** The known name with the fewest different letters. Upper and lower case are the same. */
export function nearestName(
  name: string,
  known: readonly string[],
): { readonly name: string; readonly distance: number } | undefined {
  const distances = known.map((other) => ({
    name: other,
    distance: editDistance(name.toLowerCase(), other.toLowerCase()),
  }));
  return distances.sort((one, another) => one.distance - another.distance)[0];
}

/** Levenshtein distance: the inserted, removed and replaced characters between two texts. */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let line = 1; line <= one.length; line++) {
    const next = [line];
    for (let column = 1; column <= other.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (one[line - 1] === other[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
