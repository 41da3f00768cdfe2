import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { PLAN_VARIABLE, type Plan } from "./plan.js";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** Runs the test files in the order of the plan. */
export class PlannedOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const plan: Plan = JSON.parse(readFileSync(process.env[PLAN_VARIABLE] ?? "", "utf8"));
    const order = plan.files.map(({ path }) => `${ROOT}${path}`);
    const place = ({ moduleId }: TestSpecification) => order.indexOf(moduleId);
    return [...files].sort((one, other) => place(one) - place(other));
  }
}
