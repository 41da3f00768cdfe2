import type { Model, ScriptModel } from "../../model/model.js";
import type { ParsedScript } from "../../parse/folder.js";
import type { Module } from "../../parse/source/module.js";
import { FormatError, formatLua } from "../../style.js";
import { assemble } from "./assemble.js";
import { type Frame, SINGLE_FRAME } from "./frame.js";
import { type Insertion, insertionsOf } from "./insertions.js";
import { limitFaults } from "./limits.js";
import { type LineMap, lineMap, originsAfter, shifted } from "./line-map.js";
import { manyFrame, manyHeader } from "./many.js";
import { digestOf, fingerprintOf, proveEqual, proveSameStatements } from "./normalise.js";
import { proveStraight } from "./prove-straight.js";
import { digitsLocal, numberEdits } from "./redis-numbers.js";
import { withoutComments } from "./spans.js";
import { editsOutside, straightCode } from "./straight.js";
import { wrapperText } from "./wrapper.js";
import { argumentLines } from "./wrapper-arguments.js";

/** A text that Redis runs. */
export interface EmittedForm {
  /** The exact text; its SHA-1 is the digest. */
  readonly text: string;
  readonly digest: string;
  /**
   * Source file below `lua/` -> line of the text -> line of the source file. Lines without code are
   * left out.
   */
  readonly lines: LineMap;
  /** The integer arguments that the text hands on to commands as they came, so they must be texts. */
  readonly digits: readonly string[];
}

/** What Redis runs for one script, and what is known of it. */
export interface EmittedLua extends EmittedForm {
  /**
   * A digest of what the script's own code means; the generated wrapper, comments and white space
   * do not count.
   */
  readonly fingerprint: string;
  /**
   * The codes of the errors that the script's own code raises, as far as its text shows them:
   * `CORRUPT`.
   */
  readonly raises: readonly string[];
  /** The text that makes several calls; undefined unless the contract has @many. */
  readonly many: EmittedForm | undefined;
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
  const source = assemble([...parsed.libModules, parsed.main], sourceRoot).text;
  const { many } = script;
  return {
    ...emitForm(model, script, parsed, sourceRoot, SINGLE_FRAME),
    fingerprint: fingerprintOf(source),
    raises: raisedCodes(withoutComments(source)),
    many:
      many === undefined
        ? undefined
        : emitForm(model, script, parsed, sourceRoot, manyFrame(script, many), [manyHeader(many)]),
  };
}

function emitForm(
  model: Pick<Model, "types">,
  script: ScriptModel,
  parsed: ParsedScript,
  sourceRoot: string,
  frame: Frame,
  about: readonly string[] = [],
): EmittedForm {
  const header = [
    script.flags.length === 0 ? "#!lua" : `#!lua flags=${script.flags.join(",")}`,
    `-- ${script.name} ${script.version}. Generated from ${sourceRoot}/${script.file} by moonpath-codegen. DO NOT EDIT.`,
    ...about,
    "",
  ];
  const modules = [...parsed.libModules, parsed.main];
  const insertions = frame.runsOnce ? insertionsOf(modules) : NO_INSERTIONS;
  const { code, lines, digits } =
    straight(model, script, parsed, sourceRoot, frame, insertions) ??
    straight(model, script, parsed, sourceRoot, frame, NO_INSERTIONS) ??
    called(model, script, parsed, sourceRoot, frame);
  const text = `${header.join("\n")}\n${code}`;
  return { text, digest: digestOf(text), lines: shifted(lines, header.length), digits };
}

const NO_INSERTIONS: ReadonlyMap<Module, Insertion> = new Map();

interface Code {
  readonly code: string;
  readonly lines: LineMap;
  readonly digits: readonly string[];
}

/**
 * The script's function as straight code; undefined if it must stay a function, or if modules that
 * stand inside of others make the text too deep for StyLua.
 */
function straight(
  model: Pick<Model, "types">,
  script: ScriptModel,
  { libModules, main }: ParsedScript,
  sourceRoot: string,
  { places, returns, head, open, close, tail }: Frame,
  inside: ReadonlyMap<Module, Insertion>,
): Code | undefined {
  const modules = [...libModules, main];
  const straightened = straightCode(model, script, main, places, returns);
  if (straightened === undefined) return undefined;
  const editsOf = (module: Module) => {
    const edits = module === main ? straightened.edits : [];
    return [...edits, ...editsOutside(numberEdits(module.body), edits)];
  };
  const body = assemble(modules, sourceRoot, { editsOf, insertions: inside });
  const wrapper = argumentLines(model, script, straightened.digits, places);
  const lines = body.text.split("\n");
  const above = lines.slice(0, body.functionAt);
  const before = [...head, ...open, ...wrapper, ""];
  const code = lines.slice(body.functionAt);
  const below = [...before, ...code, ...close, ...tail].join("\n");
  const unformatted = [...above, below].join("\n");
  // Lua's limits hold for the main chunk, or for the function that holds the code.
  const opened = above.length + before.length - wrapper.length - 1;
  if (limitFaults(unformatted).some(({ line }) => line === undefined || line === opened)) return undefined;
  proveStraight(unformatted, {
    modules,
    inside: new Set(inside.keys()),
    wrapper: wrapper.join("\n"),
    replies: straightened.replies,
    digits: new Map(straightened.digits.map((name) => [name, digitsLocal(name)])),
    head: head.join("\n"),
    tail: tail.join("\n"),
  });
  const originsBelow = [
    ...before.map(() => undefined),
    ...body.origins.slice(body.functionAt),
    ...[...close, ...tail].map(() => undefined),
  ];
  const originsAbove = body.origins.slice(0, body.functionAt);
  if (inside.size === 0) {
    const text = formatted(below) ?? below;
    const whole = [...above, text].join("\n");
    return {
      code: whole,
      lines: lineMap(whole, [...originsAbove, ...originsAfter(below, originsBelow, text)]),
      digits: straightened.digits,
    };
  }
  const whole = formatted(unformatted);
  if (whole === undefined) return undefined;
  const origins = originsAfter(unformatted, [...originsAbove, ...originsBelow], whole);
  return { code: whole, lines: lineMap(whole, origins), digits: straightened.digits };
}

/** The text as StyLua formats it; undefined if it is nested too deeply for StyLua. */
function formatted(code: string): string | undefined {
  try {
    const text = formatLua(code);
    proveEqual(code, text);
    return text;
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

/** The script's function, and a wrapper that calls it. */
function called(
  model: Pick<Model, "types">,
  script: ScriptModel,
  { libModules, main }: ParsedScript,
  sourceRoot: string,
  { places, returns, head, open, close, tail }: Frame,
): Code {
  const modules = [...libModules, main];
  const body = assemble(modules, sourceRoot);
  const call = wrapperText(model, script, main.name, places, returns);
  const wrapper = [...head, ...open, call, ...close, ...tail].join("\n");
  const code = `${body.text}\n${formatLua(wrapper)}`;
  proveSameStatements(code, modules, wrapper);
  return { code, lines: lineMap(body.text, body.origins), digits: [] };
}

/**
 * The first words of errors: `{ err = "CODE …" }`, `redis.error_reply("CODE …")`, and `CORRUPT` in
 * any text.
 */
function raisedCodes(code: string): string[] {
  const found = code.matchAll(/(?:\berr\s*=\s*|\berror_reply\(\s*)["']([A-Z][A-Z_]+)\b|["'](CORRUPT)\b/g);
  return [...new Set([...found].map(([, raised, corrupt]) => raised ?? corrupt ?? ""))].sort();
}
