import model from "../../../../generated/model.json" with { type: "json" };

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** The elements of a list if its contract names no other limit. */
const MAX_LIST = 1_000;

/** Numbered names, such as `offer-0`, `offer-1`. */
export function names(word: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${word}-${index}`);
}

/** The greatest number, the longest list, or the bytes of a text that an argument of a script allows. */
export function maxOf(script: string, argument: string): number {
  const type = model.scripts
    .find(({ name }) => name === script)
    ?.args.find(({ name }) => name === argument)?.type;
  if (type === undefined) throw new Error(`${script} has no argument ${argument}`);
  if (type.kind === "list") return "max" in type && typeof type.max === "number" ? type.max : MAX_LIST;
  const declared = model.types.find(({ name }) => "name" in type && name === type.name);
  if (declared !== undefined && "max" in declared && typeof declared.max === "number") return declared.max;
  if (declared !== undefined && "maxBytes" in declared && typeof declared.maxBytes === "number") {
    return declared.maxBytes;
  }
  throw new Error(`${argument} of ${script} has no bounds`);
}
