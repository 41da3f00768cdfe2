import type { Model, ScriptModel } from "../../model/model.js";
import { keyNamed } from "../../model/resolve.js";

/** Which versions of a script read the same stored data, so that a DBA knows whether to roll back. */
export function rollbackSection(model: Model, script: ScriptModel): string[] {
  if (script.keys.length === 0) return [];
  const [major = ""] = script.version.split(".");
  const changed = [...new Set(script.keys.map(({ key }) => key))]
    .map((name) => keyNamed(model, name))
    .flatMap(({ name, form }) => (form === undefined ? [] : [{ name, ...form }]));
  return [
    "## Rollback",
    "",
    `All versions ${major}.x.x read and write the same stored forms, because a new form needs a new major. So you may go back from`,
    "one of them to another at any time.",
    ...changed.map(
      ({ name, number, note }) =>
        `\`${name}\` has form ${number}: ${note}. A version with an earlier form of this key cannot read it.`,
    ),
    ...(changed.length === 0
      ? ["All its keys have their first form, so no version has stored another one."]
      : []),
    "",
  ];
}
