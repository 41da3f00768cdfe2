import type { Charset, KeyModel, Model, TypeModel } from "../../codegen/src/model/model.js";
import { keyFieldsOf } from "../../codegen/src/model/resolve.js";
import { Violation } from "../target.js";

/** The most sets of fields for one pattern. */
const MAX_SETS = 300;

const ALLOWED: Readonly<Record<Charset, RegExp>> = {
  key: /^[^\p{Cc}{}]*$/u,
  upper: /^[A-Z]*$/,
  digits: /^[0-9]*$/,
  any: /(?:)/,
  // No part of a key has bytes.
  bytes: /(?!)/,
};

/** Throws if two sets of fields that the type checks accept make the same key. */
export function checkKeysDiffer(model: Model): void {
  const values = candidates(model.keys);
  const made = new Map<string, string>();
  for (const key of model.keys) {
    for (const fields of setsOf(model, key, values)) {
      // Keys of a slot are for many sets of fields.
      if (key.slotOf !== undefined) continue;
      const text = key.pattern.replace(/<([^<>]+)>/g, (_, name: string) => fields.get(name) ?? "");
      const from = JSON.stringify([key.name, ...fields]);
      const other = made.get(text);
      if (other !== undefined && other !== from)
        throw new Violation("two keys are one", `${text} is ${other} and ${from}`);
      made.set(text, from);
    }
  }
}

/** Values that probably make equal keys, such as the separators between fields. */
function candidates(keys: readonly KeyModel[]): string[] {
  const pieces = keys.flatMap(({ pattern }) => pattern.split(/<[^<>]*>/)).filter((piece) => piece !== "");
  const words = pieces.flatMap((piece) => piece.split(/[:{}]/)).filter((word) => word !== "");
  const joined = pieces.flatMap((piece) => [piece, `a${piece}`, `${piece}a`, `a${piece}a`]);
  return [...new Set(["a", "A", "AAA", ":", "a:a", "a:", ":a", ...words, ...joined])].slice(0, 40);
}

function* setsOf(model: Model, key: KeyModel, values: readonly string[]) {
  const param = { param: key.name, key: key.name, access: "read" as const, note: "", position: key.position };
  const free = keyFieldsOf(model, { keys: [param] });
  const named = ["namespace", "tenant"].map((name) => [name, ["a", "b", "a.a"]] as const);
  const typed = free.map(({ name, type }) => [name, accepted(model, type, values)] as const);
  const fields = [...named, ...typed].filter(([name]) => key.fields.includes(name));
  for (let set = 0; set < MAX_SETS; set += 1) {
    // The digits of a number in a mixed base. Every set comes once; if there are too many, the
    // number grows in strides.
    const total = fields.reduce((product, [, choices]) => product * choices.length, 1);
    if (total === 0 || set >= total) return;
    let rest = total <= MAX_SETS ? set : Math.floor((set * total) / MAX_SETS);
    const chosen = new Map<string, string>();
    for (const [name, choices] of fields) {
      chosen.set(name, choices[rest % choices.length] ?? "");
      rest = Math.floor(rest / choices.length);
    }
    yield chosen;
  }
}

function accepted(model: Model, name: string, values: readonly string[]): string[] {
  const type: TypeModel | undefined = model.types.find((other) => other.name === name);
  if (type?.kind !== "text") return [];
  return values.filter((value) => {
    const bytes = Buffer.byteLength(value);
    return bytes >= type.minBytes && bytes <= type.maxBytes && ALLOWED[type.charset].test(value);
  });
}
