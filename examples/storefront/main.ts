import { readOptions, UsageExit } from "./options.js";
import { run } from "./run.js";

/** Two signals within this time are one. */
const AGAIN_MS = 500;
/** What a server that hangs keeps open ends with the program. */
const LINGER_MS = 1_000;

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
      // A terminal's Ctrl-C may arrive twice at once, the second time through npm. Whoever presses
      // it again means it.
      if (performance.now() - firstAt > AGAIN_MS) process.exit(130);
      interrupted.abort(new Error(`stopped by ${name}`));
    });
  }
  // Nobody reads any more, as behind `| head`: the run ends, and takes away what it made.
  for (const stream of [stdout, stderr]) {
    stream.on("error", () => interrupted.abort(new Error("nobody reads the output")));
  }
  return run(options, { output: stdout, errors: stderr, signal: interrupted.signal });
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageExit)) throw error;
  process.exitCode = error.status;
}
setTimeout(() => process.exit(), LINGER_MS).unref();
