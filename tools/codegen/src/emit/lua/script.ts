import type { Model, ScriptModel } from "../../model/model.js";
import type { ParsedScript } from "../../parse/folder.js";
import { formatLua } from "../../style.js";
import { assemble } from "./assemble.js";
import { digestOf, fingerprintOf, proveSameStatements } from "./normalise.js";
import { withoutComments } from "./spans.js";
import { wrapperText } from "./wrapper.js";

/** What Redis runs for one script, and what is known of it. */
export interface EmittedLua {
  /** The exact text; its SHA-1 is the digest. */
  readonly text: string;
  readonly digest: string;
  /**
   * A digest of what the script's own code means; the generated wrapper, comments and white space
   * do not count.
   */
  readonly fingerprint: string;
  /**
   * Source file below `lua/` -> line of the text -> line of the source file. Lines without code are
   * left out.
   */
  readonly lines: ReadonlyMap<string, ReadonlyMap<number, number>>;
  /**
   * The codes of the errors that the script's own code raises, as far as its text shows them:
   * `CORRUPT`.
   */
  readonly raises: readonly string[];
}

/**
 * Emits a script: shebang with the derived flags, a header, the modules that it requires, its own
 * function, and the generated wrapper.
 *
 * @throws Error when the emitted statements are not those of the sources and the wrapper
 */
export function emitLua(
  model: Pick<Model, "types">,
  script: ScriptModel,
  parsed: ParsedScript,
  sourceRoot: string,
): EmittedLua {
  const modules = [...parsed.libModules, parsed.main];
  const body = assemble(modules, sourceRoot);
  const wrapper = wrapperText(model, script, parsed.main.name);
  const header = [
    script.flags.length === 0 ? "#!lua" : `#!lua flags=${script.flags.join(",")}`,
    `-- ${script.name} ${script.version}. Generated from ${sourceRoot}/${script.file} by moonpath-codegen. DO NOT EDIT.`,
    "",
  ];
  const code = `${body.text}\n${WRAPPER_COMMENT}\n${formatLua(wrapper)}`;
  proveSameStatements(code, modules, wrapper);
  const text = `${header.join("\n")}\n${code}`;
  return {
    text,
    digest: digestOf(text),
    fingerprint: fingerprintOf(body.text),
    lines: lineMap(body, header.length),
    raises: raisedCodes(withoutComments(body.text)),
  };
}

/**
 * The first words of errors: `{ err = "CODE …" }`, `redis.error_reply("CODE …")`, and `CORRUPT` in
 * any text.
 */
function raisedCodes(code: string): string[] {
  const found = code.matchAll(/(?:\berr\s*=\s*|\berror_reply\(\s*)["']([A-Z][A-Z_]+)\b|["'](CORRUPT)\b/g);
  return [...new Set([...found].map(([, raised, corrupt]) => raised ?? corrupt ?? ""))].sort();
}

/** The line that parts what somebody wrote from what is generated. */
export const WRAPPER_COMMENT = "-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.";

function lineMap(
  { text, origins }: ReturnType<typeof assemble>,
  linesAbove: number,
): Map<string, Map<number, number>> {
  const map = new Map<string, Map<number, number>>();
  const code = withoutComments(text).split("\n");
  origins.forEach((origin, index) => {
    if (origin === undefined || code[index]?.trim() === "") return;
    const known = map.get(origin.file) ?? new Map<number, number>();
    known.set(index + 1 + linesAbove, origin.line);
    map.set(origin.file, known);
  });
  return map;
}
