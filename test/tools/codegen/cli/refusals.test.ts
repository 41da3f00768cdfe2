import { describe, expect, test } from "vitest";
import { Project } from "../../../support/codegen/project.js";

describe("the command line", () => {
  test.each([
    { args: ["frobnicate"], says: "error: unknown command 'frobnicate'" },
    { args: ["generate", "--outt", "x"], says: "error: unknown option '--outt'\n(Did you mean --out?)" },
    {
      args: ["check", "lua"],
      says: "error: too many arguments for 'check'. Expected 0 arguments but got 1.",
    },
    { args: ["generate", "--out"], says: "error: option '--out <dir>' argument missing" },
    {
      args: ["generate", "--namespace", "two words"],
      says: "error: option '--namespace <name>' argument 'two words' is invalid.",
    },
    {
      args: ["generate", "--lua", "nowhere"],
      says: "the folder nowhere does not exist; set the folder of your scripts with --lua",
    },
    {
      args: ["check", "--lua", "lua/types.lua"],
      says: "the folder lua/types.lua does not exist; set the folder of your scripts with --lua",
    },
    { args: ["generate", "--lua", "empty"], says: "empty contains no .lua file" },
    {
      args: ["lock", "--amend", "board.topp@1.0.0"],
      says: "no script has the version board.topp@1.0.0; write it as stock.set_level@1.0.0",
    },
    {
      args: ["lock", "--retire", "board.top@7"],
      says: "the lock file has no version of board.top@7; name a script and its major, such as stock.set_level@1",
    },
  ])("exits with 2 and one error for $args", async ({ args, says }) => {
    const project = await Project.create();
    await project.write("empty/README.md", "nothing here\n");
    const before = await project.files();
    const { status, output, errors } = await project.run(...args);
    expect({ status, output }).toEqual({ status: 2, output: "" });
    expect(errors.startsWith(says)).toBe(true);
    expect(errors).not.toContain("    at ");
    expect(await project.files()).toEqual(before);
  });

  test("prints the help without a command and exits with 2, and with --help exits with 0", async () => {
    const project = await Project.empty();
    const [without, asked] = await Promise.all([project.run(), project.run("--help")]);
    expect(without.status).toBe(2);
    expect(without.errors).toContain("Usage: moonpath-codegen [options] [command]");
    expect(asked.status).toBe(0);
    expect(asked.output).toBe(without.errors);
  });
});

describe("the option --out", () => {
  test.each([
    { out: "docs", path: "docs/notes.md" },
    { out: "docs", path: "docs/review/README.md" },
    { out: ".", path: "ts/index.ts" },
    { out: "config", path: "config/model.json" },
  ])("with $out keeps the foreign file $path", async ({ out, path }) => {
    const project = await Project.create();
    await project.write(path, "somebody's own words\n");
    const before = await project.files();
    const { status, errors } = await project.run("generate", "--out", out);
    expect(status).toBe(1);
    expect(errors).toMatch(
      /^\S+ holds \d+ files? that moonpath-codegen did not write, such as \S+; move them, or name another folder with --out\n$/,
    );
    expect(await project.read(path)).toBe("somebody's own words\n");
    expect(await project.files()).toEqual(before);
  });

  test.each(["lua", "lua/generated"])("refuses %s in the folder of the scripts", async (out) => {
    const project = await Project.create();
    const before = await project.contents("lua");
    expect(await project.run("generate", "--out", out)).toEqual({
      status: 2,
      output: "",
      errors: `--out ${out} is inside the folder of the scripts, lua; set a folder outside of it\n`,
    });
    expect(await project.contents("lua")).toEqual(before);
  });

  test("allows files of other kinds in the output folder and keeps them", async () => {
    const project = await Project.create();
    await project.write("generated/.gitattributes", "* linguist-generated\n");
    await project.succeed("generate");
    expect(await project.read("generated/.gitattributes")).toBe("* linguist-generated\n");
  });

  test("refuses a file as the output folder", async () => {
    const project = await Project.create();
    await project.write("taken", "a file\n");
    const { status, errors } = await project.run("generate", "--out", "taken/api");
    expect({ status, lines: errors.trim().split("\n").length }).toEqual({ status: 2, lines: 1 });
    expect(errors).toContain("cannot be a folder, because a part of its path is a file");
    expect(await project.read("taken")).toBe("a file\n");
  });
});

describe("a command that needs the lock file", () => {
  test.each(["{", "[]", '{ "board.top": { "1.0.0": {} } }'])(
    "refuses a lock file with the text %s",
    async (text) => {
      const project = await Project.create();
      await project.write("lua/versions.lock.json", text);
      const { status, errors } = await project.run("lock");
      expect({ status, errors }).toEqual({
        status: 1,
        errors: "lua/versions.lock.json is not a valid lock file; restore it from version control\n",
      });
      expect(await project.read("lua/versions.lock.json")).toBe(text);
    },
  );
});
