import { readOptions, UsageExit } from "./options.js";
import { run } from "./run.js";

/** The program: `npm start`, or `tsx examples/storefront/main.ts [options]`. */
async function main(): Promise<number> {
  const { stdout, stderr } = process;
  const options = readOptions(
    process.argv.slice(2),
    (text) => stdout.write(text),
    (text) => stderr.write(text),
  );
  const interrupted = new AbortController();
  let signals = 0;
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => {
      signals += 1;
      // A terminal's Ctrl-C may arrive twice, once through npm. Whoever presses it again and again means it.
      if (signals > 3) process.exit(130);
      interrupted.abort(new Error(`stopped by ${name}`));
    });
  }
  return run(options, { output: stdout, errors: stderr, signal: interrupted.signal });
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageExit)) throw error;
  process.exitCode = error.status;
}
