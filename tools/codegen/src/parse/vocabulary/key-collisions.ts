import type { Charset, KeyModel, TypeModel } from "../../model/model.js";
import { RESERVED_SUFFIXES, SLOT_PREFIX } from "../../reserved.js";
import type { Problems } from "../problem.js";

// Two key patterns collide if one key matches both. This file decides that exactly: it builds an
// automaton for each pattern and searches their product, breadth first, for a state in which both
// accept. The path to that state is the shortest shared key, which the message shows as a witness.
//
// A comparison of the patterns' literal prefixes is not enough, for two reasons. A field's charset
// may contain the characters of a literal, such as `:`, so that different literals can still match
// one key. And one pattern can match one key with different fields; the product of an automaton
// with itself finds that. The keyspace is a user's, so patterns may have fields of any charset.

/**
 * A key pattern as an automaton. Each literal character and each field is a state. It accepts the
 * keys of the pattern. It ignores bounds of lengths, so a raised bound never makes keys collide.
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

const ACCEPTED: Readonly<Record<Charset | "name" | "slot", (letter: string) => boolean>> = {
  key: (letter) => !/[{}]/.test(letter),
  upper: (letter) => /[A-Z]/.test(letter),
  digits: (letter) => /[0-9]/.test(letter),
  any: () => true,
  // A key has no field of bytes. That is reported elsewhere.
  bytes: () => true,
  name: (letter) => /[A-Za-z0-9_.-]/.test(letter),
  slot: (letter) => /[a-z0-9]/.test(letter),
};

/**
 * Reports patterns for which different fields give one key, and pairs of patterns that can give one
 * key.
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
      problems.at(key.position, "key.".length + key.name.length, rule, message, fix);
    const ambiguous = sharedKey(own, own, true);
    if (ambiguous !== undefined) {
      at(
        `different fields can give one key of key.${key.name}: ${fieldsOf(own, ambiguous.one, ambiguous.text)} and ${fieldsOf(own, ambiguous.other, ambiguous.text)} both give ${ambiguous.text}`,
        "write after each field a character that the field cannot contain: `:` after <tenant>; `}` or nothing after a field that may contain `:`",
        "keyspace/pattern",
      );
      return;
    }
    for (const [earlier, other] of keys.slice(0, index).entries()) {
      const shared = sharedKey(automata[earlier] ?? [], own, false);
      if (shared === undefined) continue;
      at(
        `key.${key.name} and key.${other.name} can give the same key, such as ${shared.text}`,
        "write a different word and `:` directly after the braces of each pattern",
        "keyspace/twice",
      );
      return;
    }
  });
}

/**
 * Reports patterns whose end after the hash tag can be a suffix that Moonpath itself writes, or that
 * only keys of a slot have.
 */
export function checkReserved(
  keys: readonly KeyModel[],
  types: readonly TypeModel[],
  problems: Problems,
): void {
  for (const key of keys) {
    const end = automatonOf(key.pattern.slice(key.pattern.indexOf("}") + 1), types);
    for (const { suffix, prefix, because } of RESERVED_SUFFIXES) {
      if (suffix === SLOT_PREFIX && key.slotOf !== undefined) continue;
      const literal = automatonOf(`:${suffix}`, types);
      const longer: Automaton = [...literal, { accepts: ACCEPTED.key, field: "rest" }];
      const shared = [literal, ...(prefix ? [longer] : [])].find(
        (reserved) => sharedKey(end, reserved, false) !== undefined,
      );
      if (shared === undefined) continue;
      problems.at(
        key.position,
        "key.".length + key.name.length,
        "keyspace/reserved",
        `key.${key.name} can end in }:${suffix}${prefix ? "…" : ""}, which is reserved: ${because}`,
        "write a word of your own and `:` directly after the braces",
      );
      break;
    }
  }
}

function automatonOf(pattern: string, types: readonly TypeModel[]): Automaton {
  return [...pattern.matchAll(/<([^>]*)>|./gsu)].map(([letter, field]): State => {
    if (field === undefined) return { accepts: (other) => other === letter, field };
    if (field.startsWith("slot of ")) return { accepts: ACCEPTED.slot, field };
    if (field === "namespace" || field === "tenant") return { accepts: ACCEPTED.name, field };
    const named = (name: string) => types.find((type) => type.name === name && type.kind === "text");
    const type = named(field) ?? named("id");
    return { accepts: ACCEPTED[type?.kind === "text" ? type.charset : "key"], field };
  });
}

interface Step {
  /** The state of each automaton that read the last letter. */
  readonly one: number;
  readonly other: number;
  readonly different: boolean;
  readonly letter: string;
  readonly before: Step | undefined;
}

interface Shared {
  readonly text: string;
  /** The states that read the letters, by automaton. */
  readonly one: readonly number[];
  readonly other: readonly number[];
}

/**
 * The shortest text that both automata accept. With `different`, their states must differ at one
 * letter or more.
 */
function sharedKey(one: Automaton, other: Automaton, different: boolean): Shared | undefined {
  const first: Step = { one: -1, other: -1, different: false, letter: "", before: undefined };
  const seen = new Set<string>();
  let steps: Step[] = [first];
  while (steps.length > 0) {
    const next: Step[] = [];
    for (const step of steps) {
      const ended = step.one === one.length - 1 && step.other === other.length - 1;
      if (ended && (step.different || !different)) return sharedBy(step);
      for (const letter of LETTERS) {
        for (const left of following(one, step.one, letter)) {
          for (const right of following(other, step.other, letter)) {
            const isDifferent = different && (step.different || left !== right);
            const id = `${left} ${right} ${isDifferent}`;
            if (seen.has(id)) continue;
            seen.add(id);
            next.push({ one: left, other: right, different: isDifferent, letter, before: step });
          }
        }
      }
    }
    steps = next;
  }
  return undefined;
}

/** The states that can read the next letter: the next state, and a field's own state again. */
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
