import { join, relative } from "node:path";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { ROOT } from "../../../support/bundle.js";
import { lockedProject, type Project, runTypeScript, typeCheck } from "../../../support/codegen/project.js";
import { freshNamespace } from "../../../support/redis.js";

const TAKE = "lua/limit/take.lua";

let locked: Project;
beforeAll(async () => {
  locked = await lockedProject();
});

async function checked(project: Project): Promise<string> {
  await project.succeed("generate");
  const { status, errors } = await project.run("check");
  expect(status).toBe(1);
  return errors;
}

/** What `lock` prints where it rejects the connection: it exits with 1, and the lock file stays as it is. */
async function refusedLock(project: Project, ...args: string[]): Promise<string> {
  const before = await project.read("lua/versions.lock.json");
  const { status, output, errors } = await project.run("lock", ...args);
  expect({ status, output }).toEqual({ status: 1, output: "" });
  expect(await project.read("lua/versions.lock.json")).toBe(before);
  return errors;
}

/** The rate limiter calls its outcome by another name. */
async function changeContract(project: Project, version: string): Promise<void> {
  await project.edit(TAKE, "@version 1.0.0", `@version ${version}`);
  await project.edit(TAKE, '"granted"|"refused" outcome', '"allowed"|"refused" outcome');
  await project.edit(TAKE, "left when granted", "left when allowed");
  await project.edit(TAKE, "outcome=granted", "outcome=allowed");
  await project.edit(TAKE, 'return "granted"', 'return "allowed"');
}

describe("a changed script", () => {
  test("needs a new version if its behaviour changes", async () => {
    const project = await locked.copy();
    await project.edit(TAKE, "used + amount > capacity", "used + amount >= capacity");
    const told = await checked(project);
    expect(told).toMatch(
      /^lua\/limit\/take\.lua:28:1: version\/unbumped: the behaviour of limit\.take differs from the one that versions\.lock\.json records for 1\.0\.0\n {2}28 \| local function take.*\n.*\^\n {2}fix: give it a new version \(@version\), or undo the change\n/,
    );
  });

  test("needs a new version if a module of it changes behaviour", async () => {
    const project = await locked.copy();
    await project.edit("lua/lib/stored_count.lua", "number > 1000000000", "number > 999999999");
    const told = await checked(project);
    expect(told.match(/version\/unbumped: the behaviour of \S+/g)).toEqual([
      "version/unbumped: the behaviour of board.submit",
      "version/unbumped: the behaviour of board.top",
      "version/unbumped: the behaviour of limit.take",
    ]);
  });

  test("must be locked under its new version and then passes", async () => {
    const project = await locked.copy();
    await project.edit(TAKE, "used + amount > capacity", "used + amount >= capacity");
    await project.edit(TAKE, "@version 1.0.0", "@version 1.0.1");
    expect(await checked(project)).toMatch(
      /^lua\/limit\/take\.lua:28:1: version\/unlocked: [^\n]*\n(?:.|\n)*fix: when the script is ready, run: moonpath-codegen lock/,
    );
    expect(await project.succeed("lock")).toBe("locked limit.take@1.0.1\n");
    expect(await project.succeed("lock")).toBe("no new version\n");
    expect(await project.succeed("check")).toContain("every check passes");
  });

  test("may not return to a lower version", async () => {
    const project = await locked.copy();
    await project.edit(TAKE, "@version 1.0.0", "@version 1.0.5");
    await project.succeed("lock");
    await project.edit(TAKE, "@version 1.0.5", "@version 1.0.2");
    const told = await checked(project);
    expect(told).toContain("version/backwards: limit.take went from 1.0.5 back to 1.0.2");
    expect(told).toContain("fix: give it a version above 1.0.5");
    expect(await refusedLock(project)).toContain("version/backwards");
  });

  test("may not return to a lower version that is locked", async () => {
    const project = await locked.copy();
    await project.edit(TAKE, "@version 1.0.0", "@version 1.1.0");
    await project.succeed("lock");
    await project.edit(TAKE, "@version 1.1.0", "@version 1.0.0");
    expect(await checked(project)).toContain("version/backwards: limit.take went from 1.1.0 back to 1.0.0");
  });

  test("is not retired while its file exists", async () => {
    const project = await locked.copy();
    expect(await refusedLock(project, "--retire", "limit.take@1")).toBe(
      "lua/limit/take.lua still contains 1.0.0 of limit.take; before you retire limit.take@1, remove the file or give it the next major\n",
    );
    await project.remove(TAKE);
    expect(await project.succeed("lock", "--retire", "limit.take@1")).toBe(
      "no new version; retired limit.take@1\n",
    );
    await project.succeed("generate");
    expect(await project.succeed("check")).toContain("every check passes");
  });

  test("is recorded again under the same version with --amend", async () => {
    const project = await locked.copy();
    await project.edit(TAKE, "used + amount > capacity", "used + amount >= capacity");
    expect(await checked(project)).toContain("version/unbumped");
    expect(await refusedLock(project)).toMatch(
      /version\/unbumped: the behaviour of limit\.take .*\n1 problem; nothing was locked\nto record a version again that nobody has deployed, run: moonpath-codegen lock --amend <script>@<version>/s,
    );
    expect(await project.succeed("lock", "--amend", "limit.take@1.0.0")).toBe("locked limit.take@1.0.0\n");
    expect(await project.succeed("check")).toContain("every check passes");
  });
});

