import type { Problems } from "../problem.js";
import type { Tag } from "./doc.js";

/** Lines below a tag that do not continue its text: nothing reads them. */
export function checkStray(tag: Tag, problems: Problems): void {
  const [line] = tag.body;
  if (line === undefined) return;
  problems.at(
    line.position,
    line.text.length,
    "contract/stray",
    `this line does not continue @${tag.name}, so the generator ignores it`,
    "indent the line by three spaces, or move it above the first tag",
  );
}

/** A tag that the grammar does not have. */
export function unknownTag(tag: Tag, known: readonly string[], problems: Problems): void {
  problems.atTag(
    tag,
    "contract/unknown-tag",
    `the tag @${tag.name} is unknown here`,
    `use one of ${known.map((name) => `@${name}`).join(", ")}`,
  );
}

/** What is wrong with choices of another form. */
export const CHOICES = "choices are unique quoted words of lowercase letters, digits and _";

/** The values of `"yes"|"no"`, each once; nothing when it is not of that form. */
export function readChoices(text: string): string[] | undefined {
  if (!/^"[a-z0-9_]+"(\|"[a-z0-9_]+")*$/.test(text)) return undefined;
  const values = text.split("|").map((quoted) => quoted.slice(1, -1));
  return new Set(values).size === values.length ? values : undefined;
}
