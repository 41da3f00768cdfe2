import { mkdir, mkdtemp, rm, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROOT } from "../../support/bundle.js";
import { run, runProgram } from "../../support/program.js";

const MAIN = join(ROOT, "tools/prose/main.ts");
const LONG = `${"word ".repeat(31)}\n`;

let root = "";

const git = (...args: readonly string[]) => run("git", args, { cwd: root });
const prose = (...args: readonly string[]) => runProgram(MAIN, args, { cwd: root });

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, file)), { recursive: true });
  await writeFile(join(root, file), text);
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "prose-"));
  await git("init", "--quiet");
  await write(".gitignore", "dist\n");
  await write("README.md", "All is well.\n");
  await write("docs/guide.md", LONG);
  await write("src/client/call.ts", "// We mend it.\nexport {};\n");
  await write("lua/stock/read.lua", "-- We mend\n-- and mend.\nreturn 1\n");
  await write("dist/built.md", LONG);
  await write("test/tools/codegen/golden/bad.lua", "local = -- mend\n");
  await write("removed.md", LONG);
  await git("add", "removed.md");
  await unlink(join(root, "removed.md"));
});

afterAll(() => rm(root, { recursive: true, force: true }));

describe("npm run prose", () => {
  test("prints findings and exits with 1", async () => {
    expect(await prose()).toEqual({
      status: 1,
      output: [
        'docs/guide.md:1:1: sentence-length: sentence of 31 words, at most 30: "word word word word word …"',
        'lua/stock/read.lua:1:7: word: "mend" is not a word of the field; write: fix',
        'lua/stock/read.lua:2:8: word: "mend" is not a word of the field; write: fix',
        'src/client/call.ts:1:7: word: "mend" is not a word of the field; write: fix',
        "",
      ].join("\n"),
      errors: "5 files, 4 findings\n",
    });
  });

  test("reads only the named files and folders", async () => {
    expect(await prose("README.md")).toEqual({ status: 0, output: "", errors: "1 files, 0 findings\n" });
    expect((await prose("src", "docs/guide.md")).errors).toBe("2 files, 2 findings\n");
  });

  test("counts findings by folder", async () => {
    const { status, output } = await prose("--summary");
    expect(status).toBe(1);
    expect(output.split("\n").map((line) => line.split(/\s+/))).toEqual([
      ["folder", "comment-width", "sentence-length", "word", "all"],
      ["lua/stock", "0", "0", "2", "2"],
      ["docs", "0", "1", "0", "1"],
      ["src/client", "0", "0", "1", "1"],
      ["all", "0", "1", "3", "4"],
      [""],
    ]);
  });

  test("exits with 2 if it cannot run", async () => {
    expect(await prose("nowhere")).toEqual({
      status: 2,
      output: "",
      errors: "error: no .ts, .lua or .md file in: nowhere\n",
    });
    expect((await prose("--baseline")).errors).toMatch(/^error: Unknown option '--baseline'/);
    await write("broken/file.lua", "local = 1\n");
    expect(await prose("broken")).toEqual({
      status: 2,
      output: "",
      errors: "error: broken/file.lua: [1:6] <name> expected near '='\n",
    });
  });

  test("shows an example in its help", async () => {
    const { status, output } = await prose("--help");
    expect(status).toBe(0);
    expect(output).toContain("Example: npm run prose -- --summary src docs/client.md\n");
  });
});
