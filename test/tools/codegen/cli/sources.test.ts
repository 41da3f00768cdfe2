import { execFileSync } from "node:child_process";
import { readFile, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "../../../support/bundle.js";
import { Project } from "../../../support/codegen/project.js";
import { runProgram } from "../../../support/program.js";

describe("moonpath-codegen generate", () => {
  test("reads a link to a script inside the folder as a script", async () => {
    const project = await Project.create();
    const wanted = await project.copy();
    await wanted.succeed("generate");
    await rename(join(project.folder, "lua/board/top.lua"), join(project.folder, "lua/top.text"));
    await symlink("../top.text", join(project.folder, "lua/board/top.lua"));
    expect(await project.succeed("generate")).toBe("3 scripts from lua into generated: 19 new\n");
    expect(await project.contents("generated")).toEqual(await wanted.contents("generated"));
  });

  test.each([
    { to: "nowhere.lua", from: "lua/board/lost.lua", says: "board/lost.lua is a link to a missing file" },
    { to: "..", from: "lua/board/up", says: "board/up is a link to a folder that contains it" },
  ])("reports the link from $from to $to", async ({ to, from, says }) => {
    const project = await Project.create();
    await symlink(to, join(project.folder, from));
    expect(await project.run("generate")).toEqual({ status: 1, output: "", errors: `${says}\n` });
  });

  test("ignores the lock file of an editor", async () => {
    const project = await Project.create();
    await symlink("ann@host.1:2", join(project.folder, "lua/board/.#top.lua"));
    expect(await project.succeed("generate")).toContain("3 scripts");
  });
});

describe("bytes that are not UTF-8", () => {
  test.each(["generate", "check", "format", "lock"])("stop %s and stay unchanged", async (command) => {
    const project = await Project.create();
    const path = join(project.folder, "lua/board/top.lua");
    const bytes = await readFile(path);
    const at = bytes.indexOf("local entries");
    const broken = Buffer.concat([
      bytes.subarray(0, at),
      Buffer.from("-- caf\u00e9\n  ", "latin1"),
      bytes.subarray(at),
    ]);
    await writeFile(path, broken);
    const { status, output, errors } = await project.run(command);
    expect({ status, output }).toEqual({ status: 1, output: "" });
    expect(errors).toMatch(/^lua\/board\/top\.lua:\d+:9: parse\/encoding: these bytes are not valid UTF-8$/m);
    expect(await readFile(path)).toEqual(broken);
  });

  test("are reported once if they are a byte order mark, also in types.lua", async () => {
    const project = await Project.create();
    await project.write("lua/types.lua", `\uFEFF${await project.read("lua/types.lua")}`);
    const { status, errors } = await project.run("generate");
    expect(status).toBe(1);
    expect(errors).toMatch(/^lua\/types\.lua:1:1: parse\/encoding: /);
    expect(errors).toMatch(/\n1 problem\n$/);
  });
});

describe("the command line", () => {
  test("prints its version", async () => {
    const { output } = await runProgram(join(ROOT, "tools/codegen/src/main.ts"), ["--version"]);
    const parsed: unknown = JSON.parse(await readFile(join(ROOT, "tools/codegen/package.json"), "utf8"));
    expect(parsed).toMatchObject({ version: output.trim() });
  });

  test("generates no code from the name of a folder", async () => {
    const project = await Project.create();
    await rename(join(project.folder, "lua"), join(project.folder, "lua\nboom()"));
    const { status, errors } = await project.run("generate", "--lua", "lua\nboom()");
    expect(status).toBe(2);
    expect(errors).toBe("the folder of the scripts has a control character in its name; rename it\n");
  });

  test("accepts a folder of scripts that is a separate repository for diff", async () => {
    const project = await Project.create();
    const git = (...args: string[]) =>
      execFileSync(
        "git",
        [
          "-C",
          join(project.folder, "lua"),
          "-c",
          "user.name=test",
          "-c",
          "user.email=test@localhost",
          ...args,
        ],
        {
          env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" },
          stdio: "ignore",
        },
      );
    git("init", "--quiet");
    git("add", ".");
    git("commit", "--quiet", "--no-gpg-sign", "--message", "first");
    expect(await project.succeed("diff")).toBe("nothing has changed in lua since HEAD\n");
    await project.edit("lua/limit/take.lua", "@version 1.0.0", "@version 1.0.1");
    expect(await project.succeed("diff")).toContain("limit.take 1.0.0 -> 1.0.1");
  });
});
