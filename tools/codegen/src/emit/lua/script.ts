import type { Model, ScriptModel } from "../../model/model.js";
import type { ParsedScript } from "../../parse/folder.js";
import type { Module } from "../../parse/source/module.js";
import { FormatError, formatLua } from "../../style.js";
import { assemble } from "./assemble.js";
import { limitFaults } from "./limits.js";
import { type LineMap, lineMap, originsAfter, shifted } from "./line-map.js";
import { digestOf, fingerprintOf, proveEqual, proveSameStatements } from "./normalise.js";
import { proveStraight } from "./prove-straight.js";
import { digitsLocal, numberEdits } from "./redis-numbers.js";
import { withoutComments } from "./spans.js";
import { editsOutside, straightCode } from "./straight.js";
import { wrapperText } from "./wrapper.js";
import { argumentLines } from "./wrapper-arguments.js";

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
  readonly lines: LineMap;
  /**
   * The codes of the errors that the script's own code raises, as far as its text shows them:
   * `CORRUPT`.
   */
  readonly raises: readonly string[];
}

/**
 * Emits a script: shebang with the derived flags, a header, the modules that it requires, the checks
 * of its arguments, and its own function as straight code that replies.
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
  const source = assemble(modules, sourceRoot).text;
  const header = [
    script.flags.length === 0 ? "#!lua" : `#!lua flags=${script.flags.join(",")}`,
    `-- ${script.name} ${script.version}. Generated from ${sourceRoot}/${script.file} by moonpath-codegen. DO NOT EDIT.`,
    "",
  ];
  const { code, lines } =
    straight(model, script, parsed, sourceRoot) ?? called(model, script, modules, sourceRoot);
  const text = `${header.join("\n")}\n${code}`;
  return {
    text,
    digest: digestOf(text),
    fingerprint: fingerprintOf(source),
    lines: shifted(lines, header.length),
    raises: raisedCodes(withoutComments(source)),
  };
}

interface Code {
  readonly code: string;
  readonly lines: LineMap;
}

/** The script's function as straight code; undefined if it must stay a function. */
function straight(
  model: Pick<Model, "types">,
  script: ScriptModel,
  { libModules, main }: ParsedScript,
  sourceRoot: string,
): Code | undefined {
  const modules = [...libModules, main];
  const straightened = straightCode(model, script, main);
  if (straightened === undefined) return undefined;
  const editsOf = (module: Module) => {
    const edits = module === main ? straightened.edits : [];
    return [...edits, ...editsOutside(numberEdits(module.body), edits)];
  };
  const body = assemble(modules, sourceRoot, editsOf);
  const wrapper = argumentLines(model, script, straightened.digits);
  const lines = body.text.split("\n");
  const above = lines.slice(0, body.functionAt);
  const below = [WRAPPER_COMMENT, ...wrapper, "", ...lines.slice(body.functionAt)].join("\n");
  const unformatted = [...above, below].join("\n");
  if (limitFaults(unformatted).some(({ line }) => line === undefined)) return undefined;
  proveStraight(unformatted, {
    modules,
    wrapper: wrapper.join("\n"),
    replies: straightened.replies,
    digits: new Map(straightened.digits.map((name) => [name, digitsLocal(name)])),
  });
  const text = formattedOr(below);
  const originsBelow = [
    ...Array.from({ length: wrapper.length + 2 }, () => undefined),
    ...body.origins.slice(body.functionAt),
  ];
  const code = [...above, text].join("\n");
  const origins = [...body.origins.slice(0, body.functionAt), ...originsAfter(below, originsBelow, text)];
  return { code, lines: lineMap(code, origins) };
}

/** The text as StyLua formats it, or as it is if it is nested too deeply for StyLua. */
function formattedOr(code: string): string {
  try {
    const text = formatLua(code);
    proveEqual(code, text);
    return text;
  } catch (error) {
    if (error instanceof FormatError) return code;
    throw error;
  }
}

/** The script's function, and a wrapper that calls it. */
function called(
  model: Pick<Model, "types">,
  script: ScriptModel,
  modules: readonly Module[],
  sourceRoot: string,
): Code {
  const body = assemble(modules, sourceRoot);
  const wrapper = wrapperText(model, script, modules.at(-1)?.name ?? "");
  const code = `${body.text}\n${WRAPPER_COMMENT}\n${formatLua(wrapper)}`;
  proveSameStatements(code, modules, wrapper);
  return { code, lines: lineMap(body.text, body.origins) };
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
export const WRAPPER_COMMENT = "-- Generated: reads and checks KEYS and ARGV.";
