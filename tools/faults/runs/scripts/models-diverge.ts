import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Fault } from "../../fault.js";
import type { FaultRun } from "../../fault-run.js";
import { formatNumber } from "../../support/run-concurrently.js";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const BROKEN = "tools/faults/workers/broken-price.config.ts";
/** The control's number of steps. The missing guard has an effect within a few steps. */
const CONTROL_STEPS = 1_400;
/** How long the tests may take to end after their signal. */
const END_MS = 5_000;

/** The tests run random commands against every script and against its model in TypeScript. */
export const modelsDiverge: Fault = {
  id: 21,
  name: "Random commands, compared with a model",
  async run(run) {
    const steps = run.size({ full: 100_000, quick: 1_400 });
    run.progress(`${formatNumber(steps)} steps`);
    const models = await runModels(run, { steps, files: "model.test.ts" });
    run.progress("the control");
    const [broken] = await runModels(run, {
      steps: CONTROL_STEPS,
      files: "price/model.test.ts",
      config: BROKEN,
    });
    const taken = models.reduce((sum, model) => sum + model.steps, 0);
    const divergences = models.filter(({ diverged }) => diverged).length;
    const each = models.map((model) => `${model.domain} ${formatNumber(model.steps)}`).sort();
    return {
      size: `${formatNumber(taken)} steps: ${each.join(", ")}`,
      figure: `${divergences} divergences in ${models.length} models`,
      control: `price.set without its check of late events: ${broken?.diverged ? "diverges" : "does not"} (${formatNumber(broken?.steps ?? 0)} steps with shrinking)`,
      ok: divergences === 0 && models.length > 0 && taken >= steps && broken?.diverged === true,
      ...(divergences > 0 ? { note: models.find(({ diverged }) => diverged)?.message ?? "" } : {}),
    };
  },
};

interface Task {
  readonly steps: number;
  /** A part of the files' paths. */
  readonly files: string;
  readonly config?: string;
}

interface Model {
  readonly domain: string;
  readonly steps: number;
  readonly diverged: boolean;
  readonly message: string;
}

/** Runs the model tests in a process, and reads the steps of each. */
async function runModels(run: FaultRun, { steps, files, config }: Task): Promise<Model[]> {
  const folder = await mkdtemp(join(tmpdir(), "moonpath-models-"));
  run.onClose(folder, () => rm(folder, { recursive: true, force: true }));
  const report = join(folder, "report.json");
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  const args = ["run", files, "--reporter=json", `--outputFile=${report}`];
  // The run starts its own server with the program under test.
  const { REDIS_URL: _, ...environment } = process.env;
  const child = spawn(process.execPath, [vitest, ...args, ...(config ? ["--config", config] : [])], {
    cwd: ROOT,
    stdio: "ignore",
    env: {
      ...environment,
      MODEL_STEPS: String(steps),
      ...(run.binary === undefined ? {} : { MOONPATH_REDIS_BINARY: run.binary }),
    },
  });
  const ended = once(child, "exit");
  run.onClose(child, async () => {
    child.kill("SIGTERM");
    const late = setTimeout(() => child.kill("SIGKILL"), END_MS);
    await ended;
    clearTimeout(late);
  });
  await ended;
  return modelsOf(JSON.parse(await readFile(report, "utf8")));
}

function modelsOf(report: unknown): Model[] {
  return listIn(report, "testResults").map((file) => {
    const tests = listIn(file, "assertionResults");
    const messages = tests.flatMap((test) => listIn(test, "failureMessages"));
    const [failure] = [...messages, field(file, "message")].map(String).filter(Boolean);
    return {
      domain: basename(dirname(String(field(file, "name")))),
      steps: tests.reduce<number>(
        (sum, test) => sum + Number(field(field(test, "meta"), "modelSteps") ?? 0),
        0,
      ),
      diverged: field(file, "status") !== "passed",
      message: failure?.slice(0, 400) ?? "",
    };
  });
}

function field(of: unknown, name: string): unknown {
  return typeof of === "object" && of !== null ? new Map(Object.entries(of)).get(name) : undefined;
}

function listIn(of: unknown, name: string): readonly unknown[] {
  const list = field(of, name);
  return Array.isArray(list) ? list : [];
}