describe("a changed contract", () => {
  test.each(["1.0.0", "1.1.0"])("breaks callers under the version %s", async (version) => {
    const project = await locked.copy();
    await changeContract(project, version);
    const told = await checked(project);
    expect(told).toMatch(
      /^lua\/limit\/take\.lua:28:1: version\/contract: the contract of limit\.take differs /,
    );
    expect(told).toContain(
      "fix: give it version 2.0.0, and keep the old file as limit/take_v1.lua until all services use the new one",
    );
  });

  test("can come from a changed bound in types.lua", async () => {
    const project = await locked.copy();
    await project.edit("lua/types.lua", "@range 1..100\n", "@range 1..50\n");
    expect(await checked(project)).toMatch(/^lua\/board\/top\.lua:24:1: version\/contract: /);
    await project.edit("lua/board/top.lua", "@version 1.0.0", "@version 1.0.1");
    expect(await checked(project)).toContain(
      "version/contract: the contract of board.top differs from that of 1.0.0",
    );
    expect(await refusedLock(project)).toContain("version/contract");
    expect(await refusedLock(project, "--amend", "board.top@1.0.1")).toContain("version/contract");
  });

  test("can come from a call that is no longer safe to resend", async () => {
    const project = await locked.copy();
    await project.edit("lua/board/top.lua", "@resend safe", "@resend never");
    expect(await checked(project)).toMatch(/version\/contract: the contract of board\.top/);
    expect(await refusedLock(project)).toContain("version/contract");
  });

  test("needs a minor version for an optional argument", async () => {
    const project = await locked.copy();
    await project.edit(TAKE, "@version 1.0.0", "@version 1.0.1");
    await project.edit(
      TAKE,
      "---@param window_ms ms\n",
      "---@param window_ms ms\n---@param most count? of one request\n",
    );
    await project.edit(TAKE, "capacity, window_ms)", "capacity, window_ms, most)");
    await project.edit(
      TAKE,
      "used + amount > capacity",
      "used + amount > capacity or (most and amount > most)",
    );
    const refused = await refusedLock(project);
    expect(refused).toContain("version/contract: the contract of limit.take offers more than that of 1.0.0");
    expect(refused).toContain("fix: give it version 1.1.0\n");
    await project.edit(TAKE, "@version 1.0.1", "@version 1.1.0");
    await project.succeed("generate");
    expect(await project.succeed("lock")).toBe("locked limit.take@1.1.0\n");
    expect(await project.succeed("check")).toContain("every check passes");
  });

  test("drops the old major if only the new major exists", async () => {
    const project = await locked.copy();
    await changeContract(project, "2.0.0");
    expect(await refusedLock(project)).toContain("version/dropped");
    const told = await checked(project);
    expect(told).toContain(
      "lua/versions.lock.json:1:1: version/dropped: limit.take 1.x is locked, but no script has such a version",
    );
    expect(told).toContain(
      "fix: keep it as limit/take_v1.lua; or, if no service calls it, run: moonpath-codegen lock --retire limit.take@1",
    );
    expect(await project.succeed("lock", "--retire", "limit.take@1")).toBe(
      "locked limit.take@2.0.0; retired limit.take@1\n",
    );
    expect(await project.succeed("check")).toContain("every check passes");
    await project.edit(TAKE, "@version 2.0.0", "@version 1.0.0");
    expect(await refusedLock(project, "--amend", "limit.take@1.0.0")).toMatch(
      /version\/retired: limit\.take has version 1\.0\.0, but 1\.x is retired\n.*fix: give it a version of a new major: 3\.0\.0\n/s,
    );
  });

  test("keeps both majors callable if the old file stays", async () => {
    const project = await locked.copy();
    await project.write("lua/limit/take_v1.lua", await project.read(TAKE));
    await changeContract(project, "2.0.0");
    await project.succeed("lock");
    const domain = join(project.folder, "generated/ts/limit");
    const client = relative(domain, join(ROOT, "src/client/index.js"));
    await project.succeed("generate", "--client", client);
    expect(await project.succeed("check", "--client", client)).toBe("4 scripts in lua: every check passes\n");
    await project.write("use.ts", BOTH);
    expect(await typeCheck(project, ["use.ts"])).toBe("");
    const env = { REDIS_URL: inject("redisUrl"), NAMESPACE: freshNamespace() };
    const { output, errors } = await runTypeScript(project.folder, "use.ts", env);
    expect({ output, errors }).toEqual({ output: "granted 8\nallowed 6\n", errors: "" });
  });

  test("needs a version of the same major in the old file", async () => {
    const project = await locked.copy();
    await project.write("lua/limit/take_v2.lua", await project.read(TAKE));
    const { errors } = await project.run("check");
    expect(errors).toMatch(/^lua\/limit\/take_v2\.lua:28:1: contract\/name: .* holds version 1\.0\.0$/m);
  });
});

const BOTH = `import { Redis } from "ioredis";
import { createClient } from "./generated/ts/index.js";

const redis = new Redis(process.env["REDIS_URL"] ?? "");
const { limit } = createClient(redis, { namespace: process.env["NAMESPACE"] ?? "" }).tenant("arcade");
const request = { caller: "ann", amount: 2, capacity: 10, windowMs: 60_000 };
const older = await limit.takeV1(request);
if (older.outcome === "granted") console.log(older.outcome, older.left);
const newer = await limit.take(request);
if (newer.outcome === "allowed") console.log(newer.outcome, newer.left);
redis.disconnect();
`;
