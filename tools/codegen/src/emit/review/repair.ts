import type { KeyModel, Model, ScriptModel } from "../../model/model.js";
import { repairParts } from "../../model/repair-parts.js";
import { keyNamed } from "../../model/resolve.js";
import { table } from "./markdown.js";
import { sheetOf } from "./sheet.js";

/** For each CORRUPT of a script: how to look, how to repair, and what to delete together. */
export function repairSection(model: Model, script: ScriptModel): string[] {
  const { corrupt = [] } = script;
  const keys = script.keys.map((param) => keyNamed(model, param.key));
  const rows = corrupt.flatMap((what) =>
    repairsOf(keys, what).map(({ key, look, repair, remove }) => [
      `CORRUPT ${what}`,
      `\`${key.name}\``,
      look.split(" and ").map(code).join(" and "),
      linked(model, code(repair)),
      remove.map((name) => `\`{${name}}\``).join(", ") || "none",
    ]),
  );
  if (rows.length === 0) return [];
  return [
    "## Repair",
    "",
    "An error CORRUPT means that somebody changed stored data, or that data of a backup is incomplete. The script has changed",
    "nothing. Look first. If you know the right value, repair it. Otherwise delete the keys of the last column, all in one DEL: they",
    "depend on each other. Where it says *none*, only repair, because a deletion loses data. `{name}` is the key of that name.",
    "",
    ...table(["Error", "Key", "Look", "Repair", "Delete together"], rows),
  ];
}

interface Repair {
  readonly key: KeyModel;
  readonly look: string;
  readonly repair: string;
  readonly remove: readonly string[];
}

function repairsOf(keys: readonly KeyModel[], what: string): Repair[] {
  return keys.flatMap((key) =>
    (key.corrupt ?? [])
      .filter((declared) => declared.what === what)
      .map(({ look, repair, remove }) => ({ key, look, repair, remove })),
  );
}

/** The name of a script in a sentence leads to the sheet that shows how to call it. */
function linked(model: Model, text: string): string {
  return text.replace(/`[^`]*`|\b[a-z]+\.[a-z0-9_]+\b/g, (word) => {
    const script = model.scripts.find(({ name }) => name === word);
    return script === undefined ? word : `[${word}](../${sheetOf(script)}#call-by-hand)`;
  });
}

/** A command is code; words are not. */
function code(repair: string): string {
  return repairParts(repair)
    .map(({ text, isCommand }) => (isCommand ? `\`${text}\`` : text))
    .join("");
}
