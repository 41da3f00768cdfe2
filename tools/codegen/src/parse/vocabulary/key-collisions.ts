import type { Charset, KeyModel, TypeModel } from "../../model/model.js";
import { RESERVED_SUFFIXES } from "../../reserved.js";
import type { Problems } from "../problem.js";

/**
 * A key pattern as an automaton, a state a character or field: it reads any key that the pattern
 * can name. Bounds of lengths are left aside, so that raising one never makes keys collide.
 */
type Automaton = readonly State[];

interface State {
  readonly accepts: (letter: string) => boolean;
  /** A field reads one character or more. */
  readonly field: string | undefined;
}

const LETTERS = [
  ..."aA0-._",
  ":",
  "{",
  "}",
  "~",
  ..."bcdefghijklmnopqrstuvwxyzBCDEFGHIJKLMNOPQRSTUVWXYZ123456789",
];

const ACCEPTED: Readonly<Record<Charset | "name", (letter: string) => boolean>> = {
  key: (letter) => !/[{}]/.test(letter),
  upper: (letter) => /[A-Z]/.test(letter),
  any: () => true,
  name: (letter) => /[A-Za-z0-9_.-]/.test(letter),
};

/**
 * Tells patterns that give one key for different fields, and pairs of patterns that can name the
 * same key.
 */
export function checkCollisions(
  keys: readonly KeyModel[],
  types: readonly TypeModel[],
  problems: Problems,
): void {
  const automata = keys.map((key) => automatonOf(key.pattern, types));
  keys.forEach((key, index) => {
    const own = automata[index] ?? [];
    const at = (message: string, fix: string, rule: "keyspace/pattern" | "keyspace/twice") =>
      problems.at(key.place, "key.".length + key.name.length, rule, message, fix);
    const twofold = sharedKey(own, own, true);
    if (twofold !== undefined) {
      at(
        `one key of key.${key.name} can come of different fields: ${fieldsOf(own, twofold.one, twofold.text)} and ${fieldsOf(own, twofold.other, twofold.text)} both give ${twofold.text}`,
        "put a character behind each field that the field cannot hold: : behind <tenant>, } or the end behind a field that may hold :",
        "keyspace/pattern",
      );
      return;
    }
    for (const [earlier, other] of keys.slice(0, index).entries()) {
      const shared = sharedKey(automata[earlier] ?? [], own, false);
      if (shared === undefined) continue;
      at(
        `key.${key.name} and key.${other.name} can be the same key, such as ${shared.text}`,
        "put different words directly behind the braces of the two patterns, and : behind the word",
        "keyspace/twice",
      );
      return;
    }
  });
}

/** Tells patterns that can end, behind the hash tag, in a suffix that Moonpath itself writes. */
export function checkReserved(
  keys: readonly KeyModel[],
  types: readonly TypeModel[],
  problems: Problems,
): void {
  for (const key of keys) {
    const end = automatonOf(key.pattern.slice(key.pattern.indexOf("}") + 1), types);
    for (const { suffix, prefix, because } of RESERVED_SUFFIXES) {
      const literal = automatonOf(`:${suffix}`, types);
      const longer: Automaton = [...literal, { accepts: ACCEPTED.key, field: "rest" }];
      const shared = [literal, ...(prefix ? [longer] : [])].find(
        (reserved) => sharedKey(end, reserved, false) !== undefined,
      );
      if (shared === undefined) continue;
      problems.at(
        key.place,
        "key.".length + key.name.length,
        "keyspace/reserved",
        `key.${key.name} can end in }:${suffix}${prefix ? "…" : ""}, which is reserved: ${because}`,
        "put a word of your own directly behind the braces, and : behind the word",
      );
      break;
    }
  }
}

function automatonOf(pattern: string, types: readonly TypeModel[]): Automaton {
  return [...pattern.matchAll(/<([^>]*)>|./gsu)].map(([letter, field]): State => {
    if (field === undefined) return { accepts: (other) => other === letter, field };
    if (field === "namespace" || field === "tenant") return { accepts: ACCEPTED.name, field };
    const named = (name: string) => types.find((type) => type.name === name && type.kind === "text");
    const type = named(field) ?? named("id");
    return { accepts: ACCEPTED[type?.kind === "text" ? type.charset : "key"], field };
  });
}

interface Step {
  /** The state that read the last letter, in either automaton. */
  readonly one: number;
  readonly other: number;
  readonly apart: boolean;
  readonly letter: string;
  readonly before: Step | undefined;
}

interface Shared {
  readonly text: string;
  /** Which state read each letter, in either automaton. */
  readonly one: readonly number[];
  readonly other: readonly number[];
}

/**
 * A text that both automata read to their ends, the shortest; with `apart`, in two ways that
 * differ.
 */
function sharedKey(one: Automaton, other: Automaton, apart: boolean): Shared | undefined {
  const first: Step = { one: -1, other: -1, apart: false, letter: "", before: undefined };
  const seen = new Set<string>();
  let steps: Step[] = [first];
  while (steps.length > 0) {
    const next: Step[] = [];
    for (const step of steps) {
      const ended = step.one === one.length - 1 && step.other === other.length - 1;
      if (ended && (step.apart || !apart)) return sharedBy(step);
      for (const letter of LETTERS) {
        for (const left of following(one, step.one, letter)) {
          for (const right of following(other, step.other, letter)) {
            const nowApart = apart && (step.apart || left !== right);
            const id = `${left} ${right} ${nowApart}`;
            if (seen.has(id)) continue;
            seen.add(id);
            next.push({ one: left, other: right, apart: nowApart, letter, before: step });
          }
        }
      }
    }
    steps = next;
  }
  return undefined;
}

/** The states that may read a letter after this one: the next, and a field again itself. */
function following(automaton: Automaton, state: number, letter: string): number[] {
  const stays = automaton[state]?.field === undefined ? [] : [state];
  return [...stays, state + 1].filter((next) => automaton[next]?.accepts(letter) === true);
}

function sharedBy(last: Step): Shared {
  const steps: Step[] = [];
  for (let step: Step | undefined = last; step?.before !== undefined; step = step.before) steps.unshift(step);
  return {
    text: steps.map(({ letter }) => letter).join(""),
    one: steps.map(({ one }) => one),
    other: steps.map(({ other }) => other),
  };
}

/** `tenant=a product=b` */
function fieldsOf(automaton: Automaton, states: readonly number[], text: string): string {
  const values = new Map<string, string>();
  states.forEach((state, index) => {
    const field = automaton[state]?.field;
    if (field !== undefined) values.set(field, (values.get(field) ?? "") + (text[index] ?? ""));
  });
  values.delete("namespace");
  return [...values].map(([field, value]) => `${field}=${value}`).join(" ");
}
