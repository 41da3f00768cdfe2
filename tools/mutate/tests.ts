import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A test file of the repository, with a digest of it and of the helpers of the tests. */
export interface TestFile {
  readonly path: string;
  readonly digest: string;
}

/**
 * Contract tests that can find a fault in a script, because they call every script by its sample.
 */
const CONTRACT = ["sent-twice", "wrong-type", "lease-end", "corrupt", "stored-bounds", "ttl"].map(
  (name) => `test/lua/contract/${name}.test.ts`,
);

/**
 * The test files of a domain's scripts in the order in which they run. First come those of the
 * operations, then the contract's and the model's, and last the slow ones with concurrent clients.
 */
export function testsOf(root: string, domain: string): TestFile[] {
  const folder = `test/lua/${domain}`;
  const own = readdirSync(join(root, folder), { recursive: true }).map((file) => `${folder}/${file}`);
  const tests = own.filter((path) => path.endsWith(".test.ts")).sort();
  const races = tests.filter((path) => path.endsWith(".race.test.ts"));
  const model = tests.filter((path) => path === modelTestOf(domain));
  const operations = tests.filter((path) => !races.includes(path) && !model.includes(path));
  return [...operations, ...CONTRACT, ...model, ...races].map((path) => ({
    path,
    digest: digestOf(root, path),
  }));
}

/** A digest of a test file, of the other files in its folder, and of the shared helpers. */
function digestOf(root: string, path: string): string {
  const folder = dirname(path);
  const beside = readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => `${folder}/${name}`);
  const helpers = [
    ...beside.filter((file) => !file.endsWith(".test.ts")),
    ...filesBelow(root, "test/support/lua"),
  ];
  const digest = createHash("sha1");
  for (const file of [path, ...helpers.sort()]) digest.update(readFileSync(join(root, file), "utf8"));
  return digest.digest("hex");
}

/** The file of a domain's model test. */
export function modelTestOf(domain: string): string {
  return `test/lua/${domain}/model.test.ts`;
}

function filesBelow(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(root, path) : [path];
  });
}
