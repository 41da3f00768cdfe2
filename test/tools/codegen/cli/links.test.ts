import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, readFile, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { Project } from "../../../support/codegen/project.js";
import { within } from "../../../support/wait.js";

/** What a malicious repository lays into the folders that the commands read and write. */
let original: Project;
beforeAll(async () => {
  original = await Project.create();
  await original.succeed("generate");
  await original.succeed("lock");
});

const SECRET = "local secret = 'of somebody else' -- not for print\n";

/** A copy of the project, and a file beside it that nobody may read or write. */
async function withSecret(): Promise<{ project: Project; secret: string }> {
  const project = await original.copy();
  await project.write("elsewhere/secret.lua", SECRET);
  return { project, secret: join(project.folder, "elsewhere/secret.lua") };
}

describe("hole 1: the command line", () => {
  test("does not write through a link in the output folder", async () => {
    const { project, secret } = await withSecret();
    await project.remove("generated/ts/board/top.ts");
    await symlink(secret, join(project.folder, "generated/ts/board/top.ts.writing"));
    await project.succeed("generate");
    expect(await readFile(secret, "utf8")).toBe(SECRET);
    expect(await project.read("generated/ts/board/top.ts")).toContain("DO NOT EDIT");
  });

  test.each(["generated/ts/board/top.ts", "generated/ts/board", "generated/acl/moonpath.acl"])(
    "refuses a link at %s and writes nothing",
    async (path) => {
      const { project, secret } = await withSecret();
      await project.remove("generated");
      await mkdir(join(project.folder, path, ".."), { recursive: true });
      await symlink(path.includes(".") ? secret : join(secret, ".."), join(project.folder, path));
      const { status, errors } = await project.run("generate");
      expect({ status, errors }).toEqual({
        status: 1,
        errors: expect.stringMatching(/^\S+ is not a (file|folder); move it out of the (folder|way)\n$/),
      });
      expect(await readFile(secret, "utf8")).toBe(SECRET);
      expect(await project.files("elsewhere")).toEqual(["secret.lua"]);
    },
  );

  test("accepts an output folder that is a link itself", async () => {
    const { project } = await withSecret();
    await mkdir(join(project.folder, "real"));
    await symlink("real", join(project.folder, "out"));
    await project.succeed("generate", "--out", "out");
    expect(await project.files("real")).toContain("ts/board/top.ts");
  });

  test.each([
    ["generated", "--out"],
    ["lua", "--lua"],
  ])("refuses the folder %s as a link out of the working folder", async (folder, option) => {
    const { project } = await withSecret();
    const { project: other } = await withSecret();
    await project.remove(folder);
    await symlink(join(other.folder, folder), join(project.folder, folder));
    const before = await other.contents(".");
    expect(await project.run("generate")).toEqual({
      status: 2,
      output: "",
      errors: `${folder} is a link that leads out of this folder, to ${join(other.folder, folder)}; set the real folder with ${option}\n`,
    });
    expect(await other.contents(".")).toEqual(before);
  });

  test("does not replace a link at the path of the lock file", async () => {
    const { project } = await withSecret();
    const target = join(project.folder, "lua/versions.saved");
    await writeFile(target, await project.read("lua/versions.lock.json"));
    await project.remove("lua/versions.lock.json");
    await symlink("versions.saved", join(project.folder, "lua/versions.lock.json"));
    const before = await readFile(target, "utf8");
    await project.edit("lua/board/top.lua", "@version 1.0.0", "@version 1.0.1");
    const { status, errors } = await project.run("lock");
    expect({ status, errors }).toEqual({
      status: 1,
      errors: "versions.lock.json is not a file; move it out of the folder\n",
    });
    expect(await readFile(target, "utf8")).toBe(before);
  });

  test("leaves no temporary file", async () => {
    const { project } = await withSecret();
    await project.edit("lua/board/top.lua", "@version 1.0.0", "@version 1.0.1");
    await project.succeed("generate");
    await project.succeed("lock");
    expect((await project.files()).filter((path) => /\.(tmp|writing)$/.test(path))).toEqual([]);
  });
});

