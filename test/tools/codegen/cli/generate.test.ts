import { join, relative } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { ROOT } from "../../../support/bundle.js";
import { newFolder, Project, runTypeScript, typeCheck } from "../../../support/codegen/project.js";
import { freshNamespace } from "../../../support/redis.js";

const OUTPUT = [
  "acl/README.md",
  "acl/moonpath.acl",
  "lua/board/submit.lua",
  "lua/board/top.lua",
  "lua/limit/take.lua",
  "model.json",
  "review/README.md",
  "review/board/submit.md",
  "review/board/top.md",
  "review/limit/take.md",
  "ts/board.scripts.ts",
  "ts/board/submit.ts",
  "ts/board/top.ts",
  "ts/index.ts",
  "ts/keys.ts",
  "ts/limit.scripts.ts",
  "ts/limit/take.ts",
  "ts/scripts.ts",
  "ts/types.ts",
];

describe("moonpath-codegen generate", () => {
  test("writes and reports the output, and changes nothing the second time", async () => {
    const project = await Project.create();
    expect(await project.succeed("generate")).toBe("3 scripts from lua into generated: 19 new\n");
    expect(await project.files("generated")).toEqual(OUTPUT);
    expect(await project.succeed("generate")).toBe("3 scripts from lua into generated: nothing changed\n");
    expect(await project.read("generated/ts/limit/take.ts")).toContain(`from "moonpath/client"`);
  });

  test("writes the same output into any folder", async () => {
    const project = await Project.create();
    const elsewhere = join(await newFolder(), "deep/output");
    await project.succeed("generate");
    await project.succeed("generate", "--out", "./build/api");
    await project.succeed("generate", "--out", elsewhere, "--lua", join(project.folder, "lua"));
    const wanted = await project.contents("generated");
    expect(await project.contents(relative(project.folder, elsewhere))).toEqual(wanted);
    const relativeOut = await project.contents("build/api");
    expect(Object.keys(relativeOut)).toEqual(OUTPUT);
    expect(relativeOut["ts/board/top.ts"]).toBe(wanted["ts/board/top.ts"]);
  });

  test("writes functions that type-check and run with the client of --client", async () => {
    const project = await Project.create();
    const domain = join(project.folder, "api/ts/board");
    await project.succeed(
      "generate",
      "--out",
      "api",
      "--client",
      relative(domain, join(ROOT, "src/client/index.js")),
    );
    await project.write("use.ts", USE);
    expect(await typeCheck(project, ["use.ts", "api/ts"])).toBe("");
    const env = { REDIS_URL: inject("redisUrl"), NAMESPACE: freshNamespace() };
    const { status, output, errors } = await runTypeScript(project.folder, "use.ts", env);
    expect({ status, errors }).toEqual({ status: 0, errors: "" });
    expect(
      output
        .trim()
        .split("\n")
        .map((line): unknown => JSON.parse(line)),
    ).toEqual([
      { outcome: "granted", left: 1 },
      { outcome: "refused", wait: true },
      { outcome: "entered", best: 70, rank: 0 },
      { outcome: "entered", best: 70, rank: 0 },
      {
        outcome: "ranking",
        entries: [
          { player: "ann", best: 70 },
          { player: "bob", best: 50 },
        ],
      },
      { code: "ARGUMENT", argument: "score" },
    ]);
  });

  test("writes output that type-checks for scripts with the names of the index's imports", async () => {
    const project = await Project.create();
    await project.write("lua/create/client.lua", await renamed(project, "client"));
    await project.write("lua/create/script_client.lua", await renamed(project, "script_client"));
    const domain = join(project.folder, "generated/ts/board");
    await project.succeed("generate", "--client", relative(domain, join(ROOT, "src/client/index.js")));
    expect(await typeCheck(project, ["generated/ts"])).toBe("");
    const use =
      'import { createClient, scripts } from "./index.js";\nexport const all = [createClient, scripts.create.client, scripts.create.scriptClient];\n';
    await project.write("generated/ts/use.ts", use);
    expect(await typeCheck(project, ["generated/ts"])).toBe("");
  });

  test("writes functions for which the compiler refuses an argument of a wrong type", async () => {
    const project = await Project.create();
    const domain = join(project.folder, "generated/ts/board");
    await project.succeed("generate", "--client", relative(domain, join(ROOT, "src/client/index.js")));
    await project.write(
      "use.ts",
      USE.replace("./api", "./generated")
        .replace("score: 70", 'score: "70"')
        .replace("limit: 10", "count: 10"),
    );
    const told = await typeCheck(project, ["use.ts"]);
    expect(told).toContain("Type 'string' is not assignable to type 'number'");
    expect(told).toContain("'count' does not exist in type");
  });

  test("removes the output of a deleted script and its empty folder", async () => {
    const project = await Project.create();
    await project.succeed("generate");
    await project.remove("lua/limit");
    expect(await project.succeed("generate")).toBe(
      "2 scripts from lua into generated: 4 changed, 4 removed\n",
    );
    expect(await project.files("generated")).toEqual(OUTPUT.filter((path) => !path.includes("limit")));
  });

  test("refuses a wrapped domain that has no folder, and words that are no domains", async () => {
    const project = await Project.create();
    const { status, errors } = await project.run("generate", "--wrapped", "board,bord");
    expect({ status, errors }).toEqual({
      status: 2,
      errors: "--wrapped names the domain bord, but lua/bord has no script\n",
    });
    const other = await project.run("generate", "--wrapped", "Board");
    expect(other.status).toBe(2);
    expect(other.errors).toContain("Write domains as in lua/<domain>, separated by commas.");
  });

  test("reports every problem with its position and writes nothing", async () => {
    const project = await Project.create();
    await project.edit("lua/board/top.lua", "@cost O(log N + limit), N the players", "@cost cheap");
    await project.edit("lua/limit/take.lua", "@resend never a second", "@resend seldom a second");
    const { status, output, errors } = await project.run("generate");
    expect({ status, output }).toEqual({ status: 1, output: "" });
    expect(errors).toBe(`lua/board/top.lua:10:10: contract/cost: the cost does not begin with O(…)
  10 | ---@cost cheap
     |          ^^^^^
  fix: write it as: @cost O(log N), N the tracked items

lua/limit/take.lua:14:12: contract/resend: @resend is not of the form: safe <reason>, or: never <reason>
  14 | ---@resend seldom a second run takes a second time
     |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  fix: write it as: @resend safe the sequence makes a second run change nothing

2 problems
`);
    expect(await project.files()).not.toContain("generated/model.json");
  });
});

