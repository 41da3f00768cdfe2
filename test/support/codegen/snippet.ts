import { expect } from "vitest";
import { type CheckResult, checkScript } from "../../../tools/codegen/src/checks/check.js";
import { parseFolder } from "../../../tools/codegen/src/parse/folder.js";

const TYPES = `---@meta

--- A name.
---@alias id string
---@range 1..256
---@charset key

--- Text.
---@alias payload string
---@range 0..1024
---@charset any

--- A count.
---@alias units integer
---@range 0..1000000000000

--- A number in a stream.
---@alias sequence integer
---@range 0..9007199254740991

--- How many at once.
---@alias limit integer
---@range 1..1000

--- A duration.
---@alias ms integer
---@range 1..31622400000

--- An instant.
---@alias epoch_ms integer
---@range 0..8640000000000000
---@unit milliseconds since 1970-01-01 UTC

--- Yes or no.
---@alias flag boolean

--- A colour.
---@alias colour "red"|"blue"

--- One thing and its number.
---@class thing
---@field name id
---@field number units
`;

const KEYSPACE = ["hash", "string", "zset", "set", "list"]
  .map(
    (holds) => `
--- Holds a ${holds}.
---@alias key.${holds} string
---@pattern <namespace>:{<tenant>:<thing>}:${holds}
---@holds ${holds}
---@ttl none
---@owner test
`,
  )
  .join("");

const LIBRARY = {
  "lib/now_ms.lua": `--- Now.
---@return integer now
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end
return now_ms
`,
  "lib/corrupt.lua": `--- Stops.
---@param what string
local function corrupt(what)
  error({ err = "CORRUPT " .. what })
end
return corrupt
`,
};

/** A script in few words: the contract's lines without their dashes, and the function's body. */
export interface Snippet {
  /** `tools.run` unless said. */
  readonly operation?: string;
  readonly params?: readonly string[];
  readonly returns?: readonly string[];
  /** Why it runs when memory is full. */
  readonly oom?: string;
  /** Lines above the documentation. */
  readonly head?: string;
  readonly body: string;
  /** More files of the folder. */
  readonly files?: Readonly<Record<string, string>>;
}

function linesOf(text: string): string[] {
  const lines = text
    .replace(/^\n/, "")
    .replace(/\n\s*$/, "")
    .split("\n");
  const indent = Math.min(
    ...lines.filter((line) => line.trim() !== "").map((line) => /^ */.exec(line)?.[0].length ?? 0),
  );
  return lines.map((line) => line.slice(indent));
}

function parts(snippet: Snippet): { head: string[]; contract: string[]; body: string[] } {
  const { params = [], returns = ['"done" outcome'] } = snippet;
  const head = snippet.head === undefined ? [] : linesOf(snippet.head);
  const tags = [...params.map((param) => `---@param ${param}`), ...returns.map((one) => `---@return ${one}`)];
  if (snippet.oom !== undefined) tags.push(`---@oom runs ${snippet.oom}`);
  return { head, contract: ["--- Runs.", ...tags], body: linesOf(snippet.body) };
}

/**
 * The snippet as a file; the contract begins under the head, the body under the contract and the
 * function's line.
 */
export function check(snippet: Snippet): CheckResult & { readonly lines: readonly string[] } {
  const { operation = "run", params = [] } = snippet;
  const { head, contract, body } = parts(snippet);
  const names = params.map((param) => param.split(" ")[0]);
  const lines = [
    ...head,
    ...contract,
    `local function ${operation}(${names.join(", ")})`,
    ...body,
    "end",
    `return ${operation}`,
  ];
  const files = new Map([
    ["types.lua", TYPES],
    ["keyspace.lua", KEYSPACE],
    ...Object.entries({ ...LIBRARY, ...snippet.files }),
    [`tools/${operation}.lua`, `${lines.join("\n")}\n`],
  ]);
  const folder = parseFolder(files);
  const [script] = folder.scripts;
  if (script === undefined) throw new Error(folder.problems.map((problem) => problem.message).join("\n"));
  const file = script.main.source.file;
  const result = checkScript({
    source: script.main.source,
    contract: { name: `tools.${operation}`, file, ...script.contract },
    keyspace: folder.keys,
    types: folder.types,
    modules: new Map([...folder.modules].map(([name, module]) => [name, module.source])),
  });
  return { ...result, lines };
}

/**
 * The problems of a snippet, one line each: the rule, where (`head`, `contract` or `body`, with the
 * line within it), what the caret underlines, and the message.
 */
export function problemsOf(snippet: Snippet): string[] {
  const { head, contract } = parts(snippet);
  const { problems, lines } = check(snippet);
  return problems.map(({ rule, position, length, message }) => {
    const { line, column, file } = position;
    const bodyStart = head.length + contract.length + 1;
    const text = (lines[line - 1] ?? "").slice(column - 1, column - 1 + length);
    if (!file.startsWith("tools/")) return `${rule} ${file}:${line} | ${message}`;
    if (line > bodyStart) return `${rule} body ${line - bodyStart} «${text}» ${message}`;
    if (line > head.length) return `${rule} contract ${line - head.length} «${text}» ${message}`;
    return `${rule} head ${line} «${text}» ${message}`;
  });
}

/** Expects exactly these problems. */
export function expectProblems(snippet: Snippet, expected: readonly string[]): void {
  expect(problemsOf(snippet)).toEqual(expected);
}

/** Expects none. */
export function expectGood(snippet: Snippet): void {
  expect(problemsOf(snippet)).toEqual([]);
}
