import type { Tag } from "./doc.js";
import type { Problems } from "./problem.js";

/** A tag that the grammar does not have. */
export function unknownTag(tag: Tag, known: readonly string[], problems: Problems): void {
  problems.atTag(
    tag,
    "contract/unknown-tag",
    `there is no tag @${tag.name} here`,
    `use one of ${known.map((name) => `@${name}`).join(", ")}`,
  );
}

/** The values of `"yes"|"no"`, or nothing when it is not of that form. */
export function readChoices(text: string): string[] | undefined {
  if (!/^"[a-z0-9_]+"(\|"[a-z0-9_]+")*$/.test(text)) return undefined;
  return text.split("|").map((quoted) => quoted.slice(1, -1));
}
