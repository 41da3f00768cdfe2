import { execFileSync } from "node:child_process";
import { beforeAll, describe, expect, test } from "vitest";
import { Project } from "../../../support/codegen/project.js";

let committed: Project;
beforeAll(async () => {
  committed = await Project.create();
  await commit(committed, "first");
});

/** Commits the project's `lua/`, whatever this machine's settings of git are. */
async function commit(project: Project, message: string): Promise<void> {
  const git = (...args: string[]) =>
    execFileSync(
      "git",
      ["-C", project.folder, "-c", "user.name=test", "-c", "user.email=test@localhost", ...args],
      {
        env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" },
        stdio: "ignore",
      },
    );
  git("init", "--quiet");
  git("add", "lua");
  git("commit", "--quiet", "--no-gpg-sign", "--message", message);
  git("tag", message);
}

describe("moonpath-codegen diff", () => {
  test("reports no change for equal sources and for changed comments", async () => {
    const project = await committed.copy();
    expect(await project.succeed("diff")).toBe("nothing has changed in lua since HEAD\n");
    await project.edit(
      "lua/board/top.lua",
      "  local entries = {}",
      "  -- What is given back.\n  local entries = {}",
    );
    expect(await project.succeed("diff", "first")).toBe("nothing has changed in lua since first\n");
  });

  test("describes changes of contract, keys, commands and limits", async () => {
    const project = await committed.copy();
    await project.edit("lua/limit/take.lua", "@version 1.0.0", "@version 2.0.0");
    await project.edit("lua/limit/take.lua", "@cost O(1)", "@cost O(2)");
    await project.edit(
      "lua/limit/take.lua",
      'redis.call("SET", window, used + amount, "PX", left_ms)',
      'redis.call("SET", window, used + amount)\n  redis.call("PEXPIRE", window, left_ms)',
    );
    await project.edit("lua/board/top.lua", "-- at most 200 elements", "-- at most 300 elements");
    await project.edit("lua/board/top.lua", "---@param limit page", "---@param limit count");
    await project.edit("lua/keyspace.lua", "@ttl none", "@ttl a year");
    expect(await project.succeed("diff")).toBe(`board.top 1.0.0: changed
  contract: - argument limit: integer 1..100
  contract: + argument limit: integer 0..1000000
  limits: - at most 200 elements, trusted
  limits: + at most 300 elements, trusted
limit.take 1.0.0 -> 2.0.0: changed
  commands: + PEXPIRE
  cost: O(1) -> O(2)
  behaviour: the code of the script or of one of its modules changed
keyspace: 2 lines changed
  - key.board <namespace>:{<tenant>:<board>}:board, a zset; lives: none
  + key.board <namespace>:{<tenant>:<board>}:board, a zset; lives: a year
`);
  });

  test("hole 9: reports a limit that changes from proved to trusted", async () => {
    const project = await committed.copy();
    const loop = "  -- at most 100 ranks\n  for rank = 1, limit do\n    local _ = rank\n  end\n";
    await project.edit("lua/board/top.lua", "  local entries = {}", `${loop}  local entries = {}`);
    await commit(project, "second");
    await project.edit("lua/board/top.lua", "-- at most 100 ranks", "-- at most 99 ranks");
    expect(await project.succeed("diff")).toBe(`board.top 1.0.0: changed
  limits: - at most 100 ranks, proved
  limits: + at most 99 ranks, trusted
`);
    await project.succeed("generate");
    expect(await project.read("generated/review/board/top.md")).toMatch(
      /^- `board\/top\.lua:\d+`: at most 99 ranks; trusted: the comment says so, nothing proves it$/m,
    );
  });

  test("hole 3: reports added, changed and removed waivers and the callers of a script", async () => {
    const project = await committed.copy();
    const line = '  redis.call("SET", window, used + amount, "PX", left_ms)\n';
    const waived = (reason: string) =>
      `  -- moonpath-allow keys/undeclared: ${reason}\n  redis.call("GET", "all")\n${line}`;
    await project.edit("lua/limit/take.lua", line, waived("the key is ours"));
    expect(await project.succeed("diff")).toContain(
      "\n  waivers: + keys/undeclared in limit/take.lua: the key is ours\n",
    );
    await commit(project, "waived");
    await project.edit("lua/limit/take.lua", "the key is ours", "it stands on this node");
    await project.edit("lua/limit/take.lua", "---@cost O(1)", "---@role worker\n---@cost O(1)");
    expect(await project.succeed("diff", "waived")).toBe(`limit.take 1.0.0: changed
  waivers: keys/undeclared in limit/take.lua, the reason: the key is ours -> it stands on this node
  called by: services and workers -> workers only
`);
    await commit(project, "other");
    await project.edit("lua/limit/take.lua", waived("it stands on this node"), line);
    expect(await project.succeed("diff", "other")).toContain(
      "\n  waivers: - keys/undeclared in limit/take.lua: it stands on this node\n",
    );
  });

  test("reports scripts added and removed since any revision", async () => {
    const project = await committed.copy();
    await project.write(
      "lua/board/best.lua",
      (await project.read("lua/board/top.lua")).replaceAll(/\btop\b/g, "best"),
    );
    await project.remove("lua/limit");
    await commit(project, "second");
    expect(await project.succeed("diff", "second")).toBe("nothing has changed in lua since second\n");
    expect(
      await project.succeed("diff", "first"),
    ).toBe(`board.best 1.0.0: new. The players with the best scores.
  keys: reads key.board
  commands: ZRANGE
limit.take 1.0.0: removed
`);
  });

  test("reports every script of an untracked folder as new", async () => {
    const project = await committed.copy();
    await project.write("other/keyspace.lua", await project.read("lua/keyspace.lua"));
    for (const file of ["types.lua", "lib/stored_count.lua", "limit/take.lua"])
      await project.write(`other/${file}`, await project.read(`lua/${file}`));
    expect(await project.succeed("diff", "--lua", "other")).toMatch(/^limit\.take 1\.0\.0: new\. /);
  });

  test.each([
    { args: ["nowhere"], says: "git knows no revision nowhere in " },
    { args: ["--upload-pack"], says: "error: unknown option '--upload-pack'" },
    { args: ["--", "--output=x"], says: "git knows no revision --output=x in " },
  ])("refuses $args", async ({ args, says }) => {
    const { status, output, errors } = await committed.run("diff", ...args);
    expect({ status, output }).toEqual({ status: 2, output: "" });
    expect(errors.startsWith(says)).toBe(true);
  });

  test("reports a folder without a git repository", async () => {
    const project = await Project.create();
    const { status, errors } = await project.run("diff");
    expect({ status, errors }).toEqual({
      status: 2,
      errors: `${project.folder}/lua is not in a git working tree\n`,
    });
  });

  test("reports problems of the earlier scripts as such", async () => {
    const project = await committed.copy();
    const good = await project.read("lua/board/top.lua");
    await project.write("lua/board/top.lua", good.replace("local entries =", "local entries =="));
    await commit(project, "broken");
    await project.write("lua/board/top.lua", good);
    const { status, errors } = await project.run("diff", "broken");
    expect(status).toBe(1);
    expect(errors).toMatch(
      /^the scripts at broken have problems:\nlua\/board\/top\.lua:26:17: parse\/syntax: /,
    );
  });
});
