import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The files that take over ten seconds. A worker that starts one of them last keeps the run waiting. */
const LONGEST = [
  "tools/fuzz/corpus",
  "storefront/run",
  "storefront/faults",
  "tools/codegen/parse/source-limits",
  "package/pack",
  "command/load",
  "storefront/program",
  "scheduler/scheduler",
  "storefront/shop/slow-clients",
  "tools/codegen/cli/verify-untrusted-scripts",
  "scheduler/leadership",
  "tools/codegen/golden",
  "tools/codegen/cli/generate",
  "tools/codegen/checks/own-scripts",
  "testing/postgres",
  "tools/servers/run",
  "tools/codegen/emit/determinism",
  "tools/codegen/cli/verify-endless-script",
  "testing/groups",
  "client/cluster",
  "lock/lease",
];

/** Starts the longest files first; the others follow in vitest's order. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const position = LONGEST.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return position < 0 ? LONGEST.length : position;
    };
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
  }
}