/** The project's `board.top` as a function of another name. */
async function renamed(project: Project, name: string): Promise<string> {
  return (await project.read("lua/board/top.lua"))
    .replace("local function top(", `local function ${name}(`)
    .replace(/return top\n$/, `return ${name}\n`);
}

const USE = `import { Redis } from "ioredis";
import { createClient } from "./api/ts/index.js";
import { ArgumentError } from "${join(ROOT, "src/client/index.js")}";

const redis = new Redis(process.env["REDIS_URL"] ?? "");
const { limit, board } = createClient(redis, { namespace: process.env["NAMESPACE"] ?? "" }).tenant("arcade");
const show = (value: unknown) => console.log(JSON.stringify(value));
const request = { caller: "ann", amount: 2, capacity: 3, windowMs: 60_000 };
show(await limit.take(request));
const second = await limit.take(request);
show({ outcome: second.outcome, wait: second.outcome === "refused" && second.retryAfterMs > 50_000 });
await board.submit({ board: "chess", player: "bob", score: 50 });
show(await board.submit({ board: "chess", player: "ann", score: 70 }));
show(await board.submit({ board: "chess", player: "ann", score: 60 }));
show(await board.top({ board: "chess", limit: 10 }));
await board.submit({ board: "chess", player: "ann", score: 1.5 }).catch((error: unknown) => {
  if (error instanceof ArgumentError) show({ code: error.code, argument: error.argument });
});
redis.disconnect();
`;
