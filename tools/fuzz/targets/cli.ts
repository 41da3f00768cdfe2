import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { runProgram } from "../../codegen/src/cli/program.js";
import { anyCharacter } from "../support/characters.js";
import { isRecord, isTexts } from "../support/json.js";
import { defineTarget, Violation } from "../target.js";

/**
 * A command line, and the files and links of its folder: files by path, and links by path with
 * their targets.
 */
interface Input {
  readonly args: readonly string[];
  readonly files: readonly (readonly string[])[];
  readonly links: readonly (readonly string[])[];
}

const GOLDEN = fileURLToPath(new URL("../../../test/tools/codegen/golden", import.meta.url));

/** No path leads out of the run's folder, because `format` and `generate` write. */
const value = fc.oneof(
  fc.constantFrom(
    "lua",
    "out",
    ".",
    "",
    "-",
    "--",
    "lua/stock",
    "lua/types.lua",
    "out/../lua",
    "/dev/null",
    "/nowhere",
  ),
  fc.constantFrom(
    "a\u001b[2Jb",
    "a\u0000b",
    "x".repeat(5_000),
    "HEAD",
    "HEAD~99",
    "stock.set@1",
    "__proto__",
    "{}",
  ),
  fc.string({ unit: anyCharacter, maxLength: 8 }).map((text) => text.replace(/[/.\ud800-\udfff]/g, "_")),
);
const option = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom("--lua", "--out", "--client", "--namespace"), value) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom("--amend", "--retire", "--scripts", "--nothing"), value) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ["--redis", "redis://127.0.0.1:1"],
      ["--redis", "nothing"],
      ["--help"],
      ["-V"],
    ),
  },
  { weight: 1, arbitrary: value.map((one) => [one]) },
);
const args = fc
  .tuple(
    fc.constantFrom(
      "generate",
      "check",
      "diff",
      "lock",
      "format",
      "verify",
      "load",
      "help",
      "",
      "constructor",
    ),
    fc.array(option, { maxLength: 4 }),
  )
  .map(([command, options]) => [command, ...options.flat()]);

/** Runs command lines in a folder with hostile names and links. */
export const target = defineTarget<Input>({
  inputs: fc.record({
    args,
    files: fc.subarray(
      [
        ["lua/stock/a\u001b[31mb.lua", "return 1\n"],
        ["lua/stock/\u202egnp.lua", "local function a() end\n"],
        ["out/ts/foreign.ts", "export {};\n"],
        ["lua/versions.lock.json", '{"__proto__":1}'],
        ["lua/stock/set.lua", "\u001b]0;title\u0007 = 1\n"],
      ],
      { minLength: 0 },
    ),
    links: fc.subarray(
      [
        ["lua/stock/linked.lua", "../../../canary/keep.lua"],
        ["lua/loop", "."],
        ["out", "../canary"],
        ["out/acl/README.md.writing", "../../../canary/keep.lua"],
      ],
      { minLength: 0 },
    ),
  }),
  isInput: (saved): saved is Input =>
    isRecord(saved) && isTexts(saved["args"]) && isPairs(saved["files"]) && isPairs(saved["links"]),
  async open() {
    const root = mkdtempSync(join(tmpdir(), "moonpath-fuzz-cli-"));
    const home = process.cwd();
    return {
      attempt: (input) => attempt(root, input),
      async close() {
        process.chdir(home);
        rmSync(root, { recursive: true, force: true });
      },
    };
  },
});

function isPairs(saved: unknown): saved is string[][] {
  return Array.isArray(saved) && saved.every((pair) => isTexts(pair) && pair.length === 2);
}

const KEPT = "local kept = 1;return kept\n";

async function attempt(root: string, input: Input): Promise<void> {
  const work = join(root, "work");
  const canary = join(root, "canary");
  for (const folder of [work, canary]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(canary);
  writeFileSync(join(canary, "keep.lua"), KEPT);
  for (const name of ["base", "constants-and-helpers"])
    cpSync(join(GOLDEN, name, "lua"), join(work, "lua"), { recursive: true });
  for (const [path = "", text = ""] of input.files)
    plant(join(work, path), (file) => writeFileSync(file, text));
  for (const [path = "", to = ""] of input.links) plant(join(work, path), (file) => symlinkSync(to, file));
  // Planted files may be in the canary's folder too, through a planted link.
  const before = contentsOf(canary);
  process.chdir(work);
  const { code, output } = await captured(() => runProgram(input.args));
  if (![0, 1, 2].includes(code)) throw new Violation("another exit code", String(code));
  if (/^\s+at .*:\d+:\d+/m.test(output)) throw new Violation("a stack trace", output.slice(0, 300));
  const raw = /[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/u.exec(output);
  if (raw !== null) throw new Violation("raw control characters", JSON.stringify(output.slice(0, 300)));
  const after = contentsOf(canary);
  if (after !== before) throw new Violation("a file outside of --out was written", after);
}

/** Every file of a folder with its text. */
function contentsOf(folder: string): string {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => {
    const path = join(entry.parentPath, entry.name);
    return [path.slice(folder.length), entry.isFile() ? readFileSync(path, "utf8") : ""];
  });
  return JSON.stringify(found.sort());
}

/** Creates a file, unless another planted entry has its path. */
function plant(path: string, make: (path: string) => void): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    rmSync(path, { force: true });
    make(path);
  } catch {
    // Two planted things may exclude each other.
  }
}

async function captured(run: () => Promise<number>): Promise<{ code: number; output: string }> {
  let output = "";
  const streams = [process.stdout, process.stderr];
  const kept = streams.map((stream) => stream.write.bind(stream));
  for (const stream of streams)
    stream.write = (chunk: string | Uint8Array) => {
      output += chunk.toString();
      return true;
    };
  try {
    return { code: await run(), output };
  } finally {
    streams.forEach((stream, index) => {
      const write = kept[index];
      if (write !== undefined) stream.write = write;
    });
  }
}
