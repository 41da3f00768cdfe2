import { membersOf } from "./list.js";

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+/;
const WHOLE_TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const QUOTED = /^"(?:[^"\\]|\\.)*"$/;
const DIGITS = /^\d+$/;

function areNames(names: readonly string[]): boolean {
  return names.length > 0 && names.every((name) => WHOLE_TOKEN.test(name));
}

/** Larger times count as this one (RFC 9111, section 1.2.2). */
const MAX_SECONDS = 2 ** 31;

/** The value of a directive that has no valid one. Such a `max-age` is stale at once. */
const INVALID = "\0";

/** The directives of a `Cache-Control` field, or of a targeted one. */
export class Directives {
  readonly #values: ReadonlyMap<string, string | true>;

  constructor(values: ReadonlyMap<string, string | true>) {
    this.#values = values;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** Whether the directive is there without an argument: it is about the whole response. */
  hasWhole(name: string): boolean {
    return this.#values.get(name) === true;
  }

  /**
   * Whether `no-cache` is there without a list of field names. An argument that is none does not
   * weaken it.
   */
  get isNoCache(): boolean {
    return this.has("no-cache") && (this.hasWhole("no-cache") || !areNames(this.namesOf("no-cache")));
  }

  /** The field names of a directive such as `no-cache="set-cookie"`, in lower case. */
  namesOf(name: string): readonly string[] {
    const value = this.#values.get(name);
    return typeof value === "string" ? membersOf(value.toLowerCase()) : [];
  }

  /** A directive's seconds; undefined if there is none, or if they are no whole number. */
  seconds(name: string): number | undefined {
    const value = this.#values.get(name);
    return typeof value === "string" && DIGITS.test(value) ? Math.min(Number(value), MAX_SECONDS) : undefined;
  }
}

export const NO_DIRECTIVES = new Directives(new Map());

const RESTRICTIONS = new Set(["no-cache", "no-store", "private", "must-revalidate", "proxy-revalidate"]);

/**
 * Reads `Cache-Control`. Names have no case, the first of equal ones counts, and unknown forms are skipped.
 */
export function directivesOf(text: string | undefined): Directives {
  if (text === undefined) return NO_DIRECTIVES;
  const values = new Map<string, string | true>();
  for (const member of membersOf(text)) {
    const token = TOKEN.exec(member)?.[0];
    if (token === undefined) continue;
    const name = token.toLowerCase();
    // A restriction counts also if what follows cannot be read, as in `no-store; max-age=0`.
    const value = argumentOf(member.slice(token.length)) ?? (RESTRICTIONS.has(name) ? true : undefined);
    if (value !== undefined && !values.has(name)) values.set(name, value);
  }
  return new Directives(values);
}

function argumentOf(rest: string): string | true | undefined {
  if (rest === "") return true;
  if (rest[0] !== "=") return undefined;
  const value = rest.slice(1);
  if (value[0] !== '"') return WHOLE_TOKEN.test(value) ? value : INVALID;
  return QUOTED.test(value) ? value.slice(1, -1).replace(/\\(.)/g, "$1") : undefined;
}
