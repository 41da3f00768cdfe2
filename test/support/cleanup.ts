/** Cleanups of the running test and of the running file, in the order in which they were registered. */
const ofTest: (() => unknown)[] = [];
const ofFile: (() => unknown)[] = [];

/** Runs cleanups after the current test, the last one registered first. */
export function afterTest(...cleanups: readonly (() => unknown)[]): void {
  ofTest.push(...cleanups);
}

/** Runs the cleanup after the last test of the current file, the last one registered first. */
export function afterFile(cleanup: () => unknown): void {
  ofFile.push(cleanup);
}

/** Called by the set-up of each test file. */
export async function cleanUpTest(): Promise<void> {
  for (const cleanup of ofTest.splice(0).reverse()) await cleanup();
}

/** Called by the set-up of each test file. */
export async function cleanUpFile(): Promise<void> {
  for (const cleanup of ofFile.splice(0).reverse()) await cleanup();
}
