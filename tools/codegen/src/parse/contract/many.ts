import type { KeyParam } from "../../model/model.js";
import type { Problems } from "../problem.js";
import type { Tag } from "../source/doc.js";

/** The bounds of a limit. A form for one call would be the single form. */
const [MIN, MAX] = [2, 1_000];

/** `@many <limit>`: the generator emits a second form, which makes up to so many calls in one run. */
export function readMany(
  tags: readonly Tag[],
  keys: readonly KeyParam[],
  problems: Problems,
): { many?: number } {
  const [tag, second] = tags.filter((other) => other.name === "many");
  if (tag === undefined) return {};
  if (second !== undefined)
    problems.atTag(second, "contract/twice", "the contract has @many twice", "remove one");
  const limit = /^[1-9]\d{0,3}$/.test(tag.text) ? Number(tag.text) : 0;
  if (limit < MIN || limit > MAX) {
    const message =
      tag.text === ""
        ? "@many has no limit"
        : `the limit of @many is not a whole number from ${MIN} to ${MAX}`;
    problems.atText(tag, tag.text, "contract/many", message, "write it as: @many 100");
    return {};
  }
  if (keys.length === 0)
    problems.atTag(
      tag,
      "contract/many",
      "a script with @many has no key, but clients sort calls by the slots of their keys",
      "declare a key, or remove @many",
    );
  return { many: limit };
}
