import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { lockedProject, type Project } from "../../../support/codegen/project.js";

let locked: Project;
beforeAll(async () => {
  locked = await lockedProject();
});

const FOREIGN = [
  { path: "acl/users.acl", text: "user default on nopass ~* +@all\n" },
  { path: "ts/empty.ts", text: "" },
  { path: "review/notes.md", text: "" },
  { path: "review/todo.md", text: "These sheets are written by moonpath-codegen. DO NOT EDIT.\n" },
  {
    path: "ts/limit/mine.ts",
    text: "// Generated from lua/limit/take.lua by moonpath-codegen. DO NOT EDIT.\n",
  },
  { path: "other.json", text: '{\n  "types": []\n}\n' },
];

describe("moonpath-codegen generate", () => {
  test.each(FOREIGN)("keeps the foreign file $path and reports it, as check does", async ({ path, text }) => {
    const project = await locked.copy();
    await project.write(`generated/${path}`, text);
    await project.remove("lua/limit");
    expect(await project.succeed("generate")).toBe(
      `2 scripts from lua into generated: 4 changed, 4 removed\ngenerated/${path} was not written by moonpath-codegen, and stays\n`,
    );
    expect(await project.read(`generated/${path}`)).toBe(text);
    const { status, errors } = await project.run("check");
    expect(status).toBe(1);
    expect(errors).toContain(
      `generated/${path}:1:1: output/stale: moonpath-codegen did not write this file\n  fix: move it out of generated, because that folder is for generated files\n`,
    );
  });

  test.each(["dashboards/own.json", "rules/own.md"])(
    "leaves %s to the tool that writes it, as check does",
    async (path) => {
      const project = await locked.copy();
      await project.write(`generated/${path}`, "{}\n");
      expect(await project.succeed("generate")).not.toContain(path);
      expect(await project.read(`generated/${path}`)).toBe("{}\n");
      expect(await project.run("check")).toMatchObject({ status: 0 });
    },
  );

  test.each([
    { path: "acl/moonpath.acl", text: "user moonpath on >secret ~* +@all\n" },
    { path: "acl/README.md", text: "# Users\n" },
    {
      path: "acl/moonpath.acl",
      text: "user moonpath-dba off resetkeys resetchannels -@all +get\nuser me on nopass ~* +@all\n",
    },
    { path: "ts/index.ts", text: "" },
    { path: "model.json", text: '{\n  "types": [\n    "mine"\n  ]\n}\n' },
  ])("does not overwrite the foreign file $path", async ({ path, text }) => {
    const project = await locked.copy();
    await project.write(`generated/${path}`, text);
    const before = await project.contents("generated");
    const { status, errors } = await project.run("generate");
    expect(status).toBe(1);
    expect(errors).toBe(
      `generated holds 1 file that moonpath-codegen did not write, such as ${path}; move them, or name another folder with --out\n`,
    );
    expect(await project.contents("generated")).toEqual(before);
  });

  test("replaces an ACL file of the format before roles", async () => {
    const project = await locked.copy();
    const wanted = await project.read("generated/acl/moonpath.acl");
    const text =
      "user moonpath off resetkeys resetchannels -@all ~moonpath:{*:*}:board +evalsha +script|load\n";
    await project.write("generated/acl/moonpath.acl", text);
    expect(await project.succeed("generate")).toBe("3 scripts from lua into generated: 1 changed\n");
    expect(await project.read("generated/acl/moonpath.acl")).toBe(wanted);
  });

  test("writes nothing if a folder or a link has the path of a file", async () => {
    const project = await locked.copy();
    await project.remove("generated");
    await mkdir(join(project.folder, "generated/ts/index.ts"), { recursive: true });
    expect(await project.run("generate")).toEqual({
      status: 1,
      output: "",
      errors: "ts/index.ts is not a file; move it out of the folder\n",
    });
    expect(await project.files("generated")).toEqual([]);
    await project.remove("generated/ts");
    await mkdir(join(project.folder, "elsewhere"));
    await symlink(join(project.folder, "elsewhere"), join(project.folder, "generated/ts"));
    expect((await project.run("generate")).errors).toBe("ts is not a folder; move it out of the way\n");
    expect([await project.files("generated"), await project.files("elsewhere")]).toEqual([[], []]);
  });
});