describe("hole 8: the command line", () => {
  test.each(["check", "generate", "format", "lock", "diff"])(
    "refuses a link to a file outside in %s and prints nothing of that file",
    async (command) => {
      const { project, secret } = await withSecret();
      await symlink(secret, join(project.folder, "lua/board/stolen.lua"));
      const { status, output, errors } = await project.run(command);
      expect({ status, errors }).toEqual({
        status: 1,
        errors: "board/stolen.lua is a link that leads out of the folder; put the file itself there\n",
      });
      expect(output + errors).not.toContain("secret");
      expect(await readFile(secret, "utf8")).toBe(SECRET);
    },
  );

  test("refuses a link to a folder outside and names the link", async () => {
    const { project, secret } = await withSecret();
    await symlink(join(secret, ".."), join(project.folder, "lua/stolen"));
    expect((await project.run("check")).errors).toBe(
      "stolen is a link that leads out of the folder; put the folder itself there\n",
    );
  });

  test("reads a folder once if several links lead to it", async () => {
    const { project } = await withSecret();
    for (const name of ["a", "b", "c", "d", "e", "f", "g", "h"]) {
      await mkdir(join(project.folder, "lua/nest", name), { recursive: true });
      for (const other of ["a", "b", "c", "d", "e", "f", "g", "h"])
        if (other !== name) await symlink(`../${other}`, join(project.folder, "lua/nest", name, other));
    }
    await project.succeed("check");
  });

  test("formats the target of a link inside the folder and keeps the link", async () => {
    const { project } = await withSecret();
    await project.write("lua/lib/odd.lua", "local   x=1\nreturn x\n");
    await symlink("odd.lua", join(project.folder, "lua/lib/same.lua"));
    expect(await project.succeed("format")).toContain("1 file of");
    expect(await project.read("lua/lib/odd.lua")).toBe("local x = 1\nreturn x\n");
    expect(execFileSync("readlink", [join(project.folder, "lua/lib/same.lua")], { encoding: "utf8" })).toBe(
      "odd.lua\n",
    );
  });
});

describe("hole 17: the command line", () => {
  test("refuses a file of 3 GB with its name and the limit", async () => {
    const { project } = await withSecret();
    const file = await open(join(project.folder, "lua/board/huge.lua"), "w");
    await file.truncate(3_000_000_000);
    await file.close();
    expect(await project.run("check")).toEqual({
      status: 1,
      output: "",
      errors: "board/huge.lua is larger than 10 MB; split the file, or move it out of the folder\n",
    });
  });

  test("refuses a FIFO and a socket without waiting for them", async () => {
    const { project } = await withSecret();
    execFileSync("mkfifo", [join(project.folder, "lua/board/pipe.lua")]);
    expect((await project.run("check")).errors).toBe(
      "board/pipe.lua is not a regular file; move it out of the folder\n",
    );
    await project.remove("lua/board/pipe.lua");
    const socket = join(project.folder, "lua/board/socket.lua");
    const server = createServer();
    server.listen(socket);
    await within("the server listens on the socket", once(server, "listening"));
    expect((await project.run("check")).errors).toBe(
      "board/socket.lua is not a regular file; move it out of the folder\n",
    );
    server.close();
    await within("the server closes", once(server, "close"));
  });

  test("prints no escape sequences from names, sources and options", async () => {
    const { project } = await withSecret();
    const name = "lua/board/\u001b]0;owned\u0007\u202eaul.lua";
    await writeFile(join(project.folder, name), "local \u001b[31mx = = 1\n");
    const broken = await project.run("check");
    expect(broken.status).toBe(1);
    expect(broken.errors).toContain("lua/board/\\x1b]0;owned\\x07\\u202eaul.lua:1:");
    const runs = [
      broken,
      await project.run("check", "--lua", "\u001b[2Jnowhere"),
      await project.run("check", "--\u001b[2Jodd"),
      await project.run("\u001b[2Jodd"),
      await project.run("diff", "\u001b[2Jrevision"),
    ];
    for (const { status, output, errors } of runs) {
      expect(status).toBeGreaterThan(0);
      expect(output + errors).not.toMatch(/(?![\n\t])[\p{Cc}\p{Cf}]/u);
    }
  });
});
