import { beforeAll, describe, expect, test } from "vitest";
import { lockedProject, type Project } from "../../../support/codegen/project.js";

let locked: Project;
beforeAll(async () => {
  locked = await lockedProject();
});

/** What `check` prints to a project that was changed after it had passed. */
async function checkAfter(change: (project: Project) => Promise<void>): Promise<string> {
  const project = await locked.copy();
  await change(project);
  const { status, output, errors } = await project.run("check");
  expect({ status, output }).toEqual({ status: 1, output: "" });
  return errors;
}

test("moonpath-codegen check accepts output that is generated and locked", async () => {
  expect(await locked.succeed("check")).toBe("3 scripts in lua: every check passes\n");
});

describe("moonpath-codegen check of changed sources", () => {
  test("reports an undeclared key", async () => {
    const told = await checkAfter((project) =>
      project.edit("lua/board/top.lua", '"ZRANGE", board, 0,', '"ZRANGE", "board:" .. board, 0,'),
    );
    expect(told).toMatch(/^lua\/board\/top\.lua:25:\d+: keys\/undeclared: /m);
    expect(told).toMatch(
      /^ {2}25 \| .*"board:" \.\. board.*\n {5}\| +\^+\n {2}fix: declare the key in keyspace\.lua/m,
    );
  });

  test("reports a literal key in a module", async () => {
    const told = await checkAfter(async (project) => {
      await project.edit(
        "lua/lib/stored_count.lua",
        "  return number\n",
        '  redis.call("INCR", "reads")\n  return number\n',
      );
    });
    expect(told).toMatch(/^lua\/lib\/stored_count\.lua:14:\d+: keys\/undeclared: /m);
  });

  test("reports a reply that may have a fraction", async () => {
    const told = await checkAfter((project) =>
      project.edit("lua/limit/take.lua", "capacity - used - amount\n", "(capacity - used - amount) / 2\n"),
    );
    expect(told).toMatch(/^lua\/limit\/take\.lua:38:\d+: reply\/float: `left` may have a fraction/);
    expect(told).toContain("fix: round it with math.floor");
  });

  test("reports a key that the script does not use", async () => {
    const told = await checkAfter(async (project) => {
      await project.edit(
        "lua/board/top.lua",
        "---@param limit page\n",
        "---@param spare key.window read\n---@param limit page\n",
      );
      await project.edit("lua/board/top.lua", "top(board, limit)", "top(board, spare, limit)");
    });
    expect(told).toMatch(/^lua\/board\/top\.lua:\d+:\d+: keys\/unused: .*spare/m);
    expect(told).toContain("fix: remove the parameter from the contract and the function");
  });

  test("reports an argument that the script does not use", async () => {
    const told = await checkAfter((project) => project.edit("lua/board/top.lua", "limit - 1", "9"));
    expect(told).toMatch(/^lua\/board\/top\.lua:7:\d+: args\/unused: .*limit/m);
  });

  test("reports two keys that may be on two nodes", async () => {
    const told = await checkAfter(async (project) => {
      await project.edit(
        "lua/board/top.lua",
        "---@param limit page\n",
        "---@param window key.window read\n---@param limit page\n",
      );
      await project.edit("lua/board/top.lua", "top(board, limit)", "top(board, window, limit)");
      await project.edit(
        "lua/board/top.lua",
        "  local entries = {}",
        '  redis.call("GET", window)\n  local entries = {}',
      );
    });
    expect(told).toMatch(/^lua\/board\/top\.lua:7:\d+: keys\/slot: window has the hash tag/m);
  });

  test("reports a source that is not formatted, which moonpath-codegen format fixes", async () => {
    const project = await locked.copy();
    await project.edit("lua/board/top.lua", "  local entries = {}", "    local entries={}");
    const { status, errors } = await project.run("check");
    expect(status).toBe(1);
    expect(errors).toMatch(/^lua\/board\/top\.lua:26:\d+: style\/format: .*: local entries = \{\}$/m);
    expect(errors).toContain("fix: run: moonpath-codegen format");
    expect(await project.succeed("format")).toBe("1 file of 6 in lua formatted\n");
    expect(await project.succeed("check")).toContain("every check passes");
  });

  test("accepts changes of comments and white space without a new version", async () => {
    const project = await locked.copy();
    await project.edit(
      "lua/board/top.lua",
      "  local entries = {}",
      "  -- What is given back.\n\n  local entries = {}",
    );
    await project.succeed("generate");
    expect(await project.succeed("check")).toContain("every check passes");
  });

  test("reports all problems of a folder at once", async () => {
    const told = await checkAfter(async (project) => {
      await project.edit("lua/board/top.lua", "limit - 1", "9");
      await project.edit(
        "lua/limit/take.lua",
        "capacity - used - amount\n",
        "(capacity - used - amount) / 2\n",
      );
      await project.edit("lua/limit/take.lua", "  local used =", "   local used =");
    });
    expect(told).toMatch(/args\/unused(?:.|\n)*style\/format(?:.|\n)*reply\/float(?:.|\n)*\n3 problems\n$/);
  });
});

describe("moonpath-codegen check of changed output", () => {
  test("reports a changed file and its first different line", async () => {
    const told = await checkAfter((project) =>
      project.edit("generated/lua/limit/take.lua", "capacity - used - amount", "capacity - used"),
    );
    expect(told).toMatch(
      /^generated\/lua\/limit\/take\.lua:\d+:1: output\/stale: the file differs from what its source generates\n {2}fix: run: moonpath-codegen generate, and commit what it writes\n$/,
    );
  });

  test("reports a missing file", async () => {
    const told = await checkAfter((project) => project.remove("generated/review/board/top.md"));
    expect(told).toMatch(
      /^generated\/review\/board\/top\.md:1:1: output\/stale: the file is missing\n {2}fix: /,
    );
  });

  test("reports a file that no source generates", async () => {
    const told = await checkAfter((project) => project.write("generated/ts/board/old.ts", "export {};\n"));
    expect(told).toMatch(
      /^generated\/ts\/board\/old\.ts:1:1: output\/stale: moonpath-codegen did not write this file\n {2}fix: /,
    );
  });

  test("reports missing output and output for another client", async () => {
    const project = await locked.copy();
    const other = await project.run("check", "--client", "../../client.js");
    expect(other.errors).toMatch(/^generated\/ts\/board\/top\.ts:2:1: output\/stale: /m);
    await project.remove("generated");
    expect((await project.run("check")).errors.match(/the file is missing/g)).toHaveLength(19);
  });
});
