import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { type Alert, alerts } from "../../../tools/dashboards/alerts.js";
import { rulesOf } from "../../../tools/dashboards/rules.js";
import { alertCases } from "../../support/metrics/alert-questions.js";
import { checkRules, hasPromtool, testRules } from "../../support/metrics/promtool.js";

const isInstalled = await hasPromtool();
const rules = await readFile("generated/rules/moonpath.yml", "utf8");

/** The questions about one alert. */
function questionsOf({ name }: Pick<Alert, "name">) {
  return alertCases.map(({ question }) => question).filter(({ alert }) => alert === name);
}

describe.skipIf(!isInstalled)("the rules of Prometheus, as promtool reads them", () => {
  test("are valid", async () => {
    expect(await checkRules(rules)).toMatchObject({ status: 0 });
    expect((await checkRules(rules.replace("sum by (", "sum by by ("))).status).not.toBe(0);
  });

  test.each(alertCases)("$what", async ({ question }) => {
    const { status, output } = await testRules(rules, [question]);
    expect(output).not.toContain("FAILED");
    expect(status).toBe(0);
  });

  test.each(alerts)("of $name fail with another threshold", async (alert) => {
    const isUpper = alert.threshold !== 0;
    const altered = isUpper ? [alert.threshold * 1.1, alert.threshold * 0.9] : [1, -1];
    for (const threshold of altered) {
      const { status, output } = await testRules(rulesOf([{ ...alert, threshold }]), questionsOf(alert));
      expect(output).toContain("FAILED");
      expect(status).not.toBe(0);
    }
  });

  test.each(alerts)("of $name fail with another time", async (alert) => {
    const { status } = await testRules(rulesOf([{ ...alert, holdsFor: "20m" }]), questionsOf(alert));
    expect(status).not.toBe(0);
  });
});

test("each alert has a case in which it fires, and one in which it is quiet", () => {
  for (const alert of alerts) {
    const questions = questionsOf(alert);
    expect(
      questions.some(({ firing }) => firing.length > 0),
      alert.name,
    ).toBe(true);
    expect(
      questions.some(({ firing }) => firing.length === 0),
      alert.name,
    ).toBe(true);
  }
});
