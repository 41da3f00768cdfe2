import { readFile } from "node:fs/promises";
import { brotliCompressSync, constants } from "node:zlib";
import { TEXT_END } from "../../src/client/script/packed-texts.js";

/** A constant of a generated module that holds a text of Redis. */
const TEXT = /^const (?:lua|manyLua) = `(?:[^`\\]|\\[\s\S])*`;\n/gm;

/** A constant of a generated module that says where the lines of such a text come from. */
const LINES = /^const (?:lines|manyLines): Script<never, unknown>\["lines"\] = (\{[^}]*\});\n/gm;

/** How a generated module returns them. */
const RETURNED = /\breturn (lines|lua|manyLines|manyLua);/g;

/**
 * The module of a script with its texts and their line maps packed. All statements stay in their lines,
 * up to the texts at the module's end.
 *
 * @param module the TypeScript that the generator wrote
 * @param texts the text of the single form, and of the many form if there is one
 * @throws Error if the module has another form
 */
export function withPackedTexts(module: string, texts: readonly string[]): string {
  const lines = [...module.matchAll(LINES)].map(([, literal = ""]) => jsonOf(literal));
  const found = [module.match(TEXT)?.length, lines.length, (module.match(RETURNED)?.length ?? 0) / 2];
  if (found.some((count) => count !== texts.length))
    throw new Error(`expected a generated module with ${texts.length} texts and their lines`);
  const count = texts.length;
  const returned: Readonly<Record<string, string>> = {
    lua: 'texts()[0] ?? ""',
    manyLua: 'texts()[1] ?? ""',
    lines: `JSON.parse(texts()[${count}] ?? "")`,
    manyLines: `JSON.parse(texts()[${count + 1}] ?? "")`,
  };
  const rest = module
    .replace(TEXT, "")
    .replace(LINES, "")
    .replace(RETURNED, (_, name: string) => `return ${returned[name]};`);
  return `${rest}
import { packedTexts } from "moonpath/client";

const texts = /* @__PURE__ */ packedTexts(${JSON.stringify(packed([...texts, ...lines]))});
`;
}

/** An object of texts, as the generator writes it: joined texts, and a comma after the last one. */
function jsonOf(literal: string): string {
  const parsed: unknown = JSON.parse(literal.replace(/" \+\s*"/g, "").replace(/,(\s*\})/g, "$1"));
  return JSON.stringify(parsed);
}

function packed(texts: readonly string[]): string {
  const joined = Buffer.from(texts.join(TEXT_END));
  const params = { [constants.BROTLI_PARAM_SIZE_HINT]: joined.length };
  return brotliCompressSync(joined, { params }).toString("base64");
}

/** The texts of a script below `generated/lua`, by its path there without the ending. */
export async function textsOf(folder: URL, path: string): Promise<readonly string[]> {
  const single = await readFile(new URL(`${path}.lua`, folder), "utf8");
  const many = await readFile(new URL(`${path}.many.lua`, folder), "utf8").catch(() => undefined);
  return many === undefined ? [single] : [single, many];
}
