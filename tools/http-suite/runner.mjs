// Runs the tests of the suite, in a process of its own, because the suite keeps its state in modules.
//   node runner.mjs SUITE BASE[,BASE]
// Requests alternate between the bases. The only output is a line of JSON: one object for each test.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const PARALLEL_TESTS = 100;

const [suite, basesText] = process.argv.slice(2);
const bases = basesText.split(",");
const load = (path) => import(pathToFileURL(join(suite, path)).href);
const { runTests, getResults } = await load("test-engine/client/runner.mjs");
const { determineTestResult, resultTypes } = await load("test-engine/lib/results.mjs");
const { default: groups } = await load("tests/index.mjs");

let turn = 0;
const fetchOnce = globalThis.fetch;
globalThis.fetch = (url, options) => {
  const base = bases[turn++ % bases.length];
  return fetchOnce(String(url).replace(bases[0], base), options);
};

await runTests(groups, false, bases[0], PARALLEL_TESTS);

const results = getResults();
const tests = groups.flatMap((group) => group.tests).filter(({ id }) => id in results);
const lines = tests.map(({ id, kind = "required" }) => {
  const judged = determineTestResult(groups, id, results);
  return {
    id,
    kind,
    judged: judged === resultTypes.pass || judged === resultTypes.yes,
    raw: results[id] === true,
    why: results[id] === true ? null : String(results[id]?.[1] ?? results[id]),
  };
});
process.stdout.write(`${JSON.stringify(lines)}\n`);
process.exit(0);
