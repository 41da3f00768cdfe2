import { readOptions, UsageExit } from "./options.js";
import { run } from "./run.js";

/** Two signals within this time count as one. */
const SAME_SIGNAL_MS = 500;
/** The time after which the program ends although a server that hangs keeps a handle open. */
const EXIT_LIMIT_MS = 1_000;

/** The program: `npm start`, or `tsx examples/storefront/main.ts [options]`. */
async function main(): Promise<number> {
  const { stdout, stderr } = process;
  const options = readOptions(
    process.argv.slice(2),
    (text) => stdout.write(text),
    (text) => stderr.write(text),
  );
  const interrupted = new AbortController();
  let firstAt: number | undefined;
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => {
      firstAt ??= performance.now();
      // Ctrl-C in a terminal may arrive twice at once, the second time through npm. A later one
      // ends the program.
      if (performance.now() - firstAt > SAME_SIGNAL_MS) process.exit(130);
      interrupted.abort(new Error(`stopped by ${name}`));
    });
  }
  // The reader of the output has ended, as with `| head`. The run ends and removes everything that
  // it created.
  for (const stream of [stdout, stderr]) {
    stream.on("error", () => interrupted.abort(new Error("the output was closed")));
  }
  return run(options, { output: stdout, errors: stderr, signal: interrupted.signal });
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageExit)) throw error;
  process.exitCode = error.status;
}
setTimeout(() => process.exit(), EXIT_LIMIT_MS).unref();
