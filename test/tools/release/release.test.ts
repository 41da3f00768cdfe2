import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { releasePage } from "../../../tools/release/page.js";
import { type ReleaseRecord, readRecord, withResult, writeRecord } from "../../../tools/release/record.js";
import { runStep, type StepResult } from "../../../tools/release/run-step.js";
import { hasScript, stepsOf } from "../../../tools/release/steps.js";
import { afterTest } from "../../support/cleanup.js";
import { isRunning } from "../../support/testing/processes.js";
import { deferred, eventually } from "../../support/wait.js";

const result: StepResult = {
  name: "audit",
  command: "npm run audit",
  ok: true,
  seconds: 75,
  figures: ["3 packages"],
};
const record: ReleaseRecord = {
  commit: "abc",
  date: "2026-11-28",
  machine: "2 cores",
  sizes: "quick sizes",
  results: [result],
};

function run(
  script: string,
  signal: AbortSignal = new AbortController().signal,
  print: (text: string) => void = () => undefined,
): Promise<StepResult> {
  const step = { name: "step", command: [process.execPath, "-e", script], figures: /^\d+ / };
  return runStep(step, { folder: tmpdir(), signal, print });
}

describe("a step", () => {
  test("records the lines that are figures, without escape sequences", async () => {
    const script = 'console.log("loading\\n\\u001b[32m12 tests\\u001b[0m")';
    expect(await run(script)).toMatchObject({ ok: true, figures: ["12 tests"] });
  });

  test("records its last lines too if it fails", async () => {
    const script = 'console.log("1 test"); console.error("it broke"); process.exit(3)';
    expect(await run(script)).toMatchObject({ ok: false, figures: ["1 test", "1 test", "it broke"] });
  });

  test("fails with the reason if its program does not exist", async () => {
    const step = { name: "step", command: ["/no/such/program"], figures: /^\d+ / };
    const options = { folder: tmpdir(), signal: new AbortController().signal, print: () => undefined };
    const { ok, figures } = await runStep(step, options);
    expect({ ok, figures: figures.join() }).toEqual({
      ok: false,
      figures: expect.stringContaining("ENOENT"),
    });
  });

  test("ends when the run is stopped, with the programs that it has started", async () => {
    const stop = new AbortController();
    const pid = deferred<number>("the step prints the process id of its program");
    const script = `const { spawn } = require("node:child_process");
process.on("SIGTERM", () => process.exit(1));
console.log(spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]).pid);
setInterval(() => {}, 1000);`;
    const ended = run(script, stop.signal, (text) => pid.resolve(Number(text)));
    const started = await pid.promise;
    stop.abort();
    expect(await ended).toMatchObject({ ok: false });
    await eventually("the program ends", () => expect(isRunning(started)).toBe(false));
  });
});

describe("the release record", () => {
  test("continues only for the same commit and sizes", async () => {
    const folder = await mkdtemp(join(tmpdir(), "moonpath-release-"));
    afterTest(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, "release.json");
    expect(readRecord(file, record)).toBeUndefined();
    writeRecord(file, record);
    expect(readRecord(file, record)).toEqual(record);
    expect(readRecord(file, { ...record, commit: "def" })).toBeUndefined();
    expect(readRecord(file, { ...record, sizes: "full sizes" })).toBeUndefined();
  });

  test("keeps one result for each step", () => {
    const failed = { ...result, ok: false };
    expect(withResult({ ...record, results: [failed] }, result).results).toEqual([result]);
  });
});

test("the release page has a row and the figures of each step", () => {
  const page = releasePage(withResult(record, { ...result, name: "fuzz", ok: false, seconds: 5 }));
  expect(page).toContain("| audit | `npm run audit` | passed | 1 min 15 s |");
  expect(page).toContain("| fuzz | `npm run audit` | **failed** | 5 s |");
  expect(page).toContain("## audit\n\n```\n3 packages\n```");
});

test("a full run has full faults, the given engines and seconds", () => {
  const commands = stepsOf({ quick: false, fuzzSeconds: 7, engines: ["a", "b"] }).map(({ command }) =>
    command.join(" "),
  );
  expect(commands).toContain("npm run --silent faults -- --also a,b");
  expect(commands).toContain("npm run --silent fuzz -- --seconds 7");
  expect(commands).toContain("npm run --silent mutate --");
});

describe("a step's script", () => {
  const steps = stepsOf({ quick: true, fuzzSeconds: 1, engines: [] });

  test("is found in package.json by its name", () => {
    const all = {
      scripts: {
        test: "",
        "test:late": "",
        "test:next": "",
        audit: "",
        bench: "",
        faults: "",
        "storefront:kill": "",
        fuzz: "",
        mutate: "",
      },
    };
    expect(steps.filter((step) => hasScript(all, step))).toEqual(steps);
  });

  test("is missing if package.json does not have it", () => {
    const manifest = {
      scripts: {
        test: "",
        "test:late": "",
        "test:next": "",
        audit: "",
        bench: "",
        faults: "",
        "storefront:kill": "",
        fuzz: "",
      },
    };
    const skipped = steps.filter((step) => !hasScript(manifest, step)).map(({ name }) => name);
    expect(skipped).toEqual(["mutation"]);
  });
});
