import { isRule, RULES, type RuleName } from "../../checks/rules.js";
import type { CommandUse, Model, ScriptModel, WaiverModel } from "../../model/model.js";
import { keyNamed } from "../../model/resolve.js";
import { table } from "./markdown.js";

/** What of a script is a claim that a waiver leaves without proof. */
type Waivable = Pick<ScriptModel, "file" | "waivers" | "commands">;

/**
 * `not proved: keys/undeclared is waived on line 24`; undefined where no waiver is of these rules.
 */
export function unproved(
  script: Waivable,
  rules: readonly RuleName[],
  about: (waiver: WaiverModel) => boolean = () => true,
): string | undefined {
  const waivers = script.waivers.filter(({ rule }) => rules.some((one) => one === rule)).filter(about);
  if (waivers.length === 0) return undefined;
  const listed = waivers.map((waiver) => `${waiver.rule} is waived on ${whereOf(script, waiver)}`);
  return `not proved: ${[...new Set(listed)].join(", ")}`;
}

/** A claim of a table's cell, with what is not proved of it. */
export function cell(claim: string, doubt: string | undefined): string {
  return [claim, doubt].filter((part) => part !== undefined && part !== "").join("; ");
}

/** `line 24` of the script's own file, `line 3 of lib/x.lua` of a module. */
export function whereOf({ file }: Pick<ScriptModel, "file">, { position }: WaiverModel): string {
  return position.file === file ? `line ${position.line}` : `line ${position.line} of ${position.file}`;
}

/** Whether a waiver is about a use of this key parameter; about any, where its line shows none. */
export function concerns({ commands }: Waivable, waiver: WaiverModel, param: string): boolean {
  const uses = commands.filter((use) => isOnLine(use, waiver));
  return uses.length === 0 || uses.some(({ keys }) => keys.includes(param));
}

function isOnLine({ position }: CommandUse, waiver: WaiverModel): boolean {
  return position.file === waiver.position.file && position.line === waiver.covers;
}

/** Whether it may touch keys that are no parameters of it. */
function touchesUndeclaredKeys({ commands }: Pick<ScriptModel, "commands">): boolean {
  return commands.some((use) => use.undeclared === true);
}

/** Said only of keys that the checks have seen. */
export function hashTag(model: Pick<Model, "keys">, script: ScriptModel): string[] {
  if (touchesUndeclaredKeys(script)) {
    const doubt = unproved(script, ["keys/undeclared"]) ?? "not proved";
    return [`It may touch other keys, and whether it runs on a cluster is ${doubt}.`, ""];
  }
  if (script.keys.length === 0) return [];
  const slotKeys = script.keys.filter(({ key }) => keyNamed(model, key).slotOf !== undefined);
  if (slotKeys.length > 0) {
    return [
      "All of them are in one slot, so that the script runs on a cluster as it is. The tag of a slot is the first text, by length",
      "and then in the order of 0-9a-z, that hashes to it. Its keys belong to all tenants: their members name the tenant.",
      "",
    ];
  }
  return ["All of them share one hash tag, so that the script runs on a cluster as it is.", ""];
}

/** A line below a table whose claims a waiver leaves without proof. */
export function doubts(script: ScriptModel, rules: readonly RuleName[]): string[] {
  const doubt = unproved(script, rules);
  return doubt === undefined ? [] : [`${doubt.charAt(0).toUpperCase()}${doubt.slice(1)}.`, ""];
}

/** What the script does, and the least-privilege user may not. */
export function beyondRules(script: ScriptModel): string[] {
  const channels = unproved(script, ["commands/channel"]);
  return [
    ...(touchesUndeclaredKeys(script)
      ? [
          "The rules name the declared keys only. Where the script touches another key, Redis stops it for this user; after its",
          `first write it then has written a part. That it touches only what these rules name is ${unproved(script, ["keys/undeclared"]) ?? "not proved"}.`,
          "",
        ]
      : []),
    ...(channels === undefined
      ? []
      : [
          `The rules name the channels of the declared keys only. That it publishes on these is ${channels}.`,
          "",
        ]),
  ];
}

/** The section of the waivers, if there are some. */
export function waiverTable(script: ScriptModel): string[] {
  if (script.waivers.length === 0) return [];
  const rows = script.waivers.map((waiver) => [
    `\`${waiver.rule}\``,
    whereOf(script, waiver),
    isRule(waiver.rule) ? RULES[waiver.rule].meaning : "",
    waiver.reason,
  ]);
  return [
    "## Waivers",
    "",
    "These checks found a breach, and a comment in the source lets it pass.",
    "",
    ...table(["Check", "Comment", "What is not proved", "The author's reason"], rows),
  ];
}
