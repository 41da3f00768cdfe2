import { afterEach, describe, expect, test } from "vitest";
import { Project } from "../../../support/codegen/project.js";
import type { Running } from "../../../support/program.js";

const running = new Set<Running>();
afterEach(() => {
  for (const { child } of running) child.kill("SIGKILL");
  running.clear();
});

async function watching(project: Project, ...args: string[]): Promise<Running> {
  const run = await project.start(["generate", "--watch", ...args]);
  running.add(run);
  await run.waitFor("watching lua; stop with Ctrl+C\n");
  return run;
}

describe("moonpath-codegen generate --watch", () => {
  test("reports a syntax error with a caret and writes the output after the fix", async () => {
    const project = await Project.create();
    const run = await watching(project);
    expect(await project.files("generated")).toHaveLength(19);
    const before = await project.contents("generated");

    let from = run.length();
    await project.edit("lua/board/submit.lua", "local best =", "local best ==");
    expect(await run.waitFor("1 problem\n", from)).toMatch(
      new RegExp(
        `^\\d\\d:\\d\\d:\\d\\d ${escaped(`lua/board/submit.lua:30:14: parse/syntax: this is not valid Lua 5.1: unexpected symbol '==' near 'math'
  30 |   local best == math.max(before, score)
     |              ^
  fix: correct the syntax here or just before it

1 problem
`)}$`,
      ),
    );
    expect(await project.contents("generated")).toEqual(before);

    from = run.length();
    await project.edit("lua/board/submit.lua", "local best ==", "local best =");
    expect(await run.waitFor("\n", from)).toContain("3 scripts from lua into generated: nothing changed");

    from = run.length();
    await project.edit("lua/board/submit.lua", "@version 1.0.0", "@version 1.0.1");
    expect(await run.waitFor("\n", from)).toContain("3 scripts from lua into generated: 5 changed");
    expect(await project.read("generated/ts/board/submit.ts")).toContain('version: "1.0.1"');

    run.child.kill("SIGINT");
    expect(await run.ended).toMatchObject({ status: 0, errors: "" });
  });

  test("notices added and removed scripts, and modules", async () => {
    const project = await Project.create();
    const run = await watching(project);
    let from = run.length();
    await project.write(
      "lua/board/best.lua",
      (await project.read("lua/board/top.lua")).replaceAll(/\btop\b/g, "best"),
    );
    await run.waitFor("4 scripts from lua into generated: 3 new", from);
    from = run.length();
    await project.edit("lua/lib/stored_count.lua", "1000000000", "999999999");
    await run.waitFor(/4 scripts from lua into generated: \d+ changed/, from);
    from = run.length();
    await project.remove("lua/board/best.lua");
    await run.waitFor(/3 scripts from lua into generated: .*3 removed/, from);
    run.child.kill("SIGTERM");
    expect((await run.ended).status).toBe(0);
  });

  test("starts despite a problem, and Ctrl+C ends it at once without leftovers", async () => {
    const project = await Project.create();
    await project.edit("lua/board/submit.lua", "local best =", "local best ==");
    const run = await watching(project);
    expect(await run.waitFor("watching")).toContain("parse/syntax");
    const start = performance.now();
    run.child.kill("SIGINT");
    expect(await run.ended).toMatchObject({ status: 0, errors: "" });
    expect(performance.now() - start).toBeLessThan(10_000);
    expect(() => process.kill(run.child.pid ?? 0, 0)).toThrow("ESRCH");
    expect((await project.files()).filter((path) => path.endsWith(".writing"))).toEqual([]);
  });
});

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
