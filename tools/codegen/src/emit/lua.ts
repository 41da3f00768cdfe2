import type { Model, ScriptModel } from "../model/model.js";
import type { ParsedScript } from "../parse/folder.js";
import { assemble } from "./assemble.js";
import { edgeText } from "./edges.js";
import { beautify, digestOf, fingerprintOf, lineMap } from "./normalise.js";

/** What Redis runs for one script, and what is known of it. */
export interface EmittedLua {
  /** The exact text; its SHA-1 is the digest. */
  readonly text: string;
  readonly digest: string;
  /** A digest of what the script means, edges aside. */
  readonly fingerprint: string;
  /** Source file below `lua/` -> line of the text -> line of the source file. */
  readonly lines: ReadonlyMap<string, ReadonlyMap<number, number>>;
}

/** Emits a script: shebang with the derived flags, a header, the fragments, the function, the edge. */
export function emitLua(
  model: Pick<Model, "types">,
  script: ScriptModel,
  parsed: ParsedScript,
  sourceRoot: string,
): EmittedLua {
  const body = assemble([...parsed.fragments, parsed.module]);
  const whole = `${body.text}\n${edgeText(model, script, parsed.module.name)}\n`;
  const header = [
    script.flags.length === 0 ? "#!lua" : `#!lua flags=${script.flags.join(",")}`,
    `-- ${script.name} ${script.version}. Generated from ${sourceRoot}/${script.file} by moonpath-codegen. DO NOT EDIT.`,
    "",
  ];
  const formatted = beautify(whole);
  const text = `${header.join("\n")}\n${formatted}`;
  const lines = new Map<string, Map<number, number>>();
  for (const [line, original] of lineMap(whole, formatted)) {
    const origin = body.origins[original - 1];
    if (origin === undefined) continue;
    const known = lines.get(origin.file) ?? new Map<number, number>();
    known.set(line + header.length, origin.line);
    lines.set(origin.file, known);
  }
  return { text, digest: digestOf(text), fingerprint: fingerprintOf(body.text), lines };
}
