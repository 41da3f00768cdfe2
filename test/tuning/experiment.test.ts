import { describe, expect, test } from "vitest";
import { collectFigures, type ExperimentOptions, startExperiment } from "../../src/tuning/index.js";
import { openMoonpath, openTwo } from "../support/cache/kit.js";
import { afterTest } from "../support/cleanup.js";
import { eventually } from "../support/wait.js";

type Client = Awaited<ReturnType<typeof openMoonpath>>;

const names = Array.from({ length: 400 }, (_, number) => `p${number}`);

function open(moonpath: Client, name = "longer") {
  const figures = collectFigures(moonpath, { publishMs: 600_000 });
  afterTest(() => figures.stop());
  let loads = 0;
  const experiment = startExperiment(moonpath, {
    name,
    figures,
    definition: {
      pattern: "product:<product>",
      freshMs: 1,
      jitter: 0,
      earlyRefresh: 0,
      cacheTimeoutMs: 5_000,
      load: async ({ product }) => `${product} ${++loads}`,
    },
    arms: { control: {}, longer: { freshMs: 600_000 } },
  });
  return { figures, experiment, acme: experiment.cache.tenant("acme"), armOf: experiment.armOf };
}

describe("an experiment", () => {
  test("gives each key the options of its arm, the same in both processes", async () => {
    const [one, other] = await openTwo();
    const [first, second] = [open(one), open(other)];
    const armsOf = ({ armOf }: typeof first) => names.map((product) => armOf("acme", { product }));
    expect(armsOf(second)).toEqual(armsOf(first));
    const longer = armsOf(first).filter((arm) => arm === "longer").length;
    expect(longer).toBeGreaterThan(120);
    expect(longer).toBeLessThan(280);
    expect(armsOf(open(await openMoonpath(), "another-name"))).not.toEqual(armsOf(first));
  });

  test("finds the difference of the arms over both processes", async () => {
    const [one, other] = await openTwo();
    const both = [open(one), open(other)] as const;
    for (let round = 0; round < 6; round++) {
      const { acme } = both[round % 2 === 0 ? 0 : 1];
      await Promise.all(names.map((product) => acme.getOrLoad({ product })));
      await eventually("the keys of the longer arm are stored", async () => {
        const known = names.filter((product) => both[0].armOf("acme", { product }) === "longer");
        expect(await Promise.all(known.map((product) => acme.exists({ product })))).not.toContain(false);
      });
    }
    for (const { figures } of both) await figures.publish();
    const [control, longer] = await both[0].experiment.results();
    expect(control).toMatchObject({ arm: "control", isControl: true });
    expect(control?.hitShare.difference).toBeUndefined();
    expect(longer?.hitShare.difference?.isClear).toBe(true);
    expect(longer?.hitShare.difference?.low).toBeGreaterThan(0);
    expect(longer?.loadsPerRequest.difference?.high).toBeLessThan(0);
    expect(longer?.loadsPerRequest.value).toBeLessThan(control?.loadsPerRequest.value ?? 0);
    const reports = await both[0].figures.report();
    expect(reports.map(({ arm }) => arm).sort()).toEqual(["longer/control", "longer/longer"]);
  });

  test("is a cache in all its calls", async () => {
    const { acme, experiment } = open(await openMoonpath());
    const list = names.slice(0, 20).map((product) => ({ product }));
    const values = await acme.getMany(list);
    expect(values.map((value) => value?.split(" ")[0])).toEqual(list.map(({ product }) => product));
    await acme.warm(list);
    expect(await acme.set({ product: "p1" }, "mine")).toBe("set");
    await acme.writeThrough({ product: "p2" }, async () => "written");
    const { value } = await acme.writeAround(list, async () => "around");
    expect(value).toBe("around");
    expect(await acme.get({ product: "p2" })).toBeUndefined();
    expect(await acme.refresh({ product: "p3" })).toMatch(/^p3 /);
    for (const { product } of list) expect(await acme.invalidate({ product })).toBe("done");
    expect(await experiment.cache.close()).toEqual({ running: 0 });
    await expect(Reflect.apply(acme.getOrLoad, undefined, [{}])).rejects.toThrow("product");
    await expect(Reflect.apply(acme.getMany, undefined, ["no list"])).rejects.toThrow("fields");
  });
});

test("wrong options of an experiment are refused", async () => {
  const moonpath = await openMoonpath();
  const figures = collectFigures(moonpath);
  const right = {
    name: "longer",
    figures,
    definition: { pattern: "a:<b>", freshMs: 1_000, load: async () => 1 },
    arms: { control: {}, other: { freshMs: 2_000 } },
  };
  const make = (more: Partial<Record<keyof ExperimentOptions<string, unknown>, unknown>>) => () =>
    Reflect.apply(startExperiment, undefined, [moonpath, { ...right, ...more }]);
  expect(make({ name: "two words" })).toThrow("name");
  expect(make({ figures: {} })).toThrow("figures");
  expect(make({ definition: { ...right.definition, figures } })).toThrow("definition.figures");
  expect(make({ arms: { control: {} } })).toThrow("2 to 8 arms");
  expect(make({ arms: { control: {}, other: { freshMS: 1 } } })).toThrow("arms.other.freshMS");
  expect(make({ arms: { control: {}, other: { freshMs: 0 } } })).toThrow("freshMs");
});
