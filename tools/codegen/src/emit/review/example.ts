import type { ExampleModel, KeyParam, ScriptModel } from "../../model/model.js";
import { prose } from "./markdown.js";

/** An example on a sheet. Keys have the names of their parameters, as in the sheet's tables. */
export function exampleLines({ keys }: Pick<ScriptModel, "keys">, shown: ExampleModel): string[] {
  const line = (word: string, text: string | undefined) =>
    text === undefined ? [] : [`${word.padEnd(6)} ${text}`.trimEnd()];
  // A fence is longer than what looks like one inside it.
  const fence = JSON.stringify(shown).includes("```") ? "````" : "```";
  return [
    `**${prose(shown.title)}**`,
    "",
    fence,
    ...shown.given.flatMap((text) => line("given", withParameterNames(text, keys))),
    ...line("call", shown.call),
    ...line("reply", shown.reply),
    ...line("again", shown.again),
    ...line("error", shown.error),
    ...shown.then.flatMap((text) => line("then", withParameterNames(text, keys))),
    fence,
    "",
  ];
}

/** A contract writes `{claim}` for its `key.claim`; its parameter may have another name. */
function withParameterNames(text: string, keys: readonly KeyParam[]): string {
  return text.replace(/\{([a-z][a-z0-9_]*)\}/g, (whole, name: string) => {
    const param = name === "now" ? undefined : keys.find(({ key }) => key === name)?.param;
    return param === undefined ? whole : `{${param}}`;
  });
}
