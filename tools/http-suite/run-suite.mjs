// Runs the suite in a process of its own: node run-suite.mjs SUITE BASE[,BASE] [ID]
// Requests alternate between the bases. Prints the result of each test as JSON.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [suite, basesText, id] = process.argv.slice(2);
const bases = basesText.split(",");
const { runTests, getResults } = await import(
  pathToFileURL(join(suite, "test-engine/client/runner.mjs")).href
);
const { determineTestResult, resultTypes } = await import(
  pathToFileURL(join(suite, "test-engine/lib/results.mjs")).href
);
const { default: suites } = await import(pathToFileURL(join(suite, "tests/index.mjs")).href);

let turn = 0;
const fetchOf = globalThis.fetch;
globalThis.fetch = (url, init) => {
  const base = bases[turn++ % bases.length];
  return fetchOf(String(url).replace(bases[0], base), init);
};

const wanted = id
  ? suites.map((each) => ({ ...each, tests: each.tests.filter((test) => test.id === id) }))
  : suites;
const PARALLEL = 100;
await runTests(wanted, false, bases[0], PARALLEL);

const results = getResults();
const lines = [];
for (const { tests } of suites) {
  for (const test of tests) {
    if (test.browser_only || !(test.id in results)) continue;
    const judged = determineTestResult(suites, test.id, results);
    const passes = judged === resultTypes.pass || judged === resultTypes.yes;
    lines.push({
      id: test.id,
      kind: test.kind ?? "required",
      judged: passes,
      raw: results[test.id] === true,
      why: results[test.id] === true ? undefined : results[test.id],
      dependsOn: test.depends_on ?? [],
    });
  }
}
process.stdout.write(`${JSON.stringify(lines)}\n`);
process.exit(0);
